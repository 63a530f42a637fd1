package main

import (
	"strings"

	"github.com/aliyun/alibaba-cloud-sdk-go/services/ecs"

	"github.com/imagequery/imagequery/aliyunecs"
	"github.com/imagequery/imagequery/image"
)

// imagesOfECS is what somebody writes who wants the structs of the vendor's client
// as images.
func imagesOfECS(page []ecs.Image, region string) []image.Image {
	out := make([]image.Image, len(page))
	for i := range page {
		r := &page[i]
		source, visibility := sharingOfECS(r)
		out[i] = image.Image{
			Ref:             image.Ref{Provider: aliyunecs.Name, Region: region, ID: r.ImageId},
			Name:            r.ImageName,
			Description:     r.Description,
			Family:          r.ImageFamily,
			Version:         r.ImageVersion,
			Source:          source,
			Owner:           account(r.ImageOwnerId),
			Visibility:      visibility,
			Status:          statusOfECS(r.Status),
			Progress:        number(strings.TrimSuffix(r.Progress, "%")),
			OS:              osOf(r.OSType),
			Platform:        image.ParsePlatform(r.Platform),
			OSName:          osNameOfECS(r),
			OSVersion:       image.ParseOSVersion(osNameOfECS(r)),
			Arch:            archOf(r.Architecture),
			BootMode:        r.BootMode,
			SizeGiB:         r.Size,
			Disks:           disksOfECS(r.DiskDeviceMappings.DiskDeviceMapping),
			Created:         moment(r.CreationTime),
			SourceSnapshots: snapshotsOfECS(r.DiskDeviceMappings.DiskDeviceMapping),
			ResourceGroup:   r.ResourceGroupId,
			Tags:            tagsOfECS(r.Tags.Tag),
		}
	}
	return out
}

func sharingOfECS(r *ecs.Image) (image.Source, image.Visibility) {
	switch r.ImageOwnerAlias {
	case "system":
		return image.SourceSystem, image.VisibilityPublic
	case "marketplace":
		return image.SourceMarketplace, image.VisibilityPublic
	case "others":
		if r.IsPublic {
			return image.SourceCommunity, image.VisibilityPublic
		}
		return image.SourceShared, image.VisibilityShared
	case "self":
		switch {
		case r.IsPublic:
			return image.SourceSelf, image.VisibilityPublic
		case strings.EqualFold(r.IsSelfShared, "true"):
			return image.SourceSelf, image.VisibilityShared
		}
		return image.SourceSelf, image.VisibilityPrivate
	}
	if r.IsPublic {
		return "", image.VisibilityPublic
	}
	return "", ""
}

func statusOfECS(status string) image.Status {
	switch status {
	case "Creating", "Waiting":
		return image.StatusPending
	case "Available":
		return image.StatusAvailable
	case "Deprecated":
		return image.StatusDeprecated
	case "UnAvailable":
		return image.StatusUnavailable
	case "CreateFailed":
		return image.StatusFailed
	}
	return ""
}

func osNameOfECS(r *ecs.Image) string {
	name := r.OSNameEn
	if name == "" {
		name = r.OSName
	}
	return strings.Join(strings.Fields(name), " ")
}

func disksOfECS(disks []ecs.DiskDeviceMapping) []image.Disk {
	if len(disks) == 0 {
		return nil
	}
	out := make([]image.Disk, len(disks))
	for i := range disks {
		d := &disks[i]
		out[i] = image.Disk{
			Type: strings.ToLower(d.Type), Device: d.Device, SizeGiB: number(d.Size),
			Format: d.Format, SnapshotID: d.SnapshotId, Encrypted: d.Encrypted,
		}
	}
	return out
}

func snapshotsOfECS(disks []ecs.DiskDeviceMapping) []string {
	var out []string
	for i := range disks {
		if disks[i].SnapshotId == "" {
			continue
		}
		if out == nil {
			out = make([]string, 0, len(disks)-i)
		}
		out = append(out, disks[i].SnapshotId)
	}
	return out
}

func tagsOfECS(tags []ecs.Tag) map[string]string {
	if len(tags) == 0 {
		return nil
	}
	out := make(map[string]string, len(tags))
	for i := range tags {
		out[tags[i].TagKey] = tags[i].TagValue
	}
	return out
}
