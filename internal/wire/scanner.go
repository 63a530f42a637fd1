package wire

import (
	"bytes"
	"fmt"
	"io"
	"strconv"
)

// maxDepth is how deep values may be nested, as in encoding/json.
const maxDepth = 10000

// A scanner is the state of one pass over one document. Its methods take the position
// of their start and return the position of their end. After an error, they return the
// end of the document.
type scanner struct {
	data    []byte
	err     error // the first one
	depth   int
	member  int // where the current member begins, or the white space in front of it
	texts   texts
	cuts    []span         // the secrets of the current row
	counts  map[string]int // of unreadable values, by path; nil: none
	scratch []byte         // the text unquoted last
}

// begin makes the scanner ready for another document.
func (s *scanner) begin(data []byte) {
	s.data, s.err, s.depth, s.cuts, s.counts = data, nil, 0, s.cuts[:0], nil
	s.texts.next()
}

// end checks that the document has ended, and drops it.
func (s *scanner) end(i int) error {
	if i, _ = s.peek(i); i < len(s.data) {
		s.fail(i, "after the document")
	}
	err := s.err
	s.begin(nil)
	return err
}

// stop ends the pass. Only the first error counts.
func (s *scanner) stop(err error) int {
	if s.err == nil {
		s.err = err
	}
	return len(s.data)
}

// peek passes over white space and returns the byte behind it, or 0 at the end.
func (s *scanner) peek(i int) (int, byte) {
	if i < len(s.data) && s.data[i] > ' ' {
		return i, s.data[i]
	}
	return s.blank(i)
}

func (s *scanner) blank(i int) (int, byte) {
	for ; i < len(s.data); i++ {
		switch c := s.data[i]; c {
		case ' ', '\n', '\r', '\t':
		default:
			return i, c
		}
	}
	return i, 0
}

// enter passes over the opening bracket at i, and reports whether something is
// inside.
func (s *scanner) enter(i int, closing byte) (end int, more bool) {
	if s.depth == maxDepth {
		return s.fail(i, "nested too deep"), false
	}
	i, c := s.peek(i + 1)
	if c == closing {
		return i + 1, false
	}
	s.depth++
	return i, true
}

// next passes over the comma or the closing bracket that follows a value, and
// reports whether another one should come.
func (s *scanner) next(i int, closing byte) (end int, more bool) {
	i, c := s.peek(i)
	if c == ',' {
		return i + 1, true
	}
	s.depth--
	if c != closing {
		return s.fail(i, "after a value"), false
	}
	return i + 1, false
}

// list enters the list at i. Any other value is skipped, and counted under path unless
// it is empty.
func (s *scanner) list(i int, path string) (end int, more bool) {
	i, c := s.peek(i)
	if c == '[' {
		return s.enter(i, ']')
	}
	end = s.skip(i)
	s.countUnless(s.isNothing(i, end), path)
	return end, false
}

// countUnreadable counts a value that is there and could not be converted.
func (s *scanner) countUnreadable(path string) {
	if s.err != nil {
		return
	}
	if s.counts == nil {
		s.counts = make(map[string]int)
	}
	s.counts[path]++
}

func (s *scanner) countUnless(fine bool, path string) {
	if !fine {
		s.countUnreadable(path)
	}
}

// isNothing reports whether the value that was read from start to end is null, "",
// [] or {}.
func (s *scanner) isNothing(start, end int) bool {
	switch value := s.data[start:end]; {
	case s.err != nil || len(value) == 0 || value[0] == 'n':
		return true
	case value[0] == '[' || value[0] == '{':
		return s.isEmpty(start, end)
	default:
		return string(value) == `""`
	}
}

// isEmpty reports whether the list or object that was read from start to end is
// empty.
func (s *scanner) isEmpty(start, end int) bool {
	return s.err != nil || len(bytes.TrimSpace(s.data[start+1:end-1])) == 0
}

// skip checks one value and passes over it.
func (s *scanner) skip(i int) int {
	i, c := s.peek(i)
	more := false
	switch c {
	case '"':
		i, _ = s.quoted(i)
	case '{':
		for i, more = s.enter(i, '}'); more; i, more = s.next(i, '}') {
			_, _, i = s.key(i)
			i = s.skip(i)
		}
	case '[':
		for i, more = s.enter(i, ']'); more; i, more = s.next(i, ']') {
			i = s.skip(i)
		}
	default:
		i = s.literal(i, c)
	}
	return i
}

// key passes over the key of a member and its colon, to where the value starts. The
// key is the string that ends at end.
func (s *scanner) key(i int) (end int, plain bool, value int) {
	i, c := s.peek(i)
	if c != '"' {
		i = s.fail(i, "where a key should start")
		return i, false, i
	}
	end, plain = s.quoted(i)
	if value, c = s.peek(end); c != ':' {
		return end, plain, s.fail(value, "after a key")
	}
	return end, plain, value + 1
}

// text decodes the value whose first byte is at i, and returns the text of a string or
// the literal of a number or boolean, which is valid until the next call. For a list or
// an object the text is empty. For null, ok is false.
func (s *scanner) text(i int, first byte) (text []byte, ok bool, end int) {
	switch first {
	case '"':
		end, plain := s.quoted(i)
		return s.between(i, end, plain), true, end
	case '{', '[':
		return nil, true, s.skip(i)
	}
	end = s.literal(i, first)
	return s.data[i:end], first != 'n', end
}

// literal reads a number, true, false or null.
func (s *scanner) literal(i int, first byte) int {
	if first == '-' || '0' <= first && first <= '9' {
		end, ok := numberEnd(s.data, i)
		if !ok {
			return s.fail(end, "in a number")
		}
		return end
	}
	if rest := s.data[i:]; len(rest) >= len("false") {
		switch string(rest[:4]) {
		case "true", "null":
			return i + 4
		case "fals":
			if rest[4] == 'e' {
				return i + 5
			}
		}
	}
	return s.word(i, first)
}

// word reads true, false or null, of which something is wrong or the document ends.
func (s *scanner) word(i int, first byte) int {
	word := map[byte]string{'t': "true", 'f': "false", 'n': "null"}[first]
	if word == "" {
		return s.fail(i, "where a value should start")
	}
	for k := range len(word) {
		if s.at(i+k) != word[k] {
			return s.fail(i+k, "in "+word)
		}
	}
	return i + len(word)
}

// A SyntaxError says why a document is not JSON. It is an
// [io.ErrUnexpectedEOF] if the document ends too early.
type SyntaxError struct {
	Offset int64  // the position of the byte that is wrong
	Msg    string // quotes at most one character of the document

	truncated bool
}

// Error returns the fault and its position.
func (e *SyntaxError) Error() string {
	return fmt.Sprintf("invalid JSON at offset %d: %s", e.Offset, e.Msg)
}

// Unwrap is io.ErrUnexpectedEOF for a document that ends too early, else nil.
func (e *SyntaxError) Unwrap() error {
	if e.truncated {
		return io.ErrUnexpectedEOF
	}
	return nil
}

// A ShapeError says that something else stands where a page should have its
// rows. The document is valid JSON as far as it was read.
type ShapeError struct {
	Offset int64  // the position of what stands there
	Path   string // the path of the rows, as given to NewPage
	Msg    string // quotes nothing of the document
}

// Error returns the unexpected text and its position.
func (e *ShapeError) Error() string {
	return fmt.Sprintf("unexpected JSON at offset %d: %s: %s", e.Offset, e.Path, e.Msg)
}

// fail ends the pass with the syntax error at i.
func (s *scanner) fail(i int, where string) int {
	if i >= len(s.data) {
		return s.stop(&SyntaxError{Offset: int64(i), Msg: "the document ends " + where, truncated: true})
	}
	found := strconv.QuoteRuneToASCII(rune(s.data[i]))
	return s.stop(&SyntaxError{Offset: int64(i), Msg: "found " + found + " " + where})
}

// numberEnd returns the end of the JSON number at b[i:], or the position of the fault
// if it is malformed.
func numberEnd(b []byte, i int) (end int, ok bool) {
	if i < len(b) && b[i] == '-' {
		i++
	}
	if i < len(b) && b[i] == '0' {
		i++
	} else if i, ok = digitsEnd(b, i); !ok {
		return i, false
	}
	if i < len(b) && b[i] == '.' {
		if i, ok = digitsEnd(b, i+1); !ok {
			return i, false
		}
	}
	if i < len(b) && (b[i] == 'e' || b[i] == 'E') {
		i++
		if i < len(b) && (b[i] == '+' || b[i] == '-') {
			i++
		}
		return digitsEnd(b, i)
	}
	return i, true
}

// digitsEnd returns where the digits at b[i:] end, of which there must be one.
func digitsEnd(b []byte, i int) (end int, ok bool) {
	start := i
	for i < len(b) && '0' <= b[i] && b[i] <= '9' {
		i++
	}
	return i, i > start
}
