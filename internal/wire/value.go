package wire

// A value is one JSON value as it stands in the document.
type value struct {
	kind  kind
	raw   []byte // the inside of a string, the literal of a number or boolean
	plain bool   // whether raw is the text itself: ASCII without escapes
}

// A kind is the type of a JSON value.
type kind byte

const (
	null kind = iota
	boolean
	number
	text
	list
	object
)

var kindNames = [...]string{"null", "a boolean", "a number", "a string", "a list", "an object"}

func (k kind) String() string { return kindNames[k] }

// value reads one value; lists and objects are skipped. After an error it is null.
func (s *scanner) value() (v value) {
	switch c := s.peek(); c {
	case '"':
		v.kind = text
		v.raw, v.plain = s.quoted()
	case '{':
		v.kind = object
		s.skip()
	case '[':
		v.kind = list
		s.skip()
	default:
		v.kind, v.raw = s.literal(c)
	}
	if s.err != nil {
		return value{}
	}
	return v
}

// literal reads a number, true, false or null.
func (s *scanner) literal(first byte) (k kind, raw []byte) {
	start := s.pos
	switch {
	case first == 't':
		k = boolean
		s.word("true")
	case first == 'f':
		k = boolean
		s.word("false")
	case first == 'n':
		k = null
		s.word("null")
	case isNumber(first):
		k = number
		s.number()
	default:
		s.fail("where a value should start")
	}
	return k, s.data[start:s.pos]
}

func (s *scanner) word(w string) {
	rest := s.data[s.pos:]
	if len(rest) >= len(w) && string(rest[:len(w)]) == w {
		s.pos += len(w)
		return
	}
	for i := 0; i < len(rest) && rest[i] == w[i]; i++ {
		s.pos++
	}
	s.fail("in " + w)
}

// skip checks one value and passes over it. A value may be nested deeply, so it
// does not call itself.
func (s *scanner) skip() {
	floor := len(s.open)
	for {
		for more := s.skipOne(); !more; more = s.next() {
			if len(s.open) == floor {
				return
			}
		}
		if s.open[len(s.open)-1] == '}' {
			s.key()
		}
	}
}

// skipOne skips a scalar, or enters a list or object; more reports whether it
// has something inside.
func (s *scanner) skipOne() (more bool) {
	switch c := s.peek(); c {
	case '{', '[':
		return s.enter()
	case '"':
		s.quoted()
	default:
		s.literal(c)
	}
	return false
}

// key reads the key of a member and the colon after it.
func (s *scanner) key() (raw []byte, plain bool) {
	if s.peek() != '"' {
		s.fail("where a key should start")
		return nil, false
	}
	raw, plain = s.quoted()
	if s.peek() != ':' {
		s.fail("after a key")
		return nil, false
	}
	s.pos++
	return raw, plain
}
