package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"os"
	"slices"
	"strings"

	"github.com/imagequery/imagequery/examples/internal/printable"
	"github.com/imagequery/imagequery/provider"
)

// openReport makes the file of --report before anything is sent.
func (r *runner) openReport() (io.WriteCloser, error) {
	switch path := r.options.report; path {
	case "":
		return unclosed{io.Discard}, nil
	case "-":
		return unclosed{r.stderr}, nil
	default:
		file, err := os.Create(path)
		if err != nil {
			return nil, fmt.Errorf("--report: %w; want a file that can be written", err)
		}
		return file, nil
	}
}

// unclosed is a writer that outlives the report.
type unclosed struct{ io.Writer }

func (unclosed) Close() error { return nil }

// writeReport writes the outcome of each target that was searched.
func (r *runner) writeReport(w io.WriteCloser, targets []provider.Target) {
	text, err := json.Marshal(map[string]any{"targets": r.stats.of(targets)})
	if err == nil {
		_, err = io.WriteString(w, printable.Escape(string(text))+"\n")
	}
	if err := errors.Join(err, w.Close()); err != nil {
		r.fail(fmt.Errorf("--report: %w", err))
	}
}

// noteUnreadable writes one line about the values that could not be converted, if
// there are any.
func (r *runner) noteUnreadable(targets []provider.Target) {
	counts := map[string]int{}
	for _, report := range r.stats.of(targets) {
		for path, n := range report.Unreadable {
			counts[report.Provider+" "+path] += n
		}
	}
	if len(counts) > 0 {
		_, _ = fmt.Fprintf(r.stderr, "imagesearch: values that could not be converted are left empty: %s; --report counts them for each target\n",
			printable.Line(countedPaths(counts)))
	}
}

// countedPaths lists paths with their counts, sorted.
func countedPaths(counts map[string]int) string {
	var texts []string
	for _, path := range slices.Sorted(maps.Keys(counts)) {
		texts = append(texts, fmt.Sprintf("%s (%d)", path, counts[path]))
	}
	return strings.Join(texts, ", ")
}
