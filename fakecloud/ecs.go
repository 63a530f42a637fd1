package fakecloud

import (
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

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
		"DescribeRegions":         {run: describeRegions, params: append([]string{"AcceptLanguage", "InstanceChargeType", "ResourceType"}, ignored...)},
		"DescribeZones":           {run: describeZones, params: append([]string{"AcceptLanguage", "InstanceChargeType", "SpotStrategy", "Verbose"}, ignored...)},
		"DescribeImageFromFamily": {run: describeImageFromFamily, denied: deniedFamily, params: append([]string{"ImageFamily"}, ignored...)},
	}}
}

// deniedImages returns the images of the vendor and of others, which every account can
// list.
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
func (in *call) region(provider string) scope {
	at := location{provider, in.required("RegionId")}
	if !in.world.regions[at] {
		in.setErr(unknownRegionError())
	}
	return scope{in.account.Name, at}
}

func unknownRegionError() error {
	return newAPIError(http.StatusNotFound, "InvalidRegionId.NotFound", "The specified RegionId does not exist.")
}

func describeImages(in *call) (listing, error) {
	in.code = "InvalidParamter" // misspelled so by the vendor
	l := listing{
		at: in.region(providerECS), page: in.ecsPage(), filters: in.ecsFilters(),
		fields:  map[string]any{"RegionId": in.text("RegionId")},
		paging:  paging{total: "TotalCount", number: "PageNumber", size: "PageSize"},
		wrapper: "Images", name: "Image",
	}
	if dry, _ := in.flag("DryRun"); dry {
		in.fail(http.StatusBadRequest, "DryRunOperation", "Request validation has been passed with DryRun flag set.")
	}
	if len(in.elements("Tag")) > 0 || in.text("ResourceGroupId") != "" {
		l.maxRows = ecsResourceLimit
	}
	return l, in.err
}

// ecsPage parses the paging parameters. The vendor spells the code for a page size
// above the limit correctly, unlike that for other values.
func (in *call) ecsPage() page {
	p := in.page(0)
	if p.size > ecsPageLimit {
		in.fail(http.StatusBadRequest, "InvalidParameter", `The specified parameter "PageSize" is not valid.`)
	}
	return p
}

// describeImageFromFamily returns the newest available image of a family.
func describeImageFromFamily(in *call) (listing, error) {
	at := in.region(providerECS)
	family := in.required("ImageFamily")
	return listing{at: at, single: true, filters: []filter{
		func(r *row) bool { return r.record.text("ImageFamily") == family },
		func(r *row) bool { return r.record.text("Status") == "Available" },
		sourceIn(image.SourceSelf, image.SourceShared, image.SourceCommunity, image.SourceSystem),
		func(r *row) bool { return !r.Expired },
	}}, in.err
}

// ecsFilters reads every filter of DescribeImages; reasons to refuse them are kept
// in the call.
func (in *call) ecsFilters() []filter {
	return slices.Concat(in.ecsOwners(), in.ecsIdentity(), in.ecsState(), in.ecsSystem(), in.ecsTags(), in.ecsNamedFilters())
}

// ecsOwners parses the owner alias. Without an alias, images of the marketplace and of
// the community are left out.
func (in *call) ecsOwners() []filter {
	alias := in.enum("ImageOwnerAlias", http.StatusBadRequest, "InvalidImageOwnerAlias.ValueNotSupported", "system", "self", "others", "marketplace")
	public, _ := in.flag("IsPublic")
	if public && alias != "others" {
		in.fail(http.StatusBadRequest, "InvalidImageOwnerAlias.PublicImageUnsupported", "IsPublic needs the ImageOwnerAlias others.")
	}
	filters := []filter{in.ecsSource(alias, public)}
	owner := in.text("ImageOwnerId")
	if owner == "" {
		return filters
	}
	if alias != "others" {
		in.fail(http.StatusBadRequest, "InvalidOperation.ImageOwnerIdUnsupported", "ImageOwnerId needs the ImageOwnerAlias others.")
	}
	if _, err := strconv.ParseInt(owner, 10, 64); err != nil {
		in.failInvalid("ImageOwnerId")
	}
	return append(filters, fieldEquals("ImageOwnerId", owner))
}

func (in *call) ecsSource(alias string, public bool) filter {
	switch {
	case alias == "":
		return sourceIn(image.SourceSystem, image.SourceSelf, image.SourceShared, "")
	case alias == "others" && public:
		return sourceIn(image.SourceCommunity)
	default:
		return sourceIn(ecsAliases()[alias])
	}
}

func (in *call) ecsIdentity() []filter {
	var filters []filter
	if text := in.text("ImageId"); text != "" {
		filters = append(filters, in.ecsIDs(text))
	}
	if text := in.text("ImageName"); text != "" {
		filters = append(filters, func(r *row) bool { return in.world.Fuzzy.match(text, r.record.text("ImageName")) })
	}
	if family := in.text("ImageFamily"); family != "" {
		filters = append(filters, fieldEquals("ImageFamily", family))
	}
	if group := in.text("ResourceGroupId"); group != "" {
		filters = append(filters, fieldEquals("ResourceGroupId", group))
	}
	if snapshot := in.text("SnapshotId"); snapshot != "" {
		filters = append(filters, in.ecsSnapshot(snapshot))
	}
	return filters
}

func (in *call) ecsIDs(text string) filter {
	if in.world.SingleImageID {
		return func(r *row) bool { return r.ID == text }
	}
	ids := strings.Split(text, ",")
	if len(ids) > 100 {
		in.failInvalid("ImageId")
	}
	return func(r *row) bool { return slices.Contains(ids, r.ID) }
}

func (in *call) ecsSnapshot(id string) filter {
	return func(r *row) bool {
		return slices.ContainsFunc(r.Disks, func(d image.Disk) bool {
			return d.SnapshotID == id && (d.Type == "system" || !in.world.SystemSnapshotOnly)
		})
	}
}

// ecsState reads in which state an image may be. A list of all six documented
// words is no restriction, so that it finds images in other states too.
func (in *call) ecsState() []filter {
	filters := []filter{}
	statuses := in.ecsStatuses()
	if len(statuses) < len(ecsStatuses()) {
		filters = append(filters, func(r *row) bool { return slices.Contains(statuses, r.record.text("Status")) })
	}
	if expired, _ := in.flag("ShowExpired"); !expired {
		filters = append(filters, func(r *row) bool { return !r.Expired })
	}
	if usable, given := in.flag("Usable"); given {
		filters = append(filters, fieldEqualsOrAbsent("Usable", strconv.FormatBool(usable)))
	}
	if usage := in.enum("Usage", http.StatusNotFound, "InvalidUsage", "instance", "none"); usage != "" {
		filters = append(filters, fieldEqualsOrAbsent("Usage", usage))
	}
	return filters
}

// ecsStatuses reads the comma list of statuses, each once. ALL is undocumented,
// and sent by tools in wide use.
func (in *call) ecsStatuses() []string {
	known := ecsStatuses()
	text := in.text("Status")
	switch text {
	case "":
		return []string{"Available"}
	case "ALL":
		text = "Creating,Waiting,Available,UnAvailable,CreateFailed,Deprecated"
	}
	list := strings.Split(text, ",")
	for _, word := range list {
		if known[word] == "" {
			in.failInvalid("Status")
		}
	}
	slices.Sort(list)
	return slices.Compact(list)
}

// ecsSystem parses the parameters about the machine that an image must support.
func (in *call) ecsSystem() []filter {
	action := in.enum("ActionType", http.StatusBadRequest, in.code, actionCreate, "ChangeOS")
	if action == "" {
		action = actionCreate
	}
	filters := []filter{hiddenAllows("ActionType", action)}
	if os := in.enum("OSType", http.StatusNotFound, "InvalidOSType", "windows", "linux"); os != "" {
		filters = append(filters, fieldEquals("OSType", os))
	}
	if arch := in.enum("Architecture", http.StatusNotFound, "InvalidArchitecture", "i386", "x86_64", "arm64"); arch != "" {
		filters = append(filters, fieldEquals("Architecture", arch))
	}
	if instance := in.text("InstanceType"); instance != "" {
		if !strings.HasPrefix(instance, "ecs.") {
			in.fail(http.StatusBadRequest, "InvalidInstanceType.ValueNotSupported", "The specified instanceType beyond the permitted range.")
		}
		filters = append(filters, hiddenAllows("InstanceType", instance))
	}
	for _, name := range []string{"IsSupportIoOptimized", "IsSupportCloudinit"} {
		if support, given := in.flag(name); given {
			filters = append(filters, fieldEqualsOrAbsent(name, strconv.FormatBool(support)))
		}
	}
	return filters
}

func (in *call) ecsTags() []filter {
	tags := in.elements("Tag")
	if len(tags) > 20 {
		in.fail(http.StatusBadRequest, "InvalidTagCount", "The specified tags are beyond the permitted range.")
	}
	var filters []filter
	for _, tag := range tags {
		if tag.key == "" {
			in.fail(http.StatusBadRequest, "InvalidTag.Mismatch", "The specified Tag.n.Key and Tag.n.Value are not matched.")
		}
		filters = append(filters, hasTag(tag))
	}
	return filters
}

// ecsNamedFilters reads the pairs Filter.N.Key and Filter.N.Value.
func (in *call) ecsNamedFilters() []filter {
	var filters []filter
	for _, e := range in.elements("Filter") {
		switch e.key {
		case "CreationStartTime", "CreationEndTime":
			filters = append(filters, in.ecsCreation(e))
		case "NetworkType":
			if e.value != "vpc" && e.value != "classic" {
				in.fail(http.StatusBadRequest, "InvalidFilterValue.NetworkType", "The specified NetworkType is not valid.")
			}
			filters = append(filters, hiddenAllows(e.key, e.value))
		case "CpuOnlineUpgrade", "CpuOnlineDowngrade", "MemoryOnlineUpgrade", "MemoryOnlineDowngrade":
			if e.value != "supported" && e.value != "unsupported" {
				in.badFilterValue(e)
			}
			filters = append(filters, featureEquals(e.key, e.value))
		default:
			in.fail(http.StatusNotFound, "InvalidFilterKey.NotFound", "The specified filter key is not found: %q.", e.key)
		}
	}
	return filters
}

func (in *call) badFilterValue(e element) {
	in.fail(http.StatusNotFound, "InvalidFilterValue", "The specified value of filter %s is not valid.", e.key)
}

// ecsCreation reads a bound of the creation time, to the minute or as an older
// page has it to the second; both bounds are inclusive.
func (in *call) ecsCreation(e element) filter {
	bound, err := time.Parse("2006-01-02T15:04Z", e.value)
	if err != nil {
		bound, err = time.Parse(timeLayout, e.value)
	}
	if err != nil {
		in.badFilterValue(e)
	}
	return func(r *row) bool {
		if e.key == "CreationStartTime" {
			return !r.Created.IsZero() && !r.Created.Before(bound)
		}
		return !r.Created.IsZero() && !r.Created.After(bound)
	}
}

func (e EmptyFamily) known() bool {
	switch e {
	case "", EmptyFamilyMissing, EmptyFamilyNull, EmptyFamilyObject, EmptyFamilyText, EmptyFamilyBlank:
		return true
	}
	return false
}

func (e EmptyFamily) body() map[string]any {
	switch e {
	case EmptyFamilyNull:
		return map[string]any{"Image": nil}
	case EmptyFamilyObject:
		return map[string]any{"Image": record{}}
	case EmptyFamilyText:
		return map[string]any{"Image": ""}
	case EmptyFamilyBlank:
		return map[string]any{"Image": record{"ImageName": "", "ImageFamily": "", "Status": "", "Tags": record{"Tag": []record{}}}}
	}
	return map[string]any{}
}

// singleFields show the first image of a family.
func singleFields(found []*row, empty EmptyFamily) map[string]any {
	if len(found) == 0 {
		return empty.body()
	}
	return map[string]any{"Image": familyRecord(found[0].record)}
}

// familyRecord is the part of a record that DescribeImageFromFamily shows, with
// the progress as it writes it.
func familyRecord(full record) record {
	part := selectFields(full,
		"Architecture", "CreationTime", "Description", "ImageFamily", "ImageId", "ImageName", "ImageOwnerAlias", "ImageVersion",
		"IsCopied", "IsSelfShared", "IsSubscribed", "IsSupportCloudinit", "IsSupportIoOptimized", "OSName", "OSType", "Platform",
		"ProductCode", "Size", "Status", "Tags", "Usage")
	part["Progress"] = strings.TrimSuffix(full.text("Progress"), "%")
	disks := []record{}
	for _, d := range full.list("DiskDeviceMappings", "DiskDeviceMapping") {
		disks = append(disks, selectFields(d, "Device", "Format", "ImportOSSBucket", "ImportOSSObject", "Size", "SnapshotId", "Type"))
	}
	part["DiskDeviceMappings"] = record{"DiskDeviceMapping": disks}
	return part
}

func selectFields(r record, names ...string) record {
	part := record{}
	for _, name := range names {
		if v, ok := r[name]; ok {
			part[name] = v
		}
	}
	return part
}
