package main

import (
	"cmp"
	"io"
	"slices"
	"strings"

	"github.com/rivo/uniseg"
)

// column is one column of a grid.
type column struct {
	header string
	right  bool                     // aligned to the right; only the header is shortened
	fixed  bool                     // never shortened
	last   bool                     // shortened after all others
	path   bool                     // shortened before the last "/", such as before the region of a target
	rank   int                      // a screen that is too narrow lacks the columns with the highest; 0: always there
	color  func(cell string) string // number of the color, on a terminal; nil: none
}

const (
	columnGap   = 2  // blanks between columns
	narrowest   = 3  // cells of a column that has been shortened
	readable    = 12 // cells that a ranked column keeps; it is left out instead
	ellipsis    = "…"
	missingCell = "-"
)

// writeGrid writes a header and rows in columns. If the screen has a width, ranked
// columns are left out, and the widest text columns are shortened, until the lines fit.
func writeGrid(w io.Writer, s screen, columns []column, rows [][]string) error {
	if s.width > 0 {
		columns, rows = chooseColumns(columns, rows, s.width)
	}
	header, widths, least := measure(columns, rows)
	if s.width > 0 {
		shorten(widths, leastBut(columns, widths, least), s.width)
		shorten(widths, least, s.width)
	}
	var b strings.Builder
	writeLine(&b, columns, widths, header, false)
	for _, row := range rows {
		writeLine(&b, columns, widths, row, s.color)
	}
	_, err := io.WriteString(w, b.String())
	return err
}

// measure returns the header, and the width that each column needs and must have.
func measure(columns []column, rows [][]string) (header []string, widths, least []int) {
	header, widths, least = make([]string, len(columns)), make([]int, len(columns)), make([]int, len(columns))
	for _, row := range rows {
		for i, cell := range row {
			widths[i] = max(widths[i], cellWidth(cell))
		}
	}
	for i, c := range columns {
		header[i], least[i] = c.header, narrowest
		if c.right {
			least[i] = max(widths[i], narrowest)
		}
		widths[i] = max(widths[i], cellWidth(c.header))
		if c.fixed {
			least[i] = widths[i]
		}
	}
	return header, widths, least
}

// chooseColumns leaves out the ranked columns that do not fit beside those of a lower
// rank, each in the width that it can be read in.
func chooseColumns(columns []column, rows [][]string, limit int) ([]column, [][]string) {
	_, widths, _ := measure(columns, rows)
	order := make([]int, len(columns))
	for i := range order {
		order[i] = i
	}
	slices.SortStableFunc(order, func(i, j int) int { return cmp.Compare(columns[i].rank, columns[j].rank) })
	var chosen []int
	used := -columnGap
	for _, i := range order {
		width := widths[i]
		if c := columns[i]; !c.fixed && !c.right && !c.last {
			width = min(width, readable)
		}
		if columns[i].rank == 0 || len(chosen) == 0 || used+columnGap+width <= limit {
			chosen = append(chosen, i)
			used += columnGap + width
		}
	}
	slices.Sort(chosen)
	cut := make([][]string, len(rows))
	for i, row := range rows {
		cut[i] = at(row, chosen)
	}
	return at(columns, chosen), cut
}

// at returns the items of a list at some indexes.
func at[T any](all []T, indexes []int) []T {
	out := make([]T, len(indexes))
	for i, index := range indexes {
		out[i] = all[index]
	}
	return out
}

// leastBut returns the widths that columns must have while the last ones are whole.
func leastBut(columns []column, widths, least []int) []int {
	out := slices.Clone(least)
	for i, c := range columns {
		if c.last {
			out[i] = widths[i]
		}
	}
	return out
}

// shorten narrows the widest columns until a line is no wider than limit, or all of
// them are as narrow as they may be.
func shorten(widths, least []int, limit int) {
	total := columnGap * (len(widths) - 1)
	for _, width := range widths {
		total += width
	}
	for ; total > limit; total-- {
		widest := -1
		for i := range widths {
			if widths[i] > least[i] && (widest < 0 || widths[i] > widths[widest]) {
				widest = i
			}
		}
		if widest < 0 {
			return
		}
		widths[widest]--
	}
}

// writeLine writes one line without blanks at its end.
func writeLine(b *strings.Builder, columns []column, widths []int, cells []string, colored bool) {
	var line strings.Builder
	padding := 0
	for i, cell := range cells {
		text := truncate(cell, widths[i])
		if columns[i].path {
			text = truncatePath(cell, widths[i])
		}
		blanks := strings.Repeat(" ", widths[i]-cellWidth(text))
		line.WriteString(strings.Repeat(" ", padding))
		if columns[i].right {
			line.WriteString(blanks)
			blanks = ""
		}
		if color := columns[i].color; colored && color != nil {
			text = "\x1b[" + color(cell) + "m" + text + "\x1b[0m"
		}
		line.WriteString(text)
		padding = len(blanks) + columnGap
	}
	b.WriteString(strings.TrimRight(line.String(), " "))
	b.WriteByte('\n')
}

// truncate shortens a text to a number of terminal cells, at the boundary of a
// character as readers see it.
func truncate(text string, width int) string {
	if cellWidth(text) <= width {
		return text
	}
	var b strings.Builder
	used, state := cellWidth(ellipsis), -1
	for text != "" {
		var cluster string
		var cells int
		cluster, text, cells, state = uniseg.FirstGraphemeClusterInString(text, state)
		if used += cells; used > width {
			break
		}
		b.WriteString(cluster)
	}
	return strings.TrimRight(b.String(), " ") + ellipsis
}

// truncatePath truncates a text before its last "/". If the last element alone is too
// wide, it truncates that element at its start.
func truncatePath(text string, width int) string {
	at := strings.LastIndexByte(text, '/')
	if at < 0 || cellWidth(text) <= width {
		return truncate(text, width)
	}
	if room := width - cellWidth(text[at:]); room > cellWidth(ellipsis) {
		return truncate(text[:at], room) + text[at:]
	}
	end := text[at+1:]
	for cellWidth(end) > width-cellWidth(ellipsis) {
		_, end, _, _ = uniseg.FirstGraphemeClusterInString(end, -1)
	}
	return ellipsis + end
}

// cellWidth returns the number of terminal cells of a text.
func cellWidth(text string) int { return uniseg.StringWidth(text) }
