package wire

import "bytes"

// Raw is the JSON text of a row in its page. It is valid until the row function
// returns.
type Raw struct {
	page []byte
	row  span
	cuts []span
}

// A span is a part of a page.
type span struct{ from, to int }

// Copy returns the JSON of the row without its secrets, in memory of its own.
func (r Raw) Copy() []byte {
	if len(r.cuts) == 0 {
		return bytes.Clone(r.page[r.row.from:r.row.to])
	}
	size := r.row.to - r.row.from
	for _, c := range r.cuts {
		size -= c.to - c.from
	}
	out := make([]byte, 0, size)
	at := r.row.from
	for _, c := range r.cuts {
		front := r.page[at:c.from]
		at = c.to
		if before, ok := bytes.CutSuffix(bytes.TrimRight(front, space), []byte(",")); ok {
			front = before
		} else {
			at = r.behindComma(at)
		}
		out = append(out, front...)
	}
	return append(out, r.page[at:r.row.to]...)
}

const space = " \n\r\t"

// behindComma passes over the comma at a position, if there is one.
func (r Raw) behindComma(at int) int {
	rest := bytes.TrimLeft(r.page[at:r.row.to], space)
	if rest[0] == ',' {
		rest = rest[1:]
	}
	return r.row.to - len(rest)
}

// cutMember skips the value of a member, which is left out of the copy of the row.
func (s *scanner) cutMember(i int) int { return s.cut(s.member, i) }

// cut skips the value at i; what stands from start to its end is left out.
func (s *scanner) cut(start, i int) int {
	end := s.skip(i)
	s.cuts = append(s.cuts, span{start, end})
	return end
}

// pass skips an element of a list, and cuts it if it may hide a secret.
func (s *scanner) pass(i int, cut bool) int {
	if cut {
		return s.cut(i, i)
	}
	return s.skip(i)
}
