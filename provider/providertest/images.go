package providertest

import (
	"bytes"
	"encoding/json"
	"fmt"
	"maps"
	"math/rand/v2"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"time"
	"unicode/utf16"

	"github.com/imagequery/imagequery/image"
	"github.com/imagequery/imagequery/provider"
)

// Images returns n images for an API that reports every field but those that info calls
// None. The values of a field are those in info.Values if it has a list. Some images
// differ in ways that a server or adapter can overlook: names that contain other names,
// upper and lower case, special characters of patterns and URLs, times within one
// minute, and fields that are unreported. The first m of n images are Images(info, m).
//
// If the provider reports less, or derives one field from another, Harness.World must
// change the images to what a correct client reports.
func Images(info provider.Info, n int) []image.Image {
	out := make([]image.Image, n)
	for i := range out {
		k := imageMaker{info: info, number: i, group: i / 5, variant: i % 5, rng: rand.New(rand.NewPCG(uint64(i), 7))}
		out[i] = k.image()
	}
	return out
}

// imageMaker makes the image with a number. Five consecutive images are similar.
type imageMaker struct {
	info           provider.Info
	number         int
	group, variant int
	rng            *rand.Rand
}

func (k *imageMaker) image() image.Image {
	m := image.Image{
		Ref:            image.Ref{Provider: k.info.Name, Region: k.info.Region, ID: k.id()},
		Name:           k.name(),
		Description:    pick(k, "", "made for tests", `<基础镜像> "a" & 'b' \ c`),
		Family:         mostly(k, image.FieldFamilies, fmt.Sprintf("family-%d", k.group%4)+[]string{"", "x"}[k.variant%2]),
		Version:        pick(k, "", fmt.Sprint(k.group+1), "v1."+fmt.Sprint(k.group)),
		Source:         enumValue(k, image.FieldSources, image.Sources()),
		Owner:          mostly(k, image.FieldOwners, fmt.Sprint(int64(1000000000000000)+int64(k.group%6*10+k.variant%2))),
		Visibility:     enumValue(k, image.FieldVisibilities, image.Visibilities()),
		Status:         enumValue(k, image.FieldStatuses, image.Statuses()),
		Progress:       pick(k, 0, 32, 100),
		OS:             enumValue(k, image.FieldOSes, image.OSes()),
		Platform:       mostly(k, image.FieldPlatforms, pick(k, "ubuntu", "centos", "debian", "redhat", "aliyun", "windows", "kylin")),
		Arch:           enumValue(k, image.FieldArchs, image.Archs()),
		BootMode:       pick(k, "", "BIOS", "UEFI"),
		SizeGiB:        pick(k, 20, 40, 100),
		SourceInstance: mostly(k, image.FieldSourceInstances, fmt.Sprintf("i-%d", k.group%7)+[]string{"", "0"}[k.variant%2]),
		ResourceGroup:  mostly(k, image.FieldResourceGroups, fmt.Sprintf("rg-%d", k.group%3)+[]string{"", "a"}[k.variant%2]),
		Tags:           k.tags(),
	}
	m.OSVersion = mostly(k, image.FieldOSVersions, pick(k, "7.9", "22.04.3", "12", "22.04"))
	m.OSName = strings.TrimSpace(m.Platform + " " + m.OSVersion)
	m.Created = k.created()
	if !m.Created.IsZero() {
		m.StatusChanged = m.Created.Add(time.Duration(k.rng.IntN(100)) * time.Hour)
	}
	k.addDisks(&m)
	return m
}

// id is unique, ignoring case as well. The first of a group stands within the others.
func (k *imageMaker) id() string {
	own := fmt.Sprintf("m-%d", k.group)
	special := own + "_20G_x64.vhd"
	if k.group%4 == 3 {
		special = own + "[x]*?"
	}
	return []string{own, own + "-a", "x" + own, special, strings.ToUpper(own + "z")}[k.variant]
}

// name returns the name of an image. It may be empty, or that of another image.
func (k *imageMaker) name() string {
	base := []string{"web", "db", "订单", "a b+c/d~e%20&f=g", "Web", `q"u'o\te`, "m"}[k.group%7]
	own := fmt.Sprintf("%s-%d", base, k.group/2)
	special := own + []string{" [v1]", "*", "?", ""}[k.group%4]
	upper := []string{strings.ToUpper(own), ""}[k.group%4/3]
	return []string{own, own + "-2", "x" + own, special, upper}[k.variant]
}

// created is unknown for few. Images of a group follow each other by seconds.
func (k *imageMaker) created() time.Time {
	if k.number%17 == 16 {
		return time.Time{}
	}
	first := time.Date(2024, 2, 28, 23, 59, 30, 0, time.UTC)
	return first.Add(time.Duration(k.group)*37*time.Hour + time.Duration(k.variant)*17*time.Second)
}

func (k *imageMaker) tags() map[string]string {
	if k.info.Support[image.FieldTags] == provider.None {
		return nil
	}
	return []map[string]string{
		{"app": "web"},
		{"app": "web", "env": []string{"prod", "test"}[k.group%2]},
		{"app": "Web", "环境": "测试 1"},
		{"app": "", "owner": "a&b=c"},
		k.manyTags(),
	}[k.variant]
}

// manyTags are more than one request may take, now and then.
func (k *imageMaker) manyTags() map[string]string {
	if k.group%3 != 0 {
		return nil
	}
	out := map[string]string{}
	for i := range 24 {
		out[fmt.Sprintf("k%02d", i)] = fmt.Sprint("v", (i+k.group)%3)
	}
	return out
}

// addDisks adds a system disk and up to two data disks, each with a snapshot.
func (k *imageMaker) addDisks(m *image.Image) {
	snapshots := k.info.Support[image.FieldSourceSnapshots] != provider.None
	for i := range k.rng.IntN(4) {
		disk := image.Disk{Type: "system", Device: "/dev/xvd" + string(rune('a'+i)), SizeGiB: m.SizeGiB, Format: pick(k, "", "qcow2", "raw")}
		if i > 0 {
			disk.Type, disk.SizeGiB, disk.Encrypted = "data", 100*i, i == 2
		}
		if snapshots {
			disk.SnapshotID = fmt.Sprintf("s-%d-%d", k.group, k.variant/2+i)
			m.SourceSnapshots = append(m.SourceSnapshots, disk.SnapshotID)
		}
		m.Disks = append(m.Disks, disk)
	}
}

func pick[T any](k *imageMaker, values ...T) T { return values[k.rng.IntN(len(values))] }

// mostly is the text, but for a few images, and for APIs that do not report it.
func mostly(k *imageMaker, f image.Field, text string) string {
	if k.rng.IntN(9) == 0 || k.info.Support[f] == provider.None {
		return ""
	}
	return text
}

// enumValue returns one of the words of the API, or sometimes an empty one.
func enumValue[E ~string](k *imageMaker, f image.Field, all []E) E {
	if k.info.Support[f] == provider.None || k.rng.IntN(12) == 0 {
		return ""
	}
	if words, fixed := k.info.Values[f]; fixed {
		all = slices.DeleteFunc(all, func(e E) bool { return !slices.Contains(words, string(e)) })
	}
	if len(all) == 0 {
		return ""
	}
	return pick(k, all...)
}

// editJSON applies a change to each value in a JSON text, the innermost first. Any other
// text is returned unchanged.
func editJSON(change func(any) any) func([]byte) []byte {
	return func(body []byte) []byte {
		decoder := json.NewDecoder(bytes.NewReader(body))
		decoder.UseNumber()
		var v any
		if decoder.Decode(&v) != nil {
			return body
		}
		out, err := json.Marshal(editAll(v, change))
		if err != nil {
			return body
		}
		return out
	}
}

func editAll(v any, change func(any) any) any {
	switch v := v.(type) {
	case map[string]any:
		for key, inner := range v {
			v[key] = editAll(inner, change)
		}
	case []any:
		for i, inner := range v {
			v[i] = editAll(inner, change)
		}
	}
	return change(v)
}

// addMembers adds unknown members to an object. It leaves out empty ones, and those whose
// keys are keys of tags: there, any member would be a tag.
func addMembers(world []image.Image) func(any) any {
	tagKeys := map[string]bool{}
	for _, m := range world {
		for key := range m.Tags {
			tagKeys[key] = true
		}
	}
	return func(v any) any {
		object, _ := v.(map[string]any)
		for key := range object {
			if !tagKeys[key] {
				object["UnheardOf"] = map[string]any{"a": []any{json.Number("1"), nil, true, "x"}, "Id": "m-0"}
				object[""] = "nothing"
				break
			}
		}
		return v
	}
}

func numberToString(v any) any {
	if n, ok := v.(json.Number); ok {
		return n.String()
	}
	return v
}

// plainNumber is a text that is the usual form of a whole number.
var plainNumber = regexp.MustCompile(`^(0|[1-9][0-9]{0,14})$`)

func stringToNumber(v any) any {
	if text, ok := v.(string); ok && plainNumber.MatchString(text) {
		return json.Number(text)
	}
	return v
}

func isEmpty(v any) bool {
	switch r := reflect.ValueOf(v); r.Kind() {
	case reflect.String, reflect.Slice, reflect.Map:
		return r.Len() == 0
	default:
		return v == nil
	}
}

func emptyToNull(v any) any {
	if isEmpty(v) {
		return nil
	}
	return v
}

func removeEmpty(record map[string]any) {
	maps.DeleteFunc(record, func(_ string, v any) bool { return isEmpty(v) })
}

// editRecords applies a change to the records of images: objects with a member that is
// an identifier.
func editRecords(world []image.Image, change func(record map[string]any)) func([]byte) []byte {
	known := identifiers(world)
	return editJSON(func(v any) any {
		object, _ := v.(map[string]any)
		for _, member := range object {
			if text, ok := member.(string); ok && known[text] && len(object) > 2 {
				change(object)
				break
			}
		}
		return v
	})
}

func identifiers(world []image.Image) map[string]bool {
	out := map[string]bool{}
	for _, m := range world {
		out[m.ID] = true
	}
	return out
}

// enumMembers gathers the members of records, and says which of them are words: texts
// and numbers, but neither the identifier nor a flag that is written as text.
func enumMembers(world []image.Image, keys map[string]bool) func(record map[string]any) {
	known := identifiers(world)
	return func(record map[string]any) {
		for key, v := range record {
			switch v := v.(type) {
			case string:
				flag := strings.EqualFold(v, "true") || strings.EqualFold(v, "false")
				keys[key] = keys[key] || v != "" && !flag && !known[v]
			case json.Number:
				keys[key] = true
			}
		}
	}
}

var jsonText = regexp.MustCompile(`"(?:[^"\\]|\\.)*"`)

// escapeStrings writes every sign of every text as an escape.
func escapeStrings(body []byte) []byte {
	return jsonText.ReplaceAllFunc(body, func(token []byte) []byte {
		var text string
		if json.Unmarshal(token, &text) != nil {
			return token
		}
		out := []byte{'"'}
		for _, unit := range utf16.Encode([]rune(text)) {
			out = fmt.Appendf(out, `\u%04x`, unit)
		}
		return append(out, '"')
	})
}
