package main

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/imagequery/imagequery/image"
	"github.com/imagequery/imagequery/provider"
)

func TestKeysOrderValuesByTheirType(t *testing.T) {
	day := time.Date(2026, 1, 31, 0, 0, 0, 0, time.UTC)
	tagged := func(value string) image.Image { return image.Image{Tags: map[string]string{"release": value}} }
	for name, ascending := range map[string][]image.Image{
		"id":           {{Ref: image.Ref{ID: "m-10"}}, {Ref: image.Ref{ID: "m-9"}}},
		"name":         {{Name: "web-9"}, {Name: "web-10"}},
		"version":      {{Version: "1.9"}, {Version: "1.10"}},
		"os_version":   {{OSVersion: "9"}, {OSVersion: "22.04"}},
		"size_gib":     {{SizeGiB: 9}, {SizeGiB: 40}, {SizeGiB: 100}},
		"created":      {{Created: day}, {Created: day.Add(500 * time.Millisecond)}, {Created: day.Add(time.Second)}},
		"tags.release": {tagged("r9"), tagged("r10")},
	} {
		keys, err := keysNamed(name)
		if err != nil {
			t.Fatal(err)
		}
		got := slices.Clone(ascending)
		slices.Reverse(got)
		slices.SortFunc(got, func(a, b image.Image) int { return keys[0].compare(provider.Hit{Image: a}, provider.Hit{Image: b}) })
		if diff := cmp.Diff(ascending, got); diff != "" {
			t.Errorf("%s (-want +got):\n%s", name, diff)
		}
	}
}

func TestKeysKnowNumbersAndTimes(t *testing.T) {
	for _, k := range append(imageKeys(), nativeKey()) {
		number, moment := k.name == "progress" || k.name == "size_gib", k.name == "created" || k.name == "status_changed"
		if k.isNumber() != number || k.isTime() != moment {
			t.Errorf("%s: number %t, time %t", k.name, k.isNumber(), k.isTime())
		}
		if text := k.text(provider.Hit{}); text != "" {
			t.Errorf("%s of no image is %q", k.name, text)
		}
	}
}

func TestUnknownKeysAreRefused(t *testing.T) {
	for name, want := range map[string]string{
		"nmae":   `unknown key "nmae"; did you mean name?`,
		"tags.":  `unknown key "tags."; did you mean tags?`,
		"x":      `unknown key "x": want target, provider, region, id, `,
		"native": `unknown key "native": want target, provider, `,
	} {
		_, err := keysNamed("id", name)
		if err == nil || !strings.HasPrefix(err.Error(), want) {
			t.Errorf("%q: %v, want %q", name, err, want)
		}
	}
}

// An image without a tag is not one whose tag is empty.
func TestEmptyTagIsNotMissing(t *testing.T) {
	keys, err := keysNamed("tags.env")
	if err != nil {
		t.Fatal(err)
	}
	hits := []provider.Hit{{}, {Image: image.Image{Tags: map[string]string{"env": ""}}}, {Image: image.Image{Tags: map[string]string{"env": "prod"}}}}
	var counted strings.Builder
	c := counting{keys: keys, printed: new(int), write: func(c counts) error { return writeCountNDJSON(&counted, c) }}
	for _, hit := range append(hits, provider.Hit{}) {
		if err := c.print(hit); err != nil {
			t.Fatal(err)
		}
	}
	want := `{"tags.env":"","count":1}
{"tags.env":"prod","count":1}
{"count":2}
`
	if err := c.end(); err != nil || counted.String() != want {
		t.Errorf("error %v, counts (-want +got):\n%s", err, cmp.Diff(want, counted.String()))
	}
	sortHits(hits, []sortKey{{key: keys[0], descending: true}})
	var cells []string
	for _, hit := range hits {
		cells = append(cells, tableCells(keys, hit)...)
	}
	if diff := cmp.Diff([]string{"prod", "", missingCell}, cells); diff != "" {
		t.Errorf("cells (-want +got):\n%s", diff)
	}
}
