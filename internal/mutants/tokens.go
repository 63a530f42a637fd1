package mutants

import "bytes"

// A span is a part of a document.
type span struct{ from, to int }

// tokens returns the keys, scalars and empty values of a document. In an invalid
// document it returns similar parts.
func tokens(doc []byte) (found []span) {
	for i := 0; i < len(doc); {
		size := tokenSize(doc[i:])
		if size > 0 {
			found = append(found, span{i, i + size})
		}
		i += max(size, 1)
	}
	return found
}

// tokenSize is the length of the token at the start of b, or 0.
func tokenSize(b []byte) int {
	switch {
	case b[0] == '"':
		return textSize(b)
	case len(b) > 1 && (b[0] == '[' && b[1] == ']' || b[0] == '{' && b[1] == '}'):
		return 2
	default:
		return literalSize(b)
	}
}

func textSize(b []byte) int {
	for i := 1; i < len(b); i++ {
		switch b[i] {
		case '"':
			return i + 1
		case '\\':
			i++
		}
	}
	return 0
}

// literalSize is the length of a number, true, false or null.
func literalSize(b []byte) int {
	for i, c := range b {
		switch {
		case 'a' <= c && c <= 'z', '0' <= c && c <= '9', c == '+', c == '-', c == '.', c == 'E':
		default:
			return i
		}
	}
	return len(b)
}

func isKey(doc []byte, at span) bool {
	return bytes.HasPrefix(bytes.TrimLeft(doc[at.to:], " \n\r\t"), []byte(":"))
}
