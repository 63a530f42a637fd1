package apispec

import (
	"slices"
	"strconv"
	"strings"
	"time"
)

// Encode turns a predicate's value into what the provider calls it.
type Encode func(value string) (wire []string, fit Fit)

// Fit says what can be done with a value.
type Fit uint8

// The fates of a value.
const (
	Sendable   Fit = iota
	Unsendable     // asking with it might miss images: the predicate is checked here only
	Impossible     // no image of the provider can have it: it is not asked for
)

// Plain sends names made of letters, digits and ". : _ -". They mean themselves
// under every reading of a fuzzy search; any other name might not.
func Plain(value string) ([]string, Fit) {
	for _, c := range []byte(value) {
		if !isPlain(c) {
			return nil, Unsendable
		}
	}
	return []string{value}, Sendable
}

func isPlain(c byte) bool {
	return 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z' || '0' <= c && c <= '9' || strings.IndexByte(".:_-", c) >= 0
}

// Number sends decimal numbers of 64 bits. The provider's field holds nothing else.
func Number(value string) ([]string, Fit) {
	if _, err := strconv.ParseUint(value, 10, 63); err != nil {
		return nil, Impossible
	}
	return []string{value}, Sendable
}

// MinuteBefore sends a time in minute precision, at least a minute early.
func MinuteBefore(value string) ([]string, Fit) { return minute(value, -time.Minute) }

// MinuteAfter sends a time in minute precision, at least a minute late.
func MinuteAfter(value string) ([]string, Fit) { return minute(value, 2*time.Minute-1) }

func minute(value string, shift time.Duration) ([]string, Fit) {
	t, err := time.Parse(time.RFC3339Nano, value)
	t = t.Add(shift).UTC().Truncate(time.Minute)
	if err != nil || t.Year() < 1970 || t.Year() > 9999 {
		return nil, Unsendable
	}
	return []string{t.Format("2006-01-02T15:04Z")}, Sendable
}

// Word is one neutral value and what the provider calls it.
type Word[E ~string] struct {
	Neutral E
	Wire    []string
}

// Words is a vocabulary, used in both directions.
type Words[E ~string] []Word[E]

// Read returns the neutral value of a provider's word, in any case; an unknown
// word is the zero value.
func (w Words[E]) Read(wire string) E {
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
func (w Words[E]) Has(wire string) bool {
	return slices.ContainsFunc(w, func(word Word[E]) bool {
		return slices.ContainsFunc(word.Wire, func(known string) bool { return strings.EqualFold(known, wire) })
	})
}

// Encode is an [Encode].
func (w Words[E]) Encode(value string) ([]string, Fit) {
	for _, word := range w {
		if string(word.Neutral) == value {
			return word.Wire, Sendable
		}
	}
	return nil, Impossible
}

// Neutral returns the neutral values.
func (w Words[E]) Neutral() []string {
	var out []string
	for _, word := range w {
		out = append(out, string(word.Neutral))
	}
	return out
}

// All returns every word of the provider.
func (w Words[E]) All() []string {
	var out []string
	for _, word := range w {
		out = append(out, word.Wire...)
	}
	return out
}
