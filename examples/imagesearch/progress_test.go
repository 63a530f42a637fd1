package main

import (
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/imagequery/imagequery/fakecloud"
	"github.com/imagequery/imagequery/provider"
)

// The first line is drawn after half a second, each line shows the numbers of its
// time, and the last is removed.
func TestProgressShowsTheStateOfARun(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var b strings.Builder
		var s statistics
		p := newProgress(&b, true, 0)
		written := func() string {
			p.mu.Lock()
			defer p.mu.Unlock()
			text := b.String()
			b.Reset()
			return text
		}
		drawnNow := func() string {
			text := written()
			return text[strings.LastIndex(text, "\r")+1:]
		}
		p.start(&s, 4)
		time.Sleep(firstDrawing - 1)
		if text := drawnNow(); text != "" {
			t.Errorf("drawn before half a second: %q", text)
		}
		s.trace().Page(t.Context(), provider.PageInfo{Images: 7})
		s.done(t.Context(), provider.Report{Target: "a", Complete: true})
		s.done(t.Context(), provider.Report{Target: "b\x1b[31m"})
		time.Sleep(2 * time.Nanosecond)
		synctest.Wait()
		if got, want := drawnNow(), "████████░░░░░░░░ 2/4 targets, 7 images, failed: b\ufffd[31m"; got != want {
			t.Errorf("%q, want %q", got, want)
		}
		s.done(t.Context(), provider.Report{Target: "c", Complete: true})
		time.Sleep(redrawing)
		synctest.Wait()
		if got, want := drawnNow(), "████████████░░░░ 3/4 targets, 7 images, failed: b\ufffd[31m"; got != want {
			t.Errorf("%q, want %q", got, want)
		}
		if _, err := io.WriteString(p.beside(&b), "text\n"); err != nil {
			t.Error(err)
		}
		if text := written(); !strings.HasPrefix(text, "\r ") || !strings.HasSuffix(text, " \rtext\n") {
			t.Errorf("the line is not removed before other text: %q", text)
		}
		time.Sleep(redrawing)
		p.end()
		p.end()
		if rest := drawnNow(); rest != "" {
			t.Errorf("the line is not removed at the end: %q", rest)
		}
	})
}

func TestProgressFitsTheTerminal(t *testing.T) {
	var b strings.Builder
	newProgress(&b, true, 30).draw(strings.Repeat("订", 100))
	if width := cellWidth(b.String()); width >= 30 {
		t.Errorf("%d cells on a terminal of 30", width)
	}
}

func TestProgressNamesThrottledTargetsWhileTheyWait(t *testing.T) {
	t.Parallel()
	cloud, url := serve(t, testWorld())
	throttle := fakecloud.Fault{Do: fakecloud.Throttle, Region: "cn-beijing", RetryAfter: 1500 * time.Millisecond, Times: 1}
	if err := cloud.SetFaults(throttle); err != nil {
		t.Fatal(err)
	}
	got := imagesearch(t.Context(), "--config", writeConfig(t, prodTarget, url), "--output=id", "--progress", "always")
	if got.status != exitComplete || !strings.Contains(got.stderr, "throttled: prod/cn-beijing\r") {
		t.Errorf("%+v", got)
	}
}

func TestThrottledTargetsAreThoseThatWait(t *testing.T) {
	var s statistics
	began := time.Date(2026, 1, 31, 8, 0, 0, 0, time.UTC)
	s.throttleTarget("a", provider.ThrottleInfo{Began: began, Wait: 2 * time.Second})
	s.throttleTarget("a", provider.ThrottleInfo{Began: began, Wait: time.Second})
	s.throttleTarget("b", provider.ThrottleInfo{Began: began, Wait: 3 * time.Second})
	for after, want := range map[time.Duration][]string{
		time.Second: {"a", "b"}, 2 * time.Second: {"b"}, 3 * time.Second: nil,
	} {
		if diff := cmp.Diff(want, s.snapshot(began.Add(after)).throttled); diff != "" {
			t.Errorf("after %s (-want +got):\n%s", after, diff)
		}
	}
	s.done(t.Context(), provider.Report{Target: "b"})
	if got := s.snapshot(began); !slices.Equal(got.throttled, []string{"a"}) || !slices.Equal(got.failed, []string{"b"}) {
		t.Errorf("a target that is done waits no more: %+v", got)
	}
}

func TestProgressIsRemovedAtTheEndOfASlowRun(t *testing.T) {
	t.Parallel()
	file := writeConfig(t, prodTarget, hangingCloud(t, func() {}))
	got := imagesearch(t.Context(), "--config", file, "--output=id", "--timeout", "2s", "--progress", "always")
	if got.status != exitFailed || got.stdout != "m-web\n" || !strings.Contains(got.stderr, " 1/2 targets, 1 images") {
		t.Errorf("%+v", got)
	}
	if !strings.Contains(got.stderr, " \rimagesearch: prod/cn-beijing: ") || strings.Count(got.stderr, "\n") != 1 {
		t.Errorf("the failure does not take the place of the line: %q", got.stderr)
	}
}

func TestShortRunsShowNoProgress(t *testing.T) {
	_, url := serve(t, testWorld())
	file := writeConfig(t, prodTarget, url)
	for _, mode := range []string{"--output=table", "--output=ndjson", "--newest", "--check"} {
		if got := imagesearch(t.Context(), "--config", file, mode, "--progress", "always"); got.status != exitComplete || got.stderr != "" {
			t.Errorf("%s: %+v", mode, got)
		}
	}
}

func sortedLines(text string) string {
	lines := strings.SplitAfter(text, "\n")
	slices.Sort(lines)
	return strings.Join(lines, "")
}

// Where the standard error is no terminal, nothing is shown unless it is asked for.
func TestProgressIsForTerminals(t *testing.T) {
	_, url := serve(t, testWorld())
	path := filepath.Join(t.TempDir(), "stderr")
	stderr, err := os.Create(path)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = stderr.Close() })
	for _, args := range [][]string{nil, {"--progress", "auto"}, {"--progress", "never"}} {
		var stdout strings.Builder
		if status := run(t.Context(), append(args, "--config", writeConfig(t, prodTarget, url)), &stdout, stderr, isolatedEnvironment(nil)); status != exitComplete {
			t.Errorf("%q: status %d", args, status)
		}
	}
	text, err := os.ReadFile(path)
	if diff := cmp.Diff("", string(text)); err != nil || diff != "" {
		t.Errorf("%v (-want +got):\n%s", err, diff)
	}
}
