package main

import (
	"strings"

	"github.com/aliyun/alibaba-cloud-sdk-go/services/ens"
	swas "github.com/aliyun/alibaba-cloud-sdk-go/services/swas-open"
	qing "github.com/yunify/qingcloud-sdk-go/service"

	"github.com/imagequery/imagequery/aliyunens"
	"github.com/imagequery/imagequery/aliyunswas"
	"github.com/imagequery/imagequery/image"
	"github.com/imagequery/imagequery/qingcloud"
)

func imagesOfSWAS(page []swas.CustomImage, region string) []image.Image {
	out := make([]image.Image, len(page))
	for i := range page {
		r := &page[i]
		m := image.Image{
			Ref:             image.Ref{Provider: aliyunswas.Name, Region: r.RegionId, ID: r.ImageId},
			Name:            r.Name,
			Description:     r.Description,
			Source:          image.SourceSelf,
			Owner:           account(r.UserId),
			Visibility:      image.VisibilityPrivate,
			Status:          statusOfSWAS(r.Status),
			OS:              osOf(r.OsType),
			Platform:        image.ParsePlatform(r.SourceImageName),
			OSVersion:       r.SourceImageVersion,
			OSName:          joined(r.SourceImageName, r.SourceImageVersion),
			SizeGiB:         r.RequiredSystemDiskSize,
			Disks:           disksOfSWAS(r),
			Created:         moment(r.CreationTime),
			SourceInstance:  r.InstanceId,
			SourceSnapshots: given(r.SystemSnapshotId, r.DataSnapshotId),
			ResourceGroup:   r.ResourceGroupId,
			Tags:            tagsOfSWAS(r.Tags),
		}
		if m.Region == "" {
			m.Region = region
		}
		if r.InShareUser {
			m.Source, m.Visibility = "", image.VisibilityShared
		}
		out[i] = m
	}
	return out
}

func statusOfSWAS(status string) image.Status {
	switch status {
	case "0", "4":
		return image.StatusPending
	case "1":
		return image.StatusAvailable
	case "2":
		return image.StatusUnavailable
	case "3":
		return image.StatusFailed
	}
	return ""
}

func disksOfSWAS(r *swas.CustomImage) []image.Disk {
	system := image.Disk{Type: "system", SizeGiB: r.RequiredSystemDiskSize, SnapshotID: r.SystemSnapshotId}
	if r.RequiredDataDiskSize == 0 && r.DataSnapshotId == "" {
		return []image.Disk{system}
	}
	return []image.Disk{system, {Type: "data", SizeGiB: r.RequiredDataDiskSize, SnapshotID: r.DataSnapshotId}}
}

func tagsOfSWAS(tags []swas.Tag) map[string]string {
	if len(tags) == 0 {
		return nil
	}
	out := make(map[string]string, len(tags))
	for i := range tags {
		out[tags[i].Key] = tags[i].Value
	}
	return out
}

// imagesOfENS needs no region: an image of ENS says its own, or has none.
func imagesOfENS(page []ens.ImageInDescribeSelfImages, _ string) []image.Image {
	out := make([]image.Image, len(page))
	for i := range page {
		r := &page[i]
		source, visibility := sharingOfENS(r.ImageOwnerAlias)
		platform := image.ParsePlatform(r.Platform)
		out[i] = image.Image{
			Ref:             image.Ref{Provider: aliyunens.Name, Region: r.RegionId, ID: r.ImageId},
			Name:            r.ImageName,
			Source:          source,
			Visibility:      visibility,
			Status:          statusOfENS(r.Status),
			OS:              osOfENS(platform),
			Platform:        platform,
			OSVersion:       r.OsVersion,
			OSName:          joined(r.Platform, r.OsVersion),
			Arch:            archOfENS(r),
			SizeGiB:         number(r.ImageSize),
			Disks:           disksOfENS(r.DiskDeviceMappings.DiskDeviceMapping),
			Created:         moment(r.CreationTime),
			SourceInstance:  r.InstanceId,
			SourceSnapshots: given(r.SnapshotId),
		}
	}
	return out
}

func sharingOfENS(alias string) (image.Source, image.Visibility) {
	switch alias {
	case "system":
		return image.SourceSystem, image.VisibilityPublic
	case "self":
		return image.SourceSelf, image.VisibilityPrivate
	case "others":
		return image.SourceShared, image.VisibilityShared
	}
	return "", ""
}

func statusOfENS(status string) image.Status {
	switch status {
	case "Creating", "Packing", "Uploading", "Copying":
		return image.StatusPending
	case "Available":
		return image.StatusAvailable
	case "Unavailable":
		return image.StatusUnavailable
	case "Pack_failed", "Upload_failed":
		return image.StatusFailed
	}
	return ""
}

func osOfENS(platform string) image.OS {
	switch platform {
	case "":
		return ""
	case "windows":
		return image.OSWindows
	}
	return image.OSLinux
}

func archOfENS(r *ens.ImageInDescribeSelfImages) image.Arch {
	switch r.ComputeType {
	case "arm_vm", "arm_bare_metal":
		return image.ArchARM64
	}
	return archOf(r.Architecture)
}

func disksOfENS(disks []ens.DiskDeviceMapping) []image.Disk {
	if len(disks) == 0 {
		return nil
	}
	out := make([]image.Disk, len(disks))
	for i := range disks {
		d := &disks[i]
		out[i] = image.Disk{Type: strings.ToLower(d.Type), SizeGiB: number(d.Size), Format: d.Format}
	}
	return out
}

// imagesOfQing leaves the tags out, which the vendor's struct does not have.
func imagesOfQing(page []*qing.Image, zone string) []image.Image {
	out := make([]image.Image, len(page))
	for i, r := range page {
		out[i] = image.Image{
			Ref:           image.Ref{Provider: qingcloud.Name, Region: zone, ID: qing.StringValue(r.ImageID)},
			Name:          qing.StringValue(r.ImageName),
			Description:   qing.StringValue(r.Description),
			Source:        sourceOfQing(qing.StringValue(r.Provider)),
			Owner:         qing.StringValue(r.Owner),
			Visibility:    visibilityOfQing(qing.StringValue(r.Visibility)),
			Status:        statusOfQing(qing.StringValue(r.Status)),
			OS:            osOf(qing.StringValue(r.Platform)),
			Platform:      image.ParsePlatform(qing.StringValue(r.OSFamily)),
			Arch:          archOfQing(r),
			SizeGiB:       qing.IntValue(r.Size),
			Created:       qing.TimeValue(r.CreateTime).UTC(),
			StatusChanged: qing.TimeValue(r.StatusTime).UTC(),
		}
	}
	return out
}

func sourceOfQing(source string) image.Source {
	switch source {
	case "system":
		return image.SourceSystem
	case "self":
		return image.SourceSelf
	case "shared":
		return image.SourceShared
	}
	return ""
}

func visibilityOfQing(visibility string) image.Visibility {
	switch visibility {
	case "public":
		return image.VisibilityPublic
	case "private":
		return image.VisibilityPrivate
	}
	return ""
}

func statusOfQing(status string) image.Status {
	switch status {
	case "pending":
		return image.StatusPending
	case "available":
		return image.StatusAvailable
	case "deprecated":
		return image.StatusDeprecated
	case "suspended":
		return image.StatusSuspended
	case "deleted":
		return image.StatusDeleted
	case "ceased":
		return image.StatusCeased
	}
	return ""
}

func archOfQing(r *qing.Image) image.Arch {
	if architecture := qing.StringValue(r.Architecture); architecture != "" {
		return archOf(architecture)
	}
	switch qing.StringValue(r.ProcessorType) {
	case "64bit":
		return image.ArchX86_64
	case "32bit":
		return image.ArchI386
	}
	return ""
}
