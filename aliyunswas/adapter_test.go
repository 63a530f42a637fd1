package aliyunswas_test

import (
	"net/http"
	"testing"

	"github.com/imagequery/imagequery/aliyunswas"
	"github.com/imagequery/imagequery/image"
	"github.com/imagequery/imagequery/internal/adaptertest"
	"github.com/imagequery/imagequery/provider"
	"github.com/imagequery/imagequery/provider/providertest"
)

func clientOf(t *testing.T, server http.RoundTripper) *provider.Client {
	t.Helper()
	return adaptertest.Client(t, aliyunswas.New, "cn-hangzhou", server)
}

func newClient(t *testing.T, c provider.Config) *provider.Client {
	t.Helper()
	return adaptertest.New(t, aliyunswas.New, c)
}

// listed returns the images of a page that holds these records.
func listed(t *testing.T, records ...string) []image.Image {
	t.Helper()
	return adaptertest.Listed(t, clientOf, `{"CustomImages":[ROWS],"TotalCount":"0"}`, records)
}

func TestConformance(t *testing.T) { providertest.Run(t, adaptertest.SWAS(aliyunswas.New)) }

func TestTablesHaveEveryDocumentedParameterAndField(t *testing.T) {
	adaptertest.Documented(t, aliyunswas.API(), aliyunswas.Details)
}

func TestMutantsAreDecodedAsEncodingJSONDoes(t *testing.T) {
	adaptertest.Mutants(t, aliyunswas.API(), aliyunswas.Details, adaptertest.Rows{ID: "ImageId"},
		`{"RequestId":"R-1","CustomImages":[`+
			`{"ImageId":"m-1","Name":"web","Description":"a \"b\"","RegionId":"cn-a","Status":"1","OsType":"Linux","SourceImageName":"CentOS",`+
			`"SourceImageVersion":"8.0","UserId":0,"ResourceGroupId":"rg-1","InstanceId":"i-1","InstanceName":"one","SystemSnapshotId":"s-1",`+
			`"SystemSnapshotName":"system","DataSnapshotId":"s-2","DataSnapshotName":"data","RequiredSystemDiskSize":20,"RequiredDataDiskSize":"40",`+
			`"InShare":true,"InShareUser":false,"CreationTime":"2022-10-09T02:28:06Z","CreateInstances":["i-2",3],"Tags":[{"Key":"env","Value":"prod"},{"Key":"team"}],"More":1,`+
			`"Unknown":{"a":[1,{"b":null}]}},`+
			`{"ImageId":"m-2","Name":"db","Description":null,"RegionId":"cn-a","Status":2,"OsType":"Windows","SourceImageName":"Windows Server",`+
			`"SourceImageVersion":"2022","UserId":42,"ResourceGroupId":"","InstanceId":"i-3","InstanceName":"two","SystemSnapshotId":"s-3",`+
			`"RequiredSystemDiskSize":"40","InShareUser":"true","CreationTime":"2022-10-09 02:28:06+08:00","CreateInstances":["i-2",3],"More":12,`+
			`"Unknown":{"a":[1,{"b":null}]}},`+
			`{"Tags":null,"Status":"3","Name":"\u4f60好","ImageId":"m-3","Unknown":{"a":[1]}}`+
			`],"TotalCount":"3","PageSize":"10","PageNumber":"1","Notes":{}}`,
		` { "TotalCount" : 1 , "CustomImages" : [ null , { "Unknown" : [ ] , "ImageId" : 7 , "RequiredSystemDiskSize" : 4e1 , `+
			`"Tags" : [ { "Key" : "a" } , { "Key" : "b" } ] , "Tags" : [ { "Key" : "c" } ] } ] } `,
		`{"CustomImages":[{"ImageId":"m-5","Tags":{"Tag":[{"TagKey":"a","TagValue":"1"}]},"CreationTime":"2022-10-09 02:28:06"},`+
			`{"ImageId":"m-6","Tags":{"Key":"a","Value":"1"},"CreationTime":"2022-10-09T02:28+08","Status":"9"},{"ImageId":"m-7","Tags":{"Tag":{"Key":"a"}}}]}`,
		`{"TotalCount":"0","PageSize":"10"}`,
		`{"CustomImages":[{"ImageId":"m-4"}],"CustomImages":{},"RequestId":"R-2"}`,
	)
}
