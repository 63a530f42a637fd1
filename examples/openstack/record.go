package openstack

import (
	"cmp"
	"encoding/json"
	"strings"

	"github.com/imagequery/imagequery/image"
	"github.com/imagequery/imagequery/provider/lenient"
)

var statuses = map[string]image.Status{
	"queued": image.StatusPending, "saving": image.StatusPending, "uploading": image.StatusPending, "importing": image.StatusPending,
	"active": image.StatusAvailable, "deactivated": image.StatusSuspended, "killed": image.StatusFailed,
	"pending_delete": image.StatusDeleted, "deleted": image.StatusDeleted,
}

var visibilities = map[string]image.Visibility{
	"private": image.VisibilityPrivate, "shared": image.VisibilityShared,
	"public": image.VisibilityPublic, "community": image.VisibilityPublic,
}

// sources are those of other projects' images, by visibility.
var sources = map[string]image.Source{
	"public": image.SourceSystem, "shared": image.SourceShared, "community": image.SourceCommunity,
}

var oses = map[string]image.OS{"linux": image.OSLinux, "windows": image.OSWindows}

func (a adapter) image(c *lenient.Converter, r lenient.Object) image.Image {
	text := func(name string) string { return string(r.Text(name)) }
	m := image.Image{
		Ref:            image.Ref{Provider: Name, Region: a.region, ID: text("id")},
		Name:           text("name"),
		Description:    text("description"),
		Owner:          text("owner"),
		Source:         a.source(text("owner"), text("visibility")),
		Visibility:     lenient.Enum(c, "images.visibility", r.Text("visibility"), visibilities),
		Status:         lenient.Enum(c, "images.status", r.Text("status"), statuses),
		OS:             lenient.Enum(c, "images.os_type", lenient.Text(strings.ToLower(text("os_type"))), oses),
		Platform:       image.ParsePlatform(text("os_distro")),
		OSVersion:      text("os_version"),
		Arch:           lenient.Parse(c, "images.architecture", r.Text("architecture"), image.ParseArch),
		BootMode:       text("hw_firmware_type"),
		SizeGiB:        cmp.Or(c.Int("images.min_disk", r.Text("min_disk")), gib(c.Int("images.virtual_size", r.Text("virtual_size")))),
		Created:        c.Time("images.created_at", r.Text("created_at")),
		SourceInstance: text("instance_uuid"),
	}
	if m.Status == image.StatusAvailable && c.Bool("images.os_hidden", r.Text("os_hidden")) {
		m.Status = image.StatusDeprecated
	}
	for _, tag := range r.Texts("tags") {
		if m.Tags == nil {
			m.Tags = map[string]string{}
		}
		m.Tags[string(tag)] = "" // tags have no values
	}
	delete(r, "direct_url") // these addresses of the data can hold the password of a store
	delete(r, "locations")
	m.Native, _ = json.Marshal(r)
	return m
}

// gib rounds a number of bytes up.
func gib(bytes int) int { return (bytes + 1<<30 - 1) >> 30 }

// source is derived: the server reports who owns an image, and who may see it. Another
// project's private image, which an administrator sees, has none of the sources.
func (a adapter) source(owner, visibility string) image.Source {
	switch {
	case owner != "" && owner == a.project:
		return image.SourceSelf
	case visibility != "public" && (owner == "" || a.project == ""):
		return ""
	}
	return sources[visibility]
}
