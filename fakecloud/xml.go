package fakecloud

import (
	"bytes"
	"encoding/xml"
	"fmt"
	"maps"
	"slices"
)

// xml writes the body as the services do for Format=XML: an element for each field,
// in the order of the alphabet, and a list as so many elements of its name. A null
// is no element.
func (r reply) xml(root string) []byte {
	fields := maps.Clone(r.fields)
	if r.name != "" {
		rows := make([]any, 0, len(r.rows))
		for _, row := range r.rows {
			rows = append(rows, row.wire)
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
