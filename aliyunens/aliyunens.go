// Package aliyunens searches the images of Alibaba Cloud Edge Node Service, with its
// operation DescribeSelfImages of the API version 2017-11-10.
//
// # Scope
//
// The operation lists the account's images of all regions. The region of an image is
// unreported if its record has none. The operation never reports families, owners,
// tags and resource groups.
package aliyunens

import (
	"github.com/imagequery/imagequery/image"
	"github.com/imagequery/imagequery/internal/aliyun"
	"github.com/imagequery/imagequery/internal/apispec"
	"github.com/imagequery/imagequery/provider"
)

// Name is the provider's name in references, errors and Native sections.
const Name = "aliyunens"

// New returns a client for the account of the credentials. Config.Region may be
// empty: it chooses the endpoint (ap-southeast-1 has its own), and is not sent.
// Without Config.Credentials the environment is read:
// ALIBABA_CLOUD_ACCESS_KEY_ID, ALIBABA_CLOUD_ACCESS_KEY_SECRET and, for a
// temporary session, ALIBABA_CLOUD_SECURITY_TOKEN, or the other names of
// [github.com/imagequery/imagequery/aliyuncreds]. Without Config.Endpoint and
// Config.EndpointType, ALIBABA_CLOUD_ENDPOINT_TYPE=vpc chooses the endpoint inside
// a VPC; it is an error for a region without one. Nothing is sent.
//
// The Kinds: [provider.InvalidArgument], and [provider.Unauthenticated] if
// there are no credentials.
func New(c provider.Config) (*provider.Client, error) {
	product := aliyun.Product{Name: Name, Version: "2017-11-10", Host: host, PrivateHost: privateHost, NoRegions: true, Permissions: api.Permissions()}
	client, err := aliyun.New(product, c)
	if err != nil {
		return nil, err
	}
	return apispec.Client(api, client, c), nil
}

func host(region string) string {
	if region == "ap-southeast-1" {
		return "ens.ap-southeast-1.aliyuncs.com"
	}
	return "ens.aliyuncs.com"
}

// privateHost returns the host of the few regions that have one inside a VPC.
func privateHost(region string) string {
	switch region {
	case "cn-zhangjiakou", "ap-southeast-1":
		return "ens-vpc." + region + ".aliyuncs.com"
	case "cn-shanghai":
		return "ens.vpc-proxy.aliyuncs.com"
	}
	return ""
}

// Details returns the provider's own record of an image of this package, with
// every documented field. It fails if the image is of another provider, or has no
// Native record because [provider.Listing].KeepNative was not set.
func Details(m image.Image) (Record, error) {
	r, err := apispec.Details(api, m)
	return r.Record, err
}
