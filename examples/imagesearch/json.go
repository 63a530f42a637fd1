package main

import (
	"bufio"
	"bytes"
	"encoding/json"
	"io"
	"strings"

	"github.com/imagequery/imagequery/examples/internal/printable"
	"github.com/imagequery/imagequery/provider"
)

// writeNDJSON writes a hit as one line of JSON.
func writeNDJSON(w io.Writer, hit provider.Hit) error {
	text, err := marshal(hit)
	if err == nil {
		_, err = w.Write(append(text, '\n'))
	}
	return err
}

// writeJSON writes one array, a hit on each line.
func writeJSON(w io.Writer, d document) error {
	return writeObjects(w, d.hits)
}

// writeObjects writes one array, a value on each line.
func writeObjects[T any](w io.Writer, values []T) error {
	var objects [][]byte
	for _, value := range values {
		text, err := marshal(value)
		if err != nil {
			return err
		}
		objects = append(objects, text)
	}
	return writeArray(w, objects)
}

// writeArray writes an array of encoded values, each on a line of its own.
func writeArray(w io.Writer, values [][]byte) error {
	if len(values) == 0 {
		_, err := io.WriteString(w, "[]\n")
		return err
	}
	b := bufio.NewWriter(w)
	before := "[\n"
	for _, value := range values {
		b.WriteString(before)
		b.Write(value)
		before = ",\n"
	}
	b.WriteString("\n]\n")
	return b.Flush()
}

// marshal is json.Marshal that leaves < and & as they are, and escapes what a
// terminal would obey or hide. The result decodes to the same value.
func marshal(v any) ([]byte, error) {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	if err := e.Encode(v); err != nil {
		return nil, err
	}
	return []byte(printable.Escape(strings.TrimSuffix(b.String(), "\n"))), nil
}
