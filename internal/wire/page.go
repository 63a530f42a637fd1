package wire

import (
	"slices"
	"strings"
)

// A Page is the table of a listing: an envelope, and rows somewhere inside it.
// It never changes, and is safe for concurrent use.
type Page[P, R any] struct {
	table *Object[visit[P, R]]
}

// NewPage makes the table of a page whose rows are the list at a path such as
// "Images.Image". It panics if the envelope has a field where that path begins.
func NewPage[P, R any](envelope *Object[P], rows string, record *Object[R]) *Page[P, R] {
	return newPage(envelope, rows, record, '[', func(s *scanner, v *visit[P, R]) {
		for more := s.enter(); more; more = s.next() {
			switch s.peek() {
			case '{':
				v.scan(s, record)
			case 'n':
				s.skip()
			default:
				s.misplaced(rows, "in the place of a row")
			}
		}
	})
}

// NewSingle makes the table of a page with at most one row, the object at a path
// such as "Image". If the object is empty there is no row.
func NewSingle[P, R any](envelope *Object[P], row string, record *Object[R]) *Page[P, R] {
	return newPage(envelope, row, record, '{', func(s *scanner, v *visit[P, R]) {
		v.scan(s, record)
	})
}

func newPage[P, R any](envelope *Object[P], path string, record *Object[R],
	opening byte, read func(*scanner, *visit[P, R])) *Page[P, R] {
	steps := strings.Split(path, ".")
	slices.Reverse(steps)
	f := place(path, opening, func(s *scanner, v *visit[P, R]) {
		v.found = true
		read(s, v)
	})
	f.member = holder(steps[0], opening, record.Names())
	for _, step := range steps[1:] {
		way := NewObject(f)
		f = place(path, '{', way.scan)
		f.member = holder(step, '{', way.Names())
	}
	return &Page[P, R]{NewObject(append(lift[P, R](envelope), f)...)}
}

// lift turns the fields of an envelope into fields of a visit.
func lift[P, R any](envelope *Object[P]) []Field[visit[P, R]] {
	var fields []Field[visit[P, R]]
	for _, f := range envelope.fields {
		fields = append(fields, Field[visit[P, R]]{
			member: f.member,
			read:   func(s *scanner, v *visit[P, R]) { f.read(s, v.envelope) },
		})
	}
	return fields
}

// Names returns the paths of all fields, as [Object.Names] does:
// "Images.Image[].ImageId".
func (p *Page[P, R]) Names() []string { return p.table.Names() }

// Scan reads a page: the envelope into e, and the rows one by one into a record
// that is handed to row. Fields marked Detail are skipped. The record, and the
// elements of lists in it, are used again for the next row.
//
// Found reports whether the member with the rows is there; null or something
// empty in its place, or on the way to it, is a page without rows. Rows are handed
// over as they are read, so an error can follow them: a [*SyntaxError], a
// [*ShapeError], or what row returned.
func (p *Page[P, R]) Scan(data []byte, e *P, row func(r *R, raw Raw) error) (found bool, err error) {
	v := &visit[P, R]{envelope: e, row: row, record: new(R), spare: new(R)}
	err = p.table.document(data, false, v)
	return v.found, err
}
