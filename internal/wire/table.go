package wire

import "bytes"

// A reader reads the value at a position into one place in memory, and returns
// where the value ends. Null leaves a scalar as it is.
type reader func(s *scanner, at int) (end int)

// A table reads objects into one place in memory. It remembers which key came
// after which: objects mostly repeat the order of the one before, and then finding
// a member takes one comparison.
type table struct {
	first   slot // stands for the start of the object
	slots   []slot
	index   map[string]int // of slots, by the names of members
	unknown []*slot
}

// A slot is a member, and what was learned of it. The key is a copy, so that it
// outlives its document.
type slot struct {
	read reader
	key  known    // as it was written last, from the quote to the colon
	next [2]*slot // the members that came after it last
}

const (
	maxUnknown = 32  // unknown members of one table that are told apart
	maxKey     = 128 // bytes of a key that are remembered
	maxSkipped = 512 // bytes of a skipped value that are remembered
)

// scan reads the object at i.
func (t *table) scan(s *scanner, i int) int {
	i, more := s.enter(i, '}')
	for m := &t.first; more; {
		s.member = i
		if next := m.next[0]; next != nil && next.key.ends(s.data, i) && next.key.middle(s.data, i) {
			m, i = next, i+len(next.key.text)
		} else {
			m, i = t.find(s, m, i)
		}
		i = m.read(s, i)
		if i < len(s.data) && s.data[i] == ',' {
			i++
			continue
		}
		i, more = s.next(i, '}')
	}
	return i
}

// find reads a key and its colon; before is the member before.
func (t *table) find(s *scanner, before *slot, i int) (m *slot, end int) {
	i, _ = s.peek(i)
	for _, m := range before.next {
		if m != nil && m.key.ends(s.data, i) && m.key.middle(s.data, i) {
			return m, i + len(m.key.text)
		}
	}
	return t.lookUp(s, before, i)
}

// lookUp finds a member by the name at i.
func (t *table) lookUp(s *scanner, before *slot, i int) (m *slot, end int) {
	raw, plain, end := s.key(i)
	if !plain {
		raw = s.unquoted(raw)
	}
	m = t.named(raw, s.data[i:end])
	if s.err == nil && end-i <= maxKey {
		if m.key.text != string(s.data[i:end]) {
			m.key = know(string(s.data[i:end]))
		}
		if before.next[0] != m {
			before.next[0], before.next[1] = m, before.next[0]
		}
	}
	return m, end
}

// named returns the member with a name, which stands in the document as key.
func (t *table) named(name, key []byte) *slot {
	if known, ok := t.index[string(name)]; ok {
		return &t.slots[known]
	}
	for _, m := range t.unknown {
		if m.key.text == string(key) {
			return m
		}
	}
	if len(t.unknown) < maxUnknown {
		t.unknown = append(t.unknown, &slot{read: skipper()})
	}
	return t.unknown[len(t.unknown)-1]
}

// skipper skips values. Lists and objects that repeat are checked once.
func skipper() reader {
	var seen [4][]byte
	oldest := 0
	return func(s *scanner, i int) int {
		i, c := s.peek(i)
		switch c {
		case '"':
			_, _, end := s.quoted(i)
			return end
		case '{', '[':
		default:
			return s.literal(i, c)
		}
		for _, text := range seen {
			if len(text) > 0 && bytes.HasPrefix(s.data[i:], text) {
				return i + len(text)
			}
		}
		end := s.skip(i)
		if end-i <= maxSkipped && s.err == nil {
			seen[oldest] = append(seen[oldest][:0], s.data[i:end]...)
			oldest = (oldest + 1) % len(seen)
		}
		return end
	}
}
