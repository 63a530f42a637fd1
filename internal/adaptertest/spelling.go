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
