// Package aliyunecs searches the images of Alibaba Cloud ECS, with its operations
// DescribeImages and DescribeImageFromFamily of the API version 2014-05-26.
//
// # Scope
//
// Without Sources, a query lists system, self and shared images. Marketplace and
// community images are listed if Sources names them, or if the query has IDs and no
// Sources.
//
// Two defaults of the operation narrow a listing: it leaves out expired subscription
// images (ShowExpired=false) and images that cannot create an instance
// (ActionType=CreateEcs). A query with IDs sends ShowExpired=true, but keeps
// ActionType, so that it and [provider.Client.Get] find no image that can only replace a
// system disk. [image.Query.Native] overrides both.
package aliyunecs

import (
	"context"
	"fmt"
	"net/url"

	"github.com/imagequery/imagequery/image"
	"github.com/imagequery/imagequery/internal/aliyun"
	"github.com/imagequery/imagequery/internal/apispec"
	"github.com/imagequery/imagequery/provider"
)

// Name is the provider's name in references, errors and Native sections.
const Name = "aliyunecs"

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
	product := aliyun.Product{Name: Name, Version: "2014-05-26", Host: host, PrivateHost: privateHost, Permissions: api.Permissions()}
	client, err := aliyun.New(product, c)
	if err != nil {
		return nil, err
	}
	return apispec.Client(api, client, c), nil
}

func host(region string) string {
	if region == "cn-hangzhou-finance" {
		return "ecs.aliyuncs.com"
	}
	return "ecs." + region + ".aliyuncs.com"
}

func privateHost(region string) string { return "ecs-vpc." + region + ".aliyuncs.com" }

// FromFamily returns the image that DescribeImageFromFamily chooses. The vendor
// documents it as the newest available image of the family. The Source of an image of
// another account is unknown. The client must be one of this package.
//
// The Kinds: [provider.NotFound] if the family has no available image, and those
// of [provider.Client.Images].
func FromFamily(ctx context.Context, c *provider.Client, family string) (image.Image, error) {
	failure := provider.Error{Provider: Name, Region: c.Info().Region, Action: describeImageFromFamily.Action}
	if c.Info().Name != Name || family == "" {
		failure.Kind = provider.InvalidArgument
		failure.Message = fmt.Sprintf("family %q of a client of %q: want a family's name, and a client of %s", family, c.Info().Name, Name)
		return image.Image{}, &failure
	}
	call := provider.Call{Action: describeImageFromFamily.Action, Params: url.Values{"ImageFamily": {family}}}
	for m, err := range c.Do(ctx, call) {
		return m, err
	}
	failure.Kind = provider.NotFound
	failure.Message = fmt.Sprintf("the family %q has no available image", family)
	return image.Image{}, &failure
}

// Details returns the provider's own record of an image of this package, with
// every documented field. It fails if the image is of another provider, or has no
// Native record because [provider.Listing].KeepNative was not set.
func Details(m image.Image) (Record, error) {
	r, err := apispec.Details(api, m)
	return r.Record, err
}
