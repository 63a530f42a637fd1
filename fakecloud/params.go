package fakecloud

import (
	"errors"
	"fmt"
	"io"
	"mime"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
)

// What a request may weigh.
const (
	maxRequestBytes = 1 << 20 // of the query, and of the body
	maxParams       = 1000
)

// params are decoded parameters by name.
type params map[string]string

// firstValues keeps one value of each name: the first.
func firstValues(values url.Values) params {
	p := make(params, len(values))
	for name, list := range values {
		p[name] = list[0]
	}
	return p
}

// decode reads the parameters: the query and, of a POST, the form, in this order.
// It returns the body too, whatever it is.
func (x *exchange) decode() (body []byte, err error) {
	values, queryErr := parsePairs(x.http.URL.RawQuery)
	body, bodyErr := readBody(x.http)
	if hasForm(x.http) && bodyErr == nil {
		form, err := parsePairs(string(body))
		for name, list := range form {
			values[name] = append(values[name], list...)
		}
		bodyErr = err
	}
	x.request.Params, x.params = values, firstValues(values)
	return body, errors.Join(queryErr, bodyErr)
}

// readBody reads all of a body, or one byte more than is allowed.
func readBody(r *http.Request) ([]byte, error) {
	if r.Body == nil || r.Body == http.NoBody {
		return nil, nil
	}
	body, err := io.ReadAll(io.LimitReader(r.Body, maxRequestBytes+1))
	if err != nil {
		return nil, fmt.Errorf("the body cannot be read: %w", err)
	}
	return body, nil
}

func hasForm(r *http.Request) bool {
	media, _, err := mime.ParseMediaType(r.Header.Get("Content-Type"))
	return r.Method == http.MethodPost && err == nil && media == "application/x-www-form-urlencoded"
}

func parsePairs(text string) (url.Values, error) {
	if len(text) > maxRequestBytes {
		return url.Values{}, errors.New("the request is too large")
	}
	if strings.Count(text, "&") >= maxParams {
		return url.Values{}, errors.New("the request has too many parameters")
	}
	return url.ParseQuery(text)
}

// unknownParams returns the sorted names of undocumented parameters.
func unknownParams(p params, documented ...[]string) []string {
	var unknown []string
	for name := range p {
		if !slices.ContainsFunc(documented, func(list []string) bool {
			return slices.Contains(list, withoutIndex(name))
		}) {
			unknown = append(unknown, name)
		}
	}
	slices.Sort(unknown)
	return unknown
}

// withoutIndex turns the number in "Tag.12.Key" into N, as the documentation
// writes it.
func withoutIndex(name string) string {
	parts := strings.Split(name, ".")
	for i, part := range parts {
		if i > 0 && part != "" && strings.Trim(part, "0123456789") == "" {
			parts[i] = "N"
		}
	}
	return strings.Join(parts, ".")
}

// args reads the parameters of an operation, and keeps the first reason to refuse
// them. An empty value is like an absent one.
type args struct {
	params params
	code   string // for values of a wrong type or outside their limits; {name} stands for the parameter
	err    error
}

func (a *args) fail(status int, code, format string, v ...any) {
	a.setErr(newAPIError(status, code, format, v...))
}

func (a *args) setErr(err error) {
	if a.err == nil {
		a.err = err
	}
}

func (a *args) failInvalid(name string) {
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
		a.failInvalid(name)
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
		a.failInvalid(name)
	}
	return false, false
}

// enum is a text out of a closed list.
func (a *args) enum(name string, status int, code string, allowed ...string) string {
	text := a.params[name]
	if text != "" && !slices.Contains(allowed, text) {
		a.fail(status, code, "The specified %s is not valid: %q.", name, text)
	}
	return text
}

// element is one member of a numbered list such as Tag.1.Key, Tag.1.Value.
type element struct {
	key, value string
	hasValue   bool // whether the value was sent
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
			e.value, e.hasValue = text, true
		default:
			continue
		}
		at[n] = e
	}
	return sortedByIndex(at)
}

func sortedByIndex[E any](at map[int]E) []E {
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
