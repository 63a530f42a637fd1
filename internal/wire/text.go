package wire

import (
	"bytes"
	"encoding/binary"
	"math/bits"
	"unicode/utf16"
	"unicode/utf8"
)

// quoted reads a string and returns what stands between its quotes, or nothing
// after an error. It is plain if that is ASCII without escapes, and so already the
// text.
func (s *scanner) quoted() (raw []byte, plain bool) {
	data, start := s.data, s.pos+1
	end := ordinaryEnd(data, start)
	if end < len(data) && data[end] == '"' {
		s.pos = end + 1
		return data[start:end], true
	}
	s.pos = end
	if s.unusual(); s.err != nil {
		return nil, true
	}
	return s.data[start : s.pos-1], false
}

// unusual reads the rest of a string, in which something is not ordinary.
func (s *scanner) unusual() {
	for ; s.pos < len(s.data); s.pos = ordinaryEnd(s.data, s.pos) {
		switch c := s.data[s.pos]; {
		case c == '"':
			s.pos++
			return
		case c == '\\':
			s.escape()
		case c < ' ':
			s.fail("in a string")
		default:
			for s.pos < len(s.data) && s.data[s.pos] >= utf8.RuneSelf {
				s.pos++
			}
		}
	}
	s.fail("in a string")
}

// ordinaryEnd returns where the first quote, backslash, control character or byte
// outside ASCII stands in b[i:]. It looks at eight bytes at a time: for each such
// byte, and perhaps for some behind it, the top bit of odd is set.
func ordinaryEnd(b []byte, i int) int {
	const ones, tops = 0x0101010101010101, 0x8080808080808080
	for ; i <= len(b)-8; i += 8 {
		w := binary.LittleEndian.Uint64(b[i:])
		quote, backslash := w^(ones*'"'), w^(ones*'\\')
		odd := (w | (w - ones*' ') | (quote - ones) | (backslash - ones)) & tops
		if odd != 0 {
			return i + bits.TrailingZeros64(odd)/8
		}
	}
	for i < len(b) && b[i] >= ' ' && b[i] < utf8.RuneSelf && b[i] != '"' && b[i] != '\\' {
		i++
	}
	return i
}

// escape checks an escape sequence and passes over it.
func (s *scanner) escape() {
	s.pos++
	digits := 0
	switch s.at() {
	case 'u':
		digits = 4
	case '"', '\\', '/', 'b', 'f', 'n', 'r', 't':
	default:
		s.fail("in an escape sequence")
		return
	}
	for s.pos++; digits > 0; digits-- {
		if hex(s.at()) < 0 {
			s.fail("in an escape sequence")
			return
		}
		s.pos++
	}
}

// at is the byte at the current position, or 0 at the end.
func (s *scanner) at() byte {
	if s.pos < len(s.data) {
		return s.data[s.pos]
	}
	return 0
}

// hex is the value of a hexadecimal digit, or -1.
func hex(c byte) rune {
	switch {
	case '0' <= c && c <= '9':
		return rune(c - '0')
	case 'a' <= c && c <= 'f':
		return rune(c - 'a' + 10)
	case 'A' <= c && c <= 'F':
		return rune(c - 'A' + 10)
	}
	return -1
}

// textOf is what the inside of a string says. It is valid until the next call.
func (s *scanner) textOf(raw []byte, plain bool) []byte {
	if plain {
		return raw
	}
	return s.unquoted(raw)
}

// unquoted returns the text that raw, which is not plain, stands for.
func (s *scanner) unquoted(raw []byte) []byte {
	if bytes.IndexByte(raw, '\\') < 0 && utf8.Valid(raw) {
		return raw
	}
	s.scratch = s.scratch[:0]
	for len(raw) > 0 {
		r, size := utf8.DecodeRune(raw)
		if r == '\\' {
			r, size = unescape(raw)
		}
		s.scratch = utf8.AppendRune(s.scratch, r)
		raw = raw[size:]
	}
	return s.scratch
}

// unescape returns the character that an escape sequence stands for, and the
// length of the sequence. A lone surrogate becomes U+FFFD.
func unescape(raw []byte) (r rune, size int) {
	switch c := raw[1]; c {
	case 'b':
		return '\b', 2
	case 'f':
		return '\f', 2
	case 'n':
		return '\n', 2
	case 'r':
		return '\r', 2
	case 't':
		return '\t', 2
	case 'u':
	default:
		return rune(c), 2
	}
	r = codeUnit(raw)
	if !utf16.IsSurrogate(r) {
		return r, 6
	}
	if r = utf16.DecodeRune(r, codeUnit(raw[6:])); r != utf8.RuneError {
		return r, 12
	}
	return utf8.RuneError, 6
}

// codeUnit is the number in a \uXXXX sequence, or -1 if there is none.
func codeUnit(raw []byte) (r rune) {
	if len(raw) < 6 || raw[0] != '\\' || raw[1] != 'u' {
		return -1
	}
	for _, c := range raw[2:6] {
		r = r<<4 | hex(c)
	}
	return r
}
