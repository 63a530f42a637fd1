package skeleton

import (
	"github.com/imagequery/imagequery/image"
	"github.com/imagequery/imagequery/internal/apispec"
)

var api = apispec.Define(apispec.API[row]{
	Name:       Name,
	Operations: []apispec.Operation[row]{listImages},
	Record:     record,
	// TODO: remove each field that the record reports.
	Unreported: []image.Field{
		image.FieldFamilies, image.FieldSources, image.FieldOwners, image.FieldVisibilities, image.FieldOSes, image.FieldPlatforms, image.FieldOSVersions,
		image.FieldArchs, image.FieldTags, image.FieldSourceInstances, image.FieldSourceSnapshots, image.FieldResourceGroups,
	},
})

// TODO: list every documented parameter: what it expresses and how well, or why it is
// refused.
var listImages = apispec.Operation[row]{
	Action:   "ListImages",
	Envelope: apispec.Envelope{Code: "code", Message: "message", RequestID: "request_id", Total: "total"},
	Rows:     "images", MaxPage: 100, Image: (*row).image,
	Params: []apispec.Param{
		{Name: "region", Role: apispec.Location},
		{Name: "page", Role: apispec.PageNumber},
		{Name: "page_size", Role: apispec.PageSize},
	},
}
