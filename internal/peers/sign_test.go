package peers_test

import (
	"maps"
	"net/http"
	"net/url"
	"testing"

	"github.com/aliyun/alibaba-cloud-sdk-go/sdk/auth"
	"github.com/aliyun/alibaba-cloud-sdk-go/sdk/auth/credentials"
	"github.com/aliyun/alibaba-cloud-sdk-go/sdk/requests"
	"github.com/google/go-cmp/cmp"

	"github.com/imagequery/imagequery/internal/aliyun"
)

// TestSignAsTheSDK has the vendor's own code sign the same parameters.
func TestSignAsTheSDK(t *testing.T) {
	for name, query := range map[string]map[string]string{
		"plain":   {"Action": "DescribeImages", "PageSize": "100"},
		"listing": {"Action": "DescribeImages", "Status": "Available,Creating", "Tag.1.Key": "键 ~", "Tag.1.Value": "v+/=", "ImageName": "aliyun_3_*"},
		"array":   {"Action": "ListCustomImages", "ImageIds": `["m-a","m-b"]`},
		"awkward": {"a b": "c d", "*": "~", "+": "%2B&=", "é": "\U0001F600", "": "nothing", "nothing": "", "A": "1", "a": "2", "B": "\n\t\x00"},
	} {
		for how, key := range map[string]credentials.CredentialsProvider{
			"key":   credentials.NewStaticAKCredentialsProvider("testid", "testsecret"),
			"token": credentials.NewStaticSTSCredentialsProvider("testid", "testsecret", "sts/tok+en=="),
		} {
			t.Run(name+" with "+how, func(t *testing.T) {
				request := new(requests.RpcRequest)
				request.InitWithApiInfo("Ecs", "2014-05-26", query["Action"], "", "")
				request.Method = http.MethodGet
				maps.Copy(request.GetQueryParams(), query)
				if err := auth.Sign(request, nil, "cn-hangzhou", key); err != nil {
					t.Fatal(err)
				}
				unsigned := maps.Clone(request.GetQueryParams())
				want := unsigned["Signature"]
				delete(unsigned, "Signature")
				signed, err := url.ParseQuery(aliyun.Sign(http.MethodGet, unsigned, "testsecret"))
				if err != nil {
					t.Fatal(err)
				}
				if diff := cmp.Diff(want, signed.Get("Signature")); diff != "" {
					t.Errorf("(-want +got):\n%s", diff)
				}
			})
		}
	}
}
