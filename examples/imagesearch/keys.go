package main

import (
	"cmp"
	"encoding/json"
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/imagequery/imagequery/image"
	"github.com/imagequery/imagequery/provider"
)

// key is one value of a hit that can be printed, sorted and grouped by: the
// target, a key of the image's JSON form, or one tag.
type key struct {
	name string

	// value returns a string, an int, a time.Time or a json.RawMessage, always of
	// the same type. The zero value means that it is missing, but for tags.
	value func(provider.Hit) any

	tag     string // of one tag: its key
	version bool   // digits in the text count as numbers: web-9 is less than web-10
}

// imageKeys returns "target" and the keys of an image's JSON form, in their order.
func imageKeys() []key {
	version := func(name string, value func(image.Image) string) key {
		k := keyOf(name, value)
		k.version = true
		return k
	}
	return []key{
		{name: "target", value: func(h provider.Hit) any { return h.Target }},
		keyOf("provider", func(m image.Image) string { return m.Provider }),
		keyOf("region", func(m image.Image) string { return m.Region }),
		keyOf("id", func(m image.Image) string { return m.ID }),
		version("name", func(m image.Image) string { return m.Name }),
		keyOf("description", func(m image.Image) string { return m.Description }),
		keyOf("family", func(m image.Image) string { return m.Family }),
		version("version", func(m image.Image) string { return m.Version }),
		keyOf("source", func(m image.Image) string { return string(m.Source) }),
		keyOf("owner", func(m image.Image) string { return m.Owner }),
		keyOf("visibility", func(m image.Image) string { return string(m.Visibility) }),
		keyOf("status", func(m image.Image) string { return string(m.Status) }),
		keyOf("progress", func(m image.Image) int { return m.Progress }),
		keyOf("os", func(m image.Image) string { return string(m.OS) }),
		keyOf("platform", func(m image.Image) string { return m.Platform }),
		version("os_version", func(m image.Image) string { return m.OSVersion }),
		version("os_name", func(m image.Image) string { return m.OSName }),
		keyOf("arch", func(m image.Image) string { return string(m.Arch) }),
		keyOf("boot_mode", func(m image.Image) string { return m.BootMode }),
		keyOf("size_gib", func(m image.Image) int { return m.SizeGiB }),
		keyOf("disks", func(m image.Image) json.RawMessage { return rawJSON(m.Disks, len(m.Disks)) }),
		keyOf("created", func(m image.Image) time.Time { return m.Created }),
		keyOf("status_changed", func(m image.Image) time.Time { return m.StatusChanged }),
		keyOf("source_instance", func(m image.Image) string { return m.SourceInstance }),
		keyOf("source_snapshots", func(m image.Image) json.RawMessage {
			return rawJSON(m.SourceSnapshots, len(m.SourceSnapshots))
		}),
		keyOf("resource_group", func(m image.Image) string { return m.ResourceGroup }),
		keyOf("tags", func(m image.Image) json.RawMessage { return rawJSON(m.Tags, len(m.Tags)) }),
	}
}

// keyOf returns a key of the image.
func keyOf[T string | int | time.Time | json.RawMessage](name string, value func(image.Image) T) key {
	return key{name: name, value: func(h provider.Hit) any { return value(h.Image) }}
}

// nativeKey is the provider's own record, which is there with --native-record only.
func nativeKey() key {
	return key{name: "native", value: func(h provider.Hit) any { return h.Image.Native }}
}

const tagPrefix = "tags."

// findKey returns the key with a name, which may be that of one tag, "tags.KEY".
func findKey(name string) (key, error) {
	var names []string
	for _, k := range imageKeys() {
		if k.name == name {
			return k, nil
		}
		names = append(names, k.name)
	}
	if tag, ok := strings.CutPrefix(name, tagPrefix); ok && tag != "" {
		return key{name: name, value: func(h provider.Hit) any { return h.Image.Tags[tag] }, tag: tag, version: true}, nil
	}
	if suggestion := didYouMean(name, names); suggestion != "" {
		return key{}, fmt.Errorf("unknown key %q%s", name, suggestion)
	}
	return key{}, fmt.Errorf("unknown key %q: want %s or %sKEY", name, strings.Join(names, ", "), tagPrefix)
}

// keysNamed returns the keys with the given names.
func keysNamed(names ...string) ([]key, error) {
	var keys []key
	for _, name := range names {
		k, err := findKey(name)
		if err != nil {
			return nil, err
		}
		keys = append(keys, k)
	}
	return keys, nil
}

// imageKeysNamed returns keys of the image that are known to exist.
func imageKeysNamed(names []string) []key {
	keys, err := keysNamed(names...)
	if err != nil {
		panic(err)
	}
	return keys
}

// text returns the value as csv has it: numbers in decimal, times in RFC 3339,
// lists as JSON. It is empty if the value is missing.
func (k key) text(h provider.Hit) string {
	switch v := k.value(h).(type) {
	case string:
		return v
	case int:
		if v != 0 {
			return strconv.Itoa(v)
		}
	case time.Time:
		if !v.IsZero() {
			return v.Format(time.RFC3339Nano)
		}
	case json.RawMessage:
		return string(v)
	}
	return ""
}

// isMissing reports whether the image does not have the value. The value of a tag may
// be empty.
func (k key) isMissing(h provider.Hit) bool {
	if k.tag != "" {
		_, ok := h.Image.Tags[k.tag]
		return !ok
	}
	return k.text(h) == ""
}

// compare orders two hits by the value, ascending: numbers and times by their size,
// texts byte by byte. It does not treat missing values apart.
func (k key) compare(a, b provider.Hit) int {
	switch x := k.value(a).(type) {
	case int:
		return cmp.Compare(x, k.value(b).(int))
	case time.Time:
		return x.Compare(k.value(b).(time.Time))
	}
	if k.version {
		return cmp.Or(compareVersions(k.text(a), k.text(b)), strings.Compare(k.text(a), k.text(b)))
	}
	return strings.Compare(k.text(a), k.text(b))
}

// isNumber reports whether the values are numbers.
func (k key) isNumber() bool {
	_, ok := k.value(provider.Hit{}).(int)
	return ok
}

// isTime reports whether the values are times.
func (k key) isTime() bool {
	_, ok := k.value(provider.Hit{}).(time.Time)
	return ok
}

// compareVersions orders two texts as the library orders the names of images, which
// it does with the newest first.
func compareVersions(a, b string) int {
	return image.CompareNewest(image.Image{Name: b}, image.Image{Name: a})
}

// rawJSON encodes a list or a map of an image, or returns nil if it is empty.
// Encoding texts, numbers and flags cannot fail.
func rawJSON(v any, length int) json.RawMessage {
	if length == 0 {
		return nil
	}
	text, _ := marshal(v)
	return text
}

func keyNames(keys []key) []string {
	out := make([]string, len(keys))
	for i, k := range keys {
		out[i] = k.name
	}
	return out
}
