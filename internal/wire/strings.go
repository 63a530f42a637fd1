package wire

import (
	"bytes"
	"math/bits"
	"strings"
	"unicode/utf16"
	"unicode/utf8"
)

// quoted passes over the string at i. Plain means that the bytes between its quotes are
// ASCII without escapes, and so already the text.
func (s *scanner) quoted(i int) (end int, plain bool) {
	rest := s.data[i+1:]
	n := 0
	for ; n <= len(rest)-chunk; n += chunk {
		if odd := oddBytes(load(rest, n)); odd != 0 {
			n += bits.TrailingZeros64(odd) / 8
			if rest[n] == '"' {
				return i + 1 + n + 1, true
			}
			break
		}
	}
	return s.unusual(i + 1 + n), false
}

// between returns the text of the string from start to end, which is valid until the
// next call.
func (s *scanner) between(start, end int, plain bool) []byte {
	if plain {
		return s.data[start+1 : end-1]
	}
	return s.unquoted(start, end)
}

// unusual reads the rest of a string, in which something is not ordinary.
func (s *scanner) unusual(i int) int {
	for ; i < len(s.data); i += ordinary(s.data[i:]) {
		switch c := s.data[i]; {
		case c == '"':
			return i + 1
		case c == '\\':
			i = s.escape(i + 1)
		case c < ' ':
			return s.fail(i, "in a string")
		default:
			for i < len(s.data) && s.data[i] >= utf8.RuneSelf {
				i++
			}
		}
	}
	return s.fail(i, "in a string")
}

// ordinary returns how many bytes stand in front of the first quote, backslash, control
// character or byte outside ASCII.
func ordinary(b []byte) int {
	n := 0
	for ; n <= len(b)-chunk; n += chunk {
		if odd := oddBytes(load(b, n)); odd != 0 {
			return n + bits.TrailingZeros64(odd)/8
		}
	}
	for n < len(b) && b[n] >= ' ' && b[n] < utf8.RuneSelf && b[n] != '"' && b[n] != '\\' {
		n++
	}
	return n
}

// oddBytes looks at eight bytes at once. The lowest bit that is set is the top bit
// of the first byte that is a quote, a backslash, a control character or outside
// ASCII.
func oddBytes(w uint64) uint64 {
	const ones, tops = 0x0101010101010101, 0x8080808080808080
	const swap = ' ' ^ '"' // makes a quote a space and a space a quote, so that only odd bytes are below '!'
	return (w | (w ^ ones*swap - ones*'!') | (w ^ ones*'\\' - ones)) & tops
}

// escape checks an escape sequence, behind its backslash, and passes over it.
func (s *scanner) escape(i int) int {
	digits := 0
	switch s.at(i) {
	case 'u':
		digits = 4
	case '"', '\\', '/', 'b', 'f', 'n', 'r', 't':
	default:
		return s.fail(i, "in an escape sequence")
	}
	for i++; digits > 0; digits-- {
		if hex(s.at(i)) < 0 {
			return s.fail(i, "in an escape sequence")
		}
		i++
	}
	return i
}

// at is the byte at i, or 0 at the end.
func (s *scanner) at(i int) byte {
	if i < len(s.data) {
		return s.data[i]
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

// unquoted returns the text of the string from start to end, which is not plain.
func (s *scanner) unquoted(start, end int) []byte {
	if s.err != nil {
		return nil
	}
	raw := s.data[start+1 : end-1]
	if !utf8.Valid(raw) {
		raw = []byte(string([]rune(string(raw)))) // each byte that is wrong becomes U+FFFD
	}
	escape := bytes.IndexByte(raw, '\\')
	if escape < 0 {
		return raw
	}
	s.scratch = s.scratch[:0]
	for ; escape >= 0; escape = bytes.IndexByte(raw, '\\') {
		r, size := unescape(raw[escape:])
		s.scratch = utf8.AppendRune(append(s.scratch, raw[:escape]...), r)
		raw = raw[escape+size:]
	}
	s.scratch = append(s.scratch, raw...)
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

// codeUnit returns the number in a \uXXXX sequence, or -1 if the sequence is malformed.
func codeUnit(raw []byte) (r rune) {
	if len(raw) < 6 || raw[0] != '\\' || raw[1] != 'u' {
		return -1
	}
	for _, c := range raw[2:6] {
		r = r<<4 | hex(c)
	}
	return r
}

// texts copies texts. The copies of one row share their memory, so that a row needs one
// allocation as a rule, and does not keep the memory of other rows.
type texts struct {
	row   strings.Builder
	used  int // bytes of this row
	usual int // bytes of the rows before
}

func (t *texts) keep(b []byte) string {
	t.used += len(b)
	if t.row.Cap()-t.row.Len() < len(b) {
		t.row.Reset()
		t.row.Grow(max(len(b), t.usual))
	}
	from := t.row.Len()
	t.row.Write(b)
	return t.row.String()[from:]
}

// next begins another row. The estimate of its size grows at once with larger rows, and
// shrinks slowly.
func (t *texts) next() {
	const most = 4 << 10
	t.usual = min(most, max(t.used, t.usual-t.usual/8))
	t.used = 0
	t.row.Reset()
}
