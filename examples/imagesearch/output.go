package main

import (
	"cmp"
	"io"
	"slices"
	"strings"
	"time"

	"github.com/imagequery/imagequery/image"
	"github.com/imagequery/imagequery/provider"
)

// format is what --output names.
type format string

const (
	formatTable  format = "table"
	formatJSON   format = "json"
	formatNDJSON format = "ndjson"
	formatCSV    format = "csv"
	formatHTML   format = "html"
)

// output is one way to print hits. It has exactly one of writeHit and write.
type output struct {
	name   format
	accept []string // flags that have an effect on this output and not on all

	writeHit func(io.Writer, provider.Hit) error // prints a hit when it arrives
	write    func(io.Writer, document) error     // prints all hits at the end
}

// document is what an output prints at the end of a search.
type document struct {
	hits      []provider.Hit // in the order of the targets, and of each target's results
	targets   []provider.Target
	reports   []provider.Report // of the targets that are done, in the order of the targets
	native    bool              // each hit has the provider's own record
	query     image.Query
	generated time.Time
}

// outputs returns every output, the default first.
func outputs() []output {
	return []output{
		{name: formatTable, write: writeTable},
		{name: formatJSON, accept: []string{"native-record"}, write: writeJSON},
		{name: formatNDJSON, accept: []string{"native-record"}, writeHit: writeNDJSON},
		{name: formatCSV, accept: []string{"native-record"}, write: writeCSV},
		{name: formatHTML, write: writeHTML},
	}
}

func formats() []format {
	var names []format
	for _, o := range outputs() {
		names = append(names, o.name)
	}
	return names
}

// outputNamed returns the output with one of the names that formats returns.
func outputNamed(name format) output {
	all := outputs()
	return all[slices.IndexFunc(all, func(o output) bool { return o.name == name })]
}

// printer receives hits as they arrive. After the last one, end is called once.
type printer interface {
	print(provider.Hit) error
	end() error
}

// newPrinter returns the printer that the flags ask for.
func (r *runner) newPrinter(targets []provider.Target) printer {
	out := outputNamed(r.options.output)
	if out.writeHit != nil {
		return streaming{r.stdout, out.writeHit}
	}
	return &collecting{write: func(hits []provider.Hit) error {
		sortByTarget(hits, targets)
		return out.write(r.stdout, document{
			hits: hits, targets: targets, reports: r.stats.of(targets),
			native: r.options.nativeRecord, query: r.options.query, generated: r.generated,
		})
	}}
}

// streaming prints each hit when it arrives.
type streaming struct {
	w     io.Writer
	write func(io.Writer, provider.Hit) error
}

func (s streaming) print(hit provider.Hit) error { return s.write(s.w, hit) }

func (streaming) end() error { return nil }

// collecting prints all hits at the end.
type collecting struct {
	write func([]provider.Hit) error
	hits  []provider.Hit
}

func (c *collecting) print(hit provider.Hit) error {
	c.hits = append(c.hits, hit)
	return nil
}

func (c *collecting) end() error { return c.write(c.hits) }

// sortByTarget restores the order of the targets. The hits of one target arrive in
// the order of its results.
func sortByTarget(hits []provider.Hit, targets []provider.Target) {
	order := make(map[string]int, len(targets))
	for i, t := range targets {
		order[t.Name] = i
	}
	slices.SortStableFunc(hits, func(a, b provider.Hit) int {
		return cmp.Compare(order[a.Target], order[b.Target])
	})
}

func texts[T ~string](values []T) []string {
	out := make([]string, len(values))
	for i, v := range values {
		out[i] = string(v)
	}
	return out
}

// alternatives joins words as in "json, ndjson or csv".
func alternatives[T ~string](values []T) string {
	if len(values) < 2 {
		return words(values)
	}
	last := len(values) - 1
	return words(values[:last]) + " or " + string(values[last])
}

func words[T ~string](values []T) string { return strings.Join(texts(values), ", ") }
