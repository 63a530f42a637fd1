package main

import (
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/imagequery/imagequery/fakecloud"
	"github.com/imagequery/imagequery/image"
)

// familyWorld is testWorld with newer images that --newest must not choose by
// default: one in another state, and one of somebody else.
func familyWorld() fakecloud.World {
	w := testWorld()
	failed, shared := webImage(), webImage()
	failed.ID, failed.Status, failed.Created = "m-failed", image.StatusFailed, failed.Created.AddDate(0, 1, 0)
	shared.ID, shared.Source, shared.Visibility, shared.Created = "m-shared", image.SourceShared, image.VisibilityShared, shared.Created.AddDate(0, 2, 0)
	shared.Owner = "1002"
	w.Accounts[0].Images = append(w.Accounts[0].Images, fakecloud.Image{Image: failed}, fakecloud.Image{Image: shared})
	return w
}

func TestNewest(t *testing.T) {
	_, url := serve(t, familyWorld())
	whole, partial := writeConfig(t, prodTarget, url), writeConfig(t, prodTarget+brokenTarget, url)
	const table = "TARGET            ID     NAME   PLATFORM  ARCH    STATUS     SOURCE  SIZE_GIB  CREATED (UTC)\n" +
		"prod/cn-hangzhou  m-web  web-2  ubuntu    x86_64  available  self          20  2026-01-31 08:00\n"
	for _, c := range []struct {
		name, config string
		args         []string
		status       int
		want         string
	}{
		{"table", whole, nil, exitComplete, table},
		{"ndjson", whole, []string{"--output", "ndjson"}, exitComplete, webLine + "\n"},
		{"json", whole, []string{"--output", "json"}, exitComplete, "[\n" + webLine + "\n]\n"},
		{"csv", whole, []string{"--output", "csv"}, exitComplete, csvFirstLine + "\n" + webRow + "\n"},
		{"a predicate", whole, []string{"--status", "deprecated", "--output", "ndjson"}, exitComplete, orderLine + "\n"},
		{"none", whole, []string{"--arch", "arm64", "--output", "ndjson"}, exitNothing, ""},
		{"none in json", whole, []string{"--name", "none", "--output", "json"}, exitNothing, "[]\n"},
		{"a failure", partial, nil, exitFailed, ""},
		{"a failure in json", partial, []string{"--output", "json"}, exitFailed, ""},
		{"none and a failure", partial, []string{"--name", "none", "--output", "csv"}, exitFailed, ""},
		{"partial", partial, []string{"--allow-partial", "--output", "json"}, exitFailed, "[\n" + webLine + "\n]\n"},
		{"partial and none", partial, []string{"--allow-partial", "--name", "none", "--output", "json"}, exitFailed, "[]\n"},
	} {
		t.Run(c.name, func(t *testing.T) {
			got := imagesearch(t.Context(), append(c.args, "--newest", "--config", c.config)...)
			if diff := cmp.Diff(c.want, got.stdout); got.status != c.status || diff != "" {
				t.Errorf("status %d, want %d; stdout (-want +got):\n%s%s", got.status, c.status, diff, got.stderr)
			}
			if lines := strings.Count(got.stderr, "\n"); (lines == 1) != (c.status != exitComplete) {
				t.Errorf("%d lines: %s", lines, got.stderr)
			}
		})
	}
}

func TestNewestOfOtherSourcesAndStates(t *testing.T) {
	_, url := serve(t, familyWorld())
	file := writeConfig(t, prodTarget, url)
	for args, want := range map[string]string{
		"--source shared":                   `"id":"m-shared"`,
		"--owner 1002":                      `"id":"m-shared"`,
		"--id m-shared --id m-web":          `"id":"m-shared"`,
		"--status failed --status deleted":  `"id":"m-failed"`,
		"--status failed --source shared":   "",
		"--platform ubuntu --status failed": `"id":"m-failed"`,
	} {
		got := imagesearch(t.Context(), append(strings.Fields(args), "--newest", "--config", file, "--output", "ndjson")...)
		if (got.status == exitComplete) != (want != "") || !strings.Contains(got.stdout, want) {
			t.Errorf("%s: want %s: %+v", args, want, got)
		}
	}
}

func TestNothingSaysWhatOtherStatesHave(t *testing.T) {
	_, url := serve(t, familyWorld())
	file, path := writeConfig(t, prodTarget, url), filepath.Join(t.TempDir(), "report.json")
	got := imagesearch(t.Context(), "--newest", "--config", file, "--platform", "centos", "--report", path)
	if got.status != exitNothing || !strings.Contains(got.stderr, "no image matches; 1 match in another status") {
		t.Errorf("%+v", got)
	}
	for _, r := range readReport(t, path) {
		if !r.Complete || r.Matched != 0 {
			t.Errorf("the report is not that of the question: %+v", r)
		}
	}
}

func TestNewestIsExplainedAsItIsAsked(t *testing.T) {
	_, url := serve(t, testWorld())
	got := imagesearch(t.Context(), "--newest", "--explain", "--config", writeConfig(t, prodTarget, url))
	for _, want := range []string{"Status=Available", "ImageOwnerAlias=self", "ImageOwnerAlias=system"} {
		if got.status != exitComplete || !strings.Contains(got.stdout, want) {
			t.Errorf("%q is missing in %+v", want, got)
		}
	}
}
