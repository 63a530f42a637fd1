package fakecloud

import (
	"net/http"
	"strings"

	"github.com/imagequery/imagequery/image"
)

const ensPageLimit = 50

func ensService() service {
	return service{provider: providerENS, product: "Ens", operations: map[string]operation{
		"DescribeSelfImages": {run: describeSelfImages, denied: deniedENS, params: []string{
			"ImageId", "ImageName", "PageNumber", "PageSize", "SnapshotId",
		}},
	}}
}

func deniedENS(in *call) error { return in.forbidden(http.StatusBadRequest, "NoPermission", "ens") }

// describeSelfImages lists all regions at once. A page that is too large is cut to
// 50 rows, and the response says so.
func describeSelfImages(in *call) (listing, error) {
	in.code = "InvalidParameter.{name}"
	page := in.page(0).withMaxSize(ensPageLimit)
	var filters []filter
	for _, name := range []string{"ImageId", "ImageName"} {
		if text := in.text(name); text != "" {
			filters = append(filters, func(r *row) bool { return in.world.Fuzzy.match(text, r.record.text(name)) })
		}
	}
	if snapshot := in.text("SnapshotId"); snapshot != "" {
		filters = append(filters, fieldEquals("SnapshotId", snapshot))
	}
	l := listing{
		at: scope{in.account.Name, location{provider: providerENS}}, filters: filters, page: page,
		fields: map[string]any{"Code": 0}, wrapper: "Images", name: "Image",
	}
	if !in.world.OmitTotals {
		l.paging = paging{total: "TotalCount", number: "PageNumber", size: "PageSize", text: true}
	}
	return l, in.err
}

func ensStatuses() map[string]image.Status {
	return map[string]image.Status{
		"Creating": image.StatusPending, "Packing": image.StatusPending, "Uploading": image.StatusPending, "Copying": image.StatusPending,
		"Available": image.StatusAvailable, "Unavailable": image.StatusUnavailable,
		"Pack_failed": image.StatusFailed, "Upload_failed": image.StatusFailed,
	}
}

func ensAliases() map[string]image.Source {
	return map[string]image.Source{"self": image.SourceSelf, "system": image.SourceSystem, "others": image.SourceShared}
}

// renderENS writes an image as DescribeSelfImages shows it. ARM shows in the
// ComputeType only.
func renderENS(m image.Image) record {
	r := record{
		"ImageId": m.ID, "ImageName": m.Name, "RegionId": m.Region, "CreationTime": formatTime(m.Created),
		"ImageOwnerAlias": encodeEnum(ensAliases(), m.Source), "Status": encodeEnum(ensStatuses(), m.Status),
		"Platform": ensPlatform(m.Platform), "OsVersion": m.OSVersion, "Architecture": "", "ComputeType": "ens_vm",
		"ImageSize": formatSize(m.SizeGiB), "ImageStorageSize": formatSize(m.SizeGiB), "InstanceId": m.SourceInstance, "SnapshotId": "",
		"DiskDeviceMappings": record{"DiskDeviceMapping": renderENSDisks(m)},
	}
	if m.Arch == image.ArchARM64 {
		r["ComputeType"] = "arm_vm"
	} else {
		r["Architecture"] = string(m.Arch)
	}
	if len(m.SourceSnapshots) > 0 {
		r["SnapshotId"] = m.SourceSnapshots[0]
	}
	return r
}

func renderENSDisks(m image.Image) []record {
	out := make([]record, 0, len(m.Disks))
	for _, d := range m.Disks {
		out = append(out, record{"Type": d.Type, "Size": formatSize(d.SizeGiB), "Format": d.Format, "imageId": m.ID})
	}
	return out
}

// ensPlatform is the word of ENS for a distribution.
func ensPlatform(platform string) string {
	switch platform {
	case "aliyun":
		return "alios"
	case "redhat":
		return "rhel"
	}
	return platform
}

// readENS reads a record of DescribeSelfImages in neutral words. The record alone
// says where the image is.
func readENS(_ string, r record) image.Image {
	m := image.Image{
		Ref:  image.Ref{Provider: providerENS, Region: r.text("RegionId"), ID: r.text("ImageId")},
		Name: r.text("ImageName"), Source: decodeEnum(ensAliases(), r.text("ImageOwnerAlias")), Status: decodeEnum(ensStatuses(), r.text("Status")),
		Platform: image.ParsePlatform(r.text("Platform")), OSVersion: r.text("OsVersion"),
		OSName:  strings.TrimSpace(r.text("Platform") + " " + r.text("OsVersion")),
		Arch:    readArch(r.text("Architecture")),
		SizeGiB: r.number("ImageSize"), Created: r.timestamp("CreationTime"), SourceInstance: r.text("InstanceId"),
	}
	m.Visibility = map[image.Source]image.Visibility{
		image.SourceSystem: image.VisibilityPublic, image.SourceShared: image.VisibilityShared, image.SourceSelf: image.VisibilityPrivate,
	}[m.Source]
	if m.Platform != "" {
		m.OS = image.OSLinux
	}
	if m.Platform == "windows" {
		m.OS = image.OSWindows
	}
	if compute := r.text("ComputeType"); compute == "arm_vm" || compute == "arm_bare_metal" {
		m.Arch = image.ArchARM64
	}
	if snapshot := r.text("SnapshotId"); snapshot != "" {
		m.SourceSnapshots = []string{snapshot}
	}
	for _, d := range r.list("DiskDeviceMappings", "DiskDeviceMapping") {
		m.Disks = append(m.Disks, image.Disk{Type: strings.ToLower(d.text("Type")), SizeGiB: d.number("Size"), Format: d.text("Format")})
	}
	return m
}
