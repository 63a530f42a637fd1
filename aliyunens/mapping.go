package aliyunens

import (
	"cmp"
	"strings"

	"github.com/imagequery/imagequery/image"
	"github.com/imagequery/imagequery/internal/apispec"
)

func (r *row) image() image.Image {
	return image.Image{
		Ref:             image.Ref{Region: r.RegionID, ID: r.ImageID},
		Name:            r.ImageName,
		Source:          r.source,
		Visibility:      visibility(r.source),
		Status:          r.status,
		OS:              osOf(r.platform.Platform),
		Platform:        r.platform.Platform,
		OSVersion:       apispec.FoldSpaces(r.OSVersion),
		OSName:          apispec.FoldSpaces(r.platform.Text, r.OSVersion),
		Arch:            cmp.Or(r.computeArch, r.arch),
		SizeGiB:         apispec.GiB(r.ImageSize),
		Disks:           r.disks(),
		Created:         r.CreationTime,
		SourceInstance:  r.InstanceID,
		SourceSnapshots: r.snapshots(),
	}
}

func visibility(source image.Source) image.Visibility {
	switch source {
	case image.SourceSystem:
		return image.VisibilityPublic
	case image.SourceShared:
		return image.VisibilityShared
	case image.SourceSelf:
		return image.VisibilityPrivate
	default:
		return ""
	}
}

func osOf(platform string) image.OS {
	switch platform {
	case "":
		return ""
	case "windows":
		return image.OSWindows
	default:
		return image.OSLinux
	}
}

func (r *row) disks() []image.Disk {
	if len(r.DiskDeviceMappings) == 0 {
		return nil
	}
	out := make([]image.Disk, 0, len(r.DiskDeviceMappings))
	for _, d := range r.DiskDeviceMappings {
		out = append(out, image.Disk{Type: strings.ToLower(d.Type), SizeGiB: apispec.GiB(d.Size), Format: d.Format})
	}
	return out
}

func (r *row) snapshots() []string {
	if r.SnapshotID == "" {
		return nil
	}
	return []string{r.SnapshotID}
}
