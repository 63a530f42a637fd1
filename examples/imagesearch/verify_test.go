package main

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/imagequery/imagequery/fakecloud"
	"github.com/imagequery/imagequery/image"
)

// lockedCloud serves familyWorld and writes a record of its newest available and
// deprecated images by region and architecture.
func lockedCloud(t *testing.T, extra string) (run goldenRun, record string) {
	t.Helper()
	cloud, url := serve(t, familyWorld())
	record = filepath.Join(t.TempDir(), "images.json")
	locking := writeConfig(t, prodTarget, url)
	got := imagesearch(t.Context(), "--newest-per", "region,arch", "--status", "available", "--status", "deprecated", "--lock", record, "--config", locking)
	if got.status != exitComplete {
		t.Fatalf("%+v", got)
	}
	return goldenRun{t, cloud, url, writeConfig(t, prodTarget+extra, url)}, record
}

func replaceImage(t *testing.T, cloud *fakecloud.Cloud, m image.Image) {
	t.Helper()
	if err := cloud.Delete(m.Ref); err != nil {
		t.Fatal(err)
	}
	if err := cloud.Insert("prod", fakecloud.Image{Image: m}); err != nil {
		t.Fatal(err)
	}
}

// TestVerifySaysHowEachEntryStands changes the cloud after the record was made.
func TestVerifySaysHowEachEntryStands(t *testing.T) {
	newer, deleted, renamed, old := webImage(), webImage(), webImage(), orderImage()
	newer.ID, newer.Created = "m-web3", newer.Created.Add(time.Hour)
	renamed.Description = "another one"
	old.Status = image.StatusFailed
	for _, c := range []struct {
		name, extra string
		status      int
		change      func(*fakecloud.Cloud)
	}{
		{"unchanged", "", exitComplete, func(*fakecloud.Cloud) {}},
		{"a newer image", "", exitChanged, func(cloud *fakecloud.Cloud) {
			if err := cloud.Insert("prod", fakecloud.Image{Image: newer}); err != nil {
				t.Error(err)
			}
		}},
		{"a deleted image", "", exitChanged, func(cloud *fakecloud.Cloud) {
			if err := cloud.Delete(deleted.Ref); err != nil {
				t.Error(err)
			}
		}},
		{"another description", "", exitComplete, func(cloud *fakecloud.Cloud) { replaceImage(t, cloud, renamed) }},
		{"a failed image", "", exitChanged, func(cloud *fakecloud.Cloud) { replaceImage(t, cloud, old) }},
		{"a target that fails", brokenTarget, exitFailed, func(*fakecloud.Cloud) {}},
	} {
		t.Run(c.name, func(t *testing.T) {
			run, record := lockedCloud(t, c.extra)
			c.change(run.cloud)
			var b strings.Builder
			for _, format := range []string{"table", "json"} {
				got := imagesearch(t.Context(), "--verify", record, "--config", run.file, "--output", format, "--summary", "always")
				if got.status != c.status {
					t.Errorf("%s: %+v, want status %d", format, got, c.status)
				}
				fmt.Fprintf(&b, "$ imagesearch --verify images.json --output %s\n%s%sstatus %d\n", format, got.stdout, got.stderr, got.status)
			}
			for _, width := range []int{60, 80, 200} {
				var stdout, stderr strings.Builder
				s := screen{width: width}
				runOn(t.Context(), s, []string{"--verify", record, "--config", run.file}, &stdout, &stderr, isolatedEnvironment(nil))
				checkWidth(t, s, stdout.String())
				fmt.Fprintf(&b, "$ imagesearch --verify images.json%s\n%s", described(s), stdout.String())
			}
			compareGolden(t, "verify_"+strings.ReplaceAll(c.name, " ", "_"), run.masked(strings.ReplaceAll(b.String(), record, "images.json")))
		})
	}
}

func TestVerifySaysThatADeprecatedImageIs(t *testing.T) {
	run, record := lockedCloud(t, "")
	only := filepath.Join(filepath.Dir(record), "available.json")
	if got := imagesearch(t.Context(), "--newest", "--lock", only, "--config", run.file); got.status != exitComplete {
		t.Fatalf("%+v", got)
	}
	deprecated := webImage()
	deprecated.Status = image.StatusDeprecated
	replaceImage(t, run.cloud, deprecated)
	got := imagesearch(t.Context(), "--verify", only, "--config", run.file)
	if got.status != exitChanged || !strings.HasSuffix(got.stdout, "  deprecated\n") {
		t.Errorf("%+v", got)
	}
}

func TestVerifyReportsTheTargets(t *testing.T) {
	run, record := lockedCloud(t, "")
	path := filepath.Join(t.TempDir(), "report.json")
	got := imagesearch(t.Context(), "--verify", record, "--config", run.file, "--report", path)
	if reports := readReport(t, path); got.status != exitComplete || len(reports) != 2 || !reports[0].Complete {
		t.Errorf("%+v, reports %+v", got, reports)
	}
}

func TestVerifyRefusesBadRecords(t *testing.T) {
	run, record := lockedCloud(t, "")
	good, err := os.ReadFile(record)
	if err != nil {
		t.Fatal(err)
	}
	replaced := func(old, with string) string { return strings.Replace(string(good), old, with, 1) }
	run.cloud.Reset()
	for name, c := range map[string]struct{ text, want string }{
		"not JSON":       {"targets: []", "not a record in JSON: invalid character"},
		"empty":          {"", "not a record in JSON: unexpected end of JSON input"},
		"other JSON":     {"[]", "resolution record: json:"},
		"no record":      {"{}", "no member format; want one that --lock has written"},
		"newer format":   {replaced(`"format": 1`, `"format": 9`), "format 9 is unknown; this version reads format 1: use a version of imagesearch that knows it, or write it again with --lock"},
		"unknown member": {replaced(`"library"`, `"libary"`), `unknown field "libary"`},
		"bad query":      {replaced(`"available"`, `"avialable"`), `unknown status "avialable"`},
		"truncated":      {string(good[:len(good)/2]), "unexpected end of JSON input"},
		"too large":      {strings.Repeat(" ", maxRecord) + string(good), "is larger than 16777216 bytes"},
		"other target":   {strings.ReplaceAll(string(good), "prod/cn-beijing", "stage/cn-beijing"), "the record has images of stage/cn-beijing, which this search does not include: add such targets"},
		"other provider": {replaced(`"query": {`, `"query": {"native": {"qingcloud": {"verbose": "1"}},`), `no target has the provider "qingcloud"`},
		"no entries":     {replaced(entriesOf(t, good), "[]"), "the record has no entries"},
	} {
		t.Run(name, func(t *testing.T) {
			path := filepath.Join(t.TempDir(), "bad.json")
			if err := os.WriteFile(path, []byte(c.text), 0o600); err != nil {
				t.Fatal(err)
			}
			checkRefusedRecord(t, run, path, c.want)
		})
	}
	checkRefusedRecord(t, run, t.TempDir(), "is not a regular file")
	checkRefusedRecord(t, run, filepath.Join(t.TempDir(), "none.json"), "no such file or directory; want a file that --lock has written")
	if got := imagesearch(t.Context(), "--verify", record, "--config", run.file, "--exclude", "*/cn-beijing"); got.status != exitUsage ||
		!strings.Contains(got.stderr, "prod/cn-beijing, which this search does not include") {
		t.Errorf("%+v", got)
	}
}

// entriesOf returns the text of the entries of a record.
func entriesOf(t *testing.T, record []byte) string {
	t.Helper()
	var parts map[string]json.RawMessage
	if err := json.Unmarshal(record, &parts); err != nil {
		t.Fatal(err)
	}
	return string(parts["entries"])
}

func checkRefusedRecord(t *testing.T, run goldenRun, path, want string) {
	t.Helper()
	got := imagesearch(t.Context(), "--verify", path, "--config", run.file)
	if got.status != exitUsage || got.stdout != "" || strings.Count(got.stderr, "\n") != 1 ||
		!strings.Contains(got.stderr, "--verify") || !strings.Contains(got.stderr, path) || !strings.Contains(got.stderr, want) {
		t.Errorf("%+v, want status 2 and one line with %q", got, want)
	}
	if sent := run.cloud.Requests(); len(sent) > 0 {
		t.Errorf("%d requests were sent", len(sent))
	}
}
