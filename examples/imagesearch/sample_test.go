package main

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/imagequery/imagequery/examples/internal/providers"
	"github.com/imagequery/imagequery/image"
	"github.com/imagequery/imagequery/provider"
)

const sampleNote = "imagesearch: no --config: this is the built-in sample cloud, and none of its images is real\n"

func TestSampleCloud(t *testing.T) {
	got := imagesearch(t.Context(), "--platform", "ubuntu", "--status", "available", "--output", "json")
	if got.status != exitComplete || got.stderr != sampleNote {
		t.Fatalf("status %d, stderr %q", got.status, got.stderr)
	}
	var hits []provider.Hit
	if err := json.Unmarshal([]byte(got.stdout), &hits); err != nil {
		t.Fatal(err)
	}
	asked := map[string]bool{}
	for _, hit := range hits {
		m := hit.Image
		asked[m.Provider] = true
		if !strings.HasPrefix(hit.Target, "sample-") || !strings.Contains(m.ID, "sample") ||
			m.Platform != "ubuntu" || m.Status != image.StatusAvailable {
			t.Errorf("%s: %+v", hit.Target, m)
		}
	}
	if len(asked) != len(providers.All()) {
		t.Errorf("images of %v, want some of each of %q", asked, providers.Names())
	}
}

func TestSampleTargetsAnswer(t *testing.T) {
	if got := imagesearch(t.Context(), "--check"); got.status != exitComplete || strings.Contains(got.stdout, "failed") {
		t.Errorf("%+v", got)
	}
}

func TestLimitHoldsOverAllTargets(t *testing.T) {
	got := imagesearch(t.Context(), "--limit", "7", "--output", "ndjson")
	if lines := strings.Count(got.stdout, "\n"); got.status != exitComplete || lines != 7 {
		t.Errorf("status %d, %d lines, %s", got.status, lines, got.stderr)
	}
}
