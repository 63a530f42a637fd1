package wire

// maxDepth is how deep values may be nested, as in encoding/json.
const maxDepth = 10000

// A scanner is the state of one pass over one document. After an error it stands
// at the end of the document, where nothing more is found.
type scanner struct {
	data    []byte
	pos     int
	err     error  // the first one
	open    []byte // the closing brackets that are due, innermost last
	details bool   // whether fields marked Detail are stored
	orders  []*order
	words   words
	texts   texts
	cuts    []span // the secrets of the current row
	scratch []byte // the text unquoted last
}

// begin makes the scanner ready for another document. What it learned from
// earlier ones stays.
func (s *scanner) begin(data []byte, details bool) {
	s.data, s.pos, s.err, s.open, s.details = data, 0, nil, s.open[:0], details
	s.texts.next()
}

// stop ends the pass. Only the first error counts.
func (s *scanner) stop(err error) {
	if s.err == nil {
		s.err = err
	}
	s.pos = len(s.data)
}

// peek passes over white space and returns the byte there, or 0 at the end.
func (s *scanner) peek() byte {
	if s.pos < len(s.data) && s.data[s.pos] > ' ' {
		return s.data[s.pos]
	}
	return s.blank()
}

func (s *scanner) blank() byte {
	for ; s.pos < len(s.data); s.pos++ {
		switch c := s.data[s.pos]; c {
		case ' ', '\n', '\r', '\t':
		default:
			return c
		}
	}
	return 0
}

// enter passes over the opening bracket at the current position and reports
// whether something is inside.
func (s *scanner) enter() (more bool) {
	if len(s.open) == maxDepth {
		s.fail("nested too deep")
		return false
	}
	closing := s.data[s.pos] + ('}' - '{') // as far as ']' is from '['
	s.open = append(s.open, closing)
	s.pos++
	if s.peek() == closing {
		s.leave()
		return false
	}
	return true
}

// next passes over the comma or the closing bracket that follows a value, and
// reports whether another one should come.
func (s *scanner) next() (more bool) {
	switch s.peek() {
	case ',':
		s.pos++
		return true
	case s.open[len(s.open)-1]:
		s.leave()
	default:
		s.fail("after a value")
		s.open = s.open[:len(s.open)-1]
	}
	return false
}

// list enters the list at the current position. What is no list is skipped.
func (s *scanner) list() (more bool) {
	if s.peek() == '[' {
		return s.enter()
	}
	s.skip()
	return false
}

func (s *scanner) leave() {
	s.pos++
	s.open = s.open[:len(s.open)-1]
}

// end checks that nothing follows the document.
func (s *scanner) end() {
	if s.peek(); s.pos < len(s.data) {
		s.fail("after the document")
	}
}
