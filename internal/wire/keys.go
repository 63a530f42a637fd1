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

// A seenKey is a key of the document. Next is the place of the key that came
// after it last.
type seenKey struct {
	raw  []byte // as it was written, from the quote to the colon
	next int
}

// maxUnknown is how many unknown keys of one table are told apart.
const maxUnknown = 32

// orderOf returns the memory of this pass for a table.
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
func (s *scanner) find(o *order, previous int) (int, error) {
	guess := o.keys[previous].next
	if raw := o.keys[guess].raw; len(raw) > 0 && bytes.HasPrefix(s.data[s.pos:], raw) {
		s.pos += len(raw)
		return guess, nil
	}
	start := s.pos
	name, plain, err := s.key()
	if err != nil {
		return 0, err
	}
	raw := s.data[start:s.pos]
	field, known := (*o.table)[string(s.unquoted(name, plain))]
	place := 1 + field
	if !known {
		place = o.unknown(raw)
	}
	o.keys[place].raw = raw
	o.keys[previous].next = place
	return place, nil
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
