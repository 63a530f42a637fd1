package wire

// A visit is one pass over one page.
type visit[P, R any] struct {
	envelope *P
	row      func(*R, Raw) error
	record   *R   // the current row
	spare    *R   // the row before
	found    bool // whether the place of the rows was seen
}

// scan reads the row at the current position and hands it over.
func (v *visit[P, R]) scan(s *scanner, table *Object[R]) {
	v.renew(table)
	s.cuts = s.cuts[:0]
	s.texts.next()
	start := s.pos
	table.scan(s, v.record)
	if s.err != nil {
		return
	}
	if err := v.row(v.record, Raw{s.data, span{start, s.pos}, s.cuts}); err != nil {
		s.stop(err)
	}
}

// renew makes an empty record that has the memory of the lists of the last one.
func (v *visit[P, R]) renew(table *Object[R]) {
	v.record, v.spare = v.spare, v.record
	var zero R
	*v.record = zero
	table.keep(v.spare, v.record)
}

// place is a field where the rows are, or the way to them. Nothing but them may
// stand there, and only once.
func place[P, R any](path string, opening byte, read func(*scanner, *visit[P, R])) Field[visit[P, R]] {
	var f Field[visit[P, R]]
	f.read = func(s *scanner, v *visit[P, R]) {
		switch {
		case v.found:
			s.misplaced(path, "a second time")
		case s.nothing():
			v.found = true
		case s.peek() != opening:
			s.misplaced(path, "in the place of rows")
		default:
			read(s, v)
		}
	}
	return f
}

// nothing reports whether the value is null, "", [] or {}, and passes over it if
// so.
func (s *scanner) nothing() bool {
	start := s.pos
	switch s.peek() {
	case 'n':
		s.skip()
		return true
	case '"':
		if raw, _ := s.quoted(); len(raw) == 0 {
			return true
		}
	case '[', '{':
		if !s.enter() {
			return true
		}
		s.open = s.open[:len(s.open)-1]
	}
	if s.err == nil {
		s.pos = start
	}
	return false
}

// misplaced ends the pass with the error for a value that must not stand where it
// does.
func (s *scanner) misplaced(path, where string) {
	s.peek()
	at := s.pos
	found := s.value().kind.String()
	s.stop(&ShapeError{Offset: int64(at), Path: path, Msg: "found " + found + " " + where})
}
