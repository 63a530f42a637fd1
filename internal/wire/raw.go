package wire

import "bytes"

// Raw is a row as it stands in its page. It is valid until the row function
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
		out = append(out, r.page[at:c.from]...)
		out, at = r.join(out, c.to)
	}
	return append(out, r.page[at:r.row.to]...)
}

// join drops a comma at the seam of a cut: the one in front of it, or behind it
// if none is in front.
func (r Raw) join(out []byte, at int) ([]byte, int) {
	const space = " \n\r\t"
	if front := bytes.TrimRight(out, space); front[len(front)-1] == ',' {
		return front[:len(front)-1], at
	}
	behind := bytes.TrimLeft(r.page[at:r.row.to], space)
	if behind[0] == ',' {
		behind = behind[1:]
	}
	return out, r.row.to - len(behind)
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
