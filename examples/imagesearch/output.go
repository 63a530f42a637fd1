package main

import (
	"cmp"
	"io"
	"slices"
	"strings"

	"github.com/imagequery/imagequery/provider"
)

// format is what --output names.
type format string

const (
	formatTable  format = "table"
	formatJSON   format = "json"
	formatNDJSON format = "ndjson"
	formatCSV    format = "csv"
)

func formats() []format { return []format{formatTable, formatJSON, formatNDJSON, formatCSV} }

// printer takes the hits as they arrive. After the last one, end is called once.
type printer interface {
	print(provider.Hit) error
	end() error
}

func newPrinter(w io.Writer, o options, targets []provider.Target) printer {
	write := writeTable
	switch o.output {
	case formatNDJSON:
		return stream{w}
	case formatJSON:
		write = writeJSON
	case formatCSV:
		write = csvWriter(o.nativeRecord)
	}
	order := make(map[string]int, len(targets))
	for i, t := range targets {
		order[t.Name] = i
	}
	return &sorted{w: w, order: order, write: write}
}

// sorted keeps the hits until the end, and writes them in the order of the
// targets, and of each target's own answer.
type sorted struct {
	w     io.Writer
	order map[string]int
	write func(io.Writer, []provider.Hit) error
	hits  []provider.Hit
}

func (s *sorted) print(hit provider.Hit) error {
	s.hits = append(s.hits, hit)
	return nil
}

func (s *sorted) end() error {
	slices.SortStableFunc(s.hits, func(a, b provider.Hit) int {
		return cmp.Compare(s.order[a.Target], s.order[b.Target])
	})
	return s.write(s.w, s.hits)
}

func texts[T ~string](values []T) []string {
	out := make([]string, len(values))
	for i, v := range values {
		out[i] = string(v)
	}
	return out
}

func words[T ~string](values []T) string { return strings.Join(texts(values), ", ") }
