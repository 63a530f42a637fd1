package aliyun_test

import (
	"net/http"
	"testing"

	"github.com/imagequery/imagequery/internal/aliyun"
)

func BenchmarkSign(b *testing.B) {
	for name, p := range map[string]params{
		"key":           with(describeImages),
		"temporary key": with(withToken(describeImages, "sts/tok+en==")),
	} {
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				aliyun.Sign(http.MethodGet, p, "testsecret")
			}
		})
	}
}
