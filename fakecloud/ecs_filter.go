package fakecloud

import (
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/imagequery/imagequery/image"
)

// ecsFilters reads every filter of DescribeImages; reasons to refuse them are kept
// in the call.
func (in *call) ecsFilters() []filter {
	return slices.Concat(in.ecsOwners(), in.ecsIdentity(), in.ecsState(), in.ecsSystem(), in.ecsTags(), in.ecsNamedFilters())
}

// ecsOwners reads who may own an image. Without an alias, images of the
// marketplace and of the community stay out.
func (in *call) ecsOwners() []filter {
	alias := in.word("ImageOwnerAlias", http.StatusBadRequest, "InvalidImageOwnerAlias.ValueNotSupported", "system", "self", "others", "marketplace")
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
		in.failValue("ImageOwnerId")
	}
	return append(filters, carries("ImageOwnerId", owner))
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
		filters = append(filters, func(r *row) bool { return in.world.Fuzzy.match(text, r.wire.text("ImageName")) })
	}
	if family := in.text("ImageFamily"); family != "" {
		filters = append(filters, carries("ImageFamily", family))
	}
	if group := in.text("ResourceGroupId"); group != "" {
		filters = append(filters, carries("ResourceGroupId", group))
	}
	if snapshot := in.text("SnapshotId"); snapshot != "" {
		filters = append(filters, in.ecsSnapshot(snapshot))
	}
	return filters
}

func (in *call) ecsIDs(text string) filter {
	if !in.world.ImageIDList {
		return func(r *row) bool { return r.ID == text }
	}
	ids := strings.Split(text, ",")
	if len(ids) > 100 {
		in.failValue("ImageId")
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
		filters = append(filters, func(r *row) bool { return slices.Contains(statuses, r.wire.text("Status")) })
	}
	if expired, _ := in.flag("ShowExpired"); !expired {
		filters = append(filters, func(r *row) bool { return !r.Expired })
	}
	if usable, given := in.flag("Usable"); given {
		filters = append(filters, carriesIfAny("Usable", strconv.FormatBool(usable)))
	}
	if usage := in.word("Usage", http.StatusNotFound, "InvalidUsage", "instance", "none"); usage != "" {
		filters = append(filters, carriesIfAny("Usage", usage))
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
			in.failValue("Status")
		}
	}
	slices.Sort(list)
	return slices.Compact(list)
}

// ecsSystem reads what kind of machine an image must fit.
func (in *call) ecsSystem() []filter {
	action := in.word("ActionType", http.StatusBadRequest, in.code, actionCreate, "ChangeOS")
	if action == "" {
		action = actionCreate
	}
	filters := []filter{offering("ActionType", action)}
	if os := in.word("OSType", http.StatusNotFound, "InvalidOSType", "windows", "linux"); os != "" {
		filters = append(filters, carries("OSType", os))
	}
	if arch := in.word("Architecture", http.StatusNotFound, "InvalidArchitecture", "i386", "x86_64", "arm64"); arch != "" {
		filters = append(filters, carries("Architecture", arch))
	}
	if instance := in.text("InstanceType"); instance != "" {
		if !strings.HasPrefix(instance, "ecs.") {
			in.fail(http.StatusBadRequest, "InvalidInstanceType.ValueNotSupported", "The specified instanceType beyond the permitted range.")
		}
		filters = append(filters, offering("InstanceType", instance))
	}
	for _, name := range []string{"IsSupportIoOptimized", "IsSupportCloudinit"} {
		if support, given := in.flag(name); given {
			filters = append(filters, carriesIfAny(name, strconv.FormatBool(support)))
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
		filters = append(filters, tagged(tag))
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
			filters = append(filters, offering(e.key, e.value))
		case "CpuOnlineUpgrade", "CpuOnlineDowngrade", "MemoryOnlineUpgrade", "MemoryOnlineDowngrade":
			if e.value != "supported" && e.value != "unsupported" {
				in.badFilterValue(e)
			}
			filters = append(filters, featuring(e.key, e.value))
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
		bound, err = time.Parse(wireTime, e.value)
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
