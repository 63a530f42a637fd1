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
	visits   sync.Pool // of *visit[P, R]
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
	p.visits.New = func() any { return p.newVisit() }
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

// Result is what a scan of a page found besides its rows.
type Result struct {
	// Found reports whether the member with the rows is there. Null or something
	// empty in its place, or on the way to it, is a page without rows.
	Found bool

	// Unreadable counts, by path, the values that are there, are not empty, and
	// could not be converted; nil if there are none. The paths are those of
	// [Object.Names]: of a row, or of the envelope.
	Unreadable map[string]int
}

// Scan reads a page: the envelope into e, and the rows one by one into a record
// that is handed to row. Fields marked Detail are skipped. The record, and the
// elements of lists in it, are used again for the next row.
//
// Rows are handed over as they are read, so an error can follow them: a
// [*SyntaxError], a [*ShapeError], or what row returned.
func (p *Page[P, R]) Scan(data []byte, e *P, row func(r *R, raw Raw) error) (result Result, err error) {
	v := p.visits.Get().(*visit[P, R])
	v.begin(data)
	v.found, v.row, v.envelope = false, row, *e
	end := v.document(v.table)
	result.Unreadable = v.counts
	err = v.end(end)
	result.Found, *e = v.found, v.envelope
	v.forget()
	if len(data) <= maxUsual {
		p.visits.Put(v)
	}
	return result, err
}
