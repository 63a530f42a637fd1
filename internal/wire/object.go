package wire

import (
	"fmt"
	"slices"
)

// An Object is the table of one record. It never changes, and is safe for
// concurrent use.
type Object[T any] struct {
	fields []Field[T]
	keys   keyTable
	guards bool // whether a field is secret, or one inside it
}

// NewObject makes a table. It panics if two fields have the same name.
func NewObject[T any](fields ...Field[T]) *Object[T] {
	o := &Object[T]{fields: slices.Clone(fields), keys: make(keyTable, len(fields))}
	for i, f := range fields {
		if _, twice := o.keys[f.name]; twice {
			panic(fmt.Sprintf("wire: two fields have the name %q", f.name))
		}
		o.keys[f.name] = i
		o.guards = o.guards || f.secret || f.guards
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
// not an object leaves t as it is. After an error t holds what came before it.
func (o *Object[T]) Decode(data []byte, t *T) error {
	return o.document(newScanner(data, true), t)
}

func (o *Object[T]) document(s *scanner, t *T) error {
	read := s.skip
	if s.peek() == '{' {
		read = func() error { return o.scan(s, t) }
	}
	if err := read(); err != nil {
		return err
	}
	return s.end()
}

// scan reads the object at the current position.
func (o *Object[T]) scan(s *scanner, t *T) error {
	order := s.orderOf(&o.keys)
	more, err := s.enter()
	for key := 0; more && err == nil; {
		start := s.pos
		if key, err = s.find(order, key); err != nil {
			return err
		}
		if field := key - 1; field < len(o.fields) {
			err = o.fields[field].read(s, t, start)
		} else {
			err = s.skip()
		}
		if err == nil {
			more, err = s.next()
		}
	}
	return err
}

// read reads the value of a member whose key stands at start. What holds secrets
// is always looked into, and cut as a whole if it has not the shape in which the
// table knows where they are.
func (f *Field[T]) read(s *scanner, t *T, start int) error {
	switch {
	case f.secret || f.guards && s.peek() != f.holder:
		return s.cut(start)
	case f.detail && !s.details && !f.guards:
		return s.skip()
	}
	return f.store(s, t)
}

// store reads the value at the current position into t. Null leaves a scalar as
// it is.
func (f *Field[T]) store(s *scanner, t *T) error {
	if f.set == nil {
		return f.scan(s, t)
	}
	v, err := s.value()
	if err == nil && v.kind != null {
		f.set(s, v, t)
	}
	return err
}

// keep hands the memory of the lists in old on to fresh.
func (o *Object[T]) keep(old, fresh *T) {
	for i := range o.fields {
		if keep := o.fields[i].keep; keep != nil {
			keep(old, fresh)
		}
	}
}
