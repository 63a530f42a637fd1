package aliyunens_test

import (
	"net/http"
	"testing"

	"github.com/imagequery/imagequery/aliyunens"
	"github.com/imagequery/imagequery/image"
	"github.com/imagequery/imagequery/internal/adaptertest"
	"github.com/imagequery/imagequery/provider"
	"github.com/imagequery/imagequery/provider/providertest"
)

func clientOf(t *testing.T, server http.RoundTripper) *provider.Client {
	t.Helper()
	return adaptertest.Client(t, aliyunens.New, "", server)
}

func newClient(t *testing.T, c provider.Config) *provider.Client {
	t.Helper()
	return adaptertest.New(t, aliyunens.New, c)
}

// listed returns the images of a page that holds these records.
func listed(t *testing.T, records ...string) []image.Image {
	t.Helper()
	return adaptertest.Listed(t, clientOf, `{"Code":0,"Images":{"Image":[ROWS]}}`, records)
}

func TestHostDependsOnTheRegion(t *testing.T) {
	for region, want := range map[string]string{
		"":               "ens.aliyuncs.com",
		"cn-hangzhou":    "ens.aliyuncs.com",
		"ap-southeast-1": "ens.ap-southeast-1.aliyuncs.com",
	} {
		if info := newClient(t, provider.Config{Region: region}).Info(); info.Host != want || info.Region != region {
			t.Errorf("region %q: client in %q at %s, want %s", region, info.Region, info.Host, want)
		}
	}
}

func TestConformance(t *testing.T) { providertest.Run(t, adaptertest.ENS(aliyunens.New)) }

func TestTablesHaveEveryDocumentedParameterAndField(t *testing.T) {
	adaptertest.Documented(t, aliyunens.API(), aliyunens.Details)
}

func TestMutantsAreDecodedAsEncodingJSONDoes(t *testing.T) {
	adaptertest.Mutants(t, aliyunens.API(), aliyunens.Details, adaptertest.Rows{ID: "ImageId"},
		`{"Code":0,"Images":{"Image":[`+
			`{"ImageId":"m-1","ImageName":"web \"1\"","ImageOwnerAlias":"self","Status":"Available","RegionId":"cn-a","Platform":"centos","OsVersion":"7.2",`+
			`"Architecture":"x86_64","ComputeType":"ens_vm","InstanceId":"i-1","SnapshotId":"sp-1","ImageSize":"20","CreationTime":"2017-12-08T12:10:03Z",`+
			`"DiskDeviceMappings":{"DiskDeviceMapping":[{"Type":"System","Size":"20","Format":"raw","imageId":"i-1"},{"Type":"Data","Size":100,"Format":"qcow2"}]},`+
			`"ImageStorageSize":"400","Unknown":[{"a":1},2.5e1]},`+
			`{"ImageId":"m-2","ImageName":"db","ImageOwnerAlias":"others","Status":"Pack_failed","RegionId":"cn-b","Platform":"windows","OsVersion":"2019",`+
			`"Architecture":"i386","ComputeType":"arm_vm","InstanceId":"","SnapshotId":null,"ImageSize":40,"CreationTime":"2018-01-02T03:04Z",`+
			`"DiskDeviceMappings":{"DiskDeviceMapping":[]},"ImageStorageSize":41,"Unknown":[{"a":1},2.5e1]},`+
			`{"Status":"Creating","ImageId":"m-3","ImageOwnerAlias":"system","ImageName":"\u4f60好","DiskDeviceMappings":"","ImageStorageSize":4,"Unknown":[{"a":1},2]}`+
			`]},"RequestId":"R-1","PageSize":"10","PageNumber":"1","TotalCount":"3","Notes":{}}`,
		` { "TotalCount" : 1 , "Images" : { "Image" : [ null , { "Unknown" : { } , "ImageId" : 7 , "ImageSize" : 4e1 , `+
			`"DiskDeviceMappings" : { "DiskDeviceMapping" : [ { } , { } ] } , "DiskDeviceMappings" : { "DiskDeviceMapping" : [ { } ] } } ] } } `,
		`{"Images":{"Image":[{"ImageId":"m-5","DiskDeviceMappings":[{"Size":"20"}],"CreationTime":"2017-12-08 12:10"},`+
			`{"ImageId":"m-6","DiskDeviceMappings":{"Type":"System","Size":"20"},"Status":"Odd","ComputeType":"odd","ImageSize":"20GB"}]}}`,
		`{"Code":0,"TotalCount":"0","PageSize":"10"}`,
		`{"Images":{"Image":[{"ImageId":"m-4"}]},"Images":{},"RequestId":"R-2"}`,
	)
}
