package main

import (
	"io"
	"strconv"
	"time"

	"github.com/jedib0t/go-pretty/v6/table"
	"github.com/jedib0t/go-pretty/v6/text"

	"github.com/imagequery/imagequery/provider"
)

// writeTable writes columns for people.
func writeTable(w io.Writer, d document) error {
	t := table.NewWriter()
	t.SetStyle(plainStyle())
	t.SuppressTrailingSpaces()
	t.AppendHeader(table.Row{"target", "id", "name", "platform", "arch", "status", "source", "size", "created"})
	t.SetColumnConfigs([]table.ColumnConfig{{Number: 8, Align: text.AlignRight, AlignHeader: text.AlignRight}})
	for _, hit := range d.hits {
		t.AppendRow(tableRow(hit))
	}
	_, err := io.WriteString(w, t.Render()+"\n")
	return err
}

func tableRow(hit provider.Hit) table.Row {
	m := hit.Image
	row := table.Row{}
	for _, cell := range []string{
		hit.Target, m.ID, m.Name, m.Platform, string(m.Arch), string(m.Status), string(m.Source), size(m.SizeGiB), day(m.Created),
	} {
		row = append(row, orDash(oneLine(cell)))
	}
	return row
}

// plainStyle has no lines: columns with two blanks between them.
func plainStyle() table.Style {
	style := table.StyleDefault
	style.Options = table.OptionsNoBordersAndSeparators
	style.Box.PaddingLeft = ""
	style.Box.PaddingRight = "  "
	style.Format.Header = text.FormatUpper
	return style
}

func size(gib int) string {
	if gib == 0 {
		return ""
	}
	return strconv.Itoa(gib) + " GiB"
}

func day(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.UTC().Format("2006-01-02 15:04")
}

// orDash marks what the provider did not say.
func orDash(text string) string {
	if text == "" {
		return "-"
	}
	return text
}
