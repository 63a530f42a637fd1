package fakecloud

import (
	"net/http"
	"slices"
	"strconv"
	"strings"
)

// args reads the parameters of an operation, and keeps the first reason to refuse
// them. An empty value is like an absent one.
type args struct {
	params params
	code   string // for values of a wrong type or outside their limits; {name} stands for the parameter
	err    error
}

func (a *args) fail(status int, code, format string, v ...any) {
	a.refuse(refuse(status, code, format, v...))
}

func (a *args) refuse(err error) {
	if a.err == nil {
		a.err = err
	}
}

func (a *args) failValue(name string) {
	a.fail(http.StatusBadRequest, strings.ReplaceAll(a.code, "{name}", name), "The specified parameter %s is not valid.", name)
}

func (a *args) text(name string) string { return a.params[name] }

// required is a text that must be there.
func (a *args) required(name string) string {
	text := a.params[name]
	if text == "" {
		a.fail(http.StatusBadRequest, "MissingParameter", "The input parameter %s that is mandatory for processing this request is not supplied.", name)
	}
	return text
}

// number is an integer from least to most; a most of 0 is no limit.
func (a *args) number(name string, absent, least, most int) int {
	text := a.params[name]
	if text == "" {
		return absent
	}
	n, err := strconv.Atoi(text)
	if err != nil || n < least || most > 0 && n > most {
		a.failValue(name)
		return absent
	}
	return n
}

// flag is a boolean in any case, and whether there is one.
func (a *args) flag(name string) (value, given bool) {
	switch text := strings.ToLower(a.params[name]); text {
	case "true", "false":
		return text == "true", true
	case "":
	default:
		a.failValue(name)
	}
	return false, false
}

// word is a text out of a closed list.
func (a *args) word(name string, status int, code string, allowed ...string) string {
	text := a.params[name]
	if text != "" && !slices.Contains(allowed, text) {
		a.fail(status, code, "The specified %s is not valid: %q.", name, text)
	}
	return text
}

// element is one member of a numbered list such as Tag.1.Key, Tag.1.Value.
type element struct {
	key, value string
	valued     bool // whether the value was sent
}

// elements collects a numbered list in its order. Small initials, as in
// Tag.1.key, are the deprecated spelling of the same.
func (a *args) elements(list string) []element {
	at := map[int]element{}
	for name, text := range a.params {
		rest, listed := strings.CutPrefix(name, list+".")
		index, part, ok := strings.Cut(rest, ".")
		if !listed || !ok {
			continue
		}
		n, err := strconv.Atoi(index)
		if err != nil || n < 1 {
			continue
		}
		e := at[n]
		switch part {
		case "Key", "key":
			e.key = text
		case "Value", "value":
			e.value, e.valued = text, true
		default:
			continue
		}
		at[n] = e
	}
	return inOrder(at)
}

func inOrder[E any](at map[int]E) []E {
	indexes := make([]int, 0, len(at))
	for n := range at {
		indexes = append(indexes, n)
	}
	slices.Sort(indexes)
	out := make([]E, 0, len(at))
	for _, n := range indexes {
		out = append(out, at[n])
	}
	return out
}
