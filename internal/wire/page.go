package wire

import (
	"slices"
	"strings"
	"sync"
)

// A Page is the table of a listing: an envelope, and rows somewhere inside it.
// It never changes, and is safe for concurrent use.
type Page[P, R any] struct {
	envelope *Object[P]
	record   *Object[R]
	path     string
	opening  byte      // of what stands at the path: '[' for rows, '{' for one
	decoders sync.Pool // of *pageDecoder[P, R]
}

// NewPage makes the table of a page whose rows are the list at a path such as
// "Images.Image". It panics if the envelope has a field where that path begins.
func NewPage[P, R any](envelope *Object[P], rows string, record *Object[R]) *Page[P, R] {
	return newPage(envelope, rows, record, '[')
}

// NewSingle makes the table of a page with at most one row, the object at a path
// such as "Image". If the object is empty there is no row.
func NewSingle[P, R any](envelope *Object[P], row string, record *Object[R]) *Page[P, R] {
	return newPage(envelope, row, record, '{')
}

func newPage[P, R any](envelope *Object[P], path string, record *Object[R], opening byte) *Page[P, R] {
	if step, _, _ := strings.Cut(path, "."); envelope.has(step) {
		panic("wire: the envelope has a field " + step)
	}
	p := &Page[P, R]{envelope: envelope, record: record, path: path, opening: opening}
	p.decoders.New = func() any { return p.newPageDecoder() }
	return p
}

// Names returns the paths of all fields, as [Object.Names] does:
// "Images.Image[].ImageId".
func (p *Page[P, R]) Names() []string {
	names, opening := p.record.Names(), p.opening
	for _, step := range slices.Backward(strings.Split(p.path, ".")) {
		names, opening = pathsInside(step, opening, names), '{'
	}
	return append(p.envelope.Names(), names...)
}

// Result describes a scan of a page besides its rows.
type Result struct {
	// Found reports whether the member with the rows is there. Null or something
	// empty in its place, or on the way to it, is a page without rows.
	Found bool

	// Unreadable counts, by path, the values that are not empty and could not be
	// converted. It is nil if all could be. The paths are those of [Object.Names]: of a
	// row, or of the envelope.
	Unreadable map[string]int
}

// Scan reads a page: the envelope into e, and the rows one by one into a record
// that is handed to row. Fields marked Detail are skipped. The record, and the
// elements of lists in it, are used again for the next row.
//
// Rows are handed over as they are read, so an error can follow them: a
// [*SyntaxError], a [*ShapeError], or what row returned.
func (p *Page[P, R]) Scan(data []byte, e *P, row func(r *R, raw Raw) error) (result Result, err error) {
	v := p.decoders.Get().(*pageDecoder[P, R])
	v.begin(data)
	v.found, v.row, v.envelope = false, row, *e
	end := v.document(v.table)
	result.Unreadable = v.counts
	err = v.end(end)
	result.Found, *e = v.found, v.envelope
	v.forget()
	if len(data) <= maxUsual {
		p.decoders.Put(v)
	}
	return result, err
}

// A pageDecoder decodes pages. It is pooled, and caches keys and repeated values. The
// caches affect speed, never results.
type pageDecoder[P, R any] struct {
	scanner
	path     string
	table    *table // of the envelope, and the way to the rows
	rows     *table
	envelope P
	record   R // the current row
	row      func(*R, Raw) error
	found    bool // whether the place of the rows was seen
}

func (p *Page[P, R]) newPageDecoder() *pageDecoder[P, R] {
	v := &pageDecoder[P, R]{path: p.path}
	v.rows = p.record.bind(&v.record, mode{})
	read := v.place('{', v.scanOnly)
	if p.opening == '[' {
		read = v.place('[', v.scanRows)
	}
	steps := strings.Split(p.path, ".")
	for _, step := range slices.Backward(steps[1:]) {
		way := &table{slots: []slot{{read: read}}, index: map[string]int{step: 0}}
		read = v.place('{', way.scan)
	}
	v.table = p.envelope.bind(&v.envelope, mode{fresh: true})
	v.table.add(steps[0], read)
	return v
}

// forget drops the references of the decoder to a page.
func (v *pageDecoder[P, R]) forget() {
	var envelope P
	var record R
	v.envelope, v.record, v.row = envelope, record, nil
}

// place decodes the value at the path of the rows, or at a part of the path. Any other
// value there is an error, and so is a second one.
func (v *pageDecoder[P, R]) place(opening byte, read reader) reader {
	return func(s *scanner, i int) int {
		if v.found {
			return s.misplaced(i, v.path, "a second time")
		}
		i, c := s.peek(i)
		if c == opening {
			end := read(s, i)
			v.found = v.found || s.isEmpty(i, end)
			s.texts.next()
			return end
		}
		end := s.skip(i)
		if !s.isNothing(i, end) {
			return s.misplaced(i, v.path, "in the place of rows")
		}
		v.found = true
		return end
	}
}

func (v *pageDecoder[P, R]) scanRows(s *scanner, i int) int {
	v.found = true
	i, more := s.enter(i, ']')
	for ; more; i, more = s.next(i, ']') {
		start, c := s.peek(i)
		switch c {
		case '{':
			i = v.scanRow(s, start)
		case 'n':
			i = s.skip(start)
		default:
			i = s.misplaced(start, v.path, "in the place of a row")
		}
	}
	return i
}

func (v *pageDecoder[P, R]) scanOnly(s *scanner, i int) int {
	v.found = true
	if end := s.skip(i); s.isEmpty(i, end) {
		return end
	}
	return v.scanRow(s, i)
}

// scanRow reads the row at i and hands it over.
func (v *pageDecoder[P, R]) scanRow(s *scanner, i int) int {
	var empty R
	v.record = empty
	s.cuts = s.cuts[:0]
	s.texts.next()
	end := v.rows.scan(s, i)
	if s.err != nil {
		return end
	}
	if err := v.row(&v.record, Raw{s.data, span{i, end}, s.cuts}); err != nil {
		return s.stop(err)
	}
	return end
}

// misplaced ends the pass with the error for a value that must not stand where it
// does.
func (s *scanner) misplaced(i int, path, where string) int {
	i, c := s.peek(i)
	s.skip(i)
	return s.stop(&ShapeError{Offset: int64(i), Path: path, Msg: "found " + kindOf(c) + " " + where})
}

// kindOf names the kind of value that begins with a byte.
func kindOf(first byte) string {
	switch first {
	case 'n':
		return "null"
	case 't', 'f':
		return "a boolean"
	case '"':
		return "a string"
	case '[':
		return "a list"
	case '{':
		return "an object"
	default:
		return "a number"
	}
}
