package adaptertest_test

import (
	"context"
	"fmt"
	"slices"
	"testing"

	"github.com/imagequery/imagequery/aliyunecs"
	"github.com/imagequery/imagequery/aliyunens"
	"github.com/imagequery/imagequery/aliyunswas"
	"github.com/imagequery/imagequery/fakecloud"
	"github.com/imagequery/imagequery/image"
	"github.com/imagequery/imagequery/internal/adaptertest"
	"github.com/imagequery/imagequery/provider"
	"github.com/imagequery/imagequery/qingcloud"
)

// operation is one documented operation, with the facts that the tests of all operations need.
type operation struct {
	name, provider, permission string

	open    adaptertest.Constructor
	refusal func(message string) string // the body of an error
	one     string                      // a response with the image m-1

	family  bool // the operation requests one image of a family; false: it lists pages
	listing      // zero with family
}

// listing holds the facts about an operation that lists pages.
type listing struct {
	region, host string
	details      func(image.Image) error
	empty        string     // a response without images
	sizeParam    string     // the parameter for the size of a page
	allocs       [2]float64 // the most allocations for a plan of each of planQueries
}

var operations = []operation{
	{
		name: "ECS", provider: aliyunecs.Name, permission: "ecs:DescribeImages", open: aliyunecs.New, refusal: rpcRefusal,
		one: `{"RequestId":"R-1","TotalCount":1,"PageNumber":1,"PageSize":100,"Images":{"Image":[{"ImageId":"m-1","ImageOwnerAlias":"self"}]}}`,
		listing: listing{
			region: "cn-hangzhou", host: "ecs.cn-hangzhou.aliyuncs.com", details: detailsOf(aliyunecs.Details),
			empty: `{"TotalCount":0,"Images":{"Image":[]}}`, sizeParam: "PageSize", allocs: [2]float64{50, 290},
		},
	},
	{
		name: "ECS family", provider: aliyunecs.Name, permission: "ecs:DescribeImageFromFamily", open: aliyunecs.New, refusal: rpcRefusal,
		one: `{"RequestId":"R-1","Image":{"ImageId":"m-1","ImageFamily":"web","ImageOwnerAlias":"self"}}`, family: true,
	},
	{
		name: "SWAS", provider: aliyunswas.Name, permission: "swas-open:ListCustomImages", open: aliyunswas.New, refusal: rpcRefusal,
		one: `{"RequestId":"R-1","TotalCount":1,"PageNumber":1,"PageSize":100,"CustomImages":[{"ImageId":"m-1"}]}`,
		listing: listing{
			region: "cn-hangzhou", host: "swas.cn-hangzhou.aliyuncs.com", details: detailsOf(aliyunswas.Details),
			empty: `{"TotalCount":"0","CustomImages":[]}`, sizeParam: "PageSize", allocs: [2]float64{30, 148},
		},
	},
	{
		name: "ENS", provider: aliyunens.Name, permission: "ens:DescribeSelfImages", open: aliyunens.New, refusal: rpcRefusal,
		one: `{"RequestId":"R-1","TotalCount":1,"PageNumber":1,"PageSize":50,"Code":0,"Images":{"Image":[{"ImageId":"m-1","ImageOwnerAlias":"self"}]}}`,
		listing: listing{
			host: "ens.aliyuncs.com", details: detailsOf(aliyunens.Details),
			empty: `{"Code":0,"Images":{"Image":[]},"TotalCount":"0"}`, sizeParam: "PageSize", allocs: [2]float64{22, 132},
		},
	},
	{
		name: "QingCloud", provider: qingcloud.Name, permission: "DescribeImages", open: qingcloud.New, refusal: qingRefusal,
		one: `{"action":"DescribeImagesResponse","ret_code":0,"total_count":1,"image_set":[{"image_id":"m-1","provider":"self"}]}`,
		listing: listing{
			region: "pek3a", host: "api.qingcloud.com", details: detailsOf(qingcloud.Details),
			empty: `{"ret_code":0,"total_count":0,"image_set":[]}`, sizeParam: "limit", allocs: [2]float64{86, 190},
		},
	},
}

func rpcRefusal(message string) string {
	return fmt.Sprintf(`{"RequestId":"R-1","HostId":"%s","Code":"InvalidParameter","Message":"%[1]s"}`, message)
}

func qingRefusal(message string) string {
	return fmt.Sprintf(`{"action":"DescribeImagesResponse","ret_code":1100,"message":"%s"}`, message)
}

func detailsOf[R any](details func(image.Image) (R, error)) func(image.Image) error {
	return func(m image.Image) error {
		_, err := details(m)
		return err
	}
}

// listings are the operations with pages, one of each adapter.
func listings() (found []operation) {
	for _, o := range operations {
		if !o.family {
			found = append(found, o)
		}
	}
	return found
}

// listingOf is the listing of a provider.
func listingOf(provider string) operation {
	return operations[slices.IndexFunc(operations, func(o operation) bool { return o.provider == provider && !o.family })]
}

// eachAdapter runs a test for the listing of every adapter.
func eachAdapter(t *testing.T, test func(t *testing.T, a operation)) {
	t.Helper()
	for _, a := range listings() {
		t.Run(a.name, func(t *testing.T) { test(t, a) })
	}
}

func newCloud(t testing.TB, world fakecloud.World, faults ...fakecloud.Fault) *fakecloud.Cloud {
	t.Helper()
	cloud, err := fakecloud.New(world)
	if err == nil {
		err = cloud.SetFaults(faults...)
	}
	if err != nil {
		t.Fatal(err)
	}
	return cloud
}

// testKeys are the keys of an account whose clients have the credentials of [adaptertest.New].
var testKeys = []fakecloud.Key{{ID: "test-key-id", Secret: "test-key-secret"}}

var selfImages = image.Query{Sources: []image.Source{image.SourceSelf}}

// request returns the images of one listing, or the image of the family web.
func (o operation) request(ctx context.Context, client *provider.Client) ([]image.Image, error) {
	if o.family {
		m, err := aliyunecs.FromFamily(ctx, client, "web")
		return []image.Image{m}, err
	}
	return provider.Collect(client.Images(ctx, selfImages))
}
