package httpapi_test

import (
	"errors"
	"strings"
	"testing"

	"github.com/imagequery/imagequery/provider"
	"github.com/imagequery/imagequery/provider/httpapi"
)

func TestEndpointRefusesUnsafeAddresses(t *testing.T) {
	const documented = "https://ecs.cn-hangzhou.aliyuncs.com/"
	for _, test := range []struct {
		configured string
		allowHTTP  bool
		want       string // empty: refused
	}{
		{configured: "", want: documented},
		{configured: "https://ecs-vpc.cn-hangzhou.aliyuncs.com", want: "https://ecs-vpc.cn-hangzhou.aliyuncs.com/"},
		{configured: "https://api.example.com:8443/iaas", want: "https://api.example.com:8443/iaas"},
		{configured: "https://api.example.com/iaas/", want: "https://api.example.com/iaas/"},
		{configured: "HTTPS://api.example.com/", want: "https://api.example.com/"},
		{configured: "http://localhost:8080/", want: "http://localhost:8080/"},
		{configured: "http://LOCALHOST/", want: "http://LOCALHOST/"},
		{configured: "http://127.0.0.1:8080/", want: "http://127.0.0.1:8080/"},
		{configured: "http://127.8.9.1/", want: "http://127.8.9.1/"},
		{configured: "http://[::1]:8080/", want: "http://[::1]:8080/"},
		{configured: "http://api.example.com/", allowHTTP: true, want: "http://api.example.com/"},
		{configured: "http://api.example.com/"},
		{configured: "http://localhost.example.com/"},
		{configured: "http://127.0.0.1.example.com/"},
		{configured: "http://10.0.0.1/"},
		{configured: "http://[::2]/"},
		{configured: "api.example.com"},
		{configured: "//api.example.com/"},
		{configured: "/iaas/"},
		{configured: "ftp://api.example.com/", allowHTTP: true},
		{configured: "https:api.example.com"},
		{configured: "https://:8443/"},
		{configured: "https://"},
		{configured: "https://api.example.com/%zz"},
		{configured: "https://api.example.com/?region=x"},
		{configured: "https://api.example.com/#there"},
		{configured: "https://user@api.example.com/"},
		{configured: " https://api.example.com/"},
	} {
		u, err := httpapi.Endpoint(provider.Config{Endpoint: test.configured, AllowHTTP: test.allowHTTP}, documented)
		switch {
		case test.want == "" && !errors.Is(err, provider.InvalidArgument):
			t.Errorf("%q: %v and error %v, want invalid argument", test.configured, u, err)
		case test.want != "" && err != nil:
			t.Errorf("%q: %v", test.configured, err)
		case test.want != "" && u.String() != test.want:
			t.Errorf("%q: %s, want %s", test.configured, u, test.want)
		}
	}
}

func TestEndpointErrorsShowNoPassword(t *testing.T) {
	for _, configured := range []string{
		"https://LTAI:hunter2@api.example.com/",
		"https://LTAI:hunter2@api.example.com:port/",
		"https://LTAI:hunter 2@api.example.com/",
		"ftp://LTAI:hunter2@api.example.com/",
		"LTAI:hunter2@api.example.com",
		"http://api.example.com/?AccessKeyId=LTAI&Signature=hunter2",
		"https://api.example.com/#LTAI:hunter2",
	} {
		_, err := httpapi.Endpoint(provider.Config{Endpoint: configured}, "")
		if !errors.Is(err, provider.InvalidArgument) {
			t.Errorf("%q: error %v, want invalid argument", configured, err)
			continue
		}
		if text := err.Error(); strings.Contains(text, "hunter") || strings.Contains(text, "LTAI") {
			t.Errorf("the error shows a secret: %s", text)
		}
	}
}
