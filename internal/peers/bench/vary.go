package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"slices"
	"strconv"
	"strings"
	"time"
)

// variedPages is how many pages of varied rows there are, so that caches of one page do not
// help with the next.
const variedPages = 16

// variation makes records different from each other: names, descriptions, tags, times,
// numbers and identifiers are random, and members are missing at random. Words of a fixed
// vocabulary, such as states, stay.
type variation struct {
	random *rand.Rand
	id     string // the member that is never missing or changed
}

func newVariation(id string) *variation {
	return &variation{rand.New(rand.NewPCG(1, 2)), id} // every run has the same records
}

// freeTexts are the members that users and systems fill with any text.
var freeTexts = []string{
	"ImageName", "Name", "Description", "ImageFamily", "ImageVersion", "ResourceGroupId", "SnapshotId", "TagKey", "TagValue", "Key", "Value",
	"SupplierName", "ProductCode", "ImportOSSBucket", "ImportOSSObject", "InstanceId", "InstanceName", "SystemSnapshotId", "DataSnapshotId",
	"SystemSnapshotName", "DataSnapshotName", "image_name", "description", "tag_name", "tag_key", "tag_value", "app_billing_id", "billing_id",
}

// required are the members that are never missing: a tag needs a key, and the query of
// QingCloud asks for the images of the account.
var required = []string{"TagKey", "Key", "tag_key", "provider", "owner"}

// record returns a changed copy of a JSON value; name is the member that holds it.
func (v *variation) record(name string, value json.RawMessage) []byte {
	switch value[0] {
	case '{':
		return v.object(value)
	case '[':
		return v.list(name, value)
	case '"':
		var text string
		_ = json.Unmarshal(value, &text) // fakecloud writes valid JSON
		out, _ := json.Marshal(v.text(name, text))
		return out
	case 't', 'f', 'n':
		return value
	default:
		if len(value) == 1 {
			return value // a code or a flag
		}
		return v.number()
	}
}

func (v *variation) object(value []byte) []byte {
	d := json.NewDecoder(bytes.NewReader(value))
	_, _ = d.Token()
	out := []byte{'{'}
	for d.More() {
		key, _ := d.Token()
		var member json.RawMessage
		_ = d.Decode(&member)
		name := key.(string)
		if name != v.id && !slices.Contains(required, name) && v.random.IntN(6) == 0 {
			continue
		}
		if name != v.id {
			member = v.record(name, member)
		}
		out = append(fmt.Appendf(out, "%q:", name), append(member, ',')...)
	}
	return append(bytes.TrimSuffix(out, []byte{','}), '}')
}

func (v *variation) list(name string, value []byte) []byte {
	var elements []json.RawMessage
	_ = json.Unmarshal(value, &elements)
	out := []byte{'['}
	for _, element := range elements {
		out = append(append(out, v.record(name, element)...), ',')
	}
	return append(bytes.TrimSuffix(out, []byte{','}), ']')
}

func (v *variation) text(name, text string) string {
	if _, err := time.Parse(time.RFC3339, text); err == nil {
		return time.Unix(1_500_000_000+v.random.Int64N(200_000_000), 0).UTC().Format("2006-01-02T15:04:05Z")
	}
	if _, err := strconv.Atoi(text); err == nil {
		return string(v.number())
	}
	if !slices.Contains(freeTexts, name) || text == "" {
		return text
	}
	const letters = "abcdefghijklmnopqrstuvwxyz0123456789-._ "
	var b strings.Builder
	for range 6 + v.random.IntN(26) {
		b.WriteByte(letters[v.random.IntN(len(letters))])
	}
	if strings.ContainsFunc(text, func(r rune) bool { return r == '"' || r > 0x7f }) {
		b.WriteString(text)
	}
	return strings.TrimSpace(b.String())
}

func (v *variation) number() []byte { return strconv.AppendInt(nil, 10+v.random.Int64N(32_000), 10) }
