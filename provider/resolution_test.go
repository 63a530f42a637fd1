package provider_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"flag"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/synctest"

	"github.com/google/go-cmp/cmp"

	"github.com/imagequery/imagequery/image"
	"github.com/imagequery/imagequery/provider"
)

var update = flag.Bool("update", false, "write the golden files")

// TestResolutionMatchesGoldenFiles holds the JSON form. Records of earlier versions
// must stay readable, so a change of these files needs a new format version.
func TestResolutionMatchesGoldenFiles(t *testing.T) {
	for name, test := range map[string]struct {
		query  image.Query
		keys   []provider.GroupKey
		broken bool
	}{
		"one":     {query: image.Query{Names: []string{"web-10", "web-2"}, CreatedAfter: june.AddDate(-1, 0, 0)}},
		"grouped": {query: image.Query{NameGlobs: []string{"web-*"}, SkipUnreported: true}, keys: []provider.GroupKey{"target", "source"}},
		"partial": {keys: []provider.GroupKey{"region"}, broken: true},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				targets := newestTargets(rand.New(rand.NewPCG(31, 32)))
				if test.broken {
					targets = append(targets, provider.Target{Name: "broken", Client: provider.New(&server{page: func(int) error { return provider.Throttled }}, provider.Config{})})
				}
				record, err := provider.Resolve(t.Context(), targets, test.query, test.keys, nil)
				if (err != nil) != test.broken || test.broken && !errors.Is(err, provider.Throttled) {
					t.Fatal(err)
				}
				if record.Library == "" {
					t.Error("no version of the library")
				}
				record.Library = "v0.0.0"
				checkGolden(t, name, record)
			})
		})
	}
}

func checkGolden(t *testing.T, name string, record provider.Resolution) {
	t.Helper()
	got, err := json.MarshalIndent(record, "", "  ")
	if err != nil {
		t.Fatal(err)
	}
	got = append(got, '\n')
	path := filepath.Join("testdata", "resolution", name+".json")
	if *update {
		if err := os.WriteFile(path, got, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), string(got)); diff != "" {
		t.Errorf("%s (-want +got):\n%s", path, diff)
	}
	var decoded provider.Resolution
	if err := json.Unmarshal(want, &decoded); err != nil {
		t.Fatal(err)
	}
	for i := range record.Entries {
		record.Entries[i].Image = image.Image{} // not encoded
	}
	if diff := cmp.Diff(record, decoded); diff != "" {
		t.Errorf("decoded %s (-want +got):\n%s", path, diff)
	}
	if again, err := json.MarshalIndent(decoded, "", "  "); err != nil || !bytes.Equal(append(again, '\n'), want) {
		t.Errorf("%s, error %v: another text than the one that was decoded", again, err)
	}
}

func TestResolutionRefusesWhatResolveDoesNotWrite(t *testing.T) {
	good, err := os.ReadFile(filepath.Join("testdata", "resolution", "grouped.json"))
	if err != nil {
		t.Fatal(err)
	}
	for name, test := range map[string]struct{ old, new, want string }{
		"newer format":     {`"format": 1`, `"format": 2`, "format 2 is unknown; this version reads format 1"},
		"format zero":      {`"format": 1`, `"format": 0`, "format 0 is unknown"},
		"no format":        {`"format": 1,`, ``, "no member format"},
		"format as text":   {`"format": 1`, `"format": "1"`, "resolution record: json:"},
		"unknown member":   {`"library":`, `"libary":`, `unknown field "libary"`},
		"unknown in entry": {`"digest":`, `"md5":`, `unknown field "md5"`},
		"unknown in ref":   {`"id":`, `"identifier":`, `unknown field "identifier"`},
		"unknown in query": {`"name_globs":`, `"globs":`, `unknown field "globs"`},
		"bad query":        {`"web-*"`, `"web-["`, "member query: query field name_globs"},
		"a limit":          {`"skip_unreported": true`, `"limit": 3`, "member query: query field limit"},
		"unknown key":      {`"source"`, `"colour"`, `member keys: unknown group key "colour"`},
		"no time":          {`"time": "2000-01-01T00:00:00Z",`, ``, "no member time"},
		"no group":         {`"source": "self"`, `"arch": "arm64"`, `entry 1: group has no value of the key "source"`},
		"other group":      {`"source": "self"`, `"source": "self", "arch": "arm64"`, "entry 1: group has values of other keys"},
		"group twice":      {`"target": "b"`, `"target": "a"`, "occurs twice"},
		"no target":        {`"target": "a",` + "\n" + `      "ref"`, `"target": "",` + "\n" + `      "ref"`, "entry 1: no target"},
		"no id":            {`"id": "10"`, `"id": ""`, "entry 1: ref has no provider or id"},
		"no digest":        {`sha256:`, `sha1:`, `want sha256: and 64 hexadecimal digits`},
	} {
		t.Run(name, func(t *testing.T) {
			bad := strings.Replace(string(good), test.old, test.new, 1)
			if bad == string(good) {
				t.Fatalf("the golden file has no %s", test.old)
			}
			before := provider.Resolution{Library: "unchanged"}
			r := before
			err := json.Unmarshal([]byte(bad), &r)
			if !errors.Is(err, provider.InvalidArgument) || !strings.Contains(err.Error(), test.want) || strings.Count(err.Error(), "invalid argument") != 1 {
				t.Errorf("error %v, want invalid argument that contains %q", err, test.want)
			}
			if diff := cmp.Diff(before, r); diff != "" {
				t.Errorf("the record has changed:\n%s", diff)
			}
		})
	}
}

func TestResolveRefusesBadArguments(t *testing.T) {
	targets := []provider.Target{{Name: "a", Client: provider.New(&server{}, provider.Config{})}}
	for name, test := range map[string]struct {
		query image.Query
		keys  []provider.GroupKey
		kind  provider.Kind
	}{
		"unknown key": {image.Query{}, []provider.GroupKey{"zone"}, provider.InvalidArgument},
		"a limit":     {image.Query{Limit: 1}, nil, provider.InvalidArgument},
		"bad query":   {image.Query{Names: []string{""}}, nil, provider.InvalidArgument},
		"no image":    {image.Query{}, nil, provider.NotFound},
	} {
		if r, err := provider.Resolve(t.Context(), targets, test.query, test.keys, nil); !errors.Is(err, test.kind) || len(r.Entries) > 0 {
			t.Errorf("%s: %d entries, error %v; want %v", name, len(r.Entries), err, test.kind)
		}
	}
}

func TestResolveGivesTheWholeImage(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		targets := newestTargets(rand.New(rand.NewPCG(33, 34)))
		want, err := provider.Newest(t.Context(), targets, image.Query{}, nil)
		if err != nil {
			t.Fatal(err)
		}
		record, err := provider.Resolve(t.Context(), targets, image.Query{}, nil, nil)
		if err != nil || len(record.Entries) != 1 {
			t.Fatalf("%d entries, error %v", len(record.Entries), err)
		}
		if diff := cmp.Diff(want, provider.Hit{Target: record.Entries[0].Target, Image: record.Entries[0].Image}); diff != "" {
			t.Errorf("image (-want +got):\n%s", diff)
		}
	})
}
