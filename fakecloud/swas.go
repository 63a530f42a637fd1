package fakecloud

import (
	"encoding/json"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"github.com/imagequery/imagequery/image"
)

const swasPageLimit = 100

func swasService() service {
	return service{provider: providerSWAS, product: "SWAS-OPEN", operations: map[string]operation{
		"ListCustomImages": {run: listCustomImages, denied: deniedSWAS, params: []string{
			"ClientToken", "DataSnapshotId", "ImageIds", "ImageNames", "InstanceId", "PageNumber", "PageSize", "ResourceGroupId",
			"Share", "SystemSnapshotId", "Tag.N.Key", "Tag.N.Value",
		}},
	}}
}

func deniedSWAS(in *call) error {
	return in.forbidden(http.StatusForbidden, "NoPermission", "swas-open")
}

func listCustomImages(in *call) (listing, error) {
	at := in.region(providerSWAS)
	page := in.page(swasPageLimit)
	filters := slices.Concat(in.swasLists(), in.swasTags())
	for _, name := range []string{"SystemSnapshotId", "DataSnapshotId", "ResourceGroupId", "InstanceId"} {
		if text := in.text(name); text != "" {
			filters = append(filters, fieldEquals(name, text))
		}
	}
	if share, given := in.flag("Share"); given && !share {
		filters = append(filters, func(r *row) bool { return !r.record.flag("InShareUser") })
	}
	if len(in.text("ClientToken")) > 64 {
		in.failInvalid("ClientToken")
	}
	return listing{
		at: at, filters: filters, page: page, fields: map[string]any{}, name: "CustomImages",
		paging: paging{total: "TotalCount", number: "PageNumber", size: "PageSize", text: true},
	}, in.err
}

// swasLists parses the parameters that are JSON arrays. An empty array selects every
// image.
func (in *call) swasLists() []filter {
	var filters []filter
	if ids := in.jsonList("ImageIds"); len(ids) > 0 {
		filters = append(filters, func(r *row) bool { return slices.Contains(ids, r.ID) })
	}
	if names := in.jsonList("ImageNames"); len(names) > 0 {
		filters = append(filters, func(r *row) bool {
			return slices.ContainsFunc(names, func(name string) bool { return in.world.Fuzzy.match(name, r.Name) })
		})
	}
	return filters
}

// jsonList is a JSON array of up to 100 texts.
func (in *call) jsonList(name string) []string {
	text := in.text(name)
	if text == "" {
		return nil
	}
	var list []string
	if err := json.Unmarshal([]byte(text), &list); err != nil || len(list) > 100 {
		in.failInvalid(name)
	}
	return list
}

func (in *call) swasTags() []filter {
	tags := in.elements("Tag")
	if len(tags) > 20 {
		in.failInvalid("Tag")
	}
	var filters []filter
	for _, tag := range tags {
		if tag.key == "" || len(tag.key) > 64 || len(tag.value) > 64 {
			in.failInvalid("Tag")
		}
		filters = append(filters, hasTag(tag))
	}
	return filters
}

// swasStatuses are the documented numbers: copying, available, unavailable,
// failed, creating.
func swasStatuses() map[string]image.Status {
	return map[string]image.Status{
		"0": image.StatusPending, "1": image.StatusAvailable, "2": image.StatusUnavailable,
		"3": image.StatusFailed, "4": image.StatusPending,
	}
}

// renderSWAS writes an image as ListCustomImages shows it.
func renderSWAS(m image.Image) record {
	r := record{
		"ImageId": m.ID, "Name": m.Name, "Description": m.Description, "RegionId": m.Region,
		"CreationTime": formatTime(m.Created), "Status": encodeEnum(swasStatuses(), m.Status),
		"InstanceId": m.SourceInstance, "InstanceName": "", "CreateInstances": []string{},
		"SystemSnapshotId": "", "SystemSnapshotName": "", "DataSnapshotId": "", "DataSnapshotName": "",
		"ResourceGroupId": m.ResourceGroup, "InShare": false, "InShareUser": m.Visibility == image.VisibilityShared,
		"UserId": 0, "SourceImageName": swasImageName(m), "SourceImageVersion": m.OSVersion,
		"Tags": formatTags(m.Tags, "Key", "Value"),
	}
	if m.OS != "" {
		r["OsType"] = map[image.OS]string{image.OSLinux: "Linux", image.OSWindows: "Windows"}[m.OS]
	}
	if id, err := strconv.ParseInt(m.Owner, 10, 64); err == nil {
		r["UserId"] = id
	}
	if m.SizeGiB != 0 {
		r["RequiredSystemDiskSize"] = m.SizeGiB
	}
	for _, d := range m.Disks {
		switch d.Type {
		case "system":
			r["SystemSnapshotId"] = d.SnapshotID
		case "data":
			r["RequiredDataDiskSize"], r["DataSnapshotId"] = d.SizeGiB, d.SnapshotID
		}
	}
	return r
}

// swasImageName is the name of the system without its version.
func swasImageName(m image.Image) string {
	if m.OSName == "" {
		return ecsPlatform(m.Platform)
	}
	return strings.TrimSuffix(m.OSName, " "+m.OSVersion)
}

// readSWAS reads a record of ListCustomImages in neutral words.
func readSWAS(region string, r record) image.Image {
	m := image.Image{
		Ref:  image.Ref{Provider: providerSWAS, Region: region, ID: r.text("ImageId")},
		Name: r.text("Name"), Description: r.text("Description"),
		Source: image.SourceSelf, Visibility: image.VisibilityPrivate, Status: decodeEnum(swasStatuses(), r.text("Status")),
		OS: readOS(r.text("OsType")), Platform: image.ParsePlatform(r.text("SourceImageName")), OSVersion: r.text("SourceImageVersion"),
		OSName:  strings.TrimSpace(r.text("SourceImageName") + " " + r.text("SourceImageVersion")),
		SizeGiB: r.number("RequiredSystemDiskSize"), Created: r.timestamp("CreationTime"),
		SourceInstance: r.text("InstanceId"), ResourceGroup: r.text("ResourceGroupId"),
		Tags: readTags(r.list("Tags"), "Key", "Value"),
	}
	if m.OSVersion == "" {
		m.OSVersion = image.ParseOSVersion(r.text("SourceImageName"))
	}
	if own := r.text("RegionId"); own != "" {
		m.Region = own
	}
	if owner := r.text("UserId"); owner != "0" {
		m.Owner = owner
	}
	if r.flag("InShareUser") {
		m.Source, m.Visibility = "", image.VisibilityShared
	}
	m.Disks = []image.Disk{{Type: "system", SizeGiB: m.SizeGiB, SnapshotID: r.text("SystemSnapshotId")}}
	data := image.Disk{Type: "data", SizeGiB: r.number("RequiredDataDiskSize"), SnapshotID: r.text("DataSnapshotId")}
	if data.SizeGiB != 0 || data.SnapshotID != "" {
		m.Disks = append(m.Disks, data)
	}
	for _, d := range m.Disks {
		if d.SnapshotID != "" {
			m.SourceSnapshots = append(m.SourceSnapshots, d.SnapshotID)
		}
	}
	return m
}
