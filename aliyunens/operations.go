package aliyunens

import (
	"github.com/imagequery/imagequery/image"
	"github.com/imagequery/imagequery/internal/apispec"
	"github.com/imagequery/imagequery/provider"
)

var api = apispec.Define(apispec.API[row]{
	Name:       Name,
	Operations: []apispec.Operation[row]{describeSelfImages},
	Record:     record,
	Unreported: []image.Field{image.FieldFamilies, image.FieldOwners, image.FieldTags, image.FieldResourceGroups},
	Values: map[image.Field][]string{
		image.FieldSources:  sources.Neutral(),
		image.FieldStatuses: statuses.Neutral(),
	},
})

var describeSelfImages = apispec.Operation[row]{
	Action:   "DescribeSelfImages",
	Permit:   apispec.Permit{Name: "ens:DescribeSelfImages", Page: "https://www.alibabacloud.com/help/en/ens/developer-reference/api-ens-2017-11-10-describeselfimages"},
	Envelope: apispec.Envelope{Code: "Code", Message: "Message", RequestID: "RequestId", Total: "TotalCount"},
	Rows:     "Images.Image", MaxPage: 50, Image: (*row).image,
	Params: []apispec.Param{
		{Name: "PageNumber", Role: apispec.PageNumber},
		{Name: "PageSize", Role: apispec.PageSize},

		{Name: "ImageId", Field: image.FieldIDs, Support: provider.Superset, Encode: apispec.Plain},
		{Name: "ImageName", Field: image.FieldNames, Support: provider.Superset, Encode: apispec.Plain},
		{Name: "SnapshotId", Field: image.FieldSourceSnapshots, Support: provider.Superset},
	},
}

var sources = apispec.ValueMap[image.Source]{
	{Neutral: image.SourceSystem, Wire: []string{"system"}},
	{Neutral: image.SourceSelf, Wire: []string{"self"}},
	{Neutral: image.SourceShared, Wire: []string{"others"}},
}

var statuses = apispec.ValueMap[image.Status]{
	{Neutral: image.StatusPending, Wire: []string{"Creating", "Packing", "Uploading", "Copying"}},
	{Neutral: image.StatusAvailable, Wire: []string{"Available"}},
	{Neutral: image.StatusUnavailable, Wire: []string{"Unavailable"}},
	{Neutral: image.StatusFailed, Wire: []string{"Pack_failed", "Upload_failed"}},
}

// computeArchs maps the documented values of ComputeType. It tells ARM machines, for
// which Architecture has no value.
var computeArchs = apispec.ValueMap[image.Arch]{
	{Neutral: image.ArchARM64, Wire: []string{"arm_vm", "arm_bare_metal"}},
	{Neutral: "", Wire: []string{"ens_vm", "ens", "bare_metal", "pcfarm"}}, // Architecture decides
}
