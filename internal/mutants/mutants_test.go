package mutants_test

import (
	"encoding/json"
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
	t.Setenv("MUTANTS", "")
	first := bred(t)
	want := 2_000
	if testing.Short() {
		want = 250
	}
	if len(first) != want {
		t.Errorf("%d mutants, want %d", len(first), want)
	}
	if diff := cmp.Diff(first, bred(t)); diff != "" {
		t.Errorf("(-first +second):\n%s", diff)
	}
}

func TestEnvironmentSetsTheNumberOfMutants(t *testing.T) {
	t.Setenv("MUTANTS", "7")
	if n := len(bred(t)); n != 7 {
		t.Errorf("%d mutants, want 7", n)
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
	counts := map[string]int{}
	for _, doc := range bred(t) {
		for name, is := range kinds {
			if is(doc) {
				counts[name]++
			}
		}
	}
	for name := range kinds {
		if counts[name] < 5 {
			t.Errorf("%s: %d mutants of 2000, want more", name, counts[name])
		}
	}
}
