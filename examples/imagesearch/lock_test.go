package main

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/imagequery/imagequery/provider"
)

func TestNewestPerPrintsAndLocksEachGroup(t *testing.T) {
	_, url := serve(t, familyWorld())
	whole, partial := writeConfig(t, prodTarget, url), writeConfig(t, prodTarget+brokenTarget, url)
	for _, c := range []struct {
		name, config, args string
		status, entries    int
		want               string
	}{
		{"groups", whole, "--newest-per region,arch --status available --status deprecated", exitComplete, 2, webLine + "\n" + orderLine + "\n"},
		{"one", whole, "--newest", exitComplete, 1, webLine + "\n"},
		{"none", whole, "--newest-per region --name none", exitNothing, 0, ""},
		{"a failure", partial, "--newest-per region", exitFailed, 0, ""},
		{"partial", partial, "--newest-per region --allow-partial", exitFailed, 1, webLine + "\n"},
	} {
		t.Run(c.name, func(t *testing.T) {
			lock := filepath.Join(t.TempDir(), "images.json")
			got := imagesearch(t.Context(), append(strings.Fields(c.args), "--config", c.config, "--output", "ndjson", "--lock", lock)...)
			if got.status != c.status || len(got.stdout) != len(c.want) {
				t.Errorf("%+v, want status %d and %s", got, c.status, c.want)
			}
			data, err := os.ReadFile(lock)
			if os.IsNotExist(err) != (c.entries == 0) {
				t.Fatalf("lock file: %v", err)
			}
			var record provider.Resolution
			if err := json.Unmarshal(data, &record); c.entries > 0 && (err != nil || len(record.Entries) != c.entries) {
				t.Errorf("%d entries, error %v, want %d", len(record.Entries), err, c.entries)
			}
		})
	}
}

func TestLockIsCheckedBeforeAnythingIsSent(t *testing.T) {
	cloud, url := serve(t, familyWorld())
	file, folder := writeConfig(t, prodTarget, url), t.TempDir()
	for path, want := range map[string]string{
		filepath.Join(folder, "none", "images.json"): "no such file or directory; want a file in a folder that can be written",
		folder:      "not a regular file",
		"/dev/full": "not a regular file",
	} {
		got := imagesearch(t.Context(), "--newest", "--lock", path, "--config", file)
		if got.status != exitUsage || got.stdout != "" || !strings.Contains(got.stderr, want) {
			t.Errorf("%s: %+v, want %q", path, got, want)
		}
	}
	if sent := cloud.Requests(); len(sent) > 0 {
		t.Errorf("%d requests were sent", len(sent))
	}
	if left, err := os.ReadDir(folder); err != nil || len(left) > 0 {
		t.Errorf("left behind: %v, %v", left, err)
	}
}

func TestAFailedSearchLeavesTheOldRecord(t *testing.T) {
	_, url := serve(t, familyWorld())
	folder := t.TempDir()
	lock := filepath.Join(folder, "images.json")
	if err := os.WriteFile(lock, []byte("old"), 0o600); err != nil {
		t.Fatal(err)
	}
	got := imagesearch(t.Context(), "--newest", "--lock", lock, "--config", writeConfig(t, prodTarget+brokenTarget, url))
	if text, err := os.ReadFile(lock); err != nil || string(text) != "old" || got.status != exitFailed {
		t.Errorf("%q, %v: %+v", text, err, got)
	}
	if left, err := os.ReadDir(folder); err != nil || len(left) != 1 {
		t.Errorf("left behind: %v, %v", left, err)
	}
}

func TestNewestPerAndLockRefuseBadFlags(t *testing.T) {
	for args, want := range map[string]string{
		"--newest-per regoin":                   "did you mean region?",
		"--newest-per region,region":            "key region is given twice",
		"--newest-per region,":                  `unknown key ""`,
		"--newest-per region --newest":          "exclude each other",
		"--newest-per region --limit 3":         "exclude --limit",
		"--newest-per region --check":           "exclude --check",
		"--newest-per region --distinct":        "--distinct has no effect with --newest-per",
		"--newest-per region --count-by region": "--newest-per has no effect with --count-by",
		"--lock f":                              "--lock is for --newest and --newest-per",
		"--newest --lock f --explain":           "--lock has no effect with --explain",
	} {
		got := imagesearch(t.Context(), strings.Fields(args)...)
		if got.status != exitUsage || got.stdout != "" || !strings.Contains(got.stderr, want) {
			t.Errorf("%s: %+v, want %q", args, got, want)
		}
	}
}
