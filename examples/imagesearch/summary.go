package main

import (
	"fmt"
	"strings"
	"time"

	"github.com/imagequery/imagequery/examples/internal/printable"
	"github.com/imagequery/imagequery/provider"
)

// printSummary writes one line about the whole run to the standard error.
func (r *runner) printSummary(targets []provider.Target, elapsed time.Duration) {
	if !r.options.summary.shows(r.progress.terminal) {
		return
	}
	_, _ = fmt.Fprintln(r.stderr, r.summary(targets, elapsed))
}

// summary names the targets that failed, and those that were skipped because their
// API never reports what a predicate needs.
func (r *runner) summary(targets []provider.Target, elapsed time.Duration) string {
	var failed, skipped []string
	complete := map[string]bool{}
	for _, report := range r.stats.of(targets) {
		complete[report.Target] = report.Complete
		if len(report.Skipped) > 0 {
			skipped = append(skipped, printable.Line(report.Target))
		}
	}
	for _, target := range targets {
		if !complete[target.Name] {
			failed = append(failed, printable.Line(target.Name))
		}
	}
	images := fmt.Sprintf("%d images from ", r.printed)
	switch {
	case r.options.checkTargets, r.options.why, r.options.verify != "":
		images = ""
	case r.printed == 1:
		images = "1 image from "
	}
	line := fmt.Sprintf("%s%d of %d targets in %.1f s", images, len(targets)-len(failed), len(targets), elapsed.Seconds())
	for _, part := range []struct {
		name  string
		names []string
	}{{"failed", failed}, {"skipped", skipped}} {
		if len(part.names) > 0 {
			line += "; " + part.name + ": " + strings.Join(part.names, ", ")
		}
	}
	return line
}
