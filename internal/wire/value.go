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

// value reads one value; lists and objects are skipped.
func (s *scanner) value() (v value, err error) {
	switch c := s.peek(); {
	case c == '"':
		v.kind = text
		v.raw, v.plain, err = s.quoted()
	case c == '{':
		v.kind = object
		err = s.skip()
	case c == '[':
		v.kind = list
		err = s.skip()
	default:
		v.kind, v.raw, err = s.literal(c)
	}
	return v, err
}

// literal reads a number, true, false or null.
func (s *scanner) literal(first byte) (k kind, raw []byte, err error) {
	start := s.pos
	switch {
	case first == 't':
		k, err = boolean, s.word("true")
	case first == 'f':
		k, err = boolean, s.word("false")
	case first == 'n':
		k, err = null, s.word("null")
	case first == '-' || '0' <= first && first <= '9':
		k, err = number, s.number()
	default:
		err = s.fail("where a value should start")
	}
	return k, s.data[start:s.pos], err
}

func (s *scanner) word(w string) error {
	rest := s.data[s.pos:]
	if len(rest) >= len(w) && string(rest[:len(w)]) == w {
		s.pos += len(w)
		return nil
	}
	for i := 0; i < len(rest) && rest[i] == w[i]; i++ {
		s.pos++
	}
	return s.fail("in " + w)
}

// skip checks one value and passes over it. A value may be nested deeply, so it
// does not call itself.
func (s *scanner) skip() error {
	floor := len(s.open)
	for {
		more, err := s.skipOne()
		for !more && err == nil {
			if len(s.open) == floor {
				return nil
			}
			more, err = s.next()
		}
		if err == nil && s.open[len(s.open)-1] == '}' {
			_, _, err = s.key()
		}
		if err != nil {
			return err
		}
	}
}

// skipOne skips a scalar, or enters a list or object; more reports whether it
// has something inside.
func (s *scanner) skipOne() (more bool, err error) {
	switch c := s.peek(); c {
	case '{', '[':
		return s.enter()
	case '"':
		_, _, err = s.quoted()
	default:
		_, _, err = s.literal(c)
	}
	return false, err
}

// key reads the key of a member and the colon after it.
func (s *scanner) key() (raw []byte, plain bool, err error) {
	if s.peek() != '"' {
		return nil, false, s.fail("where a key should start")
	}
	raw, plain, err = s.quoted()
	if err != nil {
		return nil, false, err
	}
	if s.peek() != ':' {
		return nil, false, s.fail("after a key")
	}
	s.pos++
	return raw, plain, nil
}
