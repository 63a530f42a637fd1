package main

import (
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestProgress(t *testing.T) {
	_, url := serve(t, testWorld())
	file := writeConfig(t, prodTarget+brokenTarget, url)
	for _, mode := range []string{"--output=table", "--output=ndjson", "--newest", "--check"} {
		plain := imagesearch(t.Context(), "--config", file, mode)
		shown := imagesearch(t.Context(), "--config", file, mode, "--progress", "always")
		if mode == "--output=ndjson" {
			plain.stdout, shown.stdout = sortedLines(plain.stdout), sortedLines(shown.stdout)
		}
		if plain.status != shown.status || plain.stdout != shown.stdout {
			t.Errorf("%s: %+v, without progress %+v", mode, shown, plain)
		}
		images := map[bool]string{true: "0", false: "2"}[mode == "--check"]
		if mode == "--newest" {
			images = "1"
		}
		last := "100% |████████████████|  [*s] 3/3 targets, " + images + " images, * throttled"
		if got := lastState(shown.stderr); got != last {
			t.Errorf("%s: %q, want %q", mode, got, last)
		}
		if !strings.Contains(shown.stderr, "\rimagesearch: off/cn-hangzhou: ") && !strings.Contains(shown.stderr, "\nimagesearch: off/cn-hangzhou: ") {
			t.Errorf("%s: a failure does not begin its line: %q", mode, shown.stderr)
		}
	}
}

// lastState is the last line that was drawn. Its seconds are masked, and how often a
// request waited, which a busy machine decides.
func lastState(screen string) string {
	lines := regexp.MustCompile(`100% .*throttled`).FindAllString(screen, -1)
	if len(lines) == 0 {
		return ""
	}
	last := regexp.MustCompile(`\[\d+s\]`).ReplaceAllString(lines[len(lines)-1], "[*s]")
	return regexp.MustCompile(`\d+ throttled`).ReplaceAllString(last, "* throttled")
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
