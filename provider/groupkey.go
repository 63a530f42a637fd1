package provider

import (
	"slices"
	"strings"
)

// GroupKey names a property by which [KeyOf] groups images.
type GroupKey string

// The properties of a hit that can group images. Apart from GroupTarget they are
// fields of the image, with the names of its JSON form.
const (
	GroupTarget    GroupKey = "target" // the name of the target
	GroupProvider  GroupKey = "provider"
	GroupRegion    GroupKey = "region"
	GroupPlatform  GroupKey = "platform"
	GroupOSVersion GroupKey = "os_version"
	GroupArch      GroupKey = "arch"
	GroupSource    GroupKey = "source"
	GroupOwner     GroupKey = "owner"
	GroupFamily    GroupKey = "family"
)

// groupKeys holds every key, in the order of the constants, and how it is read.
var groupKeys = []struct {
	key   GroupKey
	value func(Hit) string
}{
	{GroupTarget, func(h Hit) string { return h.Target }},
	{GroupProvider, func(h Hit) string { return h.Image.Provider }},
	{GroupRegion, func(h Hit) string { return h.Image.Region }},
	{GroupPlatform, func(h Hit) string { return h.Image.Platform }},
	{GroupOSVersion, func(h Hit) string { return h.Image.OSVersion }},
	{GroupArch, func(h Hit) string { return string(h.Image.Arch) }},
	{GroupSource, func(h Hit) string { return string(h.Image.Source) }},
	{GroupOwner, func(h Hit) string { return h.Image.Owner }},
	{GroupFamily, func(h Hit) string { return h.Image.Family }},
}

// GroupKeys returns a new list of every key.
func GroupKeys() []GroupKey {
	keys := make([]GroupKey, len(groupKeys))
	for i, known := range groupKeys {
		keys[i] = known.key
	}
	return keys
}

// KeyOf returns a key function for [NewestBy] that groups images by all of the given
// properties. Images that do not report a property share the group of its empty
// value. Groups are ordered by the value of the first key, then of the second, and
// so on; values compare as texts, byte by byte. Groups with different values have
// different keys, whatever characters the values contain.
//
// KeyOf with one key returns a function that gives its value, and without keys one
// that gives all images the same key. The Kind is [InvalidArgument] if a key is
// unknown or repeated.
func KeyOf(keys ...GroupKey) (func(Hit) string, error) {
	values, err := groupValues(keys)
	if err != nil {
		return nil, err
	}
	return func(h Hit) string {
		texts := make([]string, len(values))
		for i, value := range values {
			texts[i] = value(h)
		}
		return joinValues(texts)
	}, nil
}

// joinValues joins the values of several keys so that different values give
// different texts, which have the order of the values. A single value stays as it is.
//
// A NUL in a value is followed by a byte above that of the separator. So a value
// never contains the separator, and the end of a value sorts before any other byte.
func joinValues(values []string) string {
	if len(values) == 1 {
		return values[0]
	}
	for i, value := range values {
		values[i] = strings.ReplaceAll(value, "\x00", "\x00\xff")
	}
	return strings.Join(values, "\x00\x01")
}

// groupValues returns the functions that read keys from a hit.
func groupValues(keys []GroupKey) ([]func(Hit) string, error) {
	var values []func(Hit) string
	for i, key := range keys {
		if slices.Contains(keys[:i], key) {
			return nil, badSearch("group key %q is repeated; give it once", key)
		}
		at := slices.Index(GroupKeys(), key)
		if at < 0 {
			return nil, badSearch("unknown group key %q; want %s", key, joinKeys(GroupKeys()))
		}
		values = append(values, groupKeys[at].value)
	}
	return values, nil
}

func joinKeys(keys []GroupKey) string {
	texts := make([]string, len(keys))
	for i, key := range keys {
		texts[i] = string(key)
	}
	return strings.Join(texts, ", ")
}
