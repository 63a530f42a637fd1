package main

import (
	"path/filepath"
	"strings"
	"testing"
)

func TestJournalContinuesAndIsRead(t *testing.T) {
	cloud, url := serve(t, testWorld())
	file, dir := writeConfig(t, prodTarget+brokenTarget, url), filepath.Join(t.TempDir(), "journal")
	args := []string{"--config", file, "--os", "linux", "--output", "ndjson"}
	want := sortedLines(webLine + "\n" + orderLine + "\n")
	for run := 1; run <= 2; run++ {
		cloud.Reset()
		got := imagesearch(t.Context(), append(args, "--journal", dir)...)
		if got.status != exitFailed || sortedLines(got.stdout) != want {
			t.Errorf("run %d: %+v", run, got)
		}
		for _, r := range cloud.Requests() {
			if run == 2 && r.Account == "prod" {
				t.Errorf("run 2 asked the account %q, which the journal has complete", r.Account)
			}
		}
	}
	cloud.Reset()
	for _, query := range [][]string{args, {"--config", file, "--output", "ndjson"}} {
		got := imagesearch(t.Context(), append(query, "--from-journal", dir)...)
		if got.status != exitFailed || sortedLines(got.stdout) != want || !strings.Contains(got.stderr, "off/cn-hangzhou") {
			t.Errorf("%q from the journal: %+v", query, got)
		}
	}
	if n := len(cloud.Requests()); n > 0 {
		t.Errorf("reading the journal sent %d requests", n)
	}
}

func TestJournalNeedsNoCredentialsToBeRead(t *testing.T) {
	_, url := serve(t, testWorld())
	dir := filepath.Join(t.TempDir(), "journal")
	if got := imagesearch(t.Context(), "--config", writeConfig(t, prodTarget, url), "--journal", dir); got.status != exitComplete {
		t.Fatalf("%+v", got)
	}
	file := writeConfig(t, strings.ReplaceAll(prodTarget, "canary-secret", `"${NOT_SET_HERE}"`), url)
	got := imagesearch(t.Context(), "--config", file, "--from-journal", dir, "--output", "ndjson")
	if got.status != exitComplete || sortedLines(got.stdout) != sortedLines(webLine+"\n"+orderLine+"\n") {
		t.Errorf("%+v", got)
	}
}

func TestJournalFlagsAreChecked(t *testing.T) {
	cloud, url := serve(t, testWorld())
	file, dir := writeConfig(t, prodTarget, url), filepath.Join(t.TempDir(), "journal")
	if got := imagesearch(t.Context(), "--config", file, "--os", "linux", "--journal", dir); got.status != exitComplete {
		t.Fatalf("%+v", got)
	}
	cloud.Reset()
	for _, c := range []struct {
		args []string
		want string
	}{
		{[]string{"--journal", dir}, "another query"},
		{[]string{"--journal", dir, "--os", "linux", "--limit", "3"}, "--limit"},
		{[]string{"--journal", dir, "--os", "linux", "--newest"}, "--newest"},
		{[]string{"--journal", dir, "--os", "linux", "--distinct"}, "--distinct"},
		{[]string{"--journal", dir, "--os", "linux", "--native-record", "--output", "json"}, "native records"},
		{[]string{"--journal", dir, "--created-after", "30d"}, "give a date"},
		{[]string{"--journal", filepath.Join(file, "x")}, "want a directory that can be written"},
		{[]string{"--from-journal", dir, "--os", "windows"}, "another query"},
		{[]string{"--from-journal", dir, "--timeout", "3s"}, "--timeout"},
		{[]string{"--from-journal", dir, "--journal", dir}, "--from-journal"},
		{[]string{"--from-journal", filepath.Join(dir, "no")}, "no such file"},
		{[]string{"--from-journal", file}, "not a directory"},
	} {
		got := imagesearch(t.Context(), append(c.args, "--config", file)...)
		if got.status != exitUsage || !strings.Contains(got.stderr, c.want) || strings.Count(got.stderr, "\n") != 1 {
			t.Errorf("%q: %+v; want status 2 and one line with %q", c.args, got, c.want)
		}
	}
	if n := len(cloud.Requests()); n > 0 {
		t.Errorf("%d requests were sent", n)
	}
}

func TestShardsTogetherAreEverything(t *testing.T) {
	_, url := serve(t, testWorld())
	file := writeConfig(t, twoAccounts, url)
	var all string
	for _, shard := range []string{"0/3", "1/3", "2/3"} {
		got := imagesearch(t.Context(), "--config", file, "--output", "ndjson", "--shard", shard)
		if got.status != exitComplete || got.stderr != "" {
			t.Errorf("shard %s: %+v", shard, got)
		}
		all += got.stdout
	}
	if want := sortedLines(webLine + "\n" + orderLine + "\n"); sortedLines(all) != want {
		t.Errorf("hits of all shards: %q, want %q", all, want)
	}
	for _, bad := range []string{"3/3", "-1/3", "0/0", "1", "a/b", "1/3/5", "01/x"} {
		got := imagesearch(t.Context(), "--config", file, "--shard", bad)
		if got.status != exitUsage || !strings.Contains(got.stderr, "INDEX/COUNT") {
			t.Errorf("--shard %s: %+v", bad, got)
		}
	}
}
