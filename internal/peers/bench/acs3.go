package main

import (
	"net/http"
	"strconv"
	"strings"

	openapi "github.com/alibabacloud-go/darabonba-openapi/v2/client"
	openapiutil "github.com/alibabacloud-go/darabonba-openapi/v2/utils"
	"github.com/alibabacloud-go/tea/dara"
	"github.com/aliyun/alibaba-cloud-sdk-go/services/ecs"
	"github.com/aliyun/alibaba-cloud-sdk-go/services/ens"
	swas "github.com/aliyun/alibaba-cloud-sdk-go/services/swas-open"

	"github.com/imagequery/imagequery/internal/peers/worlds"
)

// pagesOfACS3 lists with the core of the vendor's SDK V2.0, as its generated clients do:
// CallApi returns maps, which dara.Convert turns into structs. The structs here are those
// of the first SDK. The generated ones have a pointer for each field, and so cost more.
func pagesOfACS3[Body, R any](action string, rows func(*Body) []R, total func(*Body) (int, error)) openerOf[R] {
	return func(to target, a api) (pager[R], error) {
		config := &openapiutil.Config{
			AccessKeyId: dara.String(worlds.Key), AccessKeySecret: dara.String(worlds.Key + worlds.Suffix),
			Protocol: dara.String("HTTP"), Endpoint: dara.String(strings.TrimPrefix(to.url, "http://")), RegionId: dara.String(a.region),
		}
		if to.transport != nil {
			config.HttpClient = acs3Client{to.transport}
		}
		client, err := openapi.NewClient(config)
		return func(number, size int) ([]R, int, error) {
			reply, err := client.CallApi(acs3Params(action, a.version), acs3Request(a, number, size), &dara.RuntimeOptions{})
			if err != nil {
				return nil, 0, err
			}
			var response struct {
				Body Body `json:"body"`
			}
			if err := dara.Convert(reply, &response); err != nil {
				return nil, 0, err
			}
			images, err := total(&response.Body)
			return rows(&response.Body), images, err
		}, err
	}
}

func acs3Params(action, version string) *openapiutil.Params {
	return &openapiutil.Params{
		Action: dara.String(action), Version: dara.String(version), Protocol: dara.String("HTTP"), Pathname: dara.String("/"),
		Method: dara.String("POST"), AuthType: dara.String("AK"), Style: dara.String("RPC"),
		ReqBodyType: dara.String("formData"), BodyType: dara.String("json"),
	}
}

// acs3Request has the parameters in the query, where generated clients put them. The
// server of these benchmarks reads the version from there; the client sends it in a header.
func acs3Request(a api, number, size int) *openapiutil.OpenApiRequest {
	return &openapiutil.OpenApiRequest{Query: map[string]*string{
		"RegionId": dara.String(a.region), "Version": dara.String(a.version),
		"PageNumber": dara.String(strconv.Itoa(number)), "PageSize": dara.String(strconv.Itoa(size)),
	}}
}

// acs3Client sends the requests of the client through a transport in memory.
type acs3Client struct{ transport http.RoundTripper }

func (c acs3Client) Call(request *http.Request, _ *http.Transport) (*http.Response, error) {
	return c.transport.RoundTrip(request)
}

type acs3ECS struct {
	TotalCount int
	Images     ecs.Images
}

type acs3SWAS struct {
	TotalCount   string
	CustomImages []swas.CustomImage
}

type acs3ENS struct {
	TotalCount string
	Images     ens.ImagesInDescribeSelfImages
}

var (
	acs3PagesOfECS = pagesOfACS3("DescribeImages", func(b *acs3ECS) []ecs.Image { return b.Images.Image },
		func(b *acs3ECS) (int, error) { return b.TotalCount, nil })
	acs3PagesOfSWAS = pagesOfACS3("ListCustomImages", func(b *acs3SWAS) []swas.CustomImage { return b.CustomImages },
		func(b *acs3SWAS) (int, error) { return strconv.Atoi(b.TotalCount) })
	acs3PagesOfENS = pagesOfACS3("DescribeSelfImages", func(b *acs3ENS) []ens.ImageInDescribeSelfImages { return b.Images.Image },
		func(b *acs3ENS) (int, error) { return strconv.Atoi(b.TotalCount) })
)

func openACS3(to target, a api) (fetcher, error) { return counted(a.acs3(to, a)) }
