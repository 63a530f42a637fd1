package qingcloud

import (
	"cmp"

	"github.com/imagequery/imagequery/image"
	"github.com/imagequery/imagequery/internal/apispec"
)

func (r *Record) image() image.Image {
	return image.Image{
		Ref:           image.Ref{ID: r.ImageID},
		Name:          r.ImageName,
		Description:   r.Description,
		Source:        sources.Read(r.Provider),
		Owner:         r.Owner,
		Visibility:    visibilities.Read(r.Visibility),
		Status:        statuses.Read(r.Status),
		OS:            oses.Read(r.Platform),
		Platform:      image.ParsePlatform(r.OSFamily),
		OSVersion:     image.ParseOSVersionAfter(r.OSFamily, r.ImageName),
		Arch:          r.arch(),
		SizeGiB:       apispec.GiB(r.Size),
		Created:       r.CreateTime,
		StatusChanged: r.StatusTime,
		Tags:          r.tags(),
	}
}

// arch returns the architecture by the kind of the processor, or else by its width.
func (r *Record) arch() image.Arch {
	if r.Architecture != "" {
		return apispec.Arch(r.Architecture)
	}
	return widths.Read(r.ProcessorType)
}

func (r *Record) tags() map[string]string {
	var out map[string]string
	for _, t := range r.Tags {
		out = apispec.AddTag(out, cmp.Or(t.TagKey, t.TagName), t.TagValue)
	}
	return out
}
