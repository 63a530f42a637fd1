package wire_test

import (
	"testing"

	"github.com/imagequery/imagequery/internal/mutants"
)

func TestMutantsOfRecordsDecodeAsEncodingJSON(t *testing.T) {
	breed(t, []string{
		`{"ImageId":"m-1","ImageName":"n\u00e9 \"x\"","Description":null,"OSName":"Ubuntu  64位","Status":"Available","Size":"40",` +
			`"IsPublic":"True","CreationTime":"2017-12-08T12:10:03.25Z","Extra":[1,{"a":[]},-2.5e3]}`,
		`{"Tags":{"Tag":[{"TagKey":"k","TagValue":"v"},null,{"TagKey":1}]},"DiskDeviceMappings":{"DiskDeviceMapping":[{"Size":"20","Type":"system"}]},` +
			`"Features":{"NvmeSupport":"supported"},"DetectionOptions":{"Status":"Finished","Items":{}},"CreateInstances":["a",1,null]}`,
		` { "Size" : 40.0 , "Size" : 1e3 , "IsPublic" : 1 , "CreationTime" : "2017-12-08 12:10+08:00" , "Tags" : "" } `,
		`{"Tags":[{"Key":"a","Value":"1"},{"TagKey":"b"}],"DiskDeviceMappings":{"DiskDeviceMapping":{"Size":20,"Type":"data"}},"CreationTime":"2017-12-08 12:10"}`,
		`{"Tags":{"TagKey":"a","TagValue":"1"},"DiskDeviceMappings":{"Size":"40","Device":"/dev/vda"},"CreationTime":"2017-12-08T12:10:03+0800"}`,
		`{"Tags":{"Key":"a","Tag":[{"Value":"1"}],"Tag":{"Key":"c"}},"Tags":{"Tag":{}},"CreationTime":"2017-12-08T12:10+08"}`,
		`{"Tags":{"Tag":[{"TagKey":"a"},{"TagKey":"b"}]},"Tags":{"Tag":[{"TagKey":"c"}]}}`,
	}, checkDecode)
}

func TestMutantsOfPagesScanAsEncodingJSON(t *testing.T) {
	breed(t, []string{
		`{"RequestId":"R-1","TotalCount":"2","Images":{"Image":[{"ImageId":"m-1","Tags":{"Tag":[]}},{"ImageId":"m-2","Size":40}]},"RegionId":"r"}`,
		`{"Images":{"Image":[],"Other":{}},"TotalCount":0}`,
		` { "Images" : { "Image" : [ null , { } ] } , "RequestId" : "R" } `,
	}, checkScan)
}

// breed checks mutants of some documents.
func breed(t *testing.T, documents []string, check func(*testing.T, []byte)) {
	mutants.Each(t, 8_000, documents, func(doc []byte) { check(t, doc) })
}
