package adaptertest

import (
	"bytes"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"unicode/utf16"
)

// A tree is one value of a JSON document as encoding/json reads it, with the
// members of objects in their order, and those that come twice twice.
type tree struct {
	open   byte     // '{' or '['; 0 of a scalar
	scalar any      // a string, a json.Number, a bool or nil
	keys   []string // of an object: the names of what is inside
	inside []tree
}

// parse reads a document that is valid.
func parse(doc []byte) tree {
	d := json.NewDecoder(bytes.NewReader(doc))
	d.UseNumber()
	return parseValue(d)
}

func parseValue(d *json.Decoder) (v tree) {
	first := nextToken(d)
	opening, holds := first.(json.Delim)
	if !holds {
		return tree{scalar: first}
	}
	v.open = byte(opening)
	for d.More() {
		if v.open == '{' {
			v.keys = append(v.keys, nextToken(d).(string))
		}
		v.inside = append(v.inside, parseValue(d))
	}
	nextToken(d)
	return v
}

func nextToken(d *json.Decoder) json.Token {
	t, err := d.Token()
	if err != nil {
		panic(err)
	}
	return t
}

func (v tree) isNull() bool { return v.open == 0 && v.scalar == nil }

// isNothing reports whether the value is null, "", [] or {}.
func (v tree) isNothing() bool {
	return v.isNull() || v.scalar == "" || v.open != 0 && len(v.inside) == 0
}

// text is the text of a string, or the literal of a number or boolean.
func (v tree) text() string {
	if v.open != 0 || v.isNull() {
		return ""
	}
	return fmt.Sprint(v.scalar)
}

// member is the text of the member with one of some names: the last one that is
// not null.
func (v tree) member(names ...string) (text string) {
	for i, key := range v.keys {
		if slices.Contains(names, key) && !v.inside[i].isNull() {
			text = v.inside[i].text()
		}
	}
	return text
}

// without returns the object less some members of its own.
func (v tree) without(names []string) tree {
	out := tree{open: v.open}
	for i, key := range v.keys {
		if !slices.Contains(names, key) {
			out.keys, out.inside = append(out.keys, key), append(out.inside, v.inside[i])
		}
	}
	return out
}

// each returns the value with everything inside it changed.
func (v tree) each(change func(tree) tree) tree {
	out := v
	out.inside = make([]tree, len(v.inside))
	for i, e := range v.inside {
		out.inside[i] = change(e)
	}
	return out
}

// reversed returns the value with the members of every object in reverse order.
func (v tree) reversed() tree {
	out := v.each(tree.reversed)
	if v.open == '{' {
		out.keys = slices.Clone(v.keys)
		slices.Reverse(out.keys)
		slices.Reverse(out.inside)
	}
	return out
}

// quoted returns the value with every number and boolean as a text.
func (v tree) quoted() tree {
	out := v.each(tree.quoted)
	if !v.isNull() && v.open == 0 {
		out.scalar = v.text()
	}
	return out
}

// hasTwins reports whether an object has two members with the same meaning, so that
// their order matters: some gateways send code for Code, and Key for TagKey.
func (v tree) hasTwins() bool {
	seen := map[string]bool{}
	for _, key := range v.keys {
		key = strings.TrimPrefix(strings.ReplaceAll(strings.ToLower(key), "_", ""), "tag")
		if seen[key] {
			return true
		}
		seen[key] = true
	}
	return slices.ContainsFunc(v.inside, tree.hasTwins)
}

// paths adds the path of every member, such as "Tags.Tag[].TagKey", to a set.
func (v tree) paths(above string, all map[string]bool) {
	for i, key := range v.keys {
		all[above+key] = true
		v.inside[i].paths(above+key+".", all)
	}
	if v.open == '[' {
		for _, e := range v.inside {
			e.paths(strings.TrimSuffix(above, ".")+"[].", all)
		}
	}
}

// A form is a document that says the same as another one.
type form struct {
	name    string
	content tree
	doc     []byte
}

// forms returns a document in other forms. Members that come twice keep their
// order.
func forms(content tree) []form {
	quoted := content.quoted()
	out := []form{
		{"canonical", content, content.canonical()},
		{"spaced", content, spaced(content.tokens())},
		{"escaped", content, escaped(content.tokens())},
		{"quoted", quoted, quoted.canonical()},
	}
	if !content.hasTwins() {
		reversed := content.reversed()
		out = append(out, form{"reversed", reversed, reversed.canonical()})
	}
	return out
}

// canonical returns the document without white space, and with the escapes of
// [json.Marshal] only.
func (v tree) canonical() []byte { return []byte(strings.Join(v.tokens(), "")) }

func (v tree) tokens() []string {
	if v.open == 0 {
		return []string{literal(v.scalar)}
	}
	out := []string{string(v.open)}
	for i, e := range v.inside {
		if i > 0 {
			out = append(out, ",")
		}
		if v.open == '{' {
			out = append(out, literal(v.keys[i]), ":")
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
