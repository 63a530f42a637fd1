package fakecloud

import (
	"strconv"
	"strings"

	"github.com/imagequery/imagequery/image"
)

// ecsStatuses are the documented words. An image that is being created is written
// with the first of its words, Creating.
func ecsStatuses() map[string]image.Status {
	return map[string]image.Status{
		"Creating":     image.StatusPending,
		"Waiting":      image.StatusPending,
		"Available":    image.StatusAvailable,
		"Deprecated":   image.StatusDeprecated,
		"UnAvailable":  image.StatusUnavailable,
		"CreateFailed": image.StatusFailed,
	}
}

func ecsAliases() map[string]image.Source {
	return map[string]image.Source{
		"self": image.SourceSelf, "system": image.SourceSystem, "marketplace": image.SourceMarketplace, "others": image.SourceShared,
	}
}

// renderECS writes an image as DescribeImages shows it.
func renderECS(m image.Image) record {
	r := record{
		"ImageId": m.ID, "ImageName": m.Name, "Description": m.Description,
		"ImageFamily": m.Family, "ImageVersion": m.Version, "ProductCode": "", "ResourceGroupId": m.ResourceGroup,
		"Status": encodeEnum(ecsStatuses(), m.Status), "CreationTime": formatTime(m.Created),
		"OSType": string(m.OS), "Platform": ecsPlatform(m.Platform), "Architecture": string(m.Arch),
		"OSName": chineseName(m.OSName), "OSNameEn": spacedName(m.OSName),
		"Usage": "none", "IsSelfShared": "", "IsPublic": m.Visibility == image.VisibilityPublic,
		"IsSubscribed": false, "IsCopied": false, "IsSupportIoOptimized": true, "IsSupportCloudinit": true,
		"LoginAsNonRootSupported": m.OS == image.OSLinux,
		"DiskDeviceMappings":      record{"DiskDeviceMapping": renderECSDisks(m.Disks)},
		"Tags":                    record{"Tag": formatTags(m.Tags, "TagKey", "TagValue")},
		"DetectionOptions":        record{}, "Features": record{"NvmeSupport": "supported"},
		"Progress": "",
	}
	if m.Progress > 0 {
		r["Progress"] = strconv.Itoa(m.Progress) + "%"
	}
	if m.SizeGiB != 0 {
		r["Size"] = m.SizeGiB
	}
	if m.BootMode != "" {
		r["BootMode"] = m.BootMode
	}
	if id, err := strconv.ParseInt(m.Owner, 10, 64); err == nil {
		r["ImageOwnerId"] = id
	}
	renderECSSource(r, m)
	return r
}

func renderECSSource(r record, m image.Image) {
	switch m.Source {
	case image.SourceSelf:
		r["IsSelfShared"] = "False"
		if m.Visibility == image.VisibilityShared {
			r["IsSelfShared"] = "True"
		}
	case image.SourceSystem:
		r["Usage"] = "instance"
	}
	alias := encodeEnum(ecsAliases(), m.Source)
	if m.Source == image.SourceCommunity {
		alias = "others"
	}
	if alias != "" {
		r["ImageOwnerAlias"] = alias
	}
}

func renderECSDisks(disks []image.Disk) []record {
	out := make([]record, 0, len(disks))
	for _, d := range disks {
		r := record{
			"Type": d.Type, "Device": d.Device, "Size": formatSize(d.SizeGiB), "Format": d.Format, "SnapshotId": d.SnapshotID,
			"Progress": "", "ImportOSSBucket": "", "ImportOSSObject": "",
		}
		if d.Encrypted {
			r["Encrypted"] = true
		}
		out = append(out, r)
	}
	return out
}

// ecsPlatform is the name that Alibaba gives a distribution; an unknown one is
// its own name.
func ecsPlatform(platform string) string {
	names := map[string]string{
		"aliyun": "Aliyun", "almalinux": "AlmaLinux", "anolis": "Anolis", "centos": "CentOS", "coreos": "CoreOS",
		"debian": "Debian", "fedora": "Fedora", "freebsd": "FreeBSD", "opensuse": "OpenSUSE", "redhat": "Red Hat",
		"rocky": "Rocky Linux", "suse": "SUSE", "ubuntu": "Ubuntu", "windows": "Windows Server 2022",
	}
	if name, ok := names[platform]; ok {
		return name
	}
	return platform
}

// spacedName has two spaces behind the name of the distribution.
func spacedName(name string) string { return strings.Replace(name, " ", "  ", 1) }

func chineseName(name string) string {
	return spacedName(strings.NewReplacer(" 64 bit", " 64位", " 32 bit", " 32位").Replace(name))
}

// readECS reads a record of DescribeImages in neutral words.
func readECS(region string, r record) image.Image {
	m := image.Image{
		Ref:  image.Ref{Provider: providerECS, Region: region, ID: r.text("ImageId")},
		Name: r.text("ImageName"), Description: r.text("Description"),
		Family: r.text("ImageFamily"), Version: r.text("ImageVersion"),
		Source: decodeEnum(ecsAliases(), r.text("ImageOwnerAlias")),
		Status: decodeEnum(ecsStatuses(), r.text("Status")), Progress: r.number("Progress"),
		OS: readOS(r.text("OSType")), Platform: image.ParsePlatform(r.text("Platform")),
		OSName: strings.Join(strings.Fields(r.text("OSNameEn")), " "),
		Arch:   readArch(r.text("Architecture")), BootMode: r.text("BootMode"), SizeGiB: r.number("Size"),
		Created: r.timestamp("CreationTime"), ResourceGroup: r.text("ResourceGroupId"),
		Tags: readTags(r.list("Tags", "Tag"), "TagKey", "TagValue"),
	}
	if m.Source == image.SourceShared && r.flag("IsPublic") {
		m.Source = image.SourceCommunity
	}
	if owner := r.text("ImageOwnerId"); owner != "0" {
		m.Owner = owner
	}
	if m.OSName == "" {
		m.OSName = strings.Join(strings.Fields(r.text("OSName")), " ")
	}
	for _, name := range []string{r.text("OSNameEn"), r.text("OSName"), r.text("Platform")} {
		if m.OSVersion == "" {
			m.OSVersion = image.ParseOSVersion(name)
		}
	}
	m.Visibility = readECSVisibility(m.Source, r)
	m.Disks, m.SourceSnapshots = readECSDisks(r)
	return m
}

func readECSVisibility(source image.Source, r record) image.Visibility {
	switch {
	case r.flag("IsPublic"), source == image.SourceSystem, source == image.SourceMarketplace:
		return image.VisibilityPublic
	case source == image.SourceShared, source == image.SourceSelf && r.flag("IsSelfShared"):
		return image.VisibilityShared
	case source == image.SourceSelf:
		return image.VisibilityPrivate
	}
	return ""
}

func readECSDisks(r record) (disks []image.Disk, snapshots []string) {
	for _, d := range r.list("DiskDeviceMappings", "DiskDeviceMapping") {
		disk := image.Disk{
			Type: strings.ToLower(d.text("Type")), Device: d.text("Device"), SizeGiB: d.number("Size"),
			Format: d.text("Format"), SnapshotID: d.text("SnapshotId"), Encrypted: d.flag("Encrypted"),
		}
		disks = append(disks, disk)
		if disk.SnapshotID != "" {
			snapshots = append(snapshots, disk.SnapshotID)
		}
	}
	return disks, snapshots
}
