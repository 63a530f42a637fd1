package adaptertest

import (
	"encoding/json"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/imagequery/imagequery/image"
	"github.com/imagequery/imagequery/internal/apispec"
)

// operation is one operation as the vendor documents it.
type operation struct {
	Package, Action      string
	Parameters, Response []member
}

type member struct{ Name, Type string }

// Documented compares the tables of an adapter with the vendor's documentation:
// every parameter is in the table of its operation and nothing else is, every
// member of an image is in the record, and its value arrives in the details.
func Documented[R, D any](t *testing.T, api *apispec.API[R], details func(image.Image) (D, error)) {
	var fields []string
	for _, op := range api.Operations {
		t.Run(op.Action, func(t *testing.T) {
			doc := documented(t, api.Name, op.Action)
			checkParameters(t, doc, op.Params)
			for _, m := range doc.images(op.Rows) {
				fields = append(fields, m.Name)
				checkArrives(t, api.Name, m, details)
			}
		})
	}
	slices.Sort(fields)
	if diff := cmp.Diff(slices.Compact(fields), slices.Sorted(slices.Values(api.Record.Names()))); diff != "" {
		t.Errorf("fields (-documented +record):\n%s", diff)
	}
}

func documented(t *testing.T, provider, action string) operation {
	t.Helper()
	data, err := os.ReadFile("../internal/apispec/testdata/operations.json")
	if err != nil {
		t.Fatal(err)
	}
	var all struct{ Operations []operation }
	if err := json.Unmarshal(data, &all); err != nil {
		t.Fatal(err)
	}
	at := slices.IndexFunc(all.Operations, func(o operation) bool { return o.Package == provider && o.Action == action })
	if at < 0 {
		t.Fatalf("%s of %s is not documented", action, provider)
	}
	return all.Operations[at]
}

func checkParameters(t *testing.T, doc operation, table []apispec.Param) {
	var want, got []string
	for _, p := range doc.Parameters {
		if name := tableName(p.Name); name != "" {
			want = append(want, name)
		}
	}
	for _, p := range table {
		if name := p.Name; !strings.HasPrefix(name, "Filter.") {
			got = append(got, name)
		} else if !slices.Contains(got, "Filter.n") {
			got = append(got, "Filter.n")
		}
	}
	slices.Sort(want)
	slices.Sort(got)
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("parameters (-documented +table):\n%s", diff)
	}
}

// tableName returns a documented name in the notation of the tables. It is empty for a
// list as a whole, whose members are in the tables.
func tableName(name string) string {
	switch name {
	case "Tag", "Filter", "Filter[].Value":
		return ""
	case "Filter[].Key":
		return "Filter.n" // one entry for each key
	default:
		return strings.Replace(name, "[]", ".n", 1)
	}
}

// images returns the documented members of an image, as paths inside it.
func (o operation) images(rows string) []member {
	var out []member
	for _, m := range o.Response {
		name, ok := strings.CutPrefix(m.Name, rows)
		if name = strings.TrimPrefix(strings.TrimPrefix(name, "[]"), "."); ok && name != "" {
			out = append(out, member{name, m.Type})
		}
	}
	return out
}

// checkArrives gives one member alone, and looks for it in the details. A password is no detail.
func checkArrives[D any](t *testing.T, provider string, m member, details func(image.Image) (D, error)) {
	if m.Type == "object" || m.Name == "default_passwd" || m.Type == "array" && m.Name != "instance_ids" {
		return
	}
	with := func(value string) D {
		got, err := details(image.Image{Ref: image.Ref{Provider: provider}, Native: []byte(nested(m.Name, value))})
		if err != nil {
			t.Fatalf("%s: %v", m.Name, err)
		}
		return got
	}
	if cmp.Equal(with(sample(m)), with("null")) {
		t.Errorf("%s is not in the details", m.Name)
	}
}

// nested returns a record whose only member, at a path such as "Tags.Tag[].TagKey", has a value.
func nested(path, value string) string {
	name, inner, deep := strings.Cut(path, ".")
	if deep {
		value = nested(inner, value)
	}
	if list, ok := strings.CutSuffix(name, "[]"); ok {
		name, value = list, "["+value+"]"
	}
	return `{"` + name + `":` + value + `}`
}

func sample(m member) string {
	switch {
	case m.Type == "timestamp", strings.HasSuffix(m.Name, "CreationTime"):
		return `"2020-01-02T03:04:05Z"`
	case strings.HasPrefix(m.Type, "array"):
		return `["7"]`
	case m.Type == "boolean", strings.HasSuffix(m.Name, "IsSelfShared"):
		return `"true"`
	default:
		return `"7"`
	}
}
