package aliyun

import (
	"fmt"
	"strings"

	"github.com/imagequery/imagequery/internal/environ"
	"github.com/imagequery/imagequery/provider"
)

// endpointTypeNames are the variables that stand for an empty Config.EndpointType.
var endpointTypeNames = []string{"ALIBABA_CLOUD_ENDPOINT_TYPE", "ALIBABACLOUD_ENDPOINT_TYPE", "ALICLOUD_ENDPOINT_TYPE"}

// host returns the documented host of a product. It is the one inside a VPC if the
// configuration or the environment chooses it, and otherwise the public one.
func (p Product) host(c provider.Config) (string, error) {
	private, by, err := isPrivate(c)
	if err != nil || !private || p.PrivateHost == nil {
		return p.Host(c.Region), err
	}
	if host := p.PrivateHost(c.Region); host != "" {
		return host, nil
	}
	return "", &provider.Error{
		Kind: provider.InvalidArgument,
		Message: fmt.Sprintf("%s asks for the endpoint inside a VPC, and none is documented for region %q: set Config.Endpoint, "+
			"or Config.EndpointType to public", by, c.Region),
	}
}

// isPrivate reports whether the configuration or the environment chooses the endpoints
// inside a VPC, and names the setting.
func isPrivate(c provider.Config) (private bool, by string, err error) {
	if c.Endpoint != "" {
		return false, "", nil
	}
	if c.EndpointType != "" {
		return c.EndpointType == "vpc", "Config.EndpointType", nil
	}
	value, name, err := environ.Variable(endpointTypeNames...)
	switch {
	case err != nil:
		return false, "", err
	case strings.EqualFold(value, "vpc"):
		return true, name, nil
	case value == "" || strings.EqualFold(value, "public"):
		return false, "", nil
	}
	return false, "", &provider.Error{Kind: provider.InvalidArgument, Message: fmt.Sprintf("%s is %q: set it to vpc or public, or unset it", name, value)}
}
