package fakecloud

import (
	"bytes"
	"io"
	"net"
	"net/http"
)

// reply is what a body says: plain fields, and the images of a page.
type reply struct {
	fields        map[string]any
	wrapper, name string // the object around the list, or "", and the list; no name, no list
	rows          []*row
}

// json puts the records, which are encoded already, behind the fields.
func (r reply) json() net.Buffers {
	text, err := marshal(r.fields)
	if err != nil || r.name == "" {
		return net.Buffers{text}
	}
	open, end := `"`+r.name+`":[`, `]}`
	if r.wrapper != "" {
		open, end = `"`+r.wrapper+`":{`+open, `]}}`
	}
	if len(r.fields) > 0 {
		open = "," + open
	}
	text = append(bytes.TrimSuffix(text, []byte("}")), open...)
	body := make(net.Buffers, 0, len(r.rows)+2)
	body = append(body, text)
	for _, row := range r.rows {
		body = append(body, row.body)
	}
	if len(r.rows) > 0 {
		body[1] = body[1][1:] // no comma in front of the first
	}
	return append(body, []byte(end))
}

// answer is what goes back; code is the error in the body, if any.
type answer struct {
	status int
	code   string
	header http.Header
	text   net.Buffers // the body; reading uses it up
	size   int         // of the text
	stream io.Reader   // the body where it is more than the text; it may wait, and end in an error
	length int         // that the headers promise; negative: chunked
}

// answer builds an answer with the headers that all of them have.
func (x *exchange) answer(status int, code string, text net.Buffers) answer {
	size := 0
	for _, piece := range text {
		size += len(piece)
	}
	return answer{
		status: status, code: code, text: text, size: size, length: size,
		header: http.Header{"Date": {x.now.UTC().Format(http.TimeFormat)}},
	}
}

func (x *exchange) answerJSON(status int, code string, body reply) answer {
	a := x.answer(status, code, body.json())
	a.header.Set("Content-Type", "application/json")
	return a
}

// reader is the body, whether it is a stream or not.
func (a *answer) reader() io.Reader {
	if a.stream != nil {
		return a.stream
	}
	return &a.text
}
