package aliyunswas_test

import (
	"errors"
	"net/http"
	"net/url"
	"testing"

	"github.com/imagequery/imagequery/aliyunswas"
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

func TestCheckRequestsOneImage(t *testing.T) {
	s := &adaptertest.Server{Status: http.StatusOK, Body: `{"CustomImages":[],"TotalCount":"0"}`}
	if err := clientOf(t, s).Check(t.Context()); err != nil {
		t.Fatal(err)
	}
	if got := s.Asked()[0].Query().Get("PageSize"); len(s.Asked()) != 1 || got != "1" {
		t.Errorf("%d requests with pages of %s, want one with a page of 1", len(s.Asked()), got)
	}
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

func TestNewRefusesBadConfigurations(t *testing.T) {
	for _, name := range []string{"ALIBABA_CLOUD_ACCESS_KEY_ID", "ALIBABA_CLOUD_ACCESS_KEY_SECRET", "ALIBABA_CLOUD_SECURITY_TOKEN"} {
		t.Setenv(name, "")
	}
	keys := provider.Static("test-key-id", "test-key-secret", "")
	for _, test := range []struct {
		name   string
		config provider.Config
		want   provider.Kind
	}{
		{"no region", provider.Config{Credentials: keys}, provider.InvalidArgument},
		{"no credentials", provider.Config{Region: "cn-hangzhou"}, provider.Unauthenticated},
	} {
		t.Run(test.name, func(t *testing.T) {
			var e *provider.Error
			if _, err := aliyunswas.New(test.config); !errors.As(err, &e) || e.Kind != test.want || e.Provider != "aliyunswas" {
				t.Errorf("error %v, want %v of aliyunswas", err, test.want)
			}
		})
	}
}

func TestDetailsRefusesImagesOfOtherProviders(t *testing.T) {
	for _, m := range []image.Image{
		{Ref: image.Ref{Provider: "aliyunecs", ID: "m-1"}, Native: []byte(`{}`)},
		{Ref: image.Ref{Provider: "aliyunswas", ID: "m-1"}},
	} {
		if _, err := aliyunswas.Details(m); err == nil {
			t.Errorf("details of %s with native %q, want an error", m, m.Native)
		}
	}
}
