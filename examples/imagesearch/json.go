package main

import (
	"bufio"
	"bytes"
	"encoding/json"
	"io"

	"github.com/imagequery/imagequery/provider"
)

// stream writes each hit as one line of JSON at once.
type stream struct{ w io.Writer }

func (s stream) print(hit provider.Hit) error {
	text, err := marshal(hit)
	if err == nil {
		_, err = s.w.Write(append(text, '\n'))
	}
	return err
}

func (stream) end() error { return nil }

// writeJSON writes one array, a hit on each line.
func writeJSON(w io.Writer, hits []provider.Hit) error {
	b := bufio.NewWriter(w)
	before := "[\n"
	for _, hit := range hits {
		text, err := marshal(hit)
		if err != nil {
			return err
		}
		b.WriteString(before)
		b.Write(text)
		before = ",\n"
	}
	if len(hits) == 0 {
		b.WriteString("[]\n")
	} else {
		b.WriteString("\n]\n")
	}
	return b.Flush()
}

// marshal is json.Marshal that leaves < and & as they are.
func marshal(v any) ([]byte, error) {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	if err := e.Encode(v); err != nil {
		return nil, err
	}
	return bytes.TrimSuffix(b.Bytes(), []byte("\n")), nil
}
