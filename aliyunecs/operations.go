package aliyunecs

import (
	"github.com/imagequery/imagequery/image"
	"github.com/imagequery/imagequery/internal/apispec"
	"github.com/imagequery/imagequery/provider"
)

var api = apispec.Define(apispec.API[row]{
	Name:       Name,
	Operations: []apispec.Operation[row]{describeImages, describeImageFromFamily},
	Record:     record,
	Scopes:     scopes,
	Unreported: []image.Field{image.FieldSourceInstances},
	Values: map[image.Field][]string{
		image.FieldStatuses: statuses.Neutral(),
		image.FieldOSes:     oses.Neutral(),
		image.FieldArchs:    archs.Neutral(),
	},
	Sources: []image.Source{image.SourceSystem, image.SourceSelf, image.SourceShared},
	Defaults: []provider.Default{
		{Param: "ShowExpired", Value: "false", Others: "true", Effect: "expired subscription images are left out; Native ShowExpired=true asks for them"},
		{Param: "ActionType", Value: "CreateEcs", Others: "ChangeOS", Effect: "images that can only replace a system disk are left out; Native ActionType=ChangeOS asks for those"},
	},
	Check: apispec.Check{Params: map[string]string{"DryRun": "true", "ImageOwnerAlias": "self"}, Passed: "DryRunOperation"},
})

var envelope = apispec.Envelope{Code: "Code", Message: "Message", RequestID: "RequestId", Total: "TotalCount"}

var describeImages = apispec.Operation[row]{
	Action: "DescribeImages", Envelope: envelope, Rows: "Images.Image", MaxPage: 100, Image: (*row).image,
	Permit: apispec.Permit{Name: "ecs:DescribeImages", Page: "https://www.alibabacloud.com/help/en/ecs/developer-reference/api-ecs-2014-05-26-describeimages"},
	Params: []apispec.Param{
		{Name: "RegionId", Role: apispec.Location},
		{Name: "PageNumber", Role: apispec.PageNumber},
		{Name: "PageSize", Role: apispec.PageSize},

		{Name: "ImageOwnerAlias", Role: apispec.Scoped, Field: image.FieldSources, Support: provider.Superset},
		{Name: "IsPublic", Role: apispec.Scoped, Type: apispec.Bool, Field: image.FieldSources, Support: provider.Superset},

		{Name: "ImageId", Field: image.FieldIDs, Support: provider.Superset},
		{Name: "ImageFamily", Field: image.FieldFamilies, Support: provider.Exact},
		{Name: "ImageName", Field: image.FieldNames, Support: provider.Superset, Encode: apispec.Plain},
		{Name: "ImageOwnerId", Type: apispec.Int, Field: image.FieldOwners, Support: provider.Superset, Encode: apispec.Number},
		{Name: "Status", Field: image.FieldStatuses, Support: provider.Superset, Layout: apispec.CommaList, Encode: statuses.Encode, Unset: statuses.All()},
		{Name: "OSType", Field: image.FieldOSes, Support: provider.Exact, Encode: oses.Encode},
		{Name: "Architecture", Field: image.FieldArchs, Support: provider.Exact, Encode: archs.Encode},
		{Name: "Filter.CreationStartTime", Field: image.FieldCreatedAfter, Support: provider.Superset, Encode: apispec.MinuteBefore},
		{Name: "Filter.CreationEndTime", Field: image.FieldCreatedBefore, Support: provider.Superset, Encode: apispec.MinuteAfter},

		{Name: "SnapshotId", Field: image.FieldSourceSnapshots},
		{Name: "ResourceGroupId", Field: image.FieldResourceGroups},
		{Name: "Tag.n.Key", Field: image.FieldTags},
		{Name: "Tag.n.Value", Field: image.FieldTags},

		{Name: "ActionType"},
		{Name: "InstanceType"},
		{Name: "IsSupportCloudinit", Type: apispec.Bool},
		{Name: "IsSupportIoOptimized", Type: apispec.Bool},
		{Name: "ShowExpired", Type: apispec.Bool, WithIDs: "true"},
		{Name: "Usable", Type: apispec.Bool},
		{Name: "Usage"},
		{Name: "Filter.NetworkType"},
		{Name: "Filter.CpuOnlineUpgrade"},
		{Name: "Filter.CpuOnlineDowngrade"},
		{Name: "Filter.MemoryOnlineUpgrade"},
		{Name: "Filter.MemoryOnlineDowngrade"},

		{Name: "DryRun", Role: apispec.Refused, Why: "it turns a listing into a test of permissions; use Client.Check"},
		{Name: "Tag.n.key", Role: apispec.Refused, Why: "deprecated; write Key with a capital letter"},
		{Name: "Tag.n.value", Role: apispec.Refused, Why: "deprecated; write Value with a capital letter"},
		{Name: "OwnerId", Role: apispec.Refused, Why: legacy},
		{Name: "OwnerAccount", Role: apispec.Refused, Why: legacy},
		{Name: "ResourceOwnerId", Role: apispec.Refused, Why: legacy},
		{Name: "ResourceOwnerAccount", Role: apispec.Refused, Why: legacy},
	},
}

const legacy = "a legacy parameter; the credentials say whose images are asked for"

var describeImageFromFamily = apispec.Operation[row]{
	Action: "DescribeImageFromFamily", Envelope: envelope, Rows: "Image", Single: true, Image: (*row).familyImage,
	Permit: apispec.Permit{Name: "ecs:DescribeImageFromFamily", Page: "https://www.alibabacloud.com/help/en/ecs/developer-reference/api-ecs-2014-05-26-describeimagefromfamily"},
	Params: []apispec.Param{
		{Name: "RegionId", Role: apispec.Location},
		{Name: "ImageFamily"},
		{Name: "OwnerId", Role: apispec.Refused, Why: legacy},
		{Name: "OwnerAccount", Role: apispec.Refused, Why: legacy},
		{Name: "ResourceOwnerId", Role: apispec.Refused, Why: legacy},
		{Name: "ResourceOwnerAccount", Role: apispec.Refused, Why: legacy},
	},
}

// sources are the owner aliases of a record. An image of others that is public comes
// from the community.
var sources = apispec.ValueMap[image.Source]{
	{Neutral: image.SourceSystem, Wire: []string{"system"}},
	{Neutral: image.SourceSelf, Wire: []string{"self"}},
	{Neutral: image.SourceMarketplace, Wire: []string{"marketplace"}},
	{Neutral: image.SourceShared, Wire: []string{"others"}},
}

var statuses = apispec.ValueMap[image.Status]{
	{Neutral: image.StatusPending, Wire: []string{"Creating", "Waiting"}},
	{Neutral: image.StatusAvailable, Wire: []string{"Available"}},
	{Neutral: image.StatusDeprecated, Wire: []string{"Deprecated"}},
	{Neutral: image.StatusUnavailable, Wire: []string{"UnAvailable"}},
	{Neutral: image.StatusFailed, Wire: []string{"CreateFailed"}},
}

var oses = apispec.ValueMap[image.OS]{
	{Neutral: image.OSLinux, Wire: []string{"linux"}},
	{Neutral: image.OSWindows, Wire: []string{"windows"}},
}

var archs = apispec.ValueMap[image.Arch]{
	{Neutral: image.ArchX86_64, Wire: []string{"x86_64"}},
	{Neutral: image.ArchI386, Wire: []string{"i386"}},
	{Neutral: image.ArchARM64, Wire: []string{"arm64"}},
}

var (
	asSystem      = apispec.Scope{Params: map[string]string{"ImageOwnerAlias": "system"}, Without: withoutOwner}
	asSelf        = apispec.Scope{Params: map[string]string{"ImageOwnerAlias": "self"}, Without: withoutOwner}
	asMarketplace = apispec.Scope{Params: map[string]string{"ImageOwnerAlias": "marketplace"}, Without: withoutOwner}
	asShared      = apispec.Scope{Params: map[string]string{"ImageOwnerAlias": "others"}}
	asCommunity   = apispec.Scope{Params: map[string]string{"ImageOwnerAlias": "others", "IsPublic": "true"}}

	withoutOwner = []image.Field{image.FieldOwners} // ImageOwnerId is refused for one's own and public images
)

// scopes says under which owner aliases to ask. The listing without an alias
// covers system, self and shared.
func scopes(q image.Query) []apispec.Scope {
	usual := []apispec.Scope{{Without: withoutOwner}}
	if len(q.Owners) > 0 {
		usual = []apispec.Scope{asSystem, asSelf, asShared}
	}
	switch {
	case len(q.Sources) > 0:
		return sourceScopes(q.Sources)
	case len(q.IDs) > 0:
		return append(usual, asMarketplace, asCommunity)
	default:
		return usual
	}
}

func sourceScopes(sources []image.Source) []apispec.Scope {
	bySource := map[image.Source]apispec.Scope{
		image.SourceSystem:      asSystem,
		image.SourceSelf:        asSelf,
		image.SourceMarketplace: asMarketplace,
		image.SourceShared:      asShared,
		image.SourceCommunity:   asCommunity,
	}
	var out []apispec.Scope
	for _, source := range sources {
		out = append(out, bySource[source])
	}
	return out
}
