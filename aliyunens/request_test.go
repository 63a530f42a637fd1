package aliyunens_test

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
	s := &adaptertest.Server{Status: http.StatusOK, Body: `{"Code":0,"Images":{"Image":[]},"TotalCount":"0"}`}
	if _, err := provider.Collect(clientOf(t, s).Images(t.Context(), image.Query{IDs: []string{"m-1"}})); err != nil {
		t.Fatal(err)
	}
	adaptertest.AskedRPC(t, s, "ens.aliyuncs.com", url.Values{
		"Action": {"DescribeSelfImages"}, "Version": {"2017-11-10"}, "ImageId": {"m-1"}, "PageNumber": {"1"}, "PageSize": {"50"},
	})
}

func TestErrorCodesHaveKinds(t *testing.T) {
	for _, test := range []struct {
		name, body string
		status     int
		want       provider.Kind
	}{
		{"no permission", `{"Code":"NoPermission","Message":"no","RequestId":"R-1"}`, 400, provider.PermissionDenied},
		{"missing parameter", `{"Code":"MissingParameter","Message":"bad","RequestId":"R-1"}`, 400, provider.InvalidArgument},
		{"bad parameter", `{"Code":"InvalidParameter.ImageId","Message":"bad","RequestId":"R-1"}`, 400, provider.InvalidArgument},
		{"throttled", `{"Code":"Throttling.User","Message":"later","RequestId":"R-1"}`, 400, provider.Throttled},
		{"an error in a success", `{"Code":"InternalError","Message":"try later","RequestId":"R-1"}`, 200, provider.Unavailable},
		{"another page", `{"CustomImages":[],"TotalCount":"3"}`, 200, provider.BadResponse},
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

func TestHostDependsOnTheRegion(t *testing.T) {
	for region, want := range map[string]string{
		"":               "ens.aliyuncs.com",
		"cn-hangzhou":    "ens.aliyuncs.com",
		"ap-southeast-1": "ens.ap-southeast-1.aliyuncs.com",
	} {
		if info := newClient(t, provider.Config{Region: region}).Info(); info.Host != want || info.Region != region {
			t.Errorf("region %q: client in %q at %s, want %s", region, info.Region, info.Host, want)
		}
	}
}
