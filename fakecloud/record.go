package fakecloud

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"sync"
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

// decoded returns the value that a client decodes from the JSON of v. Numbers become
// [json.Number]. The types of rendered records need no JSON for that.
func decoded(v any) (any, error) {
	switch v := v.(type) {
	case nil, bool:
		return v, nil
	case string:
		return strings.ToValidUTF8(v, "\ufffd"), nil
	case int:
		return json.Number(strconv.Itoa(v)), nil
	case int64:
		return json.Number(strconv.FormatInt(v, 10)), nil
	case record:
		return decodedRecord(v)
	case []record:
		return decodedList(v)
	case []string:
		return decodedList(v)
	}
	text, err := marshal(v)
	if err != nil {
		return nil, err
	}
	dec := json.NewDecoder(bytes.NewReader(text))
	dec.UseNumber()
	var out any
	err = dec.Decode(&out)
	return out, err
}

func decodedRecord(r record) (map[string]any, error) {
	out := make(map[string]any, len(r))
	for name, v := range r {
		var err error
		if out[name], err = decoded(v); err != nil {
			return nil, err
		}
	}
	return out, nil
}

func decodedList[E any](list []E) ([]any, error) {
	out := make([]any, len(list))
	for i, v := range list {
		var err error
		if out[i], err = decoded(v); err != nil {
			return nil, err
		}
	}
	return out, nil
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

// timestamp reads a time to the second or the minute; anything else is the zero time.
func (r record) timestamp(name string) time.Time {
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

// formatTime writes a time to the second; an unknown one is "".
func formatTime(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.UTC().Format(timeLayout)
}

// formatSize writes a size as text; an unknown one is "".
func formatSize(size int) string {
	if size == 0 {
		return ""
	}
	return strconv.Itoa(size)
}

// formatTags writes tags sorted by key.
func formatTags(tags map[string]string, key, value string) []record {
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

// decodeEnum looks a wire word up; an unknown one is the zero value.
func decodeEnum[E ~string](words map[string]E, word string) E { return words[word] }

// encodeEnum returns the wire word of a neutral word, the alphabetically first if there
// are several, or "" if there is none.
func encodeEnum[E ~string](words map[string]E, value E) string {
	for _, word := range slices.Sorted(maps.Keys(words)) {
		if words[word] == value {
			return word
		}
	}
	return ""
}

// readOS reads the words that the providers share, in any case.
func readOS(word string) image.OS {
	return decodeEnum(map[string]image.OS{"linux": image.OSLinux, "windows": image.OSWindows}, strings.ToLower(word))
}

// readArch reads the words that the providers share.
func readArch(word string) image.Arch {
	return decodeEnum(map[string]image.Arch{
		"x86_64": image.ArchX86_64, "i386": image.ArchI386, "arm64": image.ArchARM64,
	}, word)
}

// recordFormat is how one provider writes an image down, and how its record is read.
type recordFormat struct {
	regional              bool   // whether an image must have a region
	idField, createdField string // the fields of the record for ID and Created
	render                func(image.Image) record
	read                  func(region string, r record) image.Image
}

func recordFormatOf(provider string) (recordFormat, bool) {
	switch provider {
	case providerECS:
		return recordFormat{regional: true, idField: "ImageId", createdField: "CreationTime", render: renderECS, read: readECS}, true
	case providerSWAS:
		return recordFormat{regional: true, idField: "ImageId", createdField: "CreationTime", render: renderSWAS, read: readSWAS}, true
	case providerENS:
		return recordFormat{idField: "ImageId", createdField: "CreationTime", render: renderENS, read: readENS}, true
	case providerQing:
		return recordFormat{regional: true, idField: "image_id", createdField: "create_time", render: renderQing, read: readQing}, true
	}
	return recordFormat{}, false
}

// newRow encodes an image, and checks that a client decodes the same image.
func newRow(m Image) (*row, error) {
	r, err := m.encode()
	if err != nil {
		return nil, err
	}
	if m.OSVersion == "" {
		m.OSVersion = r.OSVersion
	}
	return r, m.compare(r.Image.Image)
}

// encode returns the record of the image, and what a client decodes from it.
func (m Image) encode() (*row, error) {
	d, known := recordFormatOf(m.Provider)
	switch {
	case !known:
		return nil, m.fieldError("provider", fmt.Sprintf("%q is unknown", m.Provider), useProviders)
	case m.ID == "":
		return nil, m.fieldError("id", "it is empty", "set it")
	case d.regional && m.Region == "":
		return nil, m.fieldError("region", "it is empty", "set it")
	}
	if err := m.checkHidden(); err != nil {
		return nil, err
	}
	fields := d.render(m.Image)
	maps.Copy(fields, m.Extra)
	for _, name := range m.Omit {
		delete(fields, name)
	}
	wireRecord, err := decodedRecord(fields)
	if err != nil {
		return nil, m.fieldError("extra", err.Error(), "use values that encoding/json can write")
	}
	return rowOf(Image{Image: d.read(m.Region, wireRecord), Hidden: maps.Clone(m.Hidden), Expired: m.Expired}, wireRecord), nil
}

// Reported returns the image as a correct client reports it: as the record reads that its
// provider would send, with Extra and Omit. Fields that the API cannot express are unset,
// and those that it derives from others are set, so that a [World] accepts the result. The
// error is that of [New] for an image without a known provider, an ID or a region.
func (m Image) Reported() (image.Image, error) {
	r, err := m.encode()
	if err != nil {
		return image.Image{}, err
	}
	return r.Image.Image, nil
}

// rowOf returns a row that encodes its record when a response first lists it.
func rowOf(m Image, r record) *row {
	return &row{Image: m, record: r, body: sync.OnceValue(func() []byte {
		body, _ := marshal(r) // it was decoded from JSON
		return append([]byte(","), body...)
	})}
}

// copy is the same image under another id and of another time.
func (r *row) copy(id string, created time.Time) *row {
	d, _ := recordFormatOf(r.Provider)
	wireRecord := maps.Clone(r.record)
	wireRecord[d.idField] = id
	if !created.IsZero() {
		wireRecord[d.createdField] = formatTime(created)
	}
	return rowOf(Image{Image: d.read(r.Region, wireRecord), Hidden: r.Hidden, Expired: r.Expired}, wireRecord)
}

const useProviders = "use aliyunecs, aliyunswas, aliyunens or qingcloud"

func (m Image) fieldError(field, reason, remedy string) error {
	return m.fieldErrorOf(remedy, field, reason, remedy)
}

// fieldErrorOf is fieldError for remedies that contain values. Errors with the same
// provider, field and kind are reported once.
func (m Image) fieldErrorOf(kind, field, reason, remedy string) error {
	return newWorldError(m.Provider+" "+field+" "+kind, remedy, "image %s: field %s: %s", m.Ref, field, reason)
}

func (m Image) checkHidden() error {
	for _, name := range slices.Sorted(maps.Keys(m.Hidden)) {
		if m.Provider != providerECS || !slices.Contains([]string{"InstanceType", "ActionType", "NetworkType"}, name) {
			return m.fieldError("hidden", fmt.Sprintf("%s has no such filter: %q", m.Provider, name), "use InstanceType, ActionType or NetworkType, for aliyunecs only")
		}
	}
	if m.Expired && m.Provider != providerECS {
		return m.fieldError("expired", "only ECS hides expired images", "leave it unset")
	}
	return nil
}

// compare returns an error for every field of which the record says something
// else.
func (m Image) compare(read image.Image) error {
	if reflect.DeepEqual(m.Image, read) {
		return nil
	}
	want, got := jsonFields(m.Image), jsonFields(read)
	var errs []error
	for _, name := range slices.Sorted(maps.Keys(union(want, got))) {
		if !bytes.Equal(want[name], got[name]) {
			errs = append(errs, m.compareError(name, want[name], got[name]))
		}
	}
	return errors.Join(errs...)
}

func (m Image) compareError(field string, want, got json.RawMessage) error {
	kind, remedy := "differs", "set "+field+" to "+string(got)+", or change the record with extra or omit"
	switch {
	case len(got) == 0:
		kind, remedy = "not sent", "leave the field unset, or add it to the record with extra"
	case len(want) == 0:
		kind, remedy = "unset", "set "+field+" to "+string(got)+", or leave it out of the record with omit"
	}
	reason := fmt.Sprintf("it is %s, but the record that %s would send, with extra and omit, reads as %s", orUnset(want), m.Provider, orUnset(got))
	return m.fieldErrorOf(kind, field, reason, remedy)
}

func jsonFields(m image.Image) map[string]json.RawMessage {
	fields := map[string]json.RawMessage{}
	text, err := json.Marshal(m)
	if err == nil {
		err = json.Unmarshal(text, &fields)
	}
	if err != nil {
		fields["native"] = json.RawMessage(err.Error()) // the only field that can be bad JSON, and must be empty
	}
	return fields
}

func union[V any](a, b map[string]V) map[string]V {
	all := maps.Clone(a)
	maps.Copy(all, b)
	return all
}

func orUnset(text json.RawMessage) string {
	if len(text) == 0 {
		return "unset"
	}
	return string(text)
}
