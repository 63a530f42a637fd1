package wire

import "bytes"

// A keyTable finds the index of a field by its name.
type keyTable map[string]int

// An order remembers which key came after which in the objects of one table.
// Rows mostly repeat the order of the row before, and then finding a field takes
// one comparison.
type order struct {
	table   *keyTable
	first   seenKey // stands for the start of the object
	fields  []seenKey
	unknown []*seenKey
}

// A seenKey is a key of the document, and what was skipped under it last. Its bytes
// are copies, so that they outlive the document.
type seenKey struct {
	field   int       // -1: none
	raw     []byte    // as it was written, from the quote to the colon
	next    *seenKey  // the key that came after it last
	skipped [2][]byte // lists and objects
}

const (
	maxUnknown = 32  // unknown keys of one table that are told apart
	maxKey     = 128 // bytes of a key that are remembered
	maxSkipped = 512 // bytes of a skipped value that are remembered
)

// orderOf returns the memory of this scanner for a table.
func (s *scanner) orderOf(table *keyTable) *order {
	for _, o := range s.orders {
		if o.table == table {
			return o
		}
	}
	o := &order{table: table, fields: make([]seenKey, len(*table))}
	for i := range o.fields {
		o.fields[i].field = i
	}
	s.orders = append(s.orders, o)
	return o
}

// find reads a key and its colon; previous is the key before.
func (s *scanner) find(o *order, previous *seenKey) *seenKey {
	guess := previous.next
	if guess != nil && s.accept(guess.raw) {
		return guess
	}
	if s.peek(); guess != nil && s.accept(guess.raw) {
		return guess
	}
	start := s.pos
	name := string(s.textOf(s.key()))
	found := o.key(name, s.data[start:s.pos])
	if s.err == nil && s.pos-start <= maxKey {
		found.raw = append(found.raw[:0], s.data[start:s.pos]...)
		previous.next = found
	}
	return found
}

// accept passes over raw if it stands at the current position.
func (s *scanner) accept(raw []byte) bool {
	data, end := s.data, s.pos+len(raw)
	if end > len(data) || string(data[s.pos:end]) != string(raw) {
		return false
	}
	s.pos = end
	return true
}

// key returns the key with a name, which stands in the document as raw.
func (o *order) key(name string, raw []byte) *seenKey {
	if field, known := (*o.table)[name]; known {
		return &o.fields[field]
	}
	for _, k := range o.unknown {
		if bytes.Equal(k.raw, raw) {
			return k
		}
	}
	if len(o.unknown) < maxUnknown {
		o.unknown = append(o.unknown, &seenKey{field: -1})
	}
	return o.unknown[len(o.unknown)-1]
}

// skipAt skips the value of a key. Lists and objects that repeat are checked once.
func (s *scanner) skipAt(key *seenKey) {
	first, start := s.peek(), s.pos
	if first != '{' && first != '[' {
		s.skipOne()
		return
	}
	for _, known := range key.skipped {
		if len(known) > 0 && s.accept(known) {
			return
		}
	}
	s.skip()
	if raw := s.data[start:s.pos]; len(raw) <= maxSkipped && s.err == nil {
		key.skipped[0], key.skipped[1] = append(key.skipped[1][:0], raw...), key.skipped[0]
	}
}
