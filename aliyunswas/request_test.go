package aliyunswas_test

import (
	"errors"
	"net/http"
	"net/url"
	"testing"

	"github.com/imagequery/imagequery/image"
	"github.com/imagequery/imagequery/internal/adaptertest"
	"github.com/imagequery/imagequery/provider"
)

func TestRequestHasTheDocumentedParameters(t *testing.T) {
	s := &adaptertest.Server{Status: http.StatusOK, Body: `{"CustomImages":[],"TotalCount":"0"}`}
	if _, err := provider.Collect(clientOf(t, s).Images(t.Context(), image.Query{IDs: []string{"m-1"}})); err != nil {
		t.Fatal(err)
	}
	adaptertest.AskedRPC(t, s, "swas.cn-hangzhou.aliyuncs.com", url.Values{
		"Action": {"ListCustomImages"}, "Version": {"2020-06-01"},
		"RegionId": {"cn-hangzhou"}, "ImageIds": {`["m-1"]`}, "PageNumber": {"1"}, "PageSize": {"100"},
	})
}

func TestErrorCodesHaveKinds(t *testing.T) {
	for _, test := range []struct {
		name, body string
		status     int
		want       provider.Kind
	}{
		{"throttled", adaptertest.Recorded(t, "alibaba-error-10.json"), 400, provider.Throttled},
		{"internal error", `{"Code":"InternalError","Message":"try later","RequestId":"R-1"}`, 500, provider.Unavailable},
		{"bad parameter", `{"Code":"InvalidParam","Message":"bad","RequestId":"R-1"}`, 403, provider.InvalidArgument},
		{"forbidden", `{"Code":"Forbidden.RAM","Message":"no","RequestId":"R-1"}`, 403, provider.PermissionDenied},
		{"another page", `{"Images":{"Image":[]},"TotalCount":3}`, 200, provider.BadResponse},
	} {
		t.Run(test.name, func(t *testing.T) {
			s := &adaptertest.Server{Status: test.status, Body: test.body}
			_, err := provider.Collect(clientOf(t, s).Images(t.Context(), image.Query{}))
			if !errors.Is(err, test.want) {
				t.Errorf("error %v, want %v", err, test.want)
			}
		})
	}
}
