package fakecloud

import (
	"net/http"

	"github.com/imagequery/imagequery/image"
)

const (
	ecsPageLimit     = 100
	ecsResourceLimit = 1000 // of a query by tag or resource group
	actionCreate     = "CreateEcs"
)

func ecsService() service {
	ignored := []string{"OwnerId", "OwnerAccount", "ResourceOwnerId", "ResourceOwnerAccount"}
	return service{provider: providerECS, product: "Ecs", operations: map[string]operation{
		"DescribeImages": {run: describeImages, denied: deniedImages, params: append([]string{
			"ActionType", "Architecture", "DryRun", "Filter.N.Key", "Filter.N.Value", "ImageFamily", "ImageId", "ImageName",
			"ImageOwnerAlias", "ImageOwnerId", "InstanceType", "IsPublic", "IsSupportCloudinit", "IsSupportIoOptimized",
			"OSType", "PageNumber", "PageSize", "ResourceGroupId", "ShowExpired", "SnapshotId", "Status",
			"Tag.N.Key", "Tag.N.Value", "Tag.N.key", "Tag.N.value", "Usable", "Usage",
		}, ignored...)},
		"DescribeImageFromFamily": {run: describeImageFromFamily, denied: deniedFamily, params: append([]string{"ImageFamily"}, ignored...)},
	}}
}

// deniedImages lets everybody see the images of the vendor and of others.
func deniedImages(in *call) error {
	if alias := in.text("ImageOwnerAlias"); alias == "system" || alias == "others" {
		return nil
	}
	return in.forbidden(http.StatusForbidden, "Forbidden.RAM", "ecs")
}

func deniedFamily(in *call) error {
	return in.forbidden(http.StatusForbidden, "InvalidUser.Unauthorized", "ecs")
}

// region is where an operation looks: the required region, which must exist.
func (in *call) region(provider string) view {
	at := place{provider, in.required("RegionId")}
	if !in.world.regions[at] {
		in.refuse(unknownRegion())
	}
	return view{in.account.Name, at}
}

func unknownRegion() error {
	return refuse(http.StatusNotFound, "InvalidRegionId.NotFound", "The specified RegionId does not exist.")
}

func describeImages(in *call) (listing, error) {
	in.code = "InvalidParamter" // misspelled so by the vendor
	l := listing{
		at: in.region(providerECS), page: in.page(ecsPageLimit), filters: in.ecsFilters(),
		fields:  map[string]any{"RegionId": in.text("RegionId")},
		paging:  paging{total: "TotalCount", number: "PageNumber", size: "PageSize"},
		wrapper: "Images", name: "Image",
	}
	if dry, _ := in.flag("DryRun"); dry {
		in.fail(http.StatusBadRequest, "DryRunOperation", "Request validation has been passed with DryRun flag set.")
	}
	if len(in.elements("Tag")) > 0 || in.text("ResourceGroupId") != "" {
		l.most = ecsResourceLimit
	}
	return l, in.err
}

// describeImageFromFamily answers with the newest available image of a family.
func describeImageFromFamily(in *call) (listing, error) {
	at := in.region(providerECS)
	family := in.required("ImageFamily")
	return listing{at: at, single: true, filters: []filter{
		func(r *row) bool { return r.wire.text("ImageFamily") == family },
		func(r *row) bool { return r.wire.text("Status") == "Available" },
		sourceIn(image.SourceSelf, image.SourceShared, image.SourceCommunity, image.SourceSystem),
		func(r *row) bool { return !r.Expired },
	}}, in.err
}
