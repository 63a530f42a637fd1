package main

import (
	"bytes"
	"encoding/json"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/imagequery/imagequery/provider"
)

// A row of CSV has the keys of the JSON form, all of them and in its order, and says
// the same.
func TestCSVAgreesWithJSON(t *testing.T) {
	m := webImage()
	m.Owner, m.OSVersion, m.SourceInstance, m.ResourceGroup = "1", "22.04", "i-1", "rg-1"
	m.StatusChanged, m.Native = m.Created.Add(1500), json.RawMessage("{}")
	text, err := marshal(m)
	if err != nil {
		t.Fatal(err)
	}
	names, values := objectOf(t, text)
	if diff := cmp.Diff(append([]string{"target"}, names...), keyNames(csvKeys(true))); diff != "" {
		t.Errorf("header (-want +got):\n%s", diff)
	}
	row := csvRow(csvKeys(true), provider.Hit{Target: "a", Image: m})
	if diff := cmp.Diff(append([]string{"a"}, values...), row); diff != "" {
		t.Errorf("row (-want +got):\n%s", diff)
	}
}

// objectOf returns the keys of an object in their order, and the values as texts.
func objectOf(t *testing.T, text []byte) (names, values []string) {
	t.Helper()
	decoder := json.NewDecoder(bytes.NewReader(text))
	if _, err := decoder.Token(); err != nil {
		t.Fatal(err)
	}
	for decoder.More() {
		name, err := decoder.Token()
		if err != nil {
			t.Fatal(err)
		}
		var raw json.RawMessage
		if err := decoder.Decode(&raw); err != nil {
			t.Fatal(err)
		}
		value := string(raw)
		if raw[0] == '"' {
			if err := json.Unmarshal(raw, &value); err != nil {
				t.Fatal(err)
			}
		}
		names, values = append(names, name.(string)), append(values, value)
	}
	return names, values
}
