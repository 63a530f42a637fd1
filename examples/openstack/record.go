package openstack

import (
	"cmp"
	"encoding/json"
	"strings"

	"github.com/imagequery/imagequery/image"
	"github.com/imagequery/imagequery/provider/lenient"
)

// record is one image as the server sends it. It is no struct, since encoding/json
// ignores case: a property named "Status" must not replace the status.
type record map[string]json.RawMessage

// text returns a scalar member, or "".
func (r record) text(name string) (t lenient.Text) {
	if value, ok := r[name]; ok {
		_ = json.Unmarshal(value, &t) // the value is valid JSON, and a Text accepts any
	}
	return t
}

// native returns the record without the addresses of its data, which can hold the
// password of a store.
func (r record) native() json.RawMessage {
	delete(r, "direct_url")
	delete(r, "locations")
	text, _ := json.Marshal(r)
	return text
}

var statuses = map[string]image.Status{
	"queued": image.StatusPending, "saving": image.StatusPending, "uploading": image.StatusPending, "importing": image.StatusPending,
	"active": image.StatusAvailable, "deactivated": image.StatusSuspended, "killed": image.StatusFailed,
	"pending_delete": image.StatusDeleted, "deleted": image.StatusDeleted,
}

var visibilities = map[string]image.Visibility{
	"private": image.VisibilityPrivate, "shared": image.VisibilityShared,
	"public": image.VisibilityPublic, "community": image.VisibilityPublic,
}

var oses = map[string]image.OS{"linux": image.OSLinux, "windows": image.OSWindows}

func (a adapter) image(c *lenient.Converter, r record) image.Image {
	m := image.Image{
		Ref:            image.Ref{Provider: Name, Region: a.region, ID: string(r.text("id"))},
		Name:           string(r.text("name")),
		Description:    string(r.text("description")),
		Owner:          string(r.text("owner")),
		Visibility:     lenient.Enum(c, "images.visibility", r.text("visibility"), visibilities),
		Status:         lenient.Enum(c, "images.status", r.text("status"), statuses),
		OS:             lenient.Enum(c, "images.os_type", lenient.Text(strings.ToLower(string(r.text("os_type")))), oses),
		Platform:       image.ParsePlatform(string(r.text("os_distro"))),
		OSVersion:      string(r.text("os_version")),
		BootMode:       string(r.text("hw_firmware_type")),
		SizeGiB:        cmp.Or(c.Int("images.min_disk", r.text("min_disk")), gib(c.Int("images.virtual_size", r.text("virtual_size")))),
		Created:        c.Time("images.created_at", r.text("created_at")),
		SourceInstance: string(r.text("instance_uuid")),
		Tags:           r.tags(),
	}
	var err error
	if m.Arch, err = image.ParseArch(string(r.text("architecture"))); err != nil && len(r.text("architecture")) > 0 {
		c.Reject("images.architecture")
	}
	m.Source = a.source(m.Owner, string(r.text("visibility")))
	if m.Status == image.StatusAvailable && c.Bool("images.os_hidden", r.text("os_hidden")) {
		m.Status = image.StatusDeprecated
	}
	m.Native = r.native()
	return m
}

// gib rounds a number of bytes up.
func gib(bytes int) int { return (bytes + 1<<30 - 1) >> 30 }

// source is derived: the server reports who owns an image, and who may see it. Another
// project's private image, which an administrator sees, has none of the sources.
func (a adapter) source(owner, visibility string) image.Source {
	switch {
	case visibility == "public" && (a.project == "" || owner != a.project):
		return image.SourceSystem
	case a.project == "" || owner == "":
		return ""
	case owner == a.project:
		return image.SourceSelf
	case visibility == "shared":
		return image.SourceShared
	case visibility == "community":
		return image.SourceCommunity
	}
	return ""
}

// tags have no values.
func (r record) tags() map[string]string {
	var list lenient.List[lenient.Text]
	if value, ok := r["tags"]; !ok || json.Unmarshal(value, &list) != nil || len(list) == 0 {
		return nil
	}
	out := map[string]string{}
	for _, tag := range list {
		out[string(tag)] = ""
	}
	return out
}
