package wire

import (
	"fmt"
	"maps"
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

// A decoder decodes documents. It is pooled, and caches keys and repeated values. The
// caches affect speed, never results.
type decoder[T any] struct {
	scanner
	table *table
	value T
}

// Decode decodes one JSON document into t, details included. A document that is not an
// object leaves t unchanged. After an error, t may be incomplete.
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

// maxUsual limits the size of documents whose readers are reused, since a reader keeps
// buffers of the size of its largest document.
const maxUsual = 1 << 20

// document reads the document, if it is an object, with a table.
func (s *scanner) document(t *table) (end int) {
	i, c := s.peek(0)
	if c != '{' {
		return s.skip(i)
	}
	return t.scan(s, i)
}

// A reader decodes the value at a position into one place in memory, and returns the
// end of the value. Null leaves a scalar unchanged.
type reader func(s *scanner, at int) (end int)

// A table reads objects, all at about the same depth, into one place in memory. Most
// objects repeat the key order of the one before, and finding a member then takes one
// comparison.
type table struct {
	first slot // stands for the start of the object
	slots []slot
	index map[string]int // of slots, by the names of members
	other slot           // stands for all members that are not in the index
}

// A slot is a member and the cached order of keys around it.
type slot struct {
	read reader
	key  cachedToken // as it was written last, from the quote to the colon
	next [2]*slot    // the members that came after it last
}

const maxKey = 128 // longest key that is cached, in bytes

// add gives the table another member.
func (t *table) add(name string, read reader) {
	t.index = maps.Clone(t.index)
	t.index[name] = len(t.slots)
	t.slots = append(t.slots, slot{read: read})
}

// scan reads the object at i.
func (t *table) scan(s *scanner, i int) int {
	i, more := s.enter(i, '}')
	m := &t.first
	if !more {
		return i
	}
	for {
		s.member = i
		if next := m.next[0]; next != nil && next.key.isAt(s.data, i) {
			m, i = next, i+len(next.key.text)
		} else {
			m, i = t.find(s, m, i)
		}
		i = m.read(s, i)
		if i < len(s.data) && s.data[i] == ',' {
			i++
		} else if i, more = s.next(i, '}'); !more {
			return i
		}
	}
}

// find reads a key and its colon; before is the member before.
func (t *table) find(s *scanner, before *slot, i int) (m *slot, end int) {
	i, _ = s.peek(i)
	for _, m := range before.next {
		if m != nil && m.key.isAt(s.data, i) {
			return m, i + len(m.key.text)
		}
	}
	return t.lookUp(s, before, i)
}

// lookUp finds a member by the name at i.
func (t *table) lookUp(s *scanner, before *slot, i int) (m *slot, end int) {
	after, plain, end := s.key(i)
	index, ok := t.index[string(s.between(i, after, plain))]
	if !ok {
		t.other.read = (*scanner).skip
		return &t.other, end
	}
	m = &t.slots[index]
	if key := s.data[i:end]; s.err == nil && len(key) <= maxKey {
		if m.key.text != string(key) {
			m.key = newCachedToken(string(key))
		}
		if before.next[0] != m {
			before.next[0], before.next[1] = m, before.next[0]
		}
	}
	return m, end
}
