package main

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/imagequery/imagequery/fakecloud"
)

// readTrace reads a file of --trace, and fails if events of one thread overlap.
func readTrace(t *testing.T, path string) []traceEvent {
	t.Helper()
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	var trace struct{ TraceEvents []traceEvent }
	if err := json.Unmarshal(text, &trace); err != nil {
		t.Fatalf("%v in %s", err, text)
	}
	ends := map[[2]int]int64{}
	for _, e := range trace.TraceEvents {
		if e.Phase != "X" || e.Thread == 0 {
			continue
		}
		thread := [2]int{e.Process, e.Thread}
		if e.Time+1 < ends[thread] { // 1: both are rounded down
			t.Errorf("%+v begins before %d", e, ends[thread])
		}
		ends[thread] = e.Time + *e.Duration
	}
	return trace.TraceEvents
}

// countEvents counts events by the name of their target and their category.
func countEvents(events []traceEvent) map[string]int {
	names, counts := map[int]string{}, map[string]int{}
	for _, e := range events {
		if e.Name == "process_name" {
			names[e.Process], _ = e.Args["name"].(string)
		}
		if e.Category != "" {
			counts[strings.TrimSpace(names[e.Process]+" "+e.Category)]++
		}
	}
	return counts
}

func TestTraceHasTargetsPagesAttemptsAndWaits(t *testing.T) {
	for _, c := range []struct {
		args   []string
		status int
		want   map[string]int
	}{
		{nil, exitComplete, map[string]int{
			"run": 1, "prod/cn-hangzhou target": 1, "prod/cn-hangzhou page": 1, "prod/cn-hangzhou attempt": 1,
			"prod/cn-beijing target": 1, "prod/cn-beijing page": 1, "prod/cn-beijing attempt": 3, "prod/cn-beijing wait": 2,
		}},
		{[]string{"--check"}, exitComplete, map[string]int{
			"run": 1, "prod/cn-hangzhou target": 1, "prod/cn-hangzhou attempt": 1,
			"prod/cn-beijing target": 1, "prod/cn-beijing attempt": 3, "prod/cn-beijing wait": 2,
		}},
	} {
		cloud, url := serve(t, testWorld())
		if err := cloud.SetFaults(fakecloud.Fault{Do: fakecloud.HTMLPage, Region: "cn-beijing", Times: 2}); err != nil {
			t.Fatal(err)
		}
		file := filepath.Join(t.TempDir(), "trace.json")
		got := imagesearch(t.Context(), append(c.args, "--config", writeConfig(t, prodTarget, url), "--trace", file)...)
		if got.status != c.status || got.stderr != "" {
			t.Errorf("%q: %+v", c.args, got)
		}
		if diff := cmp.Diff(c.want, countEvents(readTrace(t, file))); diff != "" {
			t.Errorf("%q: events differ (-want +got):\n%s", c.args, diff)
		}
	}
}

func TestTraceThatCannotBeWritten(t *testing.T) {
	cloud, url := serve(t, testWorld())
	file := writeConfig(t, prodTarget, url)
	got := imagesearch(t.Context(), "--config", file, "--trace", filepath.Join(t.TempDir(), "missing", "trace.json"))
	if got.status != exitUsage || got.stdout != "" || !strings.HasPrefix(got.stderr, "imagesearch: --trace: open ") || len(cloud.Requests()) > 0 {
		t.Errorf("%+v", got)
	}
	got = imagesearch(t.Context(), "--config", file, "--trace", "/dev/full")
	if got.status != exitFailed || !strings.HasPrefix(got.stderr, "imagesearch: --trace: write /dev/full: ") || strings.Count(got.stderr, "\n") != 1 {
		t.Errorf("%+v", got)
	}
}
