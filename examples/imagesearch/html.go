package main

import (
	"bufio"
	"crypto/sha256"
	_ "embed"
	"encoding/base64"
	"errors"
	"fmt"
	"html/template"
	"io"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/imagequery/imagequery/examples/internal/printable"
	"github.com/imagequery/imagequery/provider"
)

var (
	//go:embed html_page.html
	pageTemplate string
	//go:embed html_page.css
	pageStyle string
	//go:embed html_page.js
	pageScript string
)

// openTargets is the number of targets up to which the page lists them unfolded.
const openTargets = 12

// page is the content of --output html. The same page gives the same bytes, so it
// has no durations. Every text of it is visible: see [printable.Escape].
type page struct {
	Query     string
	Generated string // RFC 3339, UTC; ages are relative to it
	Targets   []pageTarget
	Columns   []pageColumn
	Rows      [][]string // in the order of Columns
}

// pageTarget is the outcome of one target.
type pageTarget struct {
	Name, Provider, Region string
	Error                  string // empty: complete
	Received, Shown        int    // images
	Notes                  string
}

// pageColumn says how the browser sorts and whether it shows a column at first.
type pageColumn struct {
	Key   string     `json:"key"`
	Kind  columnKind `json:"kind"`
	Shown bool       `json:"shown"`
}

type columnKind string

const (
	kindText    columnKind = "text"
	kindVersion columnKind = "version" // digits in the text count as numbers
	kindNumber  columnKind = "number"
	kindTime    columnKind = "time"
)

// writeHTML writes all hits as one page.
func writeHTML(w io.Writer, d document) error {
	b := bufio.NewWriter(w)
	if err := newPage(d).write(b); err != nil {
		return err
	}
	return b.Flush()
}

// newPage builds the page of a search.
func newPage(d document) *page {
	keys := imageKeys()
	p := &page{
		Query:     printable.Escape(d.query.String()),
		Generated: d.generated.Format(time.RFC3339),
		Targets:   pageTargets(d),
		Columns:   pageColumns(keys),
	}
	for _, hit := range d.hits {
		row := make([]string, len(keys))
		for i, k := range keys {
			row[i] = printable.Escape(k.text(hit))
		}
		p.Rows = append(p.Rows, row)
	}
	return p
}

// pageTargets returns the outcomes of all targets: first those that are incomplete.
func pageTargets(d document) []pageTarget {
	reports, shown := map[string]provider.Report{}, map[string]int{}
	for _, r := range d.reports {
		reports[r.Target] = r
	}
	for _, hit := range d.hits {
		shown[hit.Target]++
	}
	var out []pageTarget
	for _, target := range d.targets {
		info, report := target.Client.Info(), reports[target.Name]
		out = append(out, pageTarget{
			Name: printable.Escape(target.Name), Provider: printable.Escape(info.Name), Region: printable.Escape(info.Region),
			Error: targetFailure(report), Received: report.Images, Shown: shown[target.Name], Notes: targetNotes(report),
		})
	}
	slices.SortStableFunc(out, func(a, b pageTarget) int { return failedFirst(a) - failedFirst(b) })
	return out
}

func failedFirst(t pageTarget) int {
	if t.Error != "" {
		return 0
	}
	return 1
}

// targetFailure says why a target is incomplete. The zero report is that of a
// target that was not searched.
func targetFailure(r provider.Report) string {
	switch {
	case r.Complete:
		return ""
	case r.Err == nil:
		return "not searched: the run ended first"
	}
	return printable.Escape(inFlagWords(r.Err.Error()))
}

// targetNotes says what a complete target leaves out.
func targetNotes(r provider.Report) string {
	var notes []string
	if len(r.Skipped) > 0 {
		notes = append(notes, "not searched, because its API never reports "+words(r.Skipped))
	}
	if len(r.Unreadable) > 0 {
		notes = append(notes, "values that could not be converted are empty: "+countedPaths(r.Unreadable))
	}
	return printable.Escape(strings.Join(notes, "; "))
}

// pageColumns describes the keys of a page's rows.
func pageColumns(keys []key) []pageColumn {
	var columns []pageColumn
	for _, k := range keys {
		columns = append(columns, pageColumn{Key: k.name, Kind: kindOf(k), Shown: slices.Contains(pageShown(), k.name)})
	}
	return columns
}

func kindOf(k key) columnKind {
	switch {
	case k.isNumber():
		return kindNumber
	case k.isTime():
		return kindTime
	case k.version:
		return kindVersion
	}
	return kindText
}

// pageShown are the columns that the page shows until others are chosen.
func pageShown() []string {
	return []string{"target", "region", "id", "name", "status", "platform", "os_version", "arch", "source", "size_gib", "created"}
}

// Failed returns the targets that are incomplete.
func (p *page) Failed() []pageTarget {
	return slices.DeleteFunc(slices.Clone(p.Targets), func(t pageTarget) bool { return t.Error == "" })
}

// Complete returns the number of complete targets.
func (p *page) Complete() int { return len(p.Targets) - len(p.Failed()) }

// OpenTargets reports whether the list of targets is unfolded at first.
func (p *page) OpenTargets() bool { return len(p.Targets) <= openTargets }

// GeneratedText returns the time of generation for people.
func (p *page) GeneratedText() string {
	return strings.NewReplacer("T", " ", "Z", " UTC").Replace(p.Generated)
}

// Style returns the page's one style sheet. It is a file of this package, hence
// trusted.
func (*page) Style() template.CSS { return template.CSS(pageStyle) }

// Script returns the page's one script, trusted likewise.
func (*page) Script() template.JS { return template.JS(pageScript) }

// Policy returns the Content-Security-Policy: the one style sheet and the one
// script, by their hashes, and an icon that is empty.
func (*page) Policy() string {
	return fmt.Sprintf("default-src 'none'; script-src '%s'; style-src '%s'; img-src data:; base-uri 'none'; form-action 'none'",
		sourceHash(pageScript), sourceHash(pageStyle))
}

func sourceHash(text string) string {
	sum := sha256.Sum256([]byte(text))
	return "sha256-" + base64.StdEncoding.EncodeToString(sum[:])
}

// write writes the page as HTML.
func (p *page) write(w io.Writer) error {
	parsed, err := template.New("page").Parse(pageTemplate)
	if err != nil {
		return err
	}
	return parsed.Execute(w, p)
}

// setGenerated sets the time of the page, if the output is a page.
func (r *runner) setGenerated() (err error) {
	if r.options.output == formatHTML {
		r.generated, err = generationTime(r.environment.LookupEnv)
	}
	return err
}

// generationTime returns the time that a page is generated at: now, or the time of
// SOURCE_DATE_EPOCH in seconds, for pages that can be reproduced.
func generationTime(lookupEnv func(string) (string, bool)) (time.Time, error) {
	text, given := lookupEnv("SOURCE_DATE_EPOCH")
	if !given {
		return time.Now().UTC(), nil
	}
	seconds, err := strconv.ParseInt(text, 10, 64)
	if err != nil || seconds < 0 || seconds > maxEpoch {
		return time.Time{}, errors.New("SOURCE_DATE_EPOCH " + strconv.Quote(text) + ": want seconds since 1970 up to the year 9999, or unset it")
	}
	return time.Unix(seconds, 0).UTC(), nil
}

const maxEpoch = 253402300799 // the end of the year 9999
