package wire

// maxDepth is how deep values may be nested, as in encoding/json.
const maxDepth = 10000

// A scanner is the state of one pass over one document.
type scanner struct {
	data    []byte
	pos     int
	open    []byte // the closing brackets that are due, innermost last
	details bool   // whether fields marked Detail are stored
	orders  []*order
	words   words
	cuts    []span // the secrets of the current row
	scratch []byte // the text unquoted last
}

func newScanner(data []byte, details bool) *scanner {
	return &scanner{
		data:    data,
		open:    make([]byte, 0, 32),
		details: details,
	}
}

// peek passes over white space and returns the byte there, or 0 at the end.
func (s *scanner) peek() byte {
	for ; s.pos < len(s.data); s.pos++ {
		switch c := s.data[s.pos]; c {
		case ' ', '\n', '\r', '\t':
		default:
			return c
		}
	}
	return 0
}

// enter passes over an opening bracket and reports whether something is inside.
func (s *scanner) enter() (more bool, err error) {
	if len(s.open) == maxDepth {
		return false, s.fail("nested too deep")
	}
	closing := byte('}')
	if s.data[s.pos] == '[' {
		closing = ']'
	}
	s.open = append(s.open, closing)
	s.pos++
	if s.peek() == closing {
		s.leave()
		return false, nil
	}
	return true, nil
}

// next passes over the comma or the closing bracket that follows a value, and
// reports whether another one should come.
func (s *scanner) next() (more bool, err error) {
	switch s.peek() {
	case ',':
		s.pos++
		s.peek()
		return true, nil
	case s.open[len(s.open)-1]:
		s.leave()
		return false, nil
	}
	return false, s.fail("after a value")
}

func (s *scanner) leave() {
	s.pos++
	s.open = s.open[:len(s.open)-1]
}

// elements calls read at each element of the list at the current position.
func (s *scanner) elements(read func() error) error {
	more, err := s.enter()
	for more && err == nil {
		if err = read(); err == nil {
			more, err = s.next()
		}
	}
	return err
}

// end checks that nothing follows the document.
func (s *scanner) end() error {
	if s.peek(); s.pos < len(s.data) {
		return s.fail("after the document")
	}
	return nil
}
