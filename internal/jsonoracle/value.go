// Package jsonoracle reads JSON documents by means of encoding/json only. It is slow and
// plain, and says what decoders of responses must find. It shares no code with them.
package jsonoracle

import (
	"bytes"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
)

// A Value is one value of a document, as encoding/json reads it. The members of an object
// keep their order, and a name that comes twice is there twice.
type Value struct {
	Raw    []byte   // as it stands in the document
	Scalar any      // a string, a json.Number or a bool; nil: null, a list or an object
	Keys   []string // of an object, the names of the members
	Inside []Value  // the members or elements
	open   byte     // '{' or '['; 0 of a scalar
}

// Parse parses a document, which must be valid.
func Parse(doc []byte) Value {
	p := parser{doc, json.NewDecoder(bytes.NewReader(doc))}
	p.decoder.UseNumber()
	return p.value()
}

type parser struct {
	doc     []byte
	decoder *json.Decoder
}

func (p *parser) value() (v Value) {
	before := p.decoder.InputOffset()
	first := p.token()
	if delim, ok := first.(json.Delim); ok {
		v.open = byte(delim)
		for p.decoder.More() {
			if v.IsObject() {
				v.Keys = append(v.Keys, p.token().(string))
			}
			v.Inside = append(v.Inside, p.value())
		}
		p.token()
	} else {
		v.Scalar = first
	}
	v.Raw = bytes.TrimLeft(p.doc[before:p.decoder.InputOffset()], " \t\r\n:,")
	return v
}

func (p *parser) token() json.Token {
	t, err := p.decoder.Token()
	if err != nil {
		panic(err)
	}
	return t
}

// IsObject reports whether the value is an object.
func (v Value) IsObject() bool { return v.open == '{' }

// IsList reports whether the value is a list.
func (v Value) IsList() bool { return v.open == '[' }

// IsNull reports whether the value is null.
func (v Value) IsNull() bool { return v.open == 0 && v.Scalar == nil }

// IsEmpty reports whether the value is null, "", [] or {}.
func (v Value) IsEmpty() bool { return v.Scalar == "" || v.Scalar == nil && len(v.Inside) == 0 }

// Text returns the text of a string, or the literal of a number or boolean.
func (v Value) Text() string {
	if v.Scalar == nil {
		return ""
	}
	return fmt.Sprint(v.Scalar)
}

// Member returns the text of the member with one of some names: the last one that is not
// null.
func (v Value) Member(names ...string) (text string) {
	for i, key := range v.Keys {
		if slices.Contains(names, key) && !v.Inside[i].IsNull() {
			text = v.Inside[i].Text()
		}
	}
	return text
}

// Without returns the object without some of its members.
func (v Value) Without(names []string) Value {
	out := Value{open: v.open}
	for i, key := range v.Keys {
		if !slices.Contains(names, key) {
			out.Keys, out.Inside = append(out.Keys, key), append(out.Inside, v.Inside[i])
		}
	}
	return out
}

// Paths returns the path of every member, such as "Tags.Tag[].TagKey".
func (v Value) Paths() []string { return v.paths("") }

func (v Value) paths(above string) (all []string) {
	for i, e := range v.Inside {
		path := strings.TrimSuffix(above, ".") + "[]"
		if v.IsObject() {
			path = above + v.Keys[i]
			all = append(all, path)
		}
		all = append(all, e.paths(path+".")...)
	}
	return all
}
