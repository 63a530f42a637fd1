package apispec

import (
	"fmt"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/imagequery/imagequery/image"
)

// Identifier returns a numeric identifier, or an empty text for "0", which means
// that there is none.
func Identifier(text string) string {
	if text == "0" {
		return ""
	}
	return text
}

// ParsePercent parses a percentage such as "32%" or "32". An empty text is 0.
func ParsePercent(text string) (n int, ok bool) {
	text = strings.TrimSpace(text)
	if text == "" {
		return 0, true
	}
	n, err := strconv.Atoi(strings.TrimSuffix(text, "%"))
	if err != nil || n < 0 {
		return 0, false
	}
	return n, true
}

// GiB converts a size. Negative sizes become 0.
func GiB(n int64) int { return int(max(n, 0)) }

// ParseArch parses an architecture in any usual spelling.
func ParseArch(text string) (image.Arch, bool) {
	arch, err := image.ParseArch(text)
	return arch, err == nil
}

// OSName is what the name of an operating system states.
type OSName struct {
	Text     string // with one space for each run of white space
	Platform string
	Version  string
}

// ParseOSName parses any text. Ok is always true.
func ParseOSName(text string) (name OSName, ok bool) {
	return OSName{FoldSpaces(text), image.ParsePlatform(text), image.ParseOSVersion(text)}, true
}

// FoldSpaces joins texts by spaces, trims the result, and replaces each run of white
// space by one space.
func FoldSpaces(texts ...string) string {
	text := strings.TrimSpace(strings.Join(texts, " "))
	if isFolded(text) {
		return text
	}
	return strings.Join(strings.Fields(text), " ")
}

// isFolded reports whether a text is ASCII and its only white space is single spaces.
func isFolded(text string) bool {
	for i := range len(text) {
		if c := text[i]; c < ' ' || c >= utf8.RuneSelf || c == ' ' && i > 0 && text[i-1] == ' ' {
			return false
		}
	}
	return true
}

// AddTag adds a tag to a map, which may be nil, and returns the map. It ignores a tag
// without a key.
func AddTag(tags map[string]string, key, value string) map[string]string {
	if key == "" {
		return tags
	}
	if tags == nil {
		tags = make(map[string]string)
	}
	tags[key] = value
	return tags
}

// Details decodes the Native form of an image into a record.
func Details[R any](api *API[R], m image.Image) (R, error) {
	var r R
	switch {
	case m.Provider != api.Name:
		return r, fmt.Errorf("%s: details of an image of %q", api.Name, m.Provider)
	case len(m.Native) == 0:
		return r, fmt.Errorf("%s: image %s has no native record: set Config.Listing.KeepNative", api.Name, m.Ref)
	}
	if err := api.Record.Decode(m.Native, &r); err != nil {
		return r, fmt.Errorf("%s: native record of %s: %w", api.Name, m.Ref, err)
	}
	return r, nil
}
