package wire

import "bytes"

// A keyTable finds the index of a field by its name.
type keyTable map[string]int

// An order remembers which key came after which in the objects of one table.
// Rows mostly repeat the order of the row before, and then finding a field takes
// one comparison.
type order struct {
	table *keyTable
	keys  []seenKey // the start of the object, the fields, then unknown keys
}

// A seenKey is a key of the document, and what was skipped under it last. Both are
// copies, so that they outlive the document.
type seenKey struct {
	raw     []byte // as it was written, from the quote to the colon
	next    int    // the place of the key that came after it last
	skipped []byte // JSON that ends in itself: no number
}

const (
	maxUnknown = 32  // unknown keys of one table that are told apart
	maxSkipped = 512 // bytes of a skipped value that are remembered
)

// orderOf returns the memory of this scanner for a table.
func (s *scanner) orderOf(table *keyTable) *order {
	for _, o := range s.orders {
		if o.table == table {
			return o
		}
	}
	o := &order{table, make([]seenKey, 1+len(*table))}
	s.orders = append(s.orders, o)
	return o
}

// find reads a key and its colon and returns its place in the order; previous is
// the place of the key before.
func (s *scanner) find(o *order, previous int) int {
	guess := o.keys[previous].next
	raw := o.keys[guess].raw
	if end := s.pos + len(raw); end <= len(s.data) && string(s.data[s.pos:end]) == string(raw) && len(raw) > 0 {
		s.pos = end
		return guess
	}
	start := s.pos
	name, plain := s.key()
	if s.err != nil {
		return 0
	}
	raw = s.data[start:s.pos]
	field, known := (*o.table)[string(s.unquoted(name, plain))]
	place := 1 + field
	if !known {
		place = o.unknown(raw)
	}
	o.keys[place].raw = append(o.keys[place].raw[:0], raw...)
	o.keys[previous].next = place
	return place
}

// unknown returns the place of a key that names no field.
func (o *order) unknown(raw []byte) int {
	first := 1 + len(*o.table)
	for i := first; i < len(o.keys); i++ {
		if bytes.Equal(o.keys[i].raw, raw) {
			return i
		}
	}
	if len(o.keys) < first+maxUnknown {
		o.keys = append(o.keys, seenKey{})
	}
	return len(o.keys) - 1
}

// skipAt skips the value of a key. Values that repeat are checked once.
func (s *scanner) skipAt(key *seenKey) {
	if old := key.skipped; len(old) > 0 && bytes.HasPrefix(s.data[s.pos:], old) {
		s.pos += len(old)
		return
	}
	first, start := s.peek(), s.pos
	s.skip()
	if raw := s.data[start:s.pos]; len(raw) <= maxSkipped && !isNumber(first) && s.err == nil {
		key.skipped = append(key.skipped[:0], raw...)
	}
}
