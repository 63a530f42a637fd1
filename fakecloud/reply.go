package fakecloud

import (
	"bytes"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"maps"
	"net"
	"net/http"
	"slices"
)

// reply is the content of a body: plain fields, and the images of a page.
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
		body = append(body, row.body())
	}
	if len(r.rows) > 0 {
		body[1] = body[1][1:] // no comma in front of the first
	}
	return append(body, []byte(end))
}

// response is an HTTP response. Code is the error code in the body; empty: none.
type response struct {
	status int
	code   string
	header http.Header
	text   net.Buffers // the body; reading uses it up
	size   int         // of the text
	stream io.Reader   // the body where it is more than the text; it may wait, and end in an error
	length int         // that the headers promise; negative: chunked
}

// newResponse returns a response with the headers that all responses have.
func (x *exchange) newResponse(status int, code string, text net.Buffers) response {
	size := 0
	for _, piece := range text {
		size += len(piece)
	}
	return response{
		status: status, code: code, text: text, size: size, length: size,
		header: http.Header{"Date": {x.now.UTC().Format(http.TimeFormat)}},
	}
}

func (x *exchange) newJSONResponse(status int, code string, body reply) response {
	a := x.newResponse(status, code, body.json())
	a.header.Set("Content-Type", "application/json")
	return a
}

// reader is the body, whether it is a stream or not.
func (a *response) reader() io.Reader {
	if a.stream != nil {
		return a.stream
	}
	return &a.text
}

// apiError is the error response of a service. A QingCloud code is a number, and has
// the HTTP status 200 unless a fault sets another one.
type apiError struct {
	status        int
	code, message string
	more          map[string]any // further fields of the body
	header        http.Header    // further headers
	forced        bool           // the status is a fault's
}

func (e *apiError) Error() string { return e.code + ": " + e.message }

func newAPIError(status int, code, format string, a ...any) error {
	return &apiError{status: status, code: code, message: fmt.Sprintf(format, a...)}
}

// asAPIError gives any other error the code of an internal one.
func asAPIError(err error, internal string) *apiError {
	if e, ok := errors.AsType[*apiError](err); ok {
		return e
	}
	return &apiError{status: http.StatusInternalServerError, code: internal, message: err.Error()}
}

// xml writes the body as the services do for Format=XML: an element for each field,
// in the order of the alphabet, and a list as so many elements of its name. A null
// is no element.
func (r reply) xml(root string) []byte {
	fields := maps.Clone(r.fields)
	if r.name != "" {
		rows := make([]any, 0, len(r.rows))
		for _, row := range r.rows {
			rows = append(rows, row.record)
		}
		fields[r.name] = rows
		if r.wrapper != "" {
			delete(fields, r.name)
			fields[r.wrapper] = map[string]any{r.name: rows}
		}
	}
	var b bytes.Buffer
	b.WriteString(`<?xml version="1.0" encoding="UTF-8"?>` + "\n")
	writeXML(&b, root, fields)
	return b.Bytes()
}

func writeXML(b *bytes.Buffer, name string, v any) {
	switch v := v.(type) {
	case nil:
	case []any:
		for _, member := range v {
			writeXML(b, name, member)
		}
	case []record:
		for _, member := range v {
			writeXML(b, name, member)
		}
	case record:
		writeXML(b, name, map[string]any(v))
	case map[string]any:
		b.WriteString("<" + name + ">")
		for _, field := range slices.Sorted(maps.Keys(v)) {
			writeXML(b, field, v[field])
		}
		b.WriteString("</" + name + ">")
	default:
		b.WriteString("<" + name + ">")
		_ = xml.EscapeText(b, fmt.Append(nil, v)) // a buffer takes everything
		b.WriteString("</" + name + ">")
	}
}
