package main

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	gocmp "github.com/google/go-cmp/cmp"

	"github.com/imagequery/imagequery/fakecloud"
)

// readTrace reads a file of --trace. It fails if slices of one thread overlap without
// one being inside the other, which Perfetto cannot show, or if the file has a secret.
func readTrace(t *testing.T, path string) []traceEvent {
	t.Helper()
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if strings.Contains(string(text), "canary") || strings.Contains(string(text), "Signature=") {
		t.Errorf("the trace has a secret: %s", text)
	}
	var trace struct{ TraceEvents []traceEvent }
	if err := json.Unmarshal(text, &trace); err != nil {
		t.Fatalf("%v in %s", err, text)
	}
	threads := map[[2]int][]traceEvent{}
	for _, e := range trace.TraceEvents {
		if e.Phase == "X" {
			threads[[2]int{e.Process, e.Thread}] = append(threads[[2]int{e.Process, e.Thread}], e)
		}
	}
	for thread, slices := range threads {
		checkNesting(t, thread, slices)
	}
	return trace.TraceEvents
}

func checkNesting(t *testing.T, thread [2]int, events []traceEvent) {
	t.Helper()
	slices.SortStableFunc(events, func(a, b traceEvent) int {
		return cmp.Or(cmp.Compare(a.Time, b.Time), cmp.Compare(*b.Duration, *a.Duration))
	})
	var open []int64 // ends of the slices around the current one
	for _, e := range events {
		for len(open) > 0 && open[len(open)-1] <= e.Time {
			open = open[:len(open)-1]
		}
		end := e.Time + *e.Duration
		if len(open) > 0 && end > open[len(open)-1] {
			t.Errorf("process and thread %v: %s %q from %d to %d ends after the slice around it, which ends at %d", thread, e.Category, e.Name, e.Time, end, open[len(open)-1])
		}
		open = append(open, end)
	}
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
	t.Parallel()
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
		if diff := gocmp.Diff(c.want, countEvents(readTrace(t, file))); diff != "" {
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

// sliceNames counts slices by their category and name, and the errors they have.
func sliceNames(events []traceEvent) map[string]int {
	counts := map[string]int{}
	for _, e := range events {
		if e.Phase == "X" {
			counts[e.Category+" "+e.Name]++
		}
		if e.Args["error"] != nil && e.Phase == "X" {
			counts[e.Category+" with an error"]++
		}
	}
	return counts
}

// A page has a slice from its request to its arrival, with its attempts and waits inside.
func TestTraceNestsAttemptsAndWaitsInPages(t *testing.T) {
	t.Parallel()
	cloud, url := serve(t, testWorld())
	if err := cloud.SetFaults(
		fakecloud.Fault{Do: fakecloud.Latency, Wait: 5 * time.Millisecond},
		fakecloud.Fault{Do: fakecloud.Throttle, Region: "cn-beijing", Times: 1, RetryAfter: time.Second, Message: "canary-secret is throttled"},
		fakecloud.Fault{Do: fakecloud.ServerError, Region: "cn-hangzhou", Status: 403, Code: "Forbidden.RAM"},
	); err != nil {
		t.Fatal(err)
	}
	file := filepath.Join(t.TempDir(), "trace.json")
	if got := imagesearch(t.Context(), "--config", writeConfig(t, prodTarget, url), "--trace", file); got.status != exitFailed {
		t.Errorf("%+v", got)
	}
	events := readTrace(t, file)
	want := map[string]int{
		"target prod/cn-beijing": 1, "target prod/cn-hangzhou": 1, "target with an error": 1,
		"page page of DescribeImages": 2, "page with an error": 1,
		"attempt DescribeImages": 3, "attempt with an error": 2,
		"wait wait before a retry": 1, "wait with an error": 1,
	}
	if diff := gocmp.Diff(want, sliceNames(events)); diff != "" {
		t.Errorf("slices (-want +got):\n%s", diff)
	}
	for _, e := range events {
		switch {
		case e.Category == "target" && e.Thread != 0, e.Phase == "X" && e.Category != "target" && e.Thread == 0:
			t.Errorf("%s %q is on thread %d", e.Category, e.Name, e.Thread)
		case e.Category == "attempt" && *e.Duration < 5000 && e.Args["error"] == nil:
			t.Errorf("the attempt took %d µs, want 5 ms or more", *e.Duration)
		}
	}
}

// A run that is interrupted in a long wait leaves a trace that ends at the interrupt.
func TestTraceOfAnInterruptedWait(t *testing.T) {
	t.Parallel()
	for _, mode := range []string{"--output=table", "--check", "--newest"} {
		cloud, url := serve(t, testWorld())
		if err := cloud.SetFaults(fakecloud.Fault{Do: fakecloud.Throttle, RetryAfter: time.Minute}); err != nil {
			t.Fatal(err)
		}
		ctx, cancel := context.WithCancel(t.Context())
		go func() {
			for cloud.Count("") < 2 && ctx.Err() == nil {
				<-time.After(time.Millisecond)
			}
			cancel()
		}()
		began, file := time.Now(), filepath.Join(t.TempDir(), "trace.json")
		imagesearch(ctx, "--config", writeConfig(t, prodTarget, url), mode, "--trace", file)
		took := time.Since(began)
		events := readTrace(t, file)
		if counts := countEvents(events); counts["prod/cn-beijing target"] == 0 || counts["prod/cn-hangzhou target"] == 0 {
			t.Errorf("%s: events %v, want the targets", mode, counts)
		}
		for _, e := range events {
			if e.Phase == "X" && e.Time+*e.Duration > took.Microseconds() {
				t.Errorf("%s: %s %q ends after %d µs, and the run took %s", mode, e.Category, e.Name, e.Time+*e.Duration, took)
			}
		}
	}
}

// Many pages of one target are in flight at the same time, and a limit cancels some.
func TestTraceOfConcurrentPages(t *testing.T) {
	t.Parallel()
	world := testWorld()
	for i := range 500 {
		m := webImage()
		m.ID = fmt.Sprintf("m-%d", i)
		world.Accounts[0].Images = append(world.Accounts[0].Images, fakecloud.Image{Image: m})
	}
	cloud, url := serve(t, world)
	if err := cloud.SetFaults(fakecloud.Fault{Do: fakecloud.Latency, Wait: time.Millisecond, Jitter: 10 * time.Millisecond}, fakecloud.Fault{Do: fakecloud.PageCap, Count: 10}); err != nil {
		t.Fatal(err)
	}
	for _, limit := range []string{"--limit=1000", "--limit=120"} {
		file := filepath.Join(t.TempDir(), "trace.json")
		if got := imagesearch(t.Context(), "--config", writeConfig(t, prodTarget, url), limit, "--trace", file); got.status != exitComplete {
			t.Errorf("%s: %+v", limit, got)
		}
		if counts := countEvents(readTrace(t, file)); counts["prod/cn-hangzhou page"] < 12 || counts["prod/cn-hangzhou target"] != 1 {
			t.Errorf("%s: events %v", limit, counts)
		}
	}
}
