package jsonoracle_test

import (
	"encoding/json"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/imagequery/imagequery/internal/jsonoracle"
)

const document = ` {"a" : [ 1.50, true, null, {"b" : "\u4f60\n<" } , {} ] , "c":{"d":[[],""]}} `

func TestRawIsTheValueAsItStands(t *testing.T) {
	list := jsonoracle.Parse([]byte(document)).Inside[0]
	var got []string
	for _, e := range list.Inside {
		got = append(got, string(e.Raw))
	}
	if diff := cmp.Diff([]string{"1.50", "true", "null", `{"b" : "\u4f60\n<" }`, "{}"}, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func TestFormsSayTheSame(t *testing.T) {
	for _, f := range jsonoracle.Parse([]byte(document)).Forms() {
		var want, got any
		if err := json.Unmarshal(f.Content.Canonical(), &want); err != nil {
			t.Fatal(err)
		}
		if err := json.Unmarshal(f.Doc, &got); err != nil {
			t.Errorf("%s: %v: %s", f.Name, err, f.Doc)
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%s (-want +got):\n%s", f.Name, diff)
		}
	}
}
