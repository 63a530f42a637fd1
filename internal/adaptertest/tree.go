package adaptertest

import (
	"bytes"
	"encoding/hex"
	"encoding/json"
	"slices"
	"strconv"
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
	switch scalar := v.scalar.(type) {
	case string:
		return scalar
	case json.Number:
		return scalar.String()
	case bool:
		return strconv.FormatBool(scalar)
	default:
		return ""
	}
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

// listNames returns the names of the members that hold a list, or an object around
// a list, by the paths of a record.
func listNames(paths []string) map[string]bool {
	names := map[string]bool{"Tag": true, "tag": true} // wrappers, documented or not
	for _, path := range paths {
		list, _, found := strings.Cut(path, "[]")
		if !found {
			continue
		}
		steps := strings.Split(list, ".")
		for _, step := range steps[max(0, len(steps)-2):] {
			names[step] = true
		}
	}
	return names
}

// settled returns the value with members that come twice made into one: the last
// counts, null is no value but ends a list, and objects are one object together,
// unless they stand in the place of a list. Only an object stays apart from another
// value that follows.
func (v tree) settled(lists map[string]bool) tree {
	inside := v.each(func(e tree) tree { return e.settled(lists) })
	if v.open != '{' {
		return inside
	}
	out := tree{open: v.open}
	for i, key := range v.keys {
		out.settle(key, inside.inside[i], lists)
	}
	return out
}

// settle adds a member to an object.
func (v *tree) settle(key string, e tree, lists map[string]bool) {
	for i := range v.keys {
		switch {
		case v.keys[i] != key:
			continue
		case lists[key]:
			v.inside[i] = e
			return
		case v.inside[i].joins(e):
			v.inside[i] = v.inside[i].followedBy(e, lists)
			return
		}
	}
	v.keys, v.inside = append(v.keys, key), append(v.inside, e)
}

func (v tree) joins(e tree) bool { return v.open != '{' || e.open == '{' || e.isNull() }

func (v tree) followedBy(e tree, lists map[string]bool) tree {
	switch {
	case e.isNull() && v.open != '[':
		return v
	case v.open != '{':
		return e
	}
	for i, key := range e.keys {
		v.settle(key, e.inside[i], lists)
	}
	return v
}

// A spelling is one way to write a document.
type spelling struct {
	spaced  bool // white space of several kinds stands between all tokens
	escaped bool // every character of a text is an escape sequence
}

// canonical has no white space, and only the escapes of [json.Marshal].
var canonical spelling

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
		{"canonical", content, canonical.write(content)},
		{"spaced", content, spelling{spaced: true}.write(content)},
		{"escaped", content, spelling{escaped: true}.write(content)},
		{"quoted", quoted, canonical.write(quoted)},
	}
	if !content.hasTwins() {
		reversed := content.reversed()
		out = append(out, form{"reversed", reversed, canonical.write(reversed)})
	}
	return out
}

var gaps = []string{" ", "\n", "\t", "\r\n  "}

// write writes a value.
func (s spelling) write(v tree) []byte { return s.append(nil, v) }

func (s spelling) append(out []byte, v tree) []byte {
	put := func(token string) {
		out = append(out, token...)
		if s.spaced {
			out = append(out, gaps[len(out)%len(gaps)]...)
		}
	}
	if v.open == 0 {
		put(s.scalar(v))
		return out
	}
	put(string(v.open))
	for i, e := range v.inside {
		if i > 0 {
			put(",")
		}
		if v.open == '{' {
			put(s.text(v.keys[i]))
			put(":")
		}
		out = s.append(out, e)
	}
	put(string(v.open + '}' - '{'))
	return out
}

func (s spelling) scalar(v tree) string {
	if text, ok := v.scalar.(string); ok {
		return s.text(text)
	}
	if v.isNull() {
		return "null"
	}
	return v.text()
}

func (s spelling) text(text string) string {
	if s.escaped {
		out := []byte{'"'}
		for _, unit := range utf16.Encode([]rune(text)) {
			out = hex.AppendEncode(append(out, `\u`...), []byte{byte(unit >> 8), byte(unit)})
		}
		return string(append(out, '"'))
	}
	out, err := json.Marshal(text)
	if err != nil {
		panic(err)
	}
	return string(out)
}
