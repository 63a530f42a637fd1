package wire

import (
	"fmt"
	"slices"
	"sync"
)

// An Object is the table of one record. It never changes, and is safe for
// concurrent use.
type Object[T any] struct {
	fields   []Field[T]
	keys     keyTable
	keeps    []func(old, fresh *T)
	guards   bool      // whether a field is secret, or one inside it
	scanners sync.Pool // of *scanner, for documents that are this object
}

// NewObject makes a table. It panics if two fields have the same name.
func NewObject[T any](fields ...Field[T]) *Object[T] {
	o := &Object[T]{fields: slices.Clone(fields), keys: make(keyTable, len(fields))}
	o.scanners.New = func() any { return new(scanner) }
	for i, f := range fields {
		if _, twice := o.keys[f.name]; twice {
			panic(fmt.Sprintf("wire: two fields have the name %q", f.name))
		}
		o.keys[f.name] = i
		o.fields[i].marked = f.secret || f.guards || f.detail
		o.guards = o.guards || f.secret || f.guards
		if f.keep != nil {
			o.keeps = append(o.keeps, f.keep)
		}
	}
	return o
}

// Names returns the path of every field of the table, in the order of the table:
// "Tags", "Tags.Tag", "Tags.Tag[].TagKey".
func (o *Object[T]) Names() []string {
	var names []string
	for _, f := range o.fields {
		names = append(names, f.names...)
	}
	return names
}

// Decode reads one JSON document into t, details included. A document that is
// not an object leaves t as it is. After an error t holds a part of it.
func (o *Object[T]) Decode(data []byte, t *T) error { return o.document(data, true, t) }

func (o *Object[T]) document(data []byte, details bool, t *T) error {
	s := o.scanners.Get().(*scanner)
	s.begin(data, details)
	if s.peek() == '{' {
		o.scan(s, t)
	} else {
		s.skip()
	}
	s.end()
	err := s.err
	s.begin(nil, false)
	o.scanners.Put(s)
	return err
}

// scan reads the object at the current position.
func (o *Object[T]) scan(s *scanner, t *T) {
	order := s.orderOf(&o.keys)
	key := &order.first
	for more := s.enter(); more; more = s.next() {
		start := s.pos
		key = s.find(order, key)
		if key.field < 0 {
			s.skipAt(key)
			continue
		}
		if f := &o.fields[key.field]; f.marked {
			f.readMarked(s, t, start, key)
		} else {
			f.read(s, t)
		}
	}
}

// readMarked reads the value of a member whose key stands at start. What holds
// secrets is always looked into, and cut as a whole if it has not the shape in
// which the table knows where they are.
func (f *Field[T]) readMarked(s *scanner, t *T, start int, key *seenKey) {
	switch {
	case f.secret || f.guards && s.peek() != f.holder:
		s.cut(start)
	case f.detail && !s.details && !f.guards:
		s.skipAt(key)
	default:
		f.read(s, t)
	}
}

// keep hands the memory of the lists in old on to fresh.
func (o *Object[T]) keep(old, fresh *T) {
	for _, keep := range o.keeps {
		keep(old, fresh)
	}
}
