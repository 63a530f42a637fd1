package mutants_test

import (
	"encoding/json"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/imagequery/imagequery/internal/mutants"
)

var documents = []string{`{"id":"a","list":[1,{"deep":null}]}`, `{"other":"b"}`}

func bred(t *testing.T) (docs []string) {
	mutants.Each(t, 2_000, documents, func(doc []byte) { docs = append(docs, string(doc)) })
	return docs
}

func TestMutantsAreTheSameInEveryRun(t *testing.T) {
	usual := 2_000
	if testing.Short() {
		usual = 250
	}
	for number, want := range map[string]int{"": usual, "7": 7} {
		t.Setenv("MUTANTS", number)
		first := bred(t)
		if len(first) != want {
			t.Errorf("MUTANTS=%q: %d mutants, want %d", number, len(first), want)
		}
		if diff := cmp.Diff(first, bred(t)); diff != "" {
			t.Errorf("(-first +second):\n%s", diff)
		}
	}
}

func TestMutantsAreOfManyKinds(t *testing.T) {
	t.Setenv("MUTANTS", "2000")
	kinds := map[string]func(doc string) bool{
		"valid":                   func(doc string) bool { return json.Valid([]byte(doc)) },
		"broken":                  func(doc string) bool { return !json.Valid([]byte(doc)) },
		"a word of the other one": func(doc string) bool { return strings.Contains(doc, `"list"`) && strings.Contains(doc, `"other"`) },
		"a word in other letters": func(doc string) bool { return strings.Contains(doc, `"\u0069d"`) },
		"a member twice":          func(doc string) bool { return strings.Count(doc, `"id":`) > 1 },
	}
	docs := bred(t)
	for name, is := range kinds {
		others := slices.DeleteFunc(slices.Clone(docs), is)
		if n := len(docs) - len(others); n < 5 {
			t.Errorf("%s: %d mutants of 2000, want more", name, n)
		}
	}
}
