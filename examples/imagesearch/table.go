package main

import (
	"io"
	"slices"
	"strings"
	"time"

	"github.com/imagequery/imagequery/examples/internal/printable"
	"github.com/imagequery/imagequery/provider"
)

// defaultColumns are the columns of a table without --columns.
var defaultColumns = []string{"target", "id", "name", "platform", "arch", "status", "source", "size_gib", "created"}

// columnsByWorth are the same columns; a narrow terminal lacks the last ones. The
// identifier is what people copy, and the target says where it is.
var columnsByWorth = []string{"id", "target", "created", "status", "platform", "name", "arch", "source", "size_gib"}

// writeTable writes the hits in columns for people.
func writeTable(w io.Writer, d document) error {
	keys := d.columns
	if keys == nil {
		keys = usualColumns(d.hits)
	}
	columns := tableColumns(keys)
	if d.columns == nil {
		for i, k := range keys {
			columns[i].rank = 1 + slices.Index(columnsByWorth, k.name)
		}
	}
	rows := make([][]string, len(d.hits))
	for i, hit := range d.hits {
		rows[i] = tableCells(keys, hit)
	}
	return writeGrid(w, d.screen, columns, rows)
}

// usualColumns leaves the name out if it is the identifier in every row.
func usualColumns(hits []provider.Hit) []key {
	named := len(hits) == 0
	for _, hit := range hits {
		named = named || hit.Image.Name != hit.Image.ID
	}
	var keys []key
	for _, k := range imageKeysNamed(defaultColumns) {
		if named || k.name != "name" {
			keys = append(keys, k)
		}
	}
	return keys
}

func tableColumns(keys []key) []column {
	columns := make([]column, len(keys))
	for i, k := range keys {
		columns[i] = column{header: printable.Line(strings.ToUpper(k.name)), right: k.isNumber(), fixed: k.isTime(), last: k.name == "id", path: k.name == "target"}
		if k.isTime() {
			columns[i].header += " (UTC)"
		}
		if k.name == "status" {
			columns[i].color = statusColor
		}
	}
	return columns
}

// tableCells returns the values for people: times to the minute, and a dash for
// what the provider did not report.
func tableCells(keys []key, hit provider.Hit) []string {
	cells := make([]string, len(keys))
	for i, k := range keys {
		text := k.text(hit)
		if at, ok := k.value(hit).(time.Time); ok && !at.IsZero() {
			text = at.UTC().Format("2006-01-02 15:04")
		}
		if text != "" || k.isMissing(hit) { // the empty value of a tag stays empty
			cells[i] = shownCell(text)
		}
	}
	return cells
}
