package fakecloud

import (
	"crypto/sha256"
	"encoding/hex"
	"slices"
	"time"

	"github.com/imagequery/imagequery/image"
)

// qingStatuses are the words of the vendor, which are the neutral ones.
func qingStatuses() []string {
	return []string{"pending", "available", "deprecated", "suspended", "deleted", "ceased"}
}

// renderQing writes an image as DescribeImages shows it. Only ARM has an
// architecture; the others have a processor_type to go by.
func renderQing(m image.Image) record {
	r := record{
		"image_id": m.ID, "image_name": m.Name, "description": nil, "size": m.SizeGiB,
		"processor_type": qingProcessor(m.Arch), "platform": string(m.OS), "os_family": m.Platform,
		"visibility": string(m.Visibility), "provider": string(m.Source), "owner": m.Owner, "status": string(m.Status),
		"transition_status": "", "recommended_type": "small_b", "sub_code": 0,
		"tags": qingTags(m),
	}
	for name, at := range map[string]time.Time{"create_time": m.Created, "status_time": m.StatusChanged} {
		if !at.IsZero() { // the vendor's client refuses a time that is ""
			r[name] = wireMoment(at)
		}
	}
	if m.Description != "" {
		r["description"] = m.Description
	}
	if m.Arch == image.ArchARM64 {
		r["architecture"] = "aarch64"
	}
	return r
}

func qingProcessor(arch image.Arch) string {
	switch arch {
	case image.ArchI386:
		return "32bit"
	case "":
		return ""
	}
	return "64bit"
}

// qingTags gives the same tag the same id everywhere.
func qingTags(m image.Image) []record {
	tags := wireTags(m.Tags, "tag_key", "tag_value")
	for _, tag := range tags {
		key, value := tag["tag_key"].(string), tag["tag_value"].(string)
		sum := sha256.Sum256([]byte(key + "=" + value))
		tag["tag_id"] = "tag-" + hex.EncodeToString(sum[:4])
		tag["tag_name"], tag["owner"], tag["color"] = key, m.Owner, "#c096e0"
	}
	return tags
}

// readQing reads a record of DescribeImages in neutral words.
func readQing(zone string, r record) image.Image {
	return image.Image{
		Ref:  image.Ref{Provider: providerQing, Region: zone, ID: r.text("image_id")},
		Name: r.text("image_name"), Description: r.text("description"), Owner: r.text("owner"),
		Source:     among(r.text("provider"), image.SourceSystem, image.SourceSelf, image.SourceShared),
		Visibility: among(r.text("visibility"), image.VisibilityPublic, image.VisibilityPrivate),
		Status: among(r.text("status"), image.StatusPending, image.StatusAvailable, image.StatusDeprecated,
			image.StatusSuspended, image.StatusDeleted, image.StatusCeased),
		OS: readOS(r.text("platform")), Platform: image.ParsePlatform(r.text("os_family")), Arch: readQingArch(r),
		SizeGiB: r.number("size"), Created: r.moment("create_time"), StatusChanged: r.moment("status_time"),
		Tags: readQingTags(r),
	}
}

// readQingTags goes by the name of a tag that has no key.
func readQingTags(r record) map[string]string {
	var list []record
	for _, tag := range r.list("tags") {
		key := tag.text("tag_key")
		if key == "" {
			key = tag.text("tag_name")
		}
		list = append(list, record{"key": key, "value": tag.text("tag_value")})
	}
	return readTags(list, "key", "value")
}

func readQingArch(r record) image.Arch {
	switch r.text("architecture") {
	case "x86_64":
		return image.ArchX86_64
	case "aarch64", "arm64":
		return image.ArchARM64
	}
	switch r.text("processor_type") {
	case "64bit":
		return image.ArchX86_64
	case "32bit":
		return image.ArchI386
	}
	return ""
}

// among is the word as a neutral one if it is in the list, else the zero value.
func among[E ~string](word string, known ...E) E {
	if slices.Contains(known, E(word)) {
		return E(word)
	}
	return ""
}
