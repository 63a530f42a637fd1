package fakecloud

import (
	"strconv"
	"strings"

	"github.com/imagequery/imagequery/image"
)

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
		"CreationTime": wireMoment(m.Created), "Status": wireWord(swasStatuses(), m.Status),
		"InstanceId": m.SourceInstance, "InstanceName": "", "CreateInstances": []string{},
		"SystemSnapshotId": "", "SystemSnapshotName": "", "DataSnapshotId": "", "DataSnapshotName": "",
		"ResourceGroupId": m.ResourceGroup, "InShare": false, "InShareUser": m.Visibility == image.VisibilityShared,
		"UserId": 0, "SourceImageName": swasImageName(m), "SourceImageVersion": m.OSVersion,
		"Tags": wireTags(m.Tags, "Key", "Value"),
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
		return wirePlatform(m.Platform)
	}
	return strings.TrimSuffix(m.OSName, " "+m.OSVersion)
}

// readSWAS reads a record of ListCustomImages in neutral words.
func readSWAS(region string, r record) image.Image {
	m := image.Image{
		Ref:  image.Ref{Provider: providerSWAS, Region: region, ID: r.text("ImageId")},
		Name: r.text("Name"), Description: r.text("Description"),
		Source: image.SourceSelf, Visibility: image.VisibilityPrivate, Status: readWord(swasStatuses(), r.text("Status")),
		OS: readOS(r.text("OsType")), Platform: image.ParsePlatform(r.text("SourceImageName")), OSVersion: r.text("SourceImageVersion"),
		OSName:  strings.TrimSpace(r.text("SourceImageName") + " " + r.text("SourceImageVersion")),
		SizeGiB: r.number("RequiredSystemDiskSize"), Created: r.moment("CreationTime"),
		SourceInstance: r.text("InstanceId"), ResourceGroup: r.text("ResourceGroupId"),
		Tags: readTags(r.list("Tags"), "Key", "Value"),
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
