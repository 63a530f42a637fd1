package aliyunecs

import (
	"cmp"
	"strings"

	"github.com/imagequery/imagequery/image"
	"github.com/imagequery/imagequery/internal/apispec"
)

func (r *row) image() image.Image {
	source := r.imageSource()
	return image.Image{
		Ref:             image.Ref{ID: r.ImageID},
		Name:            r.ImageName,
		Description:     r.Description,
		Family:          r.ImageFamily,
		Version:         r.ImageVersion,
		Source:          source,
		Owner:           apispec.Identifier(r.ImageOwnerID),
		Visibility:      r.visibility(source),
		Status:          r.status,
		Progress:        r.progress,
		OS:              r.os,
		Platform:        r.platform.Platform,
		OSVersion:       cmp.Or(r.osNameEn.Version, r.osName.Version, r.platform.Version),
		OSName:          r.osNameText(),
		Arch:            r.arch,
		BootMode:        r.BootMode,
		SizeGiB:         apispec.GiB(r.Size),
		Disks:           r.disks(),
		Created:         r.CreationTime,
		SourceSnapshots: r.snapshots(),
		ResourceGroup:   r.ResourceGroupID,
		Tags:            r.tags(),
	}
}

// familyImage maps a record of DescribeImageFromFamily. It does not say whether another
// account shared the image with this account or with all accounts.
func (r *row) familyImage() image.Image {
	m := r.image()
	if m.Source == image.SourceShared || m.Source == image.SourceCommunity {
		m.Source, m.Visibility = "", ""
	}
	return m
}

// osNameText returns the English name of the operating system, or else the other one.
func (r *row) osNameText() string {
	if r.OSNameEn != "" {
		return r.osNameEn.Text
	}
	return r.osName.Text
}

// imageSource tells apart the two sources that the provider calls "others".
func (r *row) imageSource() image.Source {
	if r.source == image.SourceShared && r.IsPublic {
		return image.SourceCommunity
	}
	return r.source
}

func (r *row) visibility(source image.Source) image.Visibility {
	switch {
	case r.IsPublic, source == image.SourceSystem, source == image.SourceMarketplace, source == image.SourceCommunity:
		return image.VisibilityPublic
	case source == image.SourceShared, source == image.SourceSelf && r.IsSelfShared:
		return image.VisibilityShared
	case source == image.SourceSelf:
		return image.VisibilityPrivate
	default:
		return ""
	}
}

func (r *row) disks() []image.Disk {
	if len(r.DiskDeviceMappings) == 0 {
		return nil
	}
	out := make([]image.Disk, 0, len(r.DiskDeviceMappings))
	for _, d := range r.DiskDeviceMappings {
		out = append(out, image.Disk{
			Type: strings.ToLower(d.Type), Device: d.Device, SizeGiB: apispec.GiB(d.Size),
			Format: d.Format, SnapshotID: d.SnapshotID, Encrypted: d.Encrypted,
		})
	}
	return out
}

func (r *row) snapshots() []string {
	var out []string
	for i, d := range r.DiskDeviceMappings {
		if d.SnapshotID == "" {
			continue
		}
		if out == nil {
			out = make([]string, 0, len(r.DiskDeviceMappings)-i)
		}
		out = append(out, d.SnapshotID)
	}
	return out
}

func (r *row) tags() map[string]string {
	var out map[string]string
	for _, t := range r.Tags {
		out = apispec.AddTag(out, t.TagKey, t.TagValue)
	}
	return out
}
