package peers_test

import (
	"cmp"
	"strconv"
	"strings"
	"time"

	"github.com/aliyun/alibaba-cloud-sdk-go/services/ecs"

	"github.com/imagequery/imagequery/aliyunecs"
	"github.com/imagequery/imagequery/image"
)

// ecsReading reads a struct of the vendor's client in our words.
type ecsReading struct {
	ecs.Image
	region  string
	created time.Time
}

func (r *ecsReading) image() image.Image {
	source, visibility := r.sharing()
	m := image.Image{
		Ref:  image.Ref{Provider: aliyunecs.Name, Region: r.region, ID: r.ImageId},
		Name: r.ImageName, Description: r.Description, Family: r.ImageFamily, Version: r.ImageVersion,
		Source: source, Visibility: visibility, Status: r.status(), Progress: number(strings.TrimSuffix(r.Progress, "%")),
		OS: image.OS(r.OSType), Platform: image.ParsePlatform(r.Platform), OSVersion: cmp.Or(image.ParseOSVersion(r.OSNameEn), image.ParseOSVersion(r.OSName)), OSName: strings.Join(strings.Fields(r.OSNameEn), " "),
		Arch: image.Arch(r.Architecture), BootMode: r.BootMode, SizeGiB: r.Size, Created: r.created, ResourceGroup: r.ResourceGroupId,
	}
	if r.OSNameEn == "" {
		m.OSName = strings.Join(strings.Fields(r.OSName), " ")
	}
	if r.ImageOwnerId != 0 {
		m.Owner = strconv.FormatInt(r.ImageOwnerId, 10)
	}
	for _, d := range r.DiskDeviceMappings.DiskDeviceMapping {
		m.Disks = append(m.Disks, image.Disk{
			Type: d.Type, Device: d.Device, SizeGiB: number(d.Size), Format: d.Format, SnapshotID: d.SnapshotId, Encrypted: d.Encrypted,
		})
		if d.SnapshotId != "" {
			m.SourceSnapshots = append(m.SourceSnapshots, d.SnapshotId)
		}
	}
	for _, tag := range r.Tags.Tag {
		m.Tags = tagged(m.Tags, tag.TagKey, tag.TagValue)
	}
	return m
}

// familyImage leaves open what DescribeImageFromFamily does not say.
func (r *ecsReading) familyImage() image.Image {
	m := r.image()
	if r.ImageOwnerAlias == "others" {
		m.Source, m.Visibility = "", ""
	}
	return m
}

func (r *ecsReading) sharing() (image.Source, image.Visibility) {
	switch {
	case r.ImageOwnerAlias == "self" && strings.EqualFold(r.IsSelfShared, "true"):
		return image.SourceSelf, image.VisibilityShared
	case r.ImageOwnerAlias == "self":
		return image.SourceSelf, image.VisibilityPrivate
	case r.ImageOwnerAlias == "others" && !r.IsPublic:
		return image.SourceShared, image.VisibilityShared
	case r.ImageOwnerAlias == "others":
		return image.SourceCommunity, image.VisibilityPublic
	default:
		return image.Source(r.ImageOwnerAlias), image.VisibilityPublic
	}
}

func (r *ecsReading) status() image.Status {
	return map[string]image.Status{
		"Creating": image.StatusPending, "Waiting": image.StatusPending, "Available": image.StatusAvailable,
		"Deprecated": image.StatusDeprecated, "UnAvailable": image.StatusUnavailable, "CreateFailed": image.StatusFailed,
	}[r.Status]
}

func (r *ecsReading) record() aliyunecs.Record {
	out := aliyunecs.Record{
		ImageID: r.ImageId, ImageName: r.ImageName, Description: r.Description, OSName: r.OSName, OSNameEn: r.OSNameEn,
		OSType: r.OSType, Platform: r.Platform, Architecture: r.Architecture, BootMode: r.BootMode,
		ImageFamily: r.ImageFamily, ImageVersion: r.ImageVersion, ProductCode: r.ProductCode,
		ResourceGroupID: r.ResourceGroupId, SupplierName: r.SupplierName, ImageOwnerAlias: r.ImageOwnerAlias,
		Status: r.Status, Progress: r.Progress, Usage: r.Usage, Size: int64(r.Size), CreationTime: r.created,
		IsSelfShared: strings.EqualFold(r.IsSelfShared, "true"), IsSubscribed: r.IsSubscribed, IsCopied: r.IsCopied, IsPublic: r.IsPublic,
		IsSupportIoOptimized: r.IsSupportIoOptimized, IsSupportCloudinit: r.IsSupportCloudinit, LoginAsNonRootSupported: r.LoginAsNonRootSupported,
		DetectionStatus: r.DetectionOptions.Status, NvmeSupport: r.Features.NvmeSupport, ImdsSupport: r.Features.ImdsSupport,
		CPUOnlineUpgrade: r.Features.CpuOnlineUpgrade, CPUOnlineDowngrade: r.Features.CpuOnlineDowngrade,
		MemoryOnlineUpgrade: r.Features.MemoryOnlineUpgrade, MemoryOnlineDowngrade: r.Features.MemoryOnlineDowngrade,
	}
	if r.ImageOwnerId != 0 {
		out.ImageOwnerID = strconv.FormatInt(r.ImageOwnerId, 10)
	}
	for _, d := range r.DiskDeviceMappings.DiskDeviceMapping {
		out.DiskDeviceMappings = append(out.DiskDeviceMappings, aliyunecs.DiskDeviceMapping{
			Type: d.Type, Device: d.Device, SnapshotID: d.SnapshotId, Format: d.Format, Progress: d.Progress,
			ImportOSSBucket: d.ImportOSSBucket, ImportOSSObject: d.ImportOSSObject, Size: int64(number(d.Size)),
			RemainTime: int64(d.RemainTime), Encrypted: d.Encrypted,
		})
	}
	for _, tag := range r.Tags.Tag {
		out.Tags = append(out.Tags, aliyunecs.Tag{TagKey: tag.TagKey, TagValue: tag.TagValue})
	}
	for _, item := range r.DetectionOptions.Items.Item {
		out.DetectionItems = append(out.DetectionItems, aliyunecs.DetectionItem(item))
	}
	return out
}

func tagged(tags map[string]string, key, value string) map[string]string {
	if tags == nil {
		tags = map[string]string{}
	}
	tags[key] = value
	return tags
}
