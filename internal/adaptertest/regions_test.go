package adaptertest_test

import (
	"errors"
	"strings"
	"testing"

	"github.com/imagequery/imagequery/aliyunecs"
	"github.com/imagequery/imagequery/aliyunens"
	"github.com/imagequery/imagequery/aliyunswas"
	"github.com/imagequery/imagequery/provider"
	"github.com/imagequery/imagequery/qingcloud"
)

// TestRegionsThatAreNoHostLabelAreRefused gives every adapter regions that other
// clouds have and that must not become part of a host name.
func TestRegionsThatAreNoHostLabelAreRefused(t *testing.T) {
	for name, open := range map[string]func(provider.Config) (*provider.Client, error){
		"aliyunecs": aliyunecs.New, "aliyunswas": aliyunswas.New, "aliyunens": aliyunens.New, "qingcloud": qingcloud.New,
	} {
		for _, region := range []string{"cn-hangzhou.evil.com", "RegionOne", "a_b", "CN-HANGZHOU", strings.Repeat("a", 64)} {
			for _, endpoint := range []string{"", "https://{region}.example.com/", "https://api.example.com/"} {
				_, err := open(provider.Config{Region: region, Endpoint: endpoint, Credentials: provider.Static("i", "s", "")})
				e := (*provider.Error)(nil)
				if !errors.As(err, &e) || e.Kind != provider.InvalidArgument || e.Provider != name || !strings.Contains(e.Message, "Config.Region") {
					t.Errorf("%s, region %q, endpoint %q: error %v, want InvalidArgument", name, region, endpoint, err)
				}
			}
		}
	}
}
