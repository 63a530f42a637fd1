// Package aliyunswas searches the custom images of Alibaba Cloud Simple Application
// Server, with its operation ListCustomImages of the API version 2020-06-01.
//
// # Scope
//
// The operation lists the account's custom images and those that are shared with it.
// It does not report the owner of a shared image, so the source of such an image is
// unknown. It never reports families and architectures.
package aliyunswas

import (
	"github.com/imagequery/imagequery/image"
	"github.com/imagequery/imagequery/internal/aliyun"
	"github.com/imagequery/imagequery/internal/apispec"
	"github.com/imagequery/imagequery/provider"
)

// Name is the provider's name in references, errors and Native sections.
const Name = "aliyunswas"

// New returns a client for the account of the credentials in one region.
// Config.Region is required. Without Config.Credentials the environment is read:
// ALIBABA_CLOUD_ACCESS_KEY_ID, ALIBABA_CLOUD_ACCESS_KEY_SECRET and, for a
// temporary session, ALIBABA_CLOUD_SECURITY_TOKEN, or the other names of
// [github.com/imagequery/imagequery/aliyuncreds]. Without Config.Endpoint and
// Config.EndpointType, ALIBABA_CLOUD_ENDPOINT_TYPE=vpc chooses the endpoint inside
// a VPC. Nothing is sent.
//
// The Kinds: [provider.InvalidArgument], and [provider.Unauthenticated] if
// there are no credentials.
func New(c provider.Config) (*provider.Client, error) {
	product := aliyun.Product{Name: Name, Version: "2020-06-01", Host: host, PrivateHost: privateHost, Permissions: api.Permissions()}
	client, err := aliyun.New(product, c)
	if err != nil {
		return nil, err
	}
	return apispec.Client(api, client, c), nil
}

func host(region string) string { return "swas." + region + ".aliyuncs.com" }

func privateHost(region string) string { return "swas-vpc." + region + ".aliyuncs.com" }

// Details returns the provider's own record of an image of this package, with
// every documented field. It fails if the image is of another provider, or has no
// Native record because [provider.Listing].KeepNative was not set.
func Details(m image.Image) (Record, error) {
	r, err := apispec.Details(api, m)
	return r.Record, err
}
