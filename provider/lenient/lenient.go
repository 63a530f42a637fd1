// Package lenient decodes the JSON of image APIs with plain structs and
// encoding/json. Providers write the same value as a string or as a number, times in
// many layouts, and null, an empty string or no member for a missing value. None of
// that may change an image.
//
// A record declares every scalar member as a [Text]. A [Converter] turns texts into
// the types of an image, and counts the values that it cannot convert:
//
//	type record struct {
//		ID        lenient.Text `json:"id"`
//		Status    lenient.Text `json:"status"`
//		CreatedAt lenient.Text `json:"created_at"`
//	}
//
//	var c lenient.Converter
//	m.Status = lenient.Enum(&c, "images.status", r.Status, statuses)
//	m.Created = c.Time("images.created_at", r.CreatedAt)
//	page.Unreadable = c.Unreadable
package lenient

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"slices"
	"time"
)

// Unmarshal is [json.Unmarshal], but its error wraps [io.ErrUnexpectedEOF] if the
// document is truncated, so that package httpapi retries the request.
func Unmarshal(document []byte, v any) error {
	err := json.Unmarshal(document, v)
	if s, ok := err.(*json.SyntaxError); ok && s.Error() == truncated {
		return fmt.Errorf("%w: %w", io.ErrUnexpectedEOF, err)
	}
	return err
}

var truncated = json.Unmarshal(nil, new(any)).Error()

// Text is a JSON scalar: the content of a string, or the text of a number, true or
// false. Null, a list and an object are empty, and so is a missing member.
type Text string

// UnmarshalJSON accepts any JSON value.
func (t *Text) UnmarshalJSON(value []byte) error {
	*t = ""
	switch value[0] {
	case '"':
		return json.Unmarshal(value, (*string)(t))
	case 'n', '{', '[':
		return nil
	}
	*t = Text(value)
	return nil
}

// List is a JSON list. Null, an empty string and an empty object are an empty list,
// which is not nil; a missing member leaves the list nil. Any other value is an error,
// so that no row of a page is lost.
type List[T any] []T

// UnmarshalJSON accepts a list, or a value that stands for an empty one.
func (l *List[T]) UnmarshalJSON(value []byte) error {
	*l = List[T]{}
	isEmptyObject := value[0] == '{' && len(bytes.TrimSpace(value[1:len(value)-1])) == 0
	if isEmptyObject || string(value) == "null" || string(value) == `""` {
		return nil
	}
	return json.Unmarshal(value, (*[]T)(l))
}

// Object is a JSON object whose members have exactly the names in the document. In a
// struct, encoding/json ignores the case of names, so that a member "Status" that a user
// defined can replace the member "status" of the API.
type Object map[string]json.RawMessage

// Text returns a member as [Text.UnmarshalJSON] decodes it, or "" if it is missing.
func (o Object) Text(name string) (t Text) {
	if value, ok := o[name]; ok {
		_ = json.Unmarshal(value, &t) // the value is valid JSON, and a Text accepts any
	}
	return t
}

// Texts returns the items of a member that is a list, or nil if it is missing, empty or
// no list.
func (o Object) Texts(name string) []Text {
	var list List[Text]
	if value, ok := o[name]; !ok || json.Unmarshal(value, &list) != nil || len(list) == 0 {
		return nil
	}
	return list
}

// Converter converts texts. The zero value is ready to use. It is not safe for
// concurrent use.
type Converter struct {
	// Unreadable counts, by path, the texts that are not empty and could not be
	// converted. It has the form of provider.Page.Unreadable. Nil: none.
	Unreadable map[string]int
}

// Reject counts a text that could not be converted.
func (c *Converter) Reject(path string) {
	if c.Unreadable == nil {
		c.Unreadable = map[string]int{}
	}
	c.Unreadable[path]++
}

// Time returns the time of a text that [ParseTime] accepts, else the zero time. Path
// names the member in Unreadable.
func (c *Converter) Time(path string, text Text) time.Time {
	t, ok := ParseTime([]byte(text))
	if !ok && text != "" {
		c.Reject(path)
	}
	return t
}

// Int returns the number of a text that [ParseInt] accepts, else 0. Path names the
// member in Unreadable.
func (c *Converter) Int(path string, text Text) int {
	n, ok := ParseInt([]byte(text))
	if !ok || int64(int(n)) != n {
		c.Reject(path)
		return 0
	}
	return int(n)
}

// Bool reports whether a text is true, True, TRUE or 1. An empty text, false, False,
// FALSE and 0 are false. Path names the member in Unreadable, for any other text.
func (c *Converter) Bool(path string, text Text) bool {
	switch text {
	case "true", "True", "TRUE", "1":
		return true
	case "", "false", "False", "FALSE", "0":
		return false
	}
	c.Reject(path)
	return false
}

// Enum returns the value that words has for a text, else the zero value. A text that is
// neither empty nor in words is counted in Unreadable under path.
func Enum[E any](c *Converter, path string, text Text, words map[string]E) E {
	value, ok := words[string(text)]
	if !ok && text != "" {
		c.Reject(path)
	}
	return value
}

// Words is the inverse of [Enum]: it returns, in order, the words that stand for any of
// the values, such as those that a filter sends to the server.
func Words[E comparable](words map[string]E, values []E) (out []string) {
	for _, word := range slices.Sorted(maps.Keys(words)) {
		if slices.Contains(values, words[word]) {
			out = append(out, word)
		}
	}
	return out
}

// Parse returns the value that parse has for a text, else the zero value. It does not
// call parse for an empty text. An error of parse is counted in Unreadable under path.
func Parse[T any](c *Converter, path string, text Text, parse func(string) (T, error)) T {
	var none T
	if text == "" {
		return none
	}
	value, err := parse(string(text))
	if err != nil {
		c.Reject(path)
		return none
	}
	return value
}
