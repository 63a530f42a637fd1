package wire

import (
	"slices"
	"time"

	"github.com/imagequery/imagequery/provider/lenient"
)

// A Field says where a decoder stores one member of a JSON object: in the place that at
// returns. The place must be inside the T itself, since at is called only once.
type Field[T any] struct {
	member
	bind func(t *T, m mode) reader // for values that land in t
}

// A member is the JSON side of a field.
type member struct {
	name   string
	other  []string // further spellings of the name, which no page documents
	names  []string // the paths of the field and of all inside it
	holder byte     // '[' or '{' of a field that holds others, else 0
	detail bool
	secret bool
	guards bool // whether a field inside is secret
}

// A mode says how to read.
type mode struct {
	details bool   // whether fields marked Detail are stored
	fresh   bool   // whether every list needs memory of its own
	path    string // of the value
}

// inside is the mode of the values inside a value; step separates the paths.
func (m mode) inside(step string) mode {
	m.path += step
	return m
}

// Detail returns the field marked as stored only where details are wanted:
// [Object.Decode] stores it, [Page.Scan] skips it. A field with a secret inside
// is never skipped, and the mark has no effect.
func (f Field[T]) Detail() Field[T] {
	f.detail = true
	return f
}

// Secret returns the field marked as never stored; [Raw.Copy] cuts it out.
func (f Field[T]) Secret() Field[T] {
	f.secret = true
	return f
}

// Or returns the field with further names, which are read like its own and are not
// among the paths of the table.
func (f Field[T]) Or(names ...string) Field[T] {
	f.other = append(slices.Clip(f.other), names...)
	return f
}

// reader returns what reads the field into t; m is the mode of the object around it.
// What holds secrets is always looked
// into, and cut as a whole if it has not the shape in which the table knows where
// they are.
func (f *Field[T]) reader(t *T, m mode) reader {
	m = m.inside(f.name)
	switch {
	case f.secret:
		return (*scanner).cutMember
	case f.guards:
		read := f.bind(t, m)
		return func(s *scanner, i int) int {
			if _, c := s.peek(i); c != f.holder {
				return s.cutMember(i)
			}
			return read(s, i)
		}
	case f.detail && !m.details:
		return (*scanner).skip
	}
	return f.bind(t, m)
}

// named is a scalar member with a name.
func named(name string) member { return member{name: name, names: []string{name}} }

// scalar is a field for values that are no lists and no objects. Set takes over what
// [scanner.text] returns, and reports whether it could convert it.
//
// The constructors of common fields are not inlined, since the compiler inlines almost
// nothing into closures inside of the large functions that initialize the tables.
//
//go:noinline
func scalar[T, V any](name string, at func(*T) *V, set func(s *scanner, to *V, text []byte) bool) Field[T] {
	return Field[T]{named(name), func(t *T, m mode) reader {
		to := at(t)
		return func(s *scanner, i int) int {
			start, c := s.peek(i)
			text, ok, end := s.text(start, c)
			if ok && !set(s, to, text) || (c == '[' || c == '{') && !s.isEmpty(start, end) {
				s.countUnreadable(m.path)
			}
			return end
		}
	}}
}

// Text is a string. A number or a boolean becomes its literal text.
//
//go:noinline
func Text[T any](name string, at func(*T) *string) Field[T] {
	f := scalar(name, at, func(s *scanner, to *string, text []byte) bool {
		*to = s.texts.keep(text)
		return true
	})
	return Field[T]{f.member, func(t *T, m mode) reader {
		to, other := at(t), f.bind(t, m)
		return func(s *scanner, i int) int {
			start, c := s.peek(i)
			if c != '"' {
				return other(s, start)
			}
			end, plain := s.quoted(start)
			*to = s.texts.keep(s.between(start, end, plain))
			return end
		}
	}}
}

// InternedString is a [Text] of few different values, such as a resource group. Equal
// values that follow each other closely share their memory.
func InternedString[T any](name string, at func(*T) *string) Field[T] {
	return Parsed(name, at, func(*T) *struct{} { return new(struct{}) }, func(string) (v struct{}, ok bool) { return v, true })
}

// Parsed is an [InternedString] that is converted, too, such as a status: the text is
// stored at one place, and what parse returns for it at another one. A text that parse
// does not accept is counted as unreadable unless it is empty. Parse is not called again
// for a text that was seen lately.
//
//go:noinline
func Parsed[T, V any](name string, at func(*T) *string, to func(*T) *V, parse func(text string) (V, bool)) Field[T] {
	return Field[T]{named(name), func(t *T, m mode) reader {
		text, value := at(t), to(t)
		var recent recentValues[V] // of those that parse accepts
		return func(s *scanner, i int) int {
			start, c := s.peek(i)
			if hit := recent.at(s.data, start); hit != nil {
				*text, *value = hit.text, hit.value
				return start + len(hit.quoted.text)
			}
			read, ok, end := s.text(start, c)
			if !ok || s.err != nil {
				return end
			}
			*text = string(read)
			*value, ok = parse(*text)
			switch {
			case *text != "" && !ok, (c == '[' || c == '{') && !s.isEmpty(start, end):
				s.countUnreadable(m.path)
			case c == '"' && end-start <= maxRecent:
				recent.add(string(s.data[start:end]), *text, *value)
			}
			return end
		}
	}}
}

const maxRecent = 128 // longest value that is cached, in bytes

// Int is a number, or a string that holds one; 1e3 is 1000 and 40.0 is 40. Any other
// value than a whole number of 64 bits is 0.
func Int[T any](name string, at func(*T) *int64) Field[T] {
	return scalar(name, at, func(_ *scanner, to *int64, text []byte) (ok bool) {
		*to, ok = lenient.ParseInt(text)
		return ok
	})
}

// Size is an [Int] that is not negative. A negative number becomes 0 and is counted
// as unreadable.
func Size[T any](name string, at func(*T) *int64) Field[T] {
	return scalar(name, at, func(_ *scanner, to *int64, text []byte) bool {
		n, ok := lenient.ParseInt(text)
		*to = max(n, 0)
		return ok && n >= 0
	})
}

// Bool is true, 1, or a string that says "true", "True", "TRUE" or "1"; anything
// else is false.
func Bool[T any](name string, at func(*T) *bool) Field[T] {
	return scalar(name, at, func(_ *scanner, to *bool, text []byte) bool {
		switch string(text) {
		case "true", "True", "TRUE", "1":
			*to = true
			return true
		case "", "false", "False", "FALSE", "0":
			*to = false
			return true
		}
		*to = false
		return false
	})
}

// Time is a string such as 2006-01-02T15:04:05Z. The seconds may be missing or
// have a fraction, and a blank may stand for the T. The zone is Z, an offset such as
// +08:00, +0800 or +08, or missing, which means UTC. The result is in UTC; a text in
// another layout is the zero time.
func Time[T any](name string, at func(*T) *time.Time) Field[T] {
	return scalar(name, at, func(_ *scanner, to *time.Time, text []byte) (ok bool) {
		*to, ok = lenient.ParseTime(text)
		return ok || len(text) == 0
	})
}

// Texts is a list of texts, as [Text] decodes them. Null, lists and objects in it are
// left out. Any other value than a list is empty.
func Texts[T any](name string, at func(*T) *[]string) Field[T] {
	return Field[T]{named(name), func(t *T, m mode) reader {
		texts := at(t)
		elements := m.path + "[]"
		return func(s *scanner, i int) int {
			*texts = nil
			i, more := s.list(i, m.path)
			for ; more; i, more = s.next(i, ']') {
				start, c := s.peek(i)
				text, ok, end := s.text(start, c)
				switch {
				case c == '{' || c == '[':
					s.countUnless(s.isEmpty(start, end), elements)
				case ok:
					*texts = append(*texts, s.texts.keep(text))
				}
				i = end
			}
			return i
		}
	}}
}

// Nested is an object. Any other value leaves the E unchanged.
func Nested[T, E any](name string, of *Object[E], at func(*T) *E) Field[T] {
	return Field[T]{holder(name, '{', of), func(t *T, m mode) reader {
		inside := of.bind(at(t), m.inside("."))
		return func(s *scanner, i int) int {
			i, c := s.peek(i)
			if c != '{' {
				end := s.skip(i)
				s.countUnless(s.isNothing(i, end), m.path)
				return end
			}
			return inside.scan(s, i)
		}
	}}
}

// Inside is an object whose members land in the same T.
func Inside[T any](name string, fields ...Field[T]) Field[T] {
	return Nested(name, NewObject(fields...), func(t *T) *T { return t })
}

// holder is a member with objects of a table inside it.
func holder[E any](name string, opening byte, of *Object[E]) member {
	return member{name: name, names: pathsInside(name, opening, of.Names()), holder: opening, guards: of.guards}
}

// pathsInside returns the path of a member and the paths inside it.
func pathsInside(name string, opening byte, inside []string) []string {
	path := name + "."
	if opening == '[' {
		path = name + "[]."
	}
	names := []string{name}
	for _, n := range inside {
		names = append(names, path+n)
	}
	return names
}
