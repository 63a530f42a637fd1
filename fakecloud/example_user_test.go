package fakecloud_test

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strings"

	"github.com/imagequery/imagequery/aliyunecs"
	"github.com/imagequery/imagequery/fakecloud"
	"github.com/imagequery/imagequery/image"
	"github.com/imagequery/imagequery/provider"
)

// deployer is a service that looks an image up.
type deployer struct{ images *provider.Client }

func (d deployer) baseImage(ctx context.Context) (string, error) {
	hit, err := provider.Newest(ctx, []provider.Target{{Name: "prod", Client: d.images}}, image.Query{Platforms: []string{"ubuntu"}}, nil)
	return hit.Image.Name, err
}

// A test of a service of one's own: a made-up cloud, the service with a client of
// it, and what the service makes of it.
func Example() {
	cloud, err := fakecloud.New(fakecloud.Sample())
	if err != nil {
		panic(err)
	}
	client, err := aliyunecs.New(provider.Config{
		Region:      "cn-hangzhou",
		Credentials: provider.Static("sample-prod-key", "sample-prod-key-secret", ""),
		HTTPClient:  &http.Client{Transport: cloud.Transport()},
	})
	if err != nil {
		panic(err)
	}
	name, err := deployer{images: client}.baseImage(context.Background())
	fmt.Println(name, err)
	fmt.Println(cloud.Count("DescribeImages") > 0)
	// Output:
	// ubuntu_22_04_arm64_20G_sample_20240524.vhd <nil>
	// true
}

// sampleClient is a client of a cloud with the sample world, which gives up at the
// first error.
func sampleClient(cloud *fakecloud.Cloud) *provider.Client {
	client, err := aliyunecs.New(provider.Config{
		Region:      "cn-hangzhou",
		Credentials: provider.Static("sample-prod-key", "sample-prod-key-secret", ""),
		HTTPClient:  &http.Client{Transport: cloud.Transport()},
		Retry:       provider.Retry{Attempts: 1},
		Listing:     provider.Listing{PageSize: 10},
	})
	if err != nil {
		panic(err)
	}
	return client
}

// What does the service do while the cloud is throttling, and after that?
func ExampleCloud_SetFaults() {
	cloud, err := fakecloud.New(fakecloud.Sample())
	if err != nil {
		panic(err)
	}
	service := deployer{images: sampleClient(cloud)}
	if err := cloud.SetFaults(fakecloud.Fault{Do: fakecloud.Throttle, Action: "DescribeImages"}); err != nil {
		panic(err)
	}
	_, err = service.baseImage(context.Background())
	fmt.Println("throttled:", errors.Is(err, provider.Throttled))

	if err := cloud.SetFaults(); err != nil {
		panic(err)
	}
	name, err := service.baseImage(context.Background())
	fmt.Println(name, err)
	// Output:
	// throttled: true
	// ubuntu_22_04_arm64_20G_sample_20240524.vhd <nil>
}

// An image is deleted behind the back of a client that has read the first page.
func ExampleCloud_SetFaults_drift() {
	cloud, err := fakecloud.New(fakecloud.Sample())
	if err != nil {
		panic(err)
	}
	if err := cloud.SetFaults(fakecloud.Fault{Do: fakecloud.DeleteImages, Page: 2, Times: 1}); err != nil {
		panic(err)
	}
	before := len(cloud.Visible("sample-prod", "aliyunecs", "cn-hangzhou"))
	images, err := provider.Collect(sampleClient(cloud).Images(context.Background(), image.Query{}))
	after := cloud.Visible("sample-prod", "aliyunecs", "cn-hangzhou")
	missed := 0
	for _, m := range after {
		listed := m.Source == image.SourceMarketplace || m.Source == image.SourceCommunity
		for _, got := range images {
			listed = listed || got.Ref == m.Ref
		}
		if !listed {
			missed++
		}
	}
	fmt.Println("deleted:", before-len(after), "missed:", missed, "error:", err)
	// Output:
	// deleted: 1 missed: 0 error: <nil>
}

// A recorded body is sent as it is, after a while.
func ExampleReadFaults() {
	faults, err := fakecloud.ReadFaults(strings.NewReader(`{"faults": [
		{"do": "latency", "wait": "5ms", "jitter": "5ms"},
		{"do": "replay", "action": "DescribeImages", "times": 1, "status": 503, "body": {"Code": "ServiceUnavailable"}}
	]}`))
	if err != nil {
		panic(err)
	}
	cloud, err := fakecloud.New(fakecloud.Sample())
	if err != nil {
		panic(err)
	}
	if err := cloud.SetFaults(faults...); err != nil {
		panic(err)
	}
	_, err = deployer{images: sampleClient(cloud)}.baseImage(context.Background())
	fmt.Println("unavailable:", errors.Is(err, provider.Unavailable))
	fmt.Println(cloud.Requests()[0].Status, cloud.Requests()[0].Faults)
	// Output:
	// unavailable: true
	// 503 [latency replay]
}

// An image appears while the service runs.
func ExampleCloud_Insert() {
	cloud, err := fakecloud.New(fakecloud.Sample())
	if err != nil {
		panic(err)
	}
	m := fakecloud.Image{Image: cloud.Visible("sample-prod", "aliyunecs", "cn-hangzhou")[0]}
	if err := cloud.Delete(m.Ref); err != nil {
		panic(err)
	}
	m.ID, m.Name = "brand_new_sample.vhd", "brand new"
	if err := cloud.Insert("", m); err != nil {
		panic(err)
	}
	fmt.Println(cloud.Visible("sample-prod", "aliyunecs", "cn-hangzhou")[0].Name)
	// Output:
	// brand new
}
