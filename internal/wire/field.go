package wire

import (
	"bytes"
	"time"
)

// A Field says where one member of a JSON object lands in a T.
type Field[T any] struct {
	member
	read func(*scanner, *T)  // reads the value at the current position; null leaves a scalar as it is
	keep func(old, fresh *T) // hands the memory of lists on; nil if there are none
}

// A member is what a field says about the JSON side.
type member struct {
	name   string
	names  []string // the paths of the field and of all inside it
	holder byte     // '[' or '{' of a field that holds others, else 0
	detail bool
	secret bool
	guards bool // whether a field inside is secret
	marked bool // whether one of these three is set
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
	return scalar(name, func(s *scanner, t *T) {
		if text, ok := s.readText(); ok {
			*at(t) = s.texts.keep(text)
		}
	})
}

// Word is a [Text] of few different values, such as a status, which share their
// memory.
func Word[T any](name string, at func(*T) *string) Field[T] {
	return scalar(name, func(s *scanner, t *T) {
		if text, ok := s.readText(); ok {
			*at(t) = s.words.intern(text)
		}
	})
}

// Int is a number, or a string that holds one; 1e3 is 1000 and 40.0 is 40. What
// is not a whole number of 64 bits is 0.
func Int[T any](name string, at func(*T) *int64) Field[T] {
	return scalar(name, func(s *scanner, t *T) {
		if v := s.value(); v.kind != null {
			*at(t) = s.int(v)
		}
	})
}

// Bool is true, 1, or a string that says "true", "True", "TRUE" or "1"; anything
// else is false.
func Bool[T any](name string, at func(*T) *bool) Field[T] {
	return scalar(name, func(s *scanner, t *T) {
		if v := s.value(); v.kind != null {
			*at(t) = s.bool(v)
		}
	})
}

// Time is a string such as 2006-01-02T15:04:05Z. The seconds may be missing or
// have a fraction, an offset such as +08:00 may stand for the Z, and a blank for
// the T. The result is in UTC; what cannot be read is the zero time.
func Time[T any](name string, at func(*T) *time.Time) Field[T] {
	return scalar(name, func(s *scanner, t *T) {
		if v := s.value(); v.kind != null {
			*at(t) = s.time(v)
		}
	})
}

func scalar[T any](name string, read func(*scanner, *T)) Field[T] {
	return Field[T]{member: member{name: name, names: []string{name}}, read: read}
}

// readText reads a value and returns its text, which is valid until the next call;
// of null there is none.
func (s *scanner) readText() (text []byte, ok bool) {
	if s.peek() == '"' {
		return s.textOf(s.quoted()), true
	}
	v := s.value()
	return v.raw, v.kind != null
}

// text is what a string says, or the literal of a number or boolean. It is valid
// until the next call.
func (s *scanner) text(v value) []byte {
	if v.kind == text {
		return s.textOf(v.raw, v.plain)
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
