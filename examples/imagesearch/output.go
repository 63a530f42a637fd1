package main

import (
	"cmp"
	"io"
	"slices"
	"strings"
	"time"

	"github.com/imagequery/imagequery/examples/internal/printable"
	"github.com/imagequery/imagequery/image"
	"github.com/imagequery/imagequery/provider"
)

// format is a value of --output.
type format string

const (
	formatTable  format = "table"
	formatJSON   format = "json"
	formatNDJSON format = "ndjson"
	formatCSV    format = "csv"
	formatID     format = "id"
	formatHTML   format = "html"
)

// output is one way to print hits. It has exactly one of writeHit and write.
type output struct {
	name   format
	accept []string // flags that have an effect on this output and not on all

	writeHit   func(io.Writer, provider.Hit) error // prints a hit when it arrives
	write      func(io.Writer, document) error     // prints all hits at the end
	writeCount func(io.Writer, counts) error       // prints what --count-by counts; nil: refused
}

// document is what an output prints at the end of a search.
type document struct {
	hits      []provider.Hit // as --sort orders them, or in the order of the targets and of each target's results
	targets   []provider.Target
	reports   []provider.Report // of the targets that are done, in the order of the targets
	native    bool              // each hit has the provider's own record
	columns   []key             // of --columns; nil: those of the output
	screen    screen
	query     image.Query
	generated time.Time
}

// outputs returns every output, the default first.
func outputs() []output {
	return []output{
		{name: formatTable, accept: []string{"columns", "sort", "count-by"}, write: writeTable, writeCount: writeCountTable},
		{name: formatJSON, accept: []string{"native-record", "sort", "count-by"}, write: writeJSON, writeCount: writeCountJSON},
		{name: formatNDJSON, accept: []string{"native-record", "count-by"}, writeHit: writeNDJSON, writeCount: writeCountNDJSON},
		{name: formatCSV, accept: []string{"columns", "native-record", "sort", "count-by"}, write: writeCSV, writeCount: writeCountCSV},
		{name: formatID, accept: []string{"sort"}, write: writeIDs},
		{name: formatHTML, accept: []string{"sort"}, write: writeHTML},
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

// newPrinter returns the printer that the flags choose.
func (r *runner) newPrinter(targets []provider.Target) printer {
	o := &r.options
	out := outputNamed(o.output)
	switch {
	case o.countBy != nil:
		return &counting{keys: o.countBy, printed: &r.printed, write: func(c counts) error {
			c.screen = r.screen
			return out.writeCount(r.stdout, c)
		}}
	case o.template != nil:
		out = output{write: writeTemplate(o.template)}
	case out.writeHit != nil:
		return streaming{r.stdout, &r.printed, out.writeHit}
	}
	return &collecting{write: func(hits []provider.Hit) error {
		hits = o.ordered(hits, targets)
		r.printed = len(hits)
		return out.write(r.stdout, document{
			hits: hits, targets: targets, reports: r.stats.of(targets), native: o.nativeRecord, columns: o.columns, screen: r.screen,
			query: o.query, generated: r.generated,
		})
	}}
}

// streaming prints each hit when it arrives.
type streaming struct {
	w       io.Writer
	printed *int
	write   func(io.Writer, provider.Hit) error
}

func (s streaming) print(hit provider.Hit) error {
	*s.printed++
	return s.write(s.w, hit)
}

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

// ordered sorts the hits as --sort says, and then applies --limit to them. The newest
// images of groups arrive in the order of the groups.
func (o *options) ordered(hits []provider.Hit, targets []provider.Target) []provider.Hit {
	if o.newestPer == nil {
		sortByTarget(hits, targets)
	}
	sortHits(hits, o.sort)
	if o.sortedLimit > 0 && len(hits) > o.sortedLimit {
		return hits[:o.sortedLimit]
	}
	return hits
}

// writeIDs writes one identifier a line.
func writeIDs(w io.Writer, d document) error {
	var b strings.Builder
	for _, hit := range d.hits {
		b.WriteString(printable.Line(hit.Image.ID) + "\n")
	}
	_, err := io.WriteString(w, b.String())
	return err
}

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
