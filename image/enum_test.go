package image_test

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/imagequery/imagequery/image"
)

// enum is one enumeration with its values in their documented order, and every
// other spelling that its parser takes.
type enum[E ~string] struct {
	all     func() []E
	parse   func(string) (E, error)
	want    []E
	aliases map[string]E
}

func TestParseStatusAcceptsAnyCase(t *testing.T) {
	testEnum(t, enum[image.Status]{all: image.Statuses, parse: image.ParseStatus, want: []image.Status{
		"pending", "available", "deprecated", "unavailable", "failed", "suspended", "deleted", "ceased",
	}, aliases: map[string]image.Status{"Available": "available", "UnAvailable": "unavailable"}})
}

func TestParseSourceAcceptsAnyCase(t *testing.T) {
	testEnum(t, enum[image.Source]{all: image.Sources, parse: image.ParseSource, want: []image.Source{
		"system", "self", "shared", "community", "marketplace",
	}})
}

func TestParseVisibilityAcceptsAnyCase(t *testing.T) {
	testEnum(t, enum[image.Visibility]{all: image.Visibilities, parse: image.ParseVisibility, want: []image.Visibility{
		"private", "shared", "public",
	}})
}

func TestParseOSAcceptsAnyCase(t *testing.T) {
	testEnum(t, enum[image.OS]{all: image.OSes, parse: image.ParseOS, want: []image.OS{
		"linux", "windows",
	}, aliases: map[string]image.OS{"Linux": "linux", "WINDOWS": "windows"}})
}

func TestParseArchAcceptsAnySpelling(t *testing.T) {
	testEnum(t, enum[image.Arch]{all: image.Archs, parse: image.ParseArch, want: []image.Arch{
		"x86_64", "i386", "arm64",
	}, aliases: map[string]image.Arch{
		"amd64": "x86_64", "AMD64": "x86_64", "x86-64": "x86_64", "x64": "x86_64", "X64": "x86_64",
		"386": "i386", "x86": "i386", "i486": "i386", "i586": "i386", "i686": "i386",
		"aarch64": "arm64", "AArch64": "arm64", "armv8": "arm64", "arm64/v8": "arm64",
	}})
}

func testEnum[E ~string](t *testing.T, e enum[E]) {
	t.Helper()
	check(t, "all values", e.want, e.all())
	e.all()[0] = "changed"
	check(t, "all values after a caller changed its copy", e.want, e.all())

	for _, v := range e.want {
		e.reads(t, string(v), v)
		e.reads(t, strings.ToUpper(string(v)), v)
		e.reads(t, " "+string(v)+"\n", v)
		e.writes(t, v)
	}
	for text, v := range e.aliases {
		e.reads(t, text, v)
	}
	for _, text := range []string{"bogus", string(e.want[0]) + "x", "availabl", "-"} {
		e.refuses(t, text)
	}
	e.readsEmpty(t)
}

func (e enum[E]) reads(t *testing.T, text string, want E) {
	t.Helper()
	got, err := e.parse(text)
	if err != nil {
		t.Errorf("parse %q: %v", text, err)
	}
	check(t, "parse "+text, want, got)

	quoted, err := json.Marshal(text)
	if err != nil {
		t.Fatal(err)
	}
	var fromJSON E
	if err := json.Unmarshal(quoted, &fromJSON); err != nil {
		t.Errorf("unmarshal %s: %v", quoted, err)
	}
	check(t, "unmarshal "+text, want, fromJSON)
}

func (e enum[E]) writes(t *testing.T, v E) {
	t.Helper()
	data, err := json.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	check(t, "marshal "+string(v), `"`+string(v)+`"`, string(data))
}

func (e enum[E]) refuses(t *testing.T, text string) {
	t.Helper()
	_, err := e.parse(text)
	var fromJSON E
	for _, err := range []error{err, json.Unmarshal([]byte(`"`+text+`"`), &fromJSON)} {
		if err == nil {
			t.Errorf("%q is taken, want an error", text)
			continue
		}
		for _, v := range e.want {
			if !strings.Contains(err.Error(), string(v)) {
				t.Errorf("error %q does not offer %q", err, v)
			}
		}
		if !strings.Contains(err.Error(), text) {
			t.Errorf("error %q does not show %q", err, text)
		}
	}
}

// readsEmpty: an empty text is no word, but in JSON it is the unknown value.
func (e enum[E]) readsEmpty(t *testing.T) {
	t.Helper()
	if got, err := e.parse(""); err == nil || got != "" {
		t.Errorf("parse of an empty text = %q, %v, want an error", got, err)
	}
	v := e.want[0]
	if err := json.Unmarshal([]byte(`""`), &v); err != nil || v != "" {
		t.Errorf("unmarshal of an empty text = %q, %v, want the unknown value", v, err)
	}
	type holder struct {
		V E `json:"v,omitempty"`
	}
	data, err := json.Marshal(holder{})
	if err != nil {
		t.Fatal(err)
	}
	check(t, "marshal of the unknown value", `{}`, string(data))
}
