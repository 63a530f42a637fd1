package adaptertest_test

import (
	"errors"
	"fmt"
	"net/http"
	"strings"
	"testing"

	"github.com/imagequery/imagequery/aliyunecs"
	"github.com/imagequery/imagequery/aliyunswas"
	"github.com/imagequery/imagequery/fakecloud"
	"github.com/imagequery/imagequery/image"
	"github.com/imagequery/imagequery/internal/adaptertest"
	"github.com/imagequery/imagequery/provider"
	"github.com/imagequery/imagequery/qingcloud"
)

// The gateway refuses URLs of more than 8 KiB. Only a client that was switched to GET
// fails, with an error that says why.
func TestLongParametersDoNotExceedURLLimits(t *testing.T) {
	names := make([]string, 100)
	for i := range names {
		names[i] = fmt.Sprintf("n%03d%s", i, strings.Repeat("x", 113))
	}
	tags := map[string]string{}
	for i := range 20 {
		tags[fmt.Sprintf("%02d%s", i, strings.Repeat("镜", 62))] = strings.Repeat("像", 64)
	}
	long := image.Query{Native: map[string]map[string]string{qingcloud.Name: {"project_id": strings.Repeat("镜像", 500)}}}
	for name, test := range map[string]struct {
		open     adaptertest.Constructor
		provider string
		query    image.Query
		want     error
	}{
		"names": {aliyunswas.New, aliyunswas.Name, image.Query{Names: names}, nil},
		"tags":  {aliyunecs.New, aliyunecs.Name, image.Query{Tags: tags}, nil},
		"word":  {qingcloud.New, qingcloud.Name, long, nil},
		"GET":   {qingcloud.NewGET, qingcloud.Name, long, provider.InvalidArgument},
	} {
		t.Run(name, func(t *testing.T) {
			cloud := newCloud(t, worldOf(test.provider, 0), fakecloud.Fault{Do: fakecloud.LongURL})
			client := adaptertest.New(t, test.open, provider.Config{Region: "r-1", HTTPClient: &http.Client{Transport: cloud.Transport()}})
			_, err := provider.Collect(client.Images(t.Context(), test.query))
			if !errors.Is(err, test.want) {
				t.Fatalf("error %v, want %v", err, test.want)
			}
			if test.want == nil {
				return
			}
			for _, word := range []string{"414", "text/html", "api.qingcloud.com"} {
				if !strings.Contains(err.Error(), word) {
					t.Errorf("error %v does not say %s", err, word)
				}
			}
		})
	}
}
