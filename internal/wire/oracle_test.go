package wire_test

import (
	"encoding/json"
	"math/big"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/imagequery/imagequery/internal/jsonoracle"
)

// The oracle reads a document by means of encoding/json only, and says what the scanner
// must find.

func oracleText(v jsonoracle.Value, to *string) {
	if !v.IsNull() {
		*to = v.Text()
	}
}

func oracleInt(v jsonoracle.Value, to *int64) {
	if v.IsNull() {
		return
	}
	*to = 0
	text := strings.TrimSpace(v.Text())
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

func oracleBool(v jsonoracle.Value, to *bool) {
	if !v.IsNull() {
		*to = slices.Contains([]string{"true", "True", "TRUE", "1"}, v.Text())
	}
}

var oracleTimeForm = regexp.MustCompile(`^\d{4}-\d\d-\d\d[T ]\d\d:\d\d(:\d\d(\.\d+)?)?(Z|[+-]([01]\d|2[0-3])(:?[0-5]\d)?)?$`)

func oracleTime(v jsonoracle.Value, to *time.Time) {
	if v.IsNull() {
		return
	}
	*to = time.Time{}
	text, _ := v.Scalar.(string)
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

func oracleTexts(v jsonoracle.Value, to *[]string) {
	*to = nil
	for _, e := range oracleElements(v) {
		if e.Scalar != nil {
			*to = append(*to, e.Text())
		}
	}
}

// oracleElements returns the elements of a list, nil for anything else.
func oracleElements(v jsonoracle.Value) []jsonoracle.Value {
	if !v.IsList() {
		return nil
	}
	return v.Inside
}

func oracleDisk(v jsonoracle.Value) (d disk) {
	for n, key := range v.Keys {
		switch key {
		case "Type":
			oracleText(v.Inside[n], &d.Type)
		case "Device":
			oracleText(v.Inside[n], &d.Device)
		case "SnapshotId":
			oracleText(v.Inside[n], &d.Snapshot)
		case "Size":
			oracleInt(v.Inside[n], &d.Size)
		}
	}
	return d
}

func oracleTag(v jsonoracle.Value) (t tag) {
	for n, key := range v.Keys {
		switch key {
		case "TagKey", "Key":
			oracleText(v.Inside[n], &t.Key)
		case "TagValue", "Value":
			oracleText(v.Inside[n], &t.Value)
		}
	}
	return t
}

// oracleList reads a list of objects: as a list, as one object, or as what the member
// wrapper of an object holds. An object with one of the keys is an element.
func oracleList[E any](v jsonoracle.Value, wrapper string, keys []string, read func(jsonoracle.Value) E, to *[]E) {
	*to = nil
	for _, e := range oracleElements(v) {
		if e.IsObject() {
			*to = append(*to, read(e))
		}
	}
	isElement := false
	for i, key := range v.Keys {
		isElement = isElement || slices.Contains(keys, key)
		switch inside := v.Inside[i]; {
		case key != wrapper:
		case inside.IsObject() && !inside.IsEmpty():
			*to = []E{read(inside)}
		default:
			oracleList(inside, "", nil, read, to)
		}
	}
	if isElement {
		*to = append(*to, read(v))
	}
}

// oracleInside reads the text that is the member called name of the object raw.
func oracleInside(v jsonoracle.Value, name string, to *string) {
	for n, key := range v.Keys {
		if key == name {
			oracleText(v.Inside[n], to)
		}
	}
}

func oracleImage(v jsonoracle.Value, details bool) (i image) {
	for n, key := range v.Keys {
		switch key {
		case "ImageId":
			oracleText(v.Inside[n], &i.ID)
		case "ImageName":
			oracleText(v.Inside[n], &i.Name)
		case "Description":
			oracleText(v.Inside[n], &i.Description)
		case "OSName":
			oracleText(v.Inside[n], &i.OSName)
		case "Status":
			oracleText(v.Inside[n], &i.Status)
		case "Architecture":
			oracleText(v.Inside[n], &i.Arch)
		case "Size":
			oracleInt(v.Inside[n], &i.Size)
		case "IsPublic":
			oracleBool(v.Inside[n], &i.Public)
		case "CreationTime":
			oracleTime(v.Inside[n], &i.Created)
		case "DiskDeviceMappings":
			oracleList(v.Inside[n], "DiskDeviceMapping", []string{"Type", "Device", "SnapshotId", "Size"}, oracleDisk, &i.Disks)
		case "Tags":
			oracleList(v.Inside[n], "Tag", []string{"TagKey", "Key", "TagValue", "Value"}, oracleTag, &i.Tags)
		case "CreateInstances":
			oracleTexts(v.Inside[n], &i.Instances)
		case "Features":
			if details {
				oracleInside(v.Inside[n], "NvmeSupport", &i.Nvme)
			}
		case "DetectionOptions":
			if details {
				oracleInside(v.Inside[n], "Status", &i.Detection.Status)
			}
		}
	}
	return i
}

// oraclePage is what a scan of a valid document as an ECS page must give; ok is
// false where it must end with a ShapeError.
func oraclePage(doc []byte) (want scanned, ok bool) {
	page := jsonoracle.Parse(doc)
	for i, key := range page.Keys {
		switch key {
		case "RequestId":
			oracleText(page.Inside[i], &want.Envelope.RequestID)
		case "TotalCount":
			oracleInt(page.Inside[i], &want.Envelope.Total)
		}
	}
	rows := jsonoracle.FindRows(page, "Images.Image", false)
	want.Found = rows.Found
	for _, row := range rows.List {
		want.Rows = append(want.Rows, oracleImage(row, false))
		want.Raw = append(want.Raw, string(row.Raw))
	}
	return want, !rows.Refused
}
