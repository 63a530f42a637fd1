package main

import (
	"path/filepath"
	"slices"
	"testing"

	"github.com/imagequery/imagequery/fakecloud"
)

// twoAccounts see the same system image in the same region.
const twoAccounts = prodTarget + `  - name: empty
    provider: aliyunecs
    regions: [cn-hangzhou]
    endpoint: %[1]s
    credentials: {access_key_id: empty-key, access_key_secret: canary-secret}
`

func TestDistinct(t *testing.T) {
	world := testWorld()
	system := webImage()
	system.ID, system.Source, system.Visibility, system.Tags = "m-system", "system", "public", nil
	world.Images = []fakecloud.Image{{Image: system}}
	_, url := serve(t, world)
	file, report := writeConfig(t, twoAccounts, url), filepath.Join(t.TempDir(), "report.json")
	for _, c := range []struct {
		args []string
		want []int // hits of each target
	}{
		{nil, []int{2, 1, 1}},
		{[]string{"--distinct"}, []int{2, 1, 0}},
		{[]string{"--distinct", "--target", "empty/*"}, []int{1}},
	} {
		got := imagesearch(t.Context(), append(c.args, "--config", file, "--report", report)...)
		if got.status != exitComplete || got.stderr != "" {
			t.Errorf("%q: %+v", c.args, got)
		}
		var hits []int
		for _, r := range readReport(t, report) {
			hits = append(hits, r.Matched)
		}
		if !slices.Equal(hits, c.want) {
			t.Errorf("%q: %d hits, want %d", c.args, hits, c.want)
		}
	}
}

// What --limit cuts off is no failure of anybody.
func TestReportUnderALimit(t *testing.T) {
	report := filepath.Join(t.TempDir(), "report.json")
	got := imagesearch(t.Context(), "--limit", "7", "--report", report)
	if got.status != exitComplete {
		t.Errorf("%+v", got)
	}
	matched := 0
	for _, r := range readReport(t, report) {
		matched += r.Matched
		if !r.Complete || r.Error != nil {
			t.Errorf("%+v", r)
		}
	}
	if matched != 7 {
		t.Errorf("%d images in the report, want 7", matched)
	}
}
