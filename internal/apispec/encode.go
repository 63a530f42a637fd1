package apispec

import (
	"slices"
	"strconv"
	"strings"
	"time"
)

// Encode returns the provider's words for the value of a predicate.
type Encode func(value string) (wire []string, encoding Encoding)

// Encoding says whether a value can be sent.
type Encoding uint8

// The outcomes of encoding a value.
const (
	Pushable    Encoding = iota
	NotPushable          // sending it could miss images, so the client checks the predicate instead
	NoMatch              // no image of the provider can have the value, so it is not sent
)

// Plain sends names of letters, digits and ". : _ -" only. No fuzzy search treats
// these characters as a pattern; other characters could be one.
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

// Number sends decimal numbers of 63 bits. The provider's field is such a number, so
// no image matches any other value.
func Number(value string) ([]string, Encoding) {
	if _, err := strconv.ParseUint(value, 10, 63); err != nil {
		return nil, NoMatch
	}
	return []string{value}, Pushable
}

// MinuteBefore sends a time in minutes, at least one minute before the value.
func MinuteBefore(value string) ([]string, Encoding) { return minute(value, -time.Minute) }

// MinuteAfter sends a time in minutes, at least one minute after the value.
func MinuteAfter(value string) ([]string, Encoding) { return minute(value, 2*time.Minute-1) }

func minute(value string, shift time.Duration) ([]string, Encoding) {
	t, err := time.Parse(time.RFC3339Nano, value)
	t = t.Add(shift).UTC().Truncate(time.Minute)
	if err != nil || t.Year() < 1970 || t.Year() > 9999 {
		return nil, NotPushable
	}
	return []string{t.Format("2006-01-02T15:04Z")}, Pushable
}

// Value is one neutral value and the provider's words for it.
type Value[E ~string] struct {
	Neutral E
	Wire    []string
}

// ValueMap converts between neutral values and the words of a provider.
type ValueMap[E ~string] []Value[E]

// Parse returns the neutral value of a provider's word. Case does not matter. Ok is
// false for an unknown word.
func (m ValueMap[E]) Parse(wire string) (e E, ok bool) {
	for _, entry := range m {
		if slices.ContainsFunc(entry.Wire, func(known string) bool { return strings.EqualFold(known, wire) }) {
			return entry.Neutral, true
		}
	}
	return "", false
}

// Encode encodes a neutral value. It is a function of type [Encode].
func (m ValueMap[E]) Encode(value string) ([]string, Encoding) {
	for _, entry := range m {
		if string(entry.Neutral) == value {
			return entry.Wire, Pushable
		}
	}
	return nil, NoMatch
}

// Neutral returns the neutral values in the order of the map.
func (m ValueMap[E]) Neutral() []string {
	var out []string
	for _, entry := range m {
		out = append(out, string(entry.Neutral))
	}
	return out
}

// All returns the provider's words in the order of the map.
func (m ValueMap[E]) All() []string {
	var out []string
	for _, entry := range m {
		out = append(out, entry.Wire...)
	}
	return out
}
