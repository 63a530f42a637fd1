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
	index    map[string]int // of fields, by name
	guards   bool           // whether a field is secret, or one inside it
	decoders sync.Pool      // of *decoder[T]
}

// NewObject makes a table. It panics if two fields have the same name.
func NewObject[T any](fields ...Field[T]) *Object[T] {
	o := &Object[T]{fields: slices.Clone(fields), index: make(map[string]int, len(fields))}
	for i, f := range fields {
		for _, name := range append([]string{f.name}, f.other...) {
			if _, twice := o.index[name]; twice {
				panic(fmt.Sprintf("wire: two fields have the name %q", name))
			}
			o.index[name] = i
		}
		o.guards = o.guards || f.secret || f.guards
	}
	o.decoders.New = func() any {
		d := new(decoder[T])
		d.table = o.bind(&d.value, mode{details: true, fresh: true})
		return d
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

func (o *Object[T]) has(name string) bool {
	_, ok := o.index[name]
	return ok
}

// bind makes what reads objects into t.
func (o *Object[T]) bind(t *T, m mode) *table {
	b := &table{slots: make([]slot, len(o.fields)), index: o.index}
	for i := range o.fields {
		b.slots[i].read = o.fields[i].reader(t, m)
	}
	return b
}

// A decoder decodes documents, and learns from each.
type decoder[T any] struct {
	scanner
	table *table
	value T
}

// Decode reads one JSON document into t, details included. A document that is
// not an object leaves t as it is. After an error t holds a part of it.
func (o *Object[T]) Decode(data []byte, t *T) error {
	d := o.decoders.Get().(*decoder[T])
	d.begin(data)
	d.value = *t
	err := d.end(d.document(d.table))
	var empty T
	*t, d.value = d.value, empty
	if len(data) <= maxUsual {
		o.decoders.Put(d)
	}
	return err
}

// maxUsual bounds the documents whose readers are used again. What they keep may be
// as large as the largest document that they have read.
const maxUsual = 1 << 20

// document reads the document, if it is an object, with a table.
func (s *scanner) document(t *table) (end int) {
	i, c := s.peek(0)
	if c != '{' {
		return s.skip(i)
	}
	return t.scan(s, i)
}
