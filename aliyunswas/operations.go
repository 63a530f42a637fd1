package aliyunswas

import (
	"github.com/imagequery/imagequery/image"
	"github.com/imagequery/imagequery/internal/apispec"
	"github.com/imagequery/imagequery/provider"
)

var api = apispec.Define(apispec.API[row]{
	Name:       Name,
	Operations: []apispec.Operation[row]{listCustomImages},
	Record:     record,
	Unreported: []image.Field{image.FieldFamilies, image.FieldArchs},
	Values: map[image.Field][]string{
		image.FieldSources:      {string(image.SourceSelf)},
		image.FieldVisibilities: {string(image.VisibilityPrivate), string(image.VisibilityShared)},
		image.FieldStatuses:     statuses.Neutral(),
		image.FieldOSes:         oses.Neutral(),
	},
})

var listCustomImages = apispec.Operation[row]{
	Action:   "ListCustomImages",
	Permit:   apispec.Permit{Name: "swas-open:ListCustomImages", Page: "https://www.alibabacloud.com/help/en/simple-application-server/developer-reference/api-swas-open-2020-06-01-listcustomimages"},
	Envelope: apispec.Envelope{Code: "Code", Message: "Message", RequestID: "RequestId", Total: "TotalCount"},
	Rows:     "CustomImages", MaxPage: 100, Image: (*row).image,
	Params: []apispec.Param{
		{Name: "RegionId", Role: apispec.Location},
		{Name: "PageNumber", Role: apispec.PageNumber},
		{Name: "PageSize", Role: apispec.PageSize},

		{Name: "ImageIds", Field: image.FieldIDs, Support: provider.Exact, Layout: apispec.JSONArray, Max: 100},
		{Name: "ImageNames", Field: image.FieldNames, Support: provider.Superset, Encode: apispec.Plain, Layout: apispec.JSONArray, Max: 100},
		{Name: "InstanceId", Field: image.FieldSourceInstances, Support: provider.Exact},
		{Name: "SystemSnapshotId", Field: image.FieldSourceSnapshots, Support: provider.Superset},
		{Name: "DataSnapshotId", Field: image.FieldSourceSnapshots, Support: provider.Superset},
		{Name: "ResourceGroupId", Field: image.FieldResourceGroups, Support: provider.Superset},
		{Name: "Tag.n.Key", Field: image.FieldTags, Support: provider.Superset, Layout: apispec.TagPairs, Max: 20},
		{Name: "Tag.n.Value", Field: image.FieldTags},

		{Name: "Share", Type: apispec.Bool},

		{Name: "ClientToken", Role: apispec.Refused, Why: "a listing changes nothing and needs no token, and one value on every page would invite a replay"},
	},
}

var statuses = apispec.ValueMap[image.Status]{
	{Neutral: image.StatusPending, Wire: []string{"0", "4"}}, // being copied, being created
	{Neutral: image.StatusAvailable, Wire: []string{"1"}},
	{Neutral: image.StatusUnavailable, Wire: []string{"2"}},
	{Neutral: image.StatusFailed, Wire: []string{"3"}},
}

var oses = apispec.ValueMap[image.OS]{
	{Neutral: image.OSLinux, Wire: []string{"Linux"}},
	{Neutral: image.OSWindows, Wire: []string{"Windows"}},
}
