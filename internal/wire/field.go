package wire

import (
	"bytes"
	"time"
)

// A Field says where one member of a JSON object lands in a T. One of the
// functions is set.
type Field[T any] struct {
	member
	text func(*T) *string // of a Text or a Word
	int  func(*T) *int64
	bool func(*T) *bool
	time func(*T) *time.Time
	scan func(*scanner, *T)  // reads what is no scalar
	keep func(old, fresh *T) // hands the memory of lists on; nil if there are none
}

// A member is what a field says about the JSON side.
type member struct {
	name   string
	names  []string // the paths of the field and of all inside it
	holder byte     // '[' or '{' of a field that holds others, else 0
	detail bool
	common bool // whether the text is a Word
	secret bool
	guards bool // whether a field inside is secret
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

// Text is a string. A number or a boolean becomes its literal text.
func Text[T any](name string, at func(*T) *string) Field[T] {
	return Field[T]{member: scalar(name), text: at}
}

// Word is a [Text] of few different values, such as a status, which share their
// memory.
func Word[T any](name string, at func(*T) *string) Field[T] {
	f := Text(name, at)
	f.common = true
	return f
}

// Int is a number, or a string that holds one; 1e3 is 1000 and 40.0 is 40. What
// is not a whole number of 64 bits is 0.
func Int[T any](name string, at func(*T) *int64) Field[T] {
	return Field[T]{member: scalar(name), int: at}
}

// Bool is true, 1, or a string that says "true", "True", "TRUE" or "1"; anything
// else is false.
func Bool[T any](name string, at func(*T) *bool) Field[T] {
	return Field[T]{member: scalar(name), bool: at}
}

// Time is a string such as 2006-01-02T15:04:05Z. The seconds may be missing or
// have a fraction, an offset such as +08:00 may stand for the Z, and a blank for
// the T. The result is in UTC; what cannot be read is the zero time.
func Time[T any](name string, at func(*T) *time.Time) Field[T] {
	return Field[T]{member: scalar(name), time: at}
}

func scalar(name string) member { return member{name: name, names: []string{name}} }

// store reads the value at the current position into t. Null leaves a scalar as
// it is.
func (f *Field[T]) store(s *scanner, t *T) {
	switch {
	case f.scan != nil:
		f.scan(s, t)
		return
	case f.text != nil && s.peek() == '"':
		*f.text(t) = s.copied(s.quotedText(), f.common)
		return
	}
	v := s.value()
	switch {
	case v.kind == null:
	case f.text != nil:
		*f.text(t) = s.copied(v.raw, f.common)
	case f.bool != nil:
		*f.bool(t) = s.bool(v)
	case f.int != nil:
		*f.int(t) = s.int(v)
	default:
		*f.time(t) = s.time(v)
	}
}

// quotedText is what the string at the current position says. It is valid until
// the next call.
func (s *scanner) quotedText() []byte { return s.unquoted(s.quoted()) }

// copied returns a text in memory that outlives the document.
func (s *scanner) copied(text []byte, common bool) string {
	if common && len(text) <= maxWord {
		return s.words.intern(text)
	}
	return s.texts.keep(text)
}

// text is what a string says, or the literal of a number or boolean. It is valid
// until the next call.
func (s *scanner) text(v value) []byte {
	if v.kind == text {
		return s.unquoted(v.raw, v.plain)
	}
	return v.raw
}

func (s *scanner) int(v value) int64 {
	n := bytes.TrimSpace(s.text(v))
	if end, ok := numberEnd(n, 0); !ok || end != len(n) {
		return 0
	}
	return whole(string(n))
}

func (s *scanner) bool(v value) bool {
	switch string(s.text(v)) {
	case "true", "1":
		return true
	case "True", "TRUE":
		return v.kind == text
	}
	return false
}

func (s *scanner) time(v value) time.Time {
	if v.kind != text {
		return time.Time{}
	}
	return instant(s.text(v))
}
