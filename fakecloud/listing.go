package fakecloud

import (
	"slices"
	"strconv"
	"strings"

	"github.com/imagequery/imagequery/image"
)

// listing is the selection of an operation and the form of its response.
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

// selects reports whether the operation selects images. Otherwise the fields are the
// whole body.
func (l listing) selects() bool { return l.name != "" || l.single }

// paging has the names of the fields that state the total and the page. A field
// without a name is not sent.
type paging struct {
	total, number, size string
	text                bool // they are strings
}

// page addresses one page of a listing, by its number from 1 or by an offset.
type page struct {
	number, size, offset int
	numbered             bool
}

// page parses the two paging parameters of the Alibaba services. The page size is 10 by
// default, and at most limit; a limit of 0 means no limit.
func (a *args) page(limit int) page {
	return page{numbered: true, number: a.number("PageNumber", 1, 1, 0), size: a.number("PageSize", 10, 1, limit)}
}

// start returns the position of the first row of a page that has rows.
func (p page) start() int {
	if p.numbered {
		return (p.number - 1) * p.size
	}
	return p.offset
}

// withMaxSize returns the page with a smaller size. A numbered page then starts
// elsewhere.
func (p page) withMaxSize(size int) page {
	p.size = min(p.size, size)
	return p
}

// of returns the rows of the page.
func (p page) of(rows []*row) []*row {
	if !p.numbered {
		return window(rows, p.offset, p.size)
	}
	if p.number-1 > len(rows)/p.size {
		return nil
	}
	return window(rows, (p.number-1)*p.size, p.size)
}

// before returns the page before this one. It returns the first page for the
// first one.
func (p page) before() page {
	p.number = max(p.number-1, 1)
	p.offset = max(p.offset-p.size, 0)
	return p
}

// first returns the first page.
func (p page) first() page {
	p.number, p.offset = 1, 0
	return p
}

// window returns up to size rows from start on.
func window(rows []*row, start, size int) []*row {
	start = min(start, len(rows))
	return rows[start : start+min(size, len(rows)-start)]
}

// find returns every row of a listing, newest first.
func (c *catalog) find(l listing) []*row {
	found := filterRows(c.rows[l.at], l.filters)
	if l.maxRows > 0 {
		found = found[:min(len(found), l.maxRows)]
	}
	return found
}

// resultPage is a page that is about to be written.
type resultPage struct {
	listing
	found   []*row // on all pages
	rows    []*row // on this one
	total   int
	noTotal bool
}

// reply returns the page of a listing, after the faults of the page have acted
// on it.
func (x *exchange) reply(l listing) reply {
	if !l.selects() {
		return reply{fields: l.fields}
	}
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

// filter reports whether a row is selected.
type filter func(*row) bool

// filterRows returns the rows that every filter selects.
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

// sourceIn selects images of one of the sources; "" is an unknown source.
func sourceIn(sources ...image.Source) filter {
	return func(r *row) bool { return slices.Contains(sources, r.Source) }
}

// fieldEquals selects records in which the field has the value.
func fieldEquals(name, value string) filter {
	return func(r *row) bool { return r.record.text(name) == value }
}

// fieldEqualsOrAbsent selects records in which the field has the value or is
// missing.
func fieldEqualsOrAbsent(name, value string) filter {
	return func(r *row) bool {
		has := r.record.text(name)
		return has == "" || has == value
	}
}

// hiddenAllows selects images whose hidden attribute has the value.
func hiddenAllows(attribute, value string) filter {
	return func(r *row) bool { return r.hiddenAllows(attribute, value) }
}

// featureEquals selects records in which the feature has the value or is
// missing.
func featureEquals(feature, value string) filter {
	return func(r *row) bool {
		features, _ := r.record["Features"].(map[string]any)
		has := record(features).text(feature)
		return has == "" || has == value
	}
}

// hasTag selects images with the tag; without a value in the request, any value
// matches.
func hasTag(tag element) filter {
	return func(r *row) bool {
		value, ok := r.Tags[tag.key]
		return ok && (!tag.hasValue || value == tag.value)
	}
}

// Fuzzy is how the vendors compare a name where their documentation does not say
// it: ImageName on ECS, ImageId and ImageName on ENS, ImageNames on SWAS, and
// search_word on QingCloud. The zero value is [FuzzySubstring].
type Fuzzy string

// The ways to compare a name.
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

// wildcard reports whether the whole name matches a text in which * stands for
// any characters.
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
