package apispec

import (
	"slices"
	"strconv"
	"strings"
	"time"
)

// Encode turns a predicate's value into what the provider calls it.
type Encode func(value string) (wire []string, encoding Encoding)

// Encoding reports whether a value can be sent.
type Encoding uint8

// The outcomes of encoding a value.
const (
	Pushable    Encoding = iota
	NotPushable          // sending it might miss images: the client checks the predicate instead
	NoMatch              // no image of the provider can have the value: it is not sent
)

// Plain sends names made of letters, digits and ". : _ -". They mean themselves
// under every reading of a fuzzy search; any other name might not.
func Plain(value string) ([]string, Encoding) {
	for _, c := range []byte(value) {
		if !isPlain(c) {
			return nil, NotPushable
		}
	}
	return []string{value}, Pushable
}

func isPlain(c byte) bool {
	return 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z' || '0' <= c && c <= '9' || strings.IndexByte(".:_-", c) >= 0
}

// Number sends decimal numbers of 64 bits. The provider's field holds nothing else.
func Number(value string) ([]string, Encoding) {
	if _, err := strconv.ParseUint(value, 10, 63); err != nil {
		return nil, NoMatch
	}
	return []string{value}, Pushable
}

// MinuteBefore sends a time in minute precision, at least a minute early.
func MinuteBefore(value string) ([]string, Encoding) { return minute(value, -time.Minute) }

// MinuteAfter sends a time in minute precision, at least a minute late.
func MinuteAfter(value string) ([]string, Encoding) { return minute(value, 2*time.Minute-1) }

func minute(value string, shift time.Duration) ([]string, Encoding) {
	t, err := time.Parse(time.RFC3339Nano, value)
	t = t.Add(shift).UTC().Truncate(time.Minute)
	if err != nil || t.Year() < 1970 || t.Year() > 9999 {
		return nil, NotPushable
	}
	return []string{t.Format("2006-01-02T15:04Z")}, Pushable
}

// Value is one neutral value and the words that the provider has for it.
type Value[E ~string] struct {
	Neutral E
	Wire    []string
}

// ValueMap converts between neutral values and the words of a provider.
type ValueMap[E ~string] []Value[E]

// Read returns the neutral value of a provider's word, in any case; an unknown
// word is the zero value.
func (w ValueMap[E]) Read(wire string) E {
	for _, word := range w {
		if slices.Contains(word.Wire, wire) {
			return word.Neutral
		}
	}
	for _, word := range w {
		if slices.ContainsFunc(word.Wire, func(known string) bool { return strings.EqualFold(known, wire) }) {
			return word.Neutral
		}
	}
	return ""
}

// Has reports whether a provider's word is in the vocabulary, in any case.
func (w ValueMap[E]) Has(wire string) bool {
	return slices.ContainsFunc(w, func(value Value[E]) bool {
		return slices.ContainsFunc(value.Wire, func(known string) bool { return strings.EqualFold(known, wire) })
	})
}

// Encode is an [Encode].
func (w ValueMap[E]) Encode(value string) ([]string, Encoding) {
	for _, word := range w {
		if string(word.Neutral) == value {
			return word.Wire, Pushable
		}
	}
	return nil, NoMatch
}

// Neutral returns the neutral values.
func (w ValueMap[E]) Neutral() []string {
	var out []string
	for _, word := range w {
		out = append(out, string(word.Neutral))
	}
	return out
}

// All returns every word of the provider.
func (w ValueMap[E]) All() []string {
	var out []string
	for _, word := range w {
		out = append(out, word.Wire...)
	}
	return out
}
