package fakecloud

import (
	"slices"
	"strconv"
	"strings"

	"github.com/imagequery/imagequery/image"
)

// listing is what an operation asks of the world, and how its answer is written.
type listing struct {
	at      scope
	filters []filter
	maxRows int // images at the most; 0 is no limit
	page    page

	fields map[string]any // of the body, besides those below
	paging paging
	single bool // the first image only, as DescribeImageFromFamily shows it

	wrapper, name string // the object around the list, or "", and the list
}

// paging names the fields that tell where in a listing a page stands; an unnamed
// one is not sent.
type paging struct {
	total, number, size string
	text                bool // they are strings
}

// page is one page of a listing: by its number from 1, or by an offset.
type page struct {
	number, size, offset int
	numbered             bool
}

// page reads the two paging parameters of the Alibaba services: 10 rows unless
// asked for others, limit rows at the most; a limit of 0 is none.
func (a *args) page(limit int) page {
	return page{numbered: true, number: a.number("PageNumber", 1, 1, 0), size: a.number("PageSize", 10, 1, limit)}
}

// withMaxSize makes the pages smaller, so that a numbered one begins elsewhere.
func (p page) withMaxSize(size int) page {
	p.size = min(p.size, size)
	return p
}

// of cuts the page out of all rows.
func (p page) of(rows []*row) []*row {
	if !p.numbered {
		return window(rows, p.offset, p.size)
	}
	if p.number-1 > len(rows)/p.size {
		return nil
	}
	return window(rows, (p.number-1)*p.size, p.size)
}

// before is the page in front of this one; the first is in front of itself.
func (p page) before() page {
	p.number = max(p.number-1, 1)
	p.offset = max(p.offset-p.size, 0)
	return p
}

// first is the first page.
func (p page) first() page {
	p.number, p.offset = 1, 0
	return p
}

// window returns up to size rows from start on.
func window(rows []*row, start, size int) []*row {
	start = min(start, len(rows))
	return rows[start : start+min(size, len(rows)-start)]
}

// find returns every row of a listing, the newest first.
func (c *catalog) find(l listing) []*row {
	found := filterRows(c.rows[l.at], l.filters)
	if l.maxRows > 0 {
		found = found[:min(len(found), l.maxRows)]
	}
	return found
}

// resultPage is a page about to be written.
type resultPage struct {
	listing
	found   []*row // on all pages
	rows    []*row // on this one
	total   int
	noTotal bool
}

// reply runs a listing, and lets the faults have their way with the page.
func (x *exchange) reply(l listing) reply {
	s := &resultPage{listing: l, found: x.catalog.find(l)}
	if l.single {
		return reply{fields: singleFields(s.found, x.catalog.EmptyFamily)}
	}
	s.total = len(s.found)
	x.applyPageFaults(s)
	fields := s.fields
	if !s.noTotal {
		s.paging.put(fields, s.paging.total, s.total)
	}
	s.paging.put(fields, s.paging.number, s.page.number)
	s.paging.put(fields, s.paging.size, s.page.size)
	return reply{fields: fields, wrapper: s.wrapper, name: s.name, rows: s.rows}
}

func (p paging) put(fields map[string]any, name string, n int) {
	switch {
	case name == "":
	case p.text:
		fields[name] = strconv.Itoa(n)
	default:
		fields[name] = n
	}
}

// filter says whether a row belongs to an answer.
type filter func(*row) bool

// filterRows returns the rows that pass every filter.
func filterRows(rows []*row, filters []filter) []*row {
	var kept []*row
	for _, r := range rows {
		if matchesAll(r, filters) {
			kept = append(kept, r)
		}
	}
	return kept
}

func matchesAll(r *row, filters []filter) bool {
	for _, f := range filters {
		if !f(r) {
			return false
		}
	}
	return true
}

// sourceIn passes images of one of the sources; the empty one is an unknown source.
func sourceIn(sources ...image.Source) filter {
	return func(r *row) bool { return slices.Contains(sources, r.Source) }
}

// fieldEquals passes records that have the value.
func fieldEquals(name, value string) filter {
	return func(r *row) bool { return r.record.text(name) == value }
}

// fieldEqualsOrAbsent passes records that have the value, and those without the field.
func fieldEqualsOrAbsent(name, value string) filter {
	return func(r *row) bool {
		has := r.record.text(name)
		return has == "" || has == value
	}
}

// hiddenAllows passes images whose hidden attribute allows the value.
func hiddenAllows(attribute, value string) filter {
	return func(r *row) bool { return r.hiddenAllows(attribute, value) }
}

// featureEquals passes records with the feature, and those that do not mention it.
func featureEquals(feature, value string) filter {
	return func(r *row) bool {
		features, _ := r.record["Features"].(map[string]any)
		has := record(features).text(feature)
		return has == "" || has == value
	}
}

// hasTag passes images with the tag, whatever its value if none was sent.
func hasTag(tag element) filter {
	return func(r *row) bool {
		value, ok := r.Tags[tag.key]
		return ok && (!tag.hasValue || value == tag.value)
	}
}

// Fuzzy is a reading of what the vendors call a fuzzy match. It rules every place
// where they do not say how a name is compared: ImageName on ECS, ImageId and
// ImageName on ENS, ImageNames on SWAS, search_word on QingCloud. The zero value is
// [FuzzySubstring].
type Fuzzy string

// The plausible readings.
const (
	FuzzySubstring Fuzzy = "substring" // the name contains the text
	FuzzyExact     Fuzzy = "exact"     // the name is the text
	FuzzyPrefix    Fuzzy = "prefix"    // the name begins with the text
	FuzzyWildcard  Fuzzy = "wildcard"  // the whole name fits the text, where * is any run of characters
	FuzzyFold      Fuzzy = "fold"      // the name contains the text, ignoring case
	FuzzyPattern   Fuzzy = "pattern"   // as FuzzySubstring, but a text with one of *?[]{}()^$|\ is a pattern that no name fits
)

func (f Fuzzy) known() bool {
	switch f {
	case "", FuzzySubstring, FuzzyExact, FuzzyPrefix, FuzzyWildcard, FuzzyFold, FuzzyPattern:
		return true
	}
	return false
}

func (f Fuzzy) match(text, name string) bool {
	switch f {
	case FuzzyExact:
		return name == text
	case FuzzyPrefix:
		return strings.HasPrefix(name, text)
	case FuzzyWildcard:
		return wildcard(text, name)
	case FuzzyFold:
		return strings.Contains(strings.ToLower(name), strings.ToLower(text))
	case FuzzyPattern:
		return strings.Contains(name, text) && !strings.ContainsAny(text, `*?[]{}()^$|\`)
	default:
		return strings.Contains(name, text)
	}
}

// wildcard reports whether the whole name fits a text with * for any run.
func wildcard(text, name string) bool {
	first, rest, starred := strings.Cut(text, "*")
	if !starred {
		return name == text
	}
	name, ok := strings.CutPrefix(name, first)
	if !ok {
		return false
	}
	parts := strings.Split(rest, "*")
	last := parts[len(parts)-1]
	for _, part := range parts[:len(parts)-1] {
		if _, name, ok = strings.Cut(name, part); !ok {
			return false
		}
	}
	return strings.HasSuffix(name, last)
}
