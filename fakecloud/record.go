package fakecloud

import (
	"bytes"
	"encoding/json"
	"maps"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/imagequery/imagequery/image"
)

// record is one wire object. Read from JSON, its numbers are [json.Number].
type record map[string]any

// marshal writes JSON as the vendors do, without HTML escapes.
func marshal(v any) ([]byte, error) {
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	err := enc.Encode(v)
	return bytes.TrimSuffix(b.Bytes(), []byte("\n")), err
}

func decodeRecord(text []byte) (record, error) {
	dec := json.NewDecoder(bytes.NewReader(text))
	dec.UseNumber()
	var r record
	err := dec.Decode(&r)
	return r, err
}

// text reads a string, a number or a boolean; anything else is empty.
func (r record) text(name string) string {
	switch v := r[name].(type) {
	case string:
		return v
	case json.Number:
		return v.String()
	case bool:
		return strconv.FormatBool(v)
	}
	return ""
}

// number reads an integer, also one written as text; anything else is 0.
func (r record) number(name string) int {
	n, _ := strconv.Atoi(strings.TrimSuffix(strings.TrimSpace(r.text(name)), "%"))
	return n
}

func (r record) flag(name string) bool { return strings.EqualFold(r.text(name), "true") }

// moment reads a time to the second or the minute; anything else is the zero time.
func (r record) moment(name string) time.Time {
	for _, layout := range []string{time.RFC3339, "2006-01-02T15:04Z07:00"} {
		if t, err := time.Parse(layout, r.text(name)); err == nil {
			return t.UTC()
		}
	}
	return time.Time{}
}

// list reads the objects of a list, which may be wrapped in an object.
func (r record) list(name string, wrapped ...string) []record {
	for _, inner := range wrapped {
		object, _ := r[name].(map[string]any)
		r, name = object, inner
	}
	values, _ := r[name].([]any)
	var out []record
	for _, v := range values {
		if object, ok := v.(map[string]any); ok {
			out = append(out, object)
		}
	}
	return out
}

// Parts that several dialects share.

// wireMoment writes a time to the second; an unknown one is "".
func wireMoment(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.UTC().Format(wireTime)
}

// wireSize writes a size as text; an unknown one is "".
func wireSize(size int) string {
	if size == 0 {
		return ""
	}
	return strconv.Itoa(size)
}

// wireTags writes tags sorted by key.
func wireTags(tags map[string]string, key, value string) []record {
	out := make([]record, 0, len(tags))
	for _, name := range slices.Sorted(maps.Keys(tags)) {
		out = append(out, record{key: name, value: tags[name]})
	}
	return out
}

func readTags(list []record, key, value string) map[string]string {
	var tags map[string]string
	for _, tag := range list {
		if name := tag.text(key); name != "" {
			if tags == nil {
				tags = map[string]string{}
			}
			tags[name] = tag.text(value)
		}
	}
	return tags
}

// readWord looks a wire word up; an unknown one is the zero value.
func readWord[E ~string](words map[string]E, word string) E { return words[word] }

// wireWord is the first wire word, in the order of the alphabet, that stands for
// a neutral one; "" if there is none.
func wireWord[E ~string](words map[string]E, value E) string {
	for _, word := range slices.Sorted(maps.Keys(words)) {
		if words[word] == value {
			return word
		}
	}
	return ""
}

// readOS reads the words that the providers share, in any case.
func readOS(word string) image.OS {
	return readWord(map[string]image.OS{"linux": image.OSLinux, "windows": image.OSWindows}, strings.ToLower(word))
}

// readArch reads the words that the providers share.
func readArch(word string) image.Arch {
	return readWord(map[string]image.Arch{
		"x86_64": image.ArchX86_64, "i386": image.ArchI386, "arm64": image.ArchARM64,
	}, word)
}
