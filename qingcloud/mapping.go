package qingcloud

import (
	"cmp"

	"github.com/imagequery/imagequery/image"
	"github.com/imagequery/imagequery/internal/apispec"
)

func (r *row) image() image.Image {
	return image.Image{
		Ref:           image.Ref{ID: r.ImageID},
		Name:          r.ImageName,
		Description:   r.Description,
		Source:        r.source,
		Owner:         r.Owner,
		Visibility:    r.visibility,
		Status:        r.status,
		OS:            r.os,
		Platform:      r.osFamily.Platform,
		OSVersion:     image.ParseOSVersionAfter(r.osFamily.Platform, r.ImageName),
		Arch:          r.imageArch(),
		SizeGiB:       apispec.GiB(r.Size),
		Created:       r.CreateTime,
		StatusChanged: r.StatusTime,
		Tags:          r.tags(),
	}
}

// imageArch returns the architecture by the kind of the processor, or else by its width.
func (r *row) imageArch() image.Arch {
	if r.Architecture != "" {
		return r.arch
	}
	return r.width
}

func (r *row) tags() map[string]string {
	var out map[string]string
	for _, t := range r.Tags {
		out = apispec.AddTag(out, cmp.Or(t.TagKey, t.TagName), t.TagValue)
	}
	return out
}
