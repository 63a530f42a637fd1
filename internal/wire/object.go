package wire

import (
	"bytes"
	"encoding/binary"
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

// A table reads objects, all at about the same depth, into one place in memory. It
// caches which key followed which: most objects repeat the key order of the one before,
// and finding a member then takes one comparison.
type table struct {
	first    slot // stands for the start of the object
	slots    []slot
	index    map[string]int // of slots, by the names of members
	unknown  []*slot        // members that have no slot of their own
	unknowns int            // unknown members seen so far
}

// A slot is a member and the cached order of keys around it. The key is a copy, so that it
// outlives its document.
type slot struct {
	read reader
	key  cachedToken // as it was written last, from the quote to the colon
	next [2]*slot    // the members that came after it last
}

const (
	maxUnknown = 32  // unknown members of one table that are told apart
	maxKey     = 128 // longest key that is cached, in bytes
	maxSkipped = 512 // longest skipped value that is cached, in bytes
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
	cacheable := s.err == nil && len(key) <= maxKey
	if index, ok := t.index[string(raw)]; ok {
		m = &t.slots[index]
	} else if cacheable {
		m = t.unknownSlot(key)
	} else {
		return &slot{read: (*scanner).skip}, end
	}
	if cacheable && m.key.text != string(key) {
		m.key = newCachedToken(string(key))
	}
	if cacheable && before.next[0] != m {
		before.next[0], before.next[1] = m, before.next[0]
	}
	return m, end
}

// unknownSlot returns the slot of an unknown member. It reuses a slot if the table has
// the maximum of them.
func (t *table) unknownSlot(key []byte) *slot {
	for _, m := range t.unknown {
		if m.key.text == string(key) {
			return m
		}
	}
	if len(t.unknown) < maxUnknown {
		t.unknown = append(t.unknown, &slot{read: skipper()})
	}
	t.unknowns++
	return t.unknown[(t.unknowns-1)%len(t.unknown)]
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

// A cachedToken is a text that a document held before. It is a copy, and usually two
// comparisons of eight bytes find it again.
type cachedToken struct {
	text        string
	first, last uint64 // eight bytes of either end
	mask        uint64 // of the bytes in them that a shorter text has
	second      uint64 // the eight bytes behind the first ones, if there are more than 16
	tail        int    // where the last ones begin
}

const chunk = 8 // bytes that are compared at once

func newCachedToken(text string) cachedToken {
	k := cachedToken{text: text, mask: 1<<(8*min(len(text), chunk)) - 1, tail: max(0, len(text)-chunk)}
	padded := append([]byte(text), make([]byte, chunk)...)
	k.first, k.last = load(padded, 0), load(padded, k.tail)
	if len(text) > 2*chunk {
		k.second = load(padded, chunk)
	}
	return k
}

// load returns the eight bytes at b[i:].
func load(b []byte, i int) uint64 { return binary.LittleEndian.Uint64(b[i : i+chunk : i+chunk]) }

// ends reports whether either end of the text is where it would be if the text stood
// at i; not if fewer than eight bytes are left there.
func (k *cachedToken) ends(data []byte, i int) bool {
	at := i + k.tail
	return at+chunk <= len(data) && ((load(data, i)^k.first)|(load(data, at)^k.last))&k.mask == 0
}

// middle reports whether b has the text between its ends, too.
func (k *cachedToken) middle(data []byte, i int) bool {
	return len(k.text) <= 2*chunk || load(data, i+chunk) == k.second &&
		(len(k.text) <= 3*chunk || string(data[i+chunk:i+k.tail]) == k.text[chunk:k.tail])
}

// recent caches the last texts at one place of documents.
type recent struct {
	texts [8]cachedToken
	count int // of all that were added
}

// at returns the cached text at i, or "".
func (r *recent) at(data []byte, i int) string {
	for k := range min(r.count, len(r.texts)) {
		if t := &r.texts[k]; t.ends(data, i) && t.middle(data, i) {
			return t.text
		}
	}
	return ""
}

// add caches a text in place of the oldest one.
func (r *recent) add(text string) {
	r.texts[r.count%len(r.texts)] = newCachedToken(text)
	r.count++
}
