package wire

import (
	"bytes"
	"maps"
)

// A reader reads the value at a position into one place in memory, and returns
// where the value ends. Null leaves a scalar as it is.
type reader func(s *scanner, at int) (end int)

// A table reads objects into one place in memory, which always stand at
// about the same depth.
// It remembers which key came after which: objects mostly repeat the order of the one
// before, and then finding a member takes one comparison.
type table struct {
	first   slot // stands for the start of the object
	slots   []slot
	index   map[string]int // of slots, by the names of members
	unknown []*slot        // members that have no slot of their own
	strange int            // how many were unknown so far
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

// add gives the table another member.
func (t *table) add(name string, read reader) {
	t.index = maps.Clone(t.index)
	t.index[name] = len(t.slots)
	t.slots = append(t.slots, slot{read: read})
}

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
	key := s.data[i:end]
	learn := s.err == nil && len(key) <= maxKey
	if known, ok := t.index[string(raw)]; ok {
		m = &t.slots[known]
	} else if learn {
		m = t.stranger(key)
	} else {
		return &slot{read: (*scanner).skip}, end
	}
	if learn && m.key.text != string(key) {
		m.key = know(string(key))
	}
	if learn && before.next[0] != m {
		before.next[0], before.next[1] = m, before.next[0]
	}
	return m, end
}

// stranger returns the unknown member with a key. Where there are too many, it takes
// the place of another one.
func (t *table) stranger(key []byte) *slot {
	for _, m := range t.unknown {
		if m.key.text == string(key) {
			return m
		}
	}
	if len(t.unknown) < maxUnknown {
		t.unknown = append(t.unknown, &slot{read: skipper()})
	}
	t.strange++
	return t.unknown[(t.strange-1)%len(t.unknown)]
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
