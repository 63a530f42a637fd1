package qingcloud

import (
	"github.com/imagequery/imagequery/image"
	"github.com/imagequery/imagequery/internal/apispec"
	"github.com/imagequery/imagequery/provider"
)

var api = apispec.Define(apispec.API[row]{
	Name:       Name,
	Operations: []apispec.Operation[row]{describeImages},
	Record:     record,
	Scopes:     scopes,
	Unreported: []image.Field{
		image.FieldFamilies, image.FieldSourceInstances, image.FieldSourceSnapshots, image.FieldResourceGroups,
	},
	Values: map[image.Field][]string{
		image.FieldSources:      sources.Neutral(),
		image.FieldVisibilities: visibilities.Neutral(),
		image.FieldStatuses:     statuses.Neutral(),
		image.FieldOSes:         oses.Neutral(),
	},
	Sources: []image.Source{image.SourceSelf, image.SourceSystem},
})

var describeImages = apispec.Operation[row]{
	Action:   "DescribeImages",
	Permit:   apispec.Permit{Name: "DescribeImages", Page: "https://docsv4.qingcloud.com/user_guide/development_docs/api/"},
	Envelope: apispec.Envelope{Code: "ret_code", Message: "message", Total: "total_count"},
	Rows:     "image_set", MaxPage: 100, Image: (*row).image,
	Params: []apispec.Param{
		{Name: "zone", Role: apispec.Location},
		{Name: "offset", Role: apispec.PageOffset},
		{Name: "limit", Role: apispec.PageSize},

		{Name: "provider", Role: apispec.Scoped, Field: image.FieldSources, Support: provider.Exact},

		{Name: "images.n", Field: image.FieldIDs, Support: provider.Superset, Layout: apispec.Numbered, Max: 1}, // one unknown image fails a whole call
		{Name: "search_word", Field: image.FieldNames, Support: provider.Superset, Encode: apispec.Plain},
		{Name: "visibility", Field: image.FieldVisibilities, Support: provider.Exact, Encode: visibilities.Encode},
		{Name: "status.n", Field: image.FieldStatuses, Support: provider.Superset, Layout: apispec.Numbered, Encode: statuses.Encode, Unset: statuses.All()},

		{Name: "os_family", Field: image.FieldPlatforms},
		{Name: "processor_type", Field: image.FieldArchs},
		{Name: "owner", Field: image.FieldOwners},
		{Name: "tags.n", Field: image.FieldTags},

		{Name: "project_id"},
		{Name: "verbose", Type: apispec.Int},
	},
}

var sources = apispec.ValueMap[image.Source]{
	{Neutral: image.SourceSystem, Wire: []string{"system"}},
	{Neutral: image.SourceSelf, Wire: []string{"self"}},
	{Neutral: image.SourceShared, Wire: []string{"shared"}},
}

var visibilities = apispec.ValueMap[image.Visibility]{
	{Neutral: image.VisibilityPublic, Wire: []string{"public"}},
	{Neutral: image.VisibilityPrivate, Wire: []string{"private"}},
}

var statuses = apispec.ValueMap[image.Status]{
	{Neutral: image.StatusPending, Wire: []string{"pending"}},
	{Neutral: image.StatusAvailable, Wire: []string{"available"}},
	{Neutral: image.StatusDeprecated, Wire: []string{"deprecated"}},
	{Neutral: image.StatusSuspended, Wire: []string{"suspended"}},
	{Neutral: image.StatusDeleted, Wire: []string{"deleted"}},
	{Neutral: image.StatusCeased, Wire: []string{"ceased"}},
}

var oses = apispec.ValueMap[image.OS]{
	{Neutral: image.OSLinux, Wire: []string{"linux"}},
	{Neutral: image.OSWindows, Wire: []string{"windows"}},
}

// widths are the words of processor_type.
var widths = apispec.ValueMap[image.Arch]{
	{Neutral: image.ArchX86_64, Wire: []string{"64bit"}},
	{Neutral: image.ArchI386, Wire: []string{"32bit"}},
}

// scopes returns one scope per source. A listing without a source covers the images
// that the account owns.
func scopes(q image.Query) []apispec.Scope {
	switch {
	case len(q.Sources) > 0:
		var out []apispec.Scope
		for _, source := range q.Sources {
			out = append(out, from(source))
		}
		return out
	case len(q.IDs) > 0:
		return []apispec.Scope{{}, from(image.SourceSystem), from(image.SourceShared)}
	default:
		return []apispec.Scope{{}, from(image.SourceSystem)}
	}
}

func from(source image.Source) apispec.Scope {
	return apispec.Scope{Params: map[string]string{"provider": string(source)}}
}
