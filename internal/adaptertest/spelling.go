package adaptertest

import (
	"encoding/hex"
	"encoding/json"
	"unicode/utf16"
)

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

// write writes a value.
func (s spelling) write(v tree) []byte {
	w := writer{spelling: s}
	w.value(v)
	return w.out
}

type writer struct {
	spelling
	out    []byte
	tokens int
}

func (w *writer) value(v tree) {
	if v.open == 0 {
		w.put(w.scalar(v.scalar))
		return
	}
	w.put(string(v.open))
	for i, e := range v.inside {
		if i > 0 {
			w.put(",")
		}
		if v.open == '{' {
			w.put(w.scalar(v.keys[i]))
			w.put(":")
		}
		w.value(e)
	}
	w.put(string(v.open + '}' - '{'))
}

var gaps = []string{" ", "\n", "\t", "\r\n  "}

func (w *writer) put(token string) {
	w.out = append(w.out, token...)
	if w.spaced {
		w.out = append(w.out, gaps[w.tokens%len(gaps)]...)
		w.tokens++
	}
}

func (w *writer) scalar(v any) string {
	text, is := v.(string)
	switch {
	case v == nil:
		return "null"
	case !is:
		return tree{scalar: v}.text()
	case w.escaped:
		return escaped(text)
	default:
		return quoted(text)
	}
}

func quoted(text string) string {
	out, err := json.Marshal(text)
	if err != nil {
		panic(err)
	}
	return string(out)
}

func escaped(text string) string {
	out := []byte{'"'}
	for _, unit := range utf16.Encode([]rune(text)) {
		out = hex.AppendEncode(append(out, `\u`...), []byte{byte(unit >> 8), byte(unit)})
	}
	return string(append(out, '"'))
}
