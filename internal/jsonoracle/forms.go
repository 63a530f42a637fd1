package jsonoracle

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"unicode/utf16"
)

// A Form is a document that says the same as another one.
type Form struct {
	Name    string
	Content Value
	Doc     []byte
}

// Forms returns a document in other forms. Members that come twice keep their order.
func (v Value) Forms() []Form {
	quoted := v.quoted()
	out := []Form{
		{"canonical", v, v.Canonical()},
		{"spaced", v, spaced(v.tokens())},
		{"escaped", v, escaped(v.tokens())},
		{"quoted", quoted, quoted.Canonical()},
	}
	if !v.hasTwins() {
		reversed := v.reversed()
		out = append(out, Form{"reversed", reversed, reversed.Canonical()})
	}
	return out
}

// Canonical returns the document without white space, and with the escapes of
// [json.Marshal] only.
func (v Value) Canonical() []byte { return []byte(strings.Join(v.tokens(), "")) }

func (v Value) tokens() []string {
	if v.open == 0 {
		return []string{literal(v.Scalar)}
	}
	out := []string{string(v.open)}
	for i, e := range v.Inside {
		if i > 0 {
			out = append(out, ",")
		}
		if v.IsObject() {
			out = append(out, literal(v.Keys[i]), ":")
		}
		out = append(out, e.tokens()...)
	}
	return append(out, string(v.open+'}'-'{'))
}

func literal(scalar any) string {
	out, err := json.Marshal(scalar)
	if err != nil {
		panic(err)
	}
	return string(out)
}

// spaced puts white space of several kinds after each token.
func spaced(tokens []string) (doc []byte) {
	gaps := []string{" ", "\n", "\t", "\r\n  "}
	for i, token := range tokens {
		doc = append(append(doc, token...), gaps[i%len(gaps)]...)
	}
	return doc
}

// escaped writes every character of a text as an escape sequence.
func escaped(tokens []string) (doc []byte) {
	for _, token := range tokens {
		var text string
		if token[0] != '"' || json.Unmarshal([]byte(token), &text) != nil {
			doc = append(doc, token...)
			continue
		}
		doc = append(doc, '"')
		for _, unit := range utf16.Encode([]rune(text)) {
			doc = fmt.Appendf(doc, `\u%04x`, unit)
		}
		doc = append(doc, '"')
	}
	return doc
}

// each returns the value with everything inside it changed.
func (v Value) each(change func(Value) Value) Value {
	out := v
	out.Inside = make([]Value, len(v.Inside))
	for i, e := range v.Inside {
		out.Inside[i] = change(e)
	}
	return out
}

// quoted returns the value with every number and boolean as a text.
func (v Value) quoted() Value {
	out := v.each(Value.quoted)
	if v.Scalar != nil {
		out.Scalar = v.Text()
	}
	return out
}

// reversed returns the value with the members of every object in reverse order.
func (v Value) reversed() Value {
	out := v.each(Value.reversed)
	if v.IsObject() {
		out.Keys = slices.Clone(v.Keys)
		slices.Reverse(out.Keys)
		slices.Reverse(out.Inside)
	}
	return out
}

// hasTwins reports whether an object has two members with the same meaning, so that
// their order matters: some gateways send code for Code, and Key for TagKey.
func (v Value) hasTwins() bool {
	seen := map[string]bool{}
	for _, key := range v.Keys {
		key = strings.TrimPrefix(strings.ReplaceAll(strings.ToLower(key), "_", ""), "tag")
		if seen[key] {
			return true
		}
		seen[key] = true
	}
	return slices.ContainsFunc(v.Inside, Value.hasTwins)
}
