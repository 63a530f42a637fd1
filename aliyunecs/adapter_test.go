package aliyunecs_test

import (
	"testing"

	"github.com/imagequery/imagequery/aliyunecs"
	"github.com/imagequery/imagequery/internal/adaptertest"
	"github.com/imagequery/imagequery/provider/providertest"
)

func TestConformance(t *testing.T) { providertest.Run(t, adaptertest.ECS(aliyunecs.New)) }

func TestTablesHaveEveryDocumentedParameterAndField(t *testing.T) {
	adaptertest.Documented(t, aliyunecs.API(), aliyunecs.Details)
}

func TestMutantsAreDecodedAsEncodingJSONDoes(t *testing.T) {
	adaptertest.Mutants(t, aliyunecs.API(), aliyunecs.Details, adaptertest.Rows{ID: "ImageId"},
		`{"RequestId":"R-1","TotalCount":3,"Images":{"Image":[`+
			`{"ImageId":"m-1","ImageName":"web \"1\"","Description":"","OSName":"Ubuntu  64位","OSNameEn":"Ubuntu 64 bit","OSType":"linux","Platform":"Ubuntu",`+
			`"Architecture":"x86_64","BootMode":"BIOS","ImageFamily":"f","ImageVersion":"2","ResourceGroupId":"rg-1","ImageOwnerAlias":"others","ImageOwnerId":42,`+
			`"Status":"Available","Progress":"100%","Size":40,"CreationTime":"2017-12-08T12:10:03Z","IsSelfShared":"true","IsPublic":true,`+
			`"DiskDeviceMappings":{"DiskDeviceMapping":[{"Type":"system","Device":"/dev/xvda","SnapshotId":"s-1","Format":"qcow2","Size":"40","Encrypted":false,`+
			`"Progress":"32%","ImportOSSBucket":"b","ImportOSSObject":"o","RemainTime":233},{"Type":"Data","Size":20,"RemainTime":2}]},`+
			`"Tags":{"Tag":[{"TagKey":"env","TagValue":"prod"},{"TagKey":"team"}]},"Features":`+features+`,"Unknown":[{"a":1},2.5e1]},`+
			`{"ImageId":"m-2","ImageName":"db","Description":null,"OSName":"Windows","OSType":"windows","Architecture":"i386","ImageOwnerAlias":"self",`+
			`"Status":"UnAvailable","Progress":7,"Size":"20","CreationTime":"2018-01-02T03:04Z","IsSelfShared":true,"IsPublic":"false",`+
			`"DiskDeviceMappings":{"DiskDeviceMapping":[]},"Tags":{"Tag":[]},"Features":`+features+`,"Unknown":[{"a":1},2.5e1]},`+
			`{"Tags":"","Status":"Waiting","ImageId":"m-3","ImageName":"\u4f60好","DiskDeviceMappings":null,"Features":{"NvmeSupport":"no"},"Unknown":[{"a":1},2]}`+
			`]},"PageSize":10,"PageNumber":1,"Notes":{}}`,
		`{"Image":{"ImageId":"m-4","ImageOwnerAlias":"self","ProductCode":"p","SupplierName":"s","LicenseType":"l","Usage":"none","IsSubscribed":true,`+
			`"IsCopied":"True","IsSupportIoOptimized":1,"IsSupportCloudinit":true,"LoginAsNonRootSupported":true,"Usable":true,`+
			`"DetectionOptions":{"Status":"Finished","Items":{"Item":[{"Name":"Nvme","Value":"ok","RiskLevel":"High","RiskCode":"c"},{"Name":"x"}]}},`+
			`"SecureBootOptions":{"SecureBootSupport":"yes"},"Size":1e1},"RequestId":"R-2"}`,
		` { "TotalCount" : "1" , "Images" : { "Image" : [ null , { "Unknown" : { } , "ImageId" : 7 , "Size" : 4e1 , `+
			`"Tags" : { "Tag" : [ { "TagKey" : "a" } , { "TagKey" : "b" } ] } , "Tags" : { "Tag" : [ { "TagKey" : "c" } ] } } ] } } `,
		`{"Images":{"Image":[{"ImageId":"m-6","Tags":[{"Key":"a","Value":"1"},{"TagKey":"b"}],"DiskDeviceMappings":[{"Type":"system"}],"CreationTime":"2023-11-14 17:40:32"},`+
			`{"ImageId":"m-7","Tags":{"TagKey":"a","TagValue":"1"},"DiskDeviceMappings":{"DiskDeviceMapping":{"Size":-1}},"CreationTime":"2023-11-14T17:40:32+0800","Status":"Odd"},`+
			`{"ImageId":"m-8","Tags":{"Tag":{"Key":"a","Value":"1"}},"DiskDeviceMappings":{"Device":"/dev/vda"},"CreationTime":"14.11.2023","OSType":"plan9"}]}}`,
		`{"TotalCount":0,"RequestId":"R-4"}`,
		`{"Images":{"Image":[{"ImageId":"m-5"}]},"Images":{},"RequestId":"R-3"}`,
	)
}

const features = `{"NvmeSupport":"supported","ImdsSupport":"v2","CpuOnlineUpgrade":"yes","CpuOnlineDowngrade":"no","MemoryOnlineUpgrade":"yes","MemoryOnlineDowngrade":"no"}`
