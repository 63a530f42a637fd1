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
func (v *visit[P, R]) scan(s *scanner, table *Object[R]) error {
	v.renew(table)
	s.cuts = s.cuts[:0]
	start := s.pos
	if err := table.scan(s, v.record); err != nil {
		return err
	}
	return v.row(v.record, Raw{s.data, span{start, s.pos}, s.cuts})
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
func place[P, R any](path string, opening byte, read func(*scanner, *visit[P, R]) error) Field[visit[P, R]] {
	var f Field[visit[P, R]]
	f.scan = func(s *scanner, v *visit[P, R]) error {
		if v.found {
			return s.misplaced(path, "a second time")
		}
		var err error
		if v.found, err = s.nothing(); v.found || err != nil {
			return err
		}
		if s.peek() != opening {
			return s.misplaced(path, "in the place of rows")
		}
		return read(s, v)
	}
	return f
}

// nothing reports whether the value is null, "", [] or {}, and passes over it if
// so.
func (s *scanner) nothing() (bool, error) {
	start := s.pos
	switch s.peek() {
	case 'n':
		return true, s.skip()
	case '"':
		raw, _, err := s.quoted()
		if err != nil || len(raw) == 0 {
			return err == nil, err
		}
	case '[', '{':
		more, err := s.enter()
		if err != nil || !more {
			return err == nil, err
		}
		s.open = s.open[:len(s.open)-1]
	}
	s.pos = start
	return false, nil
}

// misplaced is the error for a value that must not stand where it does.
func (s *scanner) misplaced(path, where string) error {
	s.peek()
	at := s.pos
	v, err := s.value()
	if err != nil {
		return err
	}
	return &ShapeError{Offset: int64(at), Path: path, Msg: "found " + v.kind.String() + " " + where}
}
