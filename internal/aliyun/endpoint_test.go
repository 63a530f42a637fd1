package aliyun_test

import (
	"errors"
	"strings"
	"testing"

	"github.com/imagequery/imagequery/aliyunecs"
	"github.com/imagequery/imagequery/aliyunens"
	"github.com/imagequery/imagequery/aliyunswas"
	"github.com/imagequery/imagequery/provider"
)

func TestEndpointTypeChoosesTheDocumentedHost(t *testing.T) {
	type open = func(provider.Config) (*provider.Client, error)
	config := func(region, endpoint, kind string) provider.Config {
		return provider.Config{Region: region, Endpoint: endpoint, EndpointType: kind, Credentials: provider.Static("i", "s", "")}
	}
	for name, test := range map[string]struct {
		open   open
		config provider.Config
		env    string // NAME=value
		host   string
		words  []string
	}{
		"ECS, public":              {aliyunecs.New, config("cn-beijing", "", ""), "", "ecs.cn-beijing.aliyuncs.com", nil},
		"ECS, environment":         {aliyunecs.New, config("cn-beijing", "", ""), "ALIBABA_CLOUD_ENDPOINT_TYPE=vpc", "ecs-vpc.cn-beijing.aliyuncs.com", nil},
		"ECS, another region":      {aliyunecs.New, config("cn-hangzhou", "", ""), "ALIBABA_CLOUD_ENDPOINT_TYPE=VPC", "ecs-vpc.cn-hangzhou.aliyuncs.com", nil},
		"ECS, older name":          {aliyunecs.New, config("cn-hangzhou", "", ""), "ALICLOUD_ENDPOINT_TYPE=vpc", "ecs-vpc.cn-hangzhou.aliyuncs.com", nil},
		"ECS, configuration":       {aliyunecs.New, config("cn-beijing", "", "vpc"), "", "ecs-vpc.cn-beijing.aliyuncs.com", nil},
		"ECS, configured public":   {aliyunecs.New, config("cn-beijing", "", "public"), "ALIBABA_CLOUD_ENDPOINT_TYPE=vpc", "ecs.cn-beijing.aliyuncs.com", nil},
		"ECS, endpoint":            {aliyunecs.New, config("cn-beijing", "https://x.example/", "vpc"), "", "x.example", nil},
		"ECS, placeholder":         {aliyunecs.New, config("cn-beijing", "https://ecs-vpc.{region}.aliyuncs.com/", ""), "", "ecs-vpc.cn-beijing.aliyuncs.com", nil},
		"SWAS, environment":        {aliyunswas.New, config("cn-beijing", "", ""), "ALIBABA_CLOUD_ENDPOINT_TYPE=vpc", "swas-vpc.cn-beijing.aliyuncs.com", nil},
		"ENS, cn-zhangjiakou":      {aliyunens.New, config("cn-zhangjiakou", "", "vpc"), "", "ens-vpc.cn-zhangjiakou.aliyuncs.com", nil},
		"ENS, cn-shanghai":         {aliyunens.New, config("cn-shanghai", "", "vpc"), "", "ens.vpc-proxy.aliyuncs.com", nil},
		"ENS, ap-southeast-1":      {aliyunens.New, config("ap-southeast-1", "", "vpc"), "", "ens-vpc.ap-southeast-1.aliyuncs.com", nil},
		"ENS, none documented":     {aliyunens.New, config("cn-beijing", "", "vpc"), "", "", []string{"Config.EndpointType", "endpoint", "cn-beijing"}},
		"ENS, no region":           {aliyunens.New, config("", "", ""), "ALIBABA_CLOUD_ENDPOINT_TYPE=vpc", "", []string{"ALIBABA_CLOUD_ENDPOINT_TYPE", "endpoint"}},
		"unknown type":             {aliyunecs.New, config("cn-beijing", "", "inner"), "", "", []string{"Config.EndpointType", "inner", "vpc"}},
		"unknown type, variable":   {aliyunecs.New, config("cn-beijing", "", ""), "ALIBABA_CLOUD_ENDPOINT_TYPE=inner", "", []string{"ALIBABA_CLOUD_ENDPOINT_TYPE", "inner", "vpc"}},
		"placeholder, no region":   {aliyunens.New, config("", "https://ens.{region}.example/", ""), "", "", []string{"Config.Endpoint", "{region}"}},
		"another placeholder":      {aliyunecs.New, config("cn-beijing", "https://{zone}.example/", ""), "", "", []string{"Config.Endpoint", "{region}"}},
		"placeholder in the wrong": {aliyunecs.New, config("cn-beijing", "https://{Region}.example/", ""), "", "", []string{"Config.Endpoint", "lower case"}},
	} {
		t.Run(name, func(t *testing.T) {
			for _, name := range []string{"ALIBABA_CLOUD_ENDPOINT_TYPE", "ALIBABACLOUD_ENDPOINT_TYPE", "ALICLOUD_ENDPOINT_TYPE"} {
				t.Setenv(name, "")
			}
			if name, value, set := strings.Cut(test.env, "="); set {
				t.Setenv(name, value)
			}
			client, err := test.open(test.config)
			if test.words == nil {
				if err != nil || client.Info().Host != test.host {
					t.Errorf("client %+v, error %v, want the host %s", client, err, test.host)
				}
				return
			}
			for _, word := range test.words {
				if !errors.Is(err, provider.InvalidArgument) || !strings.Contains(err.Error(), word) {
					t.Errorf("error %v, want an invalid argument that says %q", err, word)
				}
			}
		})
	}
}
