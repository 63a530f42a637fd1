package fakecloud

import (
	"errors"
	"fmt"
	"io"
	"mime"
	"net/http"
	"net/url"
	"slices"
	"strings"
)

// What a request may weigh.
const (
	maxRequestBytes = 1 << 20 // of the query, and of the body
	maxParams       = 1000
)

// params are decoded parameters by name.
type params map[string]string

// first keeps one value of each name: the first.
func first(values url.Values) params {
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
	x.request.Params, x.params = values, first(values)
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

// unknownParams returns the sorted names that none of the documented lists has.
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
