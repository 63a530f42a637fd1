package fakecloud_test

import (
	"fmt"
	"io"
	"testing"
	"time"

	"github.com/imagequery/imagequery/fakecloud"
)

// BenchmarkPage requests a page of 100 images from a Cloud in the same process.
func BenchmarkPage(b *testing.B) {
	cloud, err := fakecloud.New(fakecloud.Sample())
	if err != nil {
		b.Fatal(err)
	}
	cloud.Now = func() time.Time { return clock }
	values := add(common("sample-prod-key", "2014-05-26", "DescribeImages"), "RegionId=cn-hangzhou", "PageSize=100")
	rt := cloud.Transport()
	for b.Loop() {
		query := signRPC("GET", "sample-prod-key-secret", add(values, fmt.Sprint("SignatureNonce=", nonces.Add(1))))
		resp, err := rt.RoundTrip(get(b.Context(), ecsHost, query))
		if err != nil {
			b.Fatal(err)
		}
		n, _ := io.Copy(io.Discard, resp.Body)
		b.SetBytes(n)
		_ = resp.Body.Close()
	}
}

// BenchmarkNew prepares the sample world.
func BenchmarkNew(b *testing.B) {
	world := fakecloud.Sample()
	for b.Loop() {
		if _, err := fakecloud.New(world); err != nil {
			b.Fatal(err)
		}
	}
}
