package main

import (
	"encoding/csv"
	"io"
	"strings"

	"github.com/imagequery/imagequery/examples/internal/printable"
	"github.com/imagequery/imagequery/provider"
)

// writeCSV writes a header and a row for each hit. A cell is what JSON would say,
// less the quotes of texts; what JSON would leave out is empty.
func writeCSV(w io.Writer, d document) error {
	keys := d.columns
	if keys == nil {
		keys = csvKeys(d.native)
	}
	out := csv.NewWriter(w)
	_ = out.Write(safeCells(keyNames(keys))) // Error tells
	for _, hit := range d.hits {
		_ = out.Write(safeCells(csvRow(keys, hit)))
	}
	out.Flush()
	return out.Error()
}

func csvKeys(native bool) []key {
	if native {
		return append(imageKeys(), nativeKey())
	}
	return imageKeys()
}

func csvRow(keys []key, hit provider.Hit) []string {
	row := make([]string, len(keys))
	for i, k := range keys {
		row[i] = k.text(hit)
	}
	return row
}

// safeCells escapes what a terminal would obey, and prefixes what a spreadsheet
// would take for a formula.
func safeCells(row []string) []string {
	out := make([]string, len(row))
	for i, cell := range row {
		out[i] = printable.Escape(cell)
		if cell != "" && strings.ContainsRune("=+-@", rune(cell[0])) {
			out[i] = "'" + out[i]
		}
	}
	return out
}
