package image

import (
	"encoding/json"
	"strings"
	"time"
)

// Ref identifies one image of one provider. It is comparable and can be a map key.
type Ref struct {
	Provider string `json:"provider,omitempty"` // an adapter's name, such as "aliyunecs"
	Region   string `json:"region,omitempty"`   // region or zone; empty if the provider has none or does not report it
	ID       string `json:"id,omitempty"`       // the provider's own identifier
}

// String returns the reference as a path, "aliyunecs/cn-hangzhou/m-1". Empty parts
// are left out.
func (r Ref) String() string {
	parts := make([]string, 0, 3)
	for _, part := range []string{r.Provider, r.Region, r.ID} {
		if part != "" {
			parts = append(parts, part)
		}
	}
	return strings.Join(parts, "/")
}

// Image describes one machine image. A zero field means that the provider did not
// report it.
//
// The JSON form is stable: the keys of the reference first, then names in snake
// case in the order below. Zero fields are left out. Times are in RFC 3339; those
// of a provider are in UTC. Decoding what was encoded gives the same image.
type Image struct {
	Ref
	Name            string            `json:"name,omitempty"`
	Description     string            `json:"description,omitempty"`
	Family          string            `json:"family,omitempty"`  // a series of images; the newest one replaces those before
	Version         string            `json:"version,omitempty"` // within the family, in the owner's own notation
	Source          Source            `json:"source,omitempty"`
	Owner           string            `json:"owner,omitempty"` // account identifier
	Visibility      Visibility        `json:"visibility,omitempty"`
	Status          Status            `json:"status,omitempty"`
	Progress        int               `json:"progress,omitempty"` // of the creation, in percent
	OS              OS                `json:"os,omitempty"`
	Platform        string            `json:"platform,omitempty"`   // distribution, as [ParsePlatform] names it
	OSVersion       string            `json:"os_version,omitempty"` // of the distribution, such as "22.04"
	OSName          string            `json:"os_name,omitempty"`    // for display, such as "Ubuntu 22.04 64 bit"
	Arch            Arch              `json:"arch,omitempty"`
	BootMode        string            `json:"boot_mode,omitempty"` // as the provider spells it, such as "UEFI"
	SizeGiB         int               `json:"size_gib,omitempty"`  // of the system disk
	Disks           []Disk            `json:"disks,omitempty"`
	Created         time.Time         `json:"created,omitzero"`        // UTC
	StatusChanged   time.Time         `json:"status_changed,omitzero"` // UTC
	SourceInstance  string            `json:"source_instance,omitempty"`
	SourceSnapshots []string          `json:"source_snapshots,omitempty"`
	ResourceGroup   string            `json:"resource_group,omitempty"`
	Tags            map[string]string `json:"tags,omitempty"`
	Native          json.RawMessage   `json:"native,omitempty"` // the provider's own record without its secrets; kept on request only
}

// Disk describes one disk of an image. A zero field means that the provider did not
// report it; Encrypted is also false for a disk that is not encrypted.
type Disk struct {
	Type       string `json:"type,omitempty"`   // "system", "data" or another word of the provider, in lower case
	Device     string `json:"device,omitempty"` // such as "/dev/xvda"
	SizeGiB    int    `json:"size_gib,omitempty"`
	Format     string `json:"format,omitempty"` // such as "qcow2"
	SnapshotID string `json:"snapshot_id,omitempty"`
	Encrypted  bool   `json:"encrypted,omitempty"`
}

// String returns the reference and, if it is set, the name:
// "aliyunecs/cn-hangzhou/m-1 (web-2024)".
func (m Image) String() string {
	ref := m.Ref.String()
	switch {
	case m.Name == "":
		return ref
	case ref == "":
		return "(" + m.Name + ")"
	}
	return ref + " (" + m.Name + ")"
}
