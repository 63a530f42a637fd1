package wire_test

import (
	"bytes"
	"encoding/json"
	"math/big"
	"regexp"
	"slices"
	"strings"
	"time"
)

// The oracle reads a document by means of encoding/json only. It is slow and
// plain, and says what the scanner must find.

type oracleMember struct {
	key   string
	value json.RawMessage
}

// oracleMembers returns the members of an object in their order, keys that come
// twice included; nil for anything else.
func oracleMembers(raw json.RawMessage) (members []oracleMember) {
	d := json.NewDecoder(bytes.NewReader(raw))
	if t, err := d.Token(); err != nil || t != json.Delim('{') {
		return nil
	}
	for d.More() {
		key, err := d.Token()
		if err != nil {
			panic(err)
		}
		var value json.RawMessage
		if err := d.Decode(&value); err != nil {
			panic(err)
		}
		members = append(members, oracleMember{key.(string), value})
	}
	return members
}

// oracleElements returns the elements of a list, nil for anything else.
func oracleElements(raw json.RawMessage) (elements []json.RawMessage) {
	if json.Unmarshal(raw, &elements) != nil {
		return nil
	}
	return elements
}

func oracleAny(raw json.RawMessage) (v any) {
	d := json.NewDecoder(bytes.NewReader(raw))
	d.UseNumber()
	if err := d.Decode(&v); err != nil {
		panic(err)
	}
	return v
}

func oracleText(raw json.RawMessage, to *string) {
	switch v := oracleAny(raw).(type) {
	case nil:
	case string:
		*to = v
	case json.Number, bool:
		*to = string(bytes.TrimSpace(raw))
	default:
		*to = ""
	}
}

func oracleInt(raw json.RawMessage, to *int64) {
	if oracleAny(raw) == nil {
		return
	}
	*to = 0
	var text string
	oracleText(raw, &text)
	text = strings.TrimSpace(text)
	if json.Valid([]byte(text)) && strings.Trim(text, "0123456789+-.eE") == "" && oracleExponent(text) {
		if r, ok := new(big.Rat).SetString(text); ok && r.IsInt() && r.Num().IsInt64() {
			*to = r.Num().Int64()
		}
	}
}

// oracleExponent keeps big.Rat from computing 1e999999999.
func oracleExponent(text string) bool {
	_, exponent, _ := strings.Cut(strings.ToLower(text), "e")
	return len(strings.TrimLeft(exponent, "+-0")) <= 4
}

func oracleBool(raw json.RawMessage, to *bool) {
	switch v := oracleAny(raw).(type) {
	case nil:
	case bool:
		*to = v
	case string:
		*to = v == "true" || v == "True" || v == "TRUE" || v == "1"
	default:
		*to = v == json.Number("1")
	}
}

var oracleTimeForm = regexp.MustCompile(`^\d{4}-\d\d-\d\d[T ]\d\d:\d\d(:\d\d(\.\d+)?)?(Z|[+-]([01]\d|2[0-3])(:?[0-5]\d)?)?$`)

func oracleTime(raw json.RawMessage, to *time.Time) {
	v := oracleAny(raw)
	if v == nil {
		return
	}
	*to = time.Time{}
	text, _ := v.(string)
	if !oracleTimeForm.MatchString(text) {
		return
	}
	text = text[:10] + "T" + text[11:]
	for _, clock := range []string{"2006-01-02T15:04:05", "2006-01-02T15:04"} {
		for _, zone := range []string{"Z07:00", "Z0700", "Z07", ""} {
			if t, err := time.Parse(clock+zone, text); err == nil {
				*to = t.UTC()
			}
		}
	}
}

func oracleTexts(raw json.RawMessage, to *[]string) {
	*to = nil
	for _, e := range oracleElements(raw) {
		switch oracleAny(e).(type) {
		case string, json.Number, bool:
			var text string
			oracleText(e, &text)
			*to = append(*to, text)
		}
	}
}

func oracleDisk(raw json.RawMessage) (d disk) {
	for _, m := range oracleMembers(raw) {
		switch m.key {
		case "Type":
			oracleText(m.value, &d.Type)
		case "Device":
			oracleText(m.value, &d.Device)
		case "SnapshotId":
			oracleText(m.value, &d.Snapshot)
		case "Size":
			oracleInt(m.value, &d.Size)
		}
	}
	return d
}

func oracleTag(raw json.RawMessage) (t tag) {
	for _, m := range oracleMembers(raw) {
		switch m.key {
		case "TagKey", "Key":
			oracleText(m.value, &t.Key)
		case "TagValue", "Value":
			oracleText(m.value, &t.Value)
		}
	}
	return t
}

// oracleList reads a list of objects: as a list, as one object, or as what the member
// wrapper of an object holds. An object with one of the keys is an element.
func oracleList[E any](raw json.RawMessage, wrapper string, keys []string, read func(json.RawMessage) E, to *[]E) {
	*to = nil
	for _, e := range oracleElements(raw) {
		if e[0] == '{' {
			*to = append(*to, read(e))
		}
	}
	isElement := false
	for _, m := range oracleMembers(raw) {
		isElement = isElement || slices.Contains(keys, m.key)
		switch {
		case m.key != wrapper:
		case m.value[0] == '{' && !oracleEmpty(m.value):
			*to = []E{read(m.value)}
		default:
			oracleList(m.value, "", nil, read, to)
		}
	}
	if isElement {
		*to = append(*to, read(raw))
	}
}

// oracleInside reads the text that is the member called name of the object raw.
func oracleInside(raw json.RawMessage, name string, to *string) {
	for _, m := range oracleMembers(raw) {
		if m.key == name {
			oracleText(m.value, to)
		}
	}
}

func oracleImage(raw json.RawMessage, details bool) (i image) {
	for _, m := range oracleMembers(raw) {
		switch m.key {
		case "ImageId":
			oracleText(m.value, &i.ID)
		case "ImageName":
			oracleText(m.value, &i.Name)
		case "Description":
			oracleText(m.value, &i.Description)
		case "OSName":
			oracleText(m.value, &i.OSName)
		case "Status":
			oracleText(m.value, &i.Status)
		case "Architecture":
			oracleText(m.value, &i.Arch)
		case "Size":
			oracleInt(m.value, &i.Size)
		case "IsPublic":
			oracleBool(m.value, &i.Public)
		case "CreationTime":
			oracleTime(m.value, &i.Created)
		case "DiskDeviceMappings":
			oracleList(m.value, "DiskDeviceMapping", []string{"Type", "Device", "SnapshotId", "Size"}, oracleDisk, &i.Disks)
		case "Tags":
			oracleList(m.value, "Tag", []string{"TagKey", "Key", "TagValue", "Value"}, oracleTag, &i.Tags)
		case "CreateInstances":
			oracleTexts(m.value, &i.Instances)
		case "Features":
			if details {
				oracleInside(m.value, "NvmeSupport", &i.Nvme)
			}
		case "DetectionOptions":
			if details {
				oracleInside(m.value, "Status", &i.Detection.Status)
			}
		}
	}
	return i
}

// oraclePage is what a scan of a valid document as an ECS page must give; ok is
// false where it must end with a ShapeError.
func oraclePage(raw json.RawMessage) (want scanned, ok bool) {
	ok = true
	for _, m := range oracleMembers(raw) {
		switch m.key {
		case "RequestId":
			oracleText(m.value, &want.Envelope.RequestID)
		case "TotalCount":
			oracleInt(m.value, &want.Envelope.Total)
		case "Images":
			ok = ok && want.images(m.value)
		}
	}
	return want, ok
}

func (want *scanned) images(raw json.RawMessage) bool {
	if want.Found || oracleEmpty(raw) {
		twice := want.Found
		want.Found = true
		return !twice
	}
	if raw[0] != '{' {
		return false
	}
	for _, m := range oracleMembers(raw) {
		if m.key == "Image" && !want.rows(m.value) {
			return false
		}
	}
	return true
}

func (want *scanned) rows(raw json.RawMessage) bool {
	if want.Found {
		return false
	}
	want.Found = true
	if oracleEmpty(raw) {
		return true
	}
	if raw[0] != '[' {
		return false
	}
	for _, e := range oracleElements(raw) {
		switch e[0] {
		case 'n':
		case '{':
			want.Rows = append(want.Rows, oracleImage(e, false))
			want.Raw = append(want.Raw, string(e))
		default:
			return false
		}
	}
	return true
}

func oracleEmpty(raw json.RawMessage) bool {
	switch v := oracleAny(raw).(type) {
	case nil:
		return true
	case string:
		return v == ""
	case []any:
		return len(v) == 0
	case map[string]any:
		return len(v) == 0
	}
	return false
}
