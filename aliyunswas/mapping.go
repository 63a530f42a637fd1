package aliyunswas

import (
	"cmp"

	"github.com/imagequery/imagequery/image"
	"github.com/imagequery/imagequery/internal/apispec"
)

func (r *row) image() image.Image {
	source, visibility := r.sharing()
	return image.Image{
		Ref:             image.Ref{Region: r.RegionID, ID: r.ImageID},
		Name:            r.Name,
		Description:     r.Description,
		Source:          source,
		Owner:           apispec.Identifier(r.UserID),
		Visibility:      visibility,
		Status:          r.status,
		OS:              r.os,
		Platform:        r.sourceImage.Platform,
		OSVersion:       cmp.Or(apispec.FoldSpaces(r.SourceImageVersion), r.sourceImage.Version),
		OSName:          apispec.FoldSpaces(r.sourceImage.Text, r.SourceImageVersion),
		SizeGiB:         apispec.GiB(r.RequiredSystemDiskSize),
		Disks:           r.disks(),
		Created:         r.CreationTime,
		SourceInstance:  r.InstanceID,
		SourceSnapshots: r.snapshots(),
		ResourceGroup:   r.ResourceGroupID,
		Tags:            r.tags(),
	}
}

// sharing returns the source and visibility. The source of a shared image is unknown:
// it may belong to this account, or to another one that shares it with this account.
func (r *row) sharing() (image.Source, image.Visibility) {
	if r.InShareUser {
		return "", image.VisibilityShared
	}
	return image.SourceSelf, image.VisibilityPrivate
}

func (r *row) disks() []image.Disk {
	system := image.Disk{Type: "system", SizeGiB: apispec.GiB(r.RequiredSystemDiskSize), SnapshotID: r.SystemSnapshotID}
	if r.RequiredDataDiskSize == 0 && r.DataSnapshotID == "" {
		return []image.Disk{system}
	}
	return []image.Disk{system, {Type: "data", SizeGiB: apispec.GiB(r.RequiredDataDiskSize), SnapshotID: r.DataSnapshotID}}
}

func (r *row) snapshots() []string {
	switch {
	case r.SystemSnapshotID == "" && r.DataSnapshotID == "":
		return nil
	case r.SystemSnapshotID == "":
		return []string{r.DataSnapshotID}
	case r.DataSnapshotID == "":
		return []string{r.SystemSnapshotID}
	default:
		return []string{r.SystemSnapshotID, r.DataSnapshotID}
	}
}

func (r *row) tags() map[string]string {
	var out map[string]string
	for _, t := range r.Tags {
		out = apispec.AddTag(out, t.Key, t.Value)
	}
	return out
}
