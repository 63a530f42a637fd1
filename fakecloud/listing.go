package fakecloud

import "strconv"

// listing is what an operation asks of the world, and how its answer is written.
type listing struct {
	at      view
	filters []filter
	most    int // images at the most; 0 is no limit
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

// shrink makes the pages smaller, so that a numbered one begins elsewhere.
func (p page) shrink(size int) page {
	p.size = min(p.size, size)
	return p
}

// of cuts the page out of all rows.
func (p page) of(rows []*row) []*row {
	if !p.numbered {
		return cut(rows, p.offset, p.size)
	}
	if p.number-1 > len(rows)/p.size {
		return nil
	}
	return cut(rows, (p.number-1)*p.size, p.size)
}

// before is the page in front of this one; the first is in front of itself.
func (p page) before() page {
	p.number = max(p.number-1, 1)
	p.offset = max(p.offset-p.size, 0)
	return p
}

// cut returns up to size rows from start on.
func cut(rows []*row, start, size int) []*row {
	start = min(start, len(rows))
	return rows[start : start+min(size, len(rows)-start)]
}

// find returns every row of a listing, the newest first.
func (c *catalog) find(l listing) []*row {
	found := keep(c.rows[l.at], l.filters)
	if l.most > 0 {
		found = found[:min(len(found), l.most)]
	}
	return found
}

// sheet is a page about to be written.
type sheet struct {
	listing
	found   []*row // on all pages
	rows    []*row // on this one
	total   int
	noTotal bool
}

// reply runs a listing, and lets the faults have their way with the page.
func (x *exchange) reply(l listing) reply {
	s := &sheet{listing: l, found: x.catalog.find(l)}
	if l.single {
		return reply{fields: singleFields(s.found, x.catalog.EmptyFamily)}
	}
	s.total = len(s.found)
	x.spoilSheet(s)
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
