package main

import (
	"encoding/csv"
	"errors"
	"io"
	"strconv"
	"strings"
	"time"

	"github.com/imagequery/imagequery/provider"
)

// csvHeader is "target" and the keys of an image in JSON, in their order.
func csvHeader(nativeRecord bool) []string {
	names := []string{
		"target", "provider", "region", "id", "name", "description", "family", "version", "source", "owner", "visibility",
		"status", "progress", "os", "platform", "os_version", "os_name", "arch", "boot_mode", "size_gib", "disks",
		"created", "status_changed", "source_instance", "source_snapshots", "resource_group", "tags",
	}
	if nativeRecord {
		names = append(names, "native")
	}
	return names
}

// csvWriter writes a header and a row for each hit.
func csvWriter(nativeRecord bool) func(io.Writer, []provider.Hit) error {
	return func(w io.Writer, hits []provider.Hit) error {
		out := csv.NewWriter(w)
		_ = out.Write(csvHeader(nativeRecord)) // Error tells
		for _, hit := range hits {
			row, err := csvRow(hit, nativeRecord)
			if err != nil {
				return err
			}
			_ = out.Write(safeCells(row))
		}
		out.Flush()
		return out.Error()
	}
}

// safeCells escapes what a terminal would obey, and prefixes what a spreadsheet
// would take for a formula.
func safeCells(row []string) []string {
	out := make([]string, len(row))
	for i, cell := range row {
		out[i] = escapeInvisible(cell)
		if cell != "" && strings.ContainsRune("=+-@", rune(cell[0])) {
			out[i] = "'" + out[i]
		}
	}
	return out
}

// csvRow is what JSON would say, less the quotes of texts. What JSON would leave
// out is empty.
func csvRow(hit provider.Hit, nativeRecord bool) ([]string, error) {
	m := hit.Image
	disks, err1 := csvList(m.Disks, len(m.Disks))
	snapshots, err2 := csvList(m.SourceSnapshots, len(m.SourceSnapshots))
	labels, err3 := csvList(m.Tags, len(m.Tags))
	row := []string{
		hit.Target, m.Provider, m.Region, m.ID, m.Name, m.Description, m.Family, m.Version, string(m.Source), m.Owner, string(m.Visibility),
		string(m.Status), csvNumber(m.Progress), string(m.OS), m.Platform, m.OSVersion, m.OSName, string(m.Arch), m.BootMode,
		csvNumber(m.SizeGiB), disks, csvTime(m.Created), csvTime(m.StatusChanged), m.SourceInstance, snapshots, m.ResourceGroup, labels,
	}
	if nativeRecord {
		row = append(row, string(m.Native))
	}
	return row, errors.Join(err1, err2, err3)
}

func csvList(v any, length int) (string, error) {
	if length == 0 {
		return "", nil
	}
	text, err := marshal(v)
	return string(text), err
}

func csvNumber(n int) string {
	if n == 0 {
		return ""
	}
	return strconv.Itoa(n)
}

func csvTime(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.Format(time.RFC3339Nano)
}
