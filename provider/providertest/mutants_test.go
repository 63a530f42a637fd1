package providertest_test

import (
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/imagequery/imagequery/provider/providertest"
)

// The adapter pushes down every predicate that its provider can apply.
func TestCorrectAdapterPasses(t *testing.T) { providertest.Run(t, modelHarness(fault{})) }

// Each mutant of the adapter fails the checks that the table names, and no others. With
// -short an eighth of the mutants run.
func TestMutantsFailTheirChecks(t *testing.T) {
	testMutants(t, mutants, providertest.Little)
	testMutants(t, negligent, providertest.Least)
}

func testMutants(t *testing.T, mutants map[string]fault, e providertest.Effort) {
	for i, name := range slices.Sorted(maps.Keys(mutants)) {
		if testing.Short() && i%8 != 0 {
			continue
		}
		f := mutants[name]
		f.name = name
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			failures := providertest.Failures(t, modelHarness(f), e)
			found := slices.Sorted(maps.Keys(failures))
			want := strings.Fields(f.found)
			if diff := cmp.Diff(want, asOneOracle(found, want)); diff != "" {
				t.Errorf("checks (-want +got):\n%s", diff)
				for _, name := range found {
					t.Logf("%s: %.300s", name, strings.TrimSpace(failures[name][0].Error()))
				}
			}
		})
	}
}

// asOneOracle names the oracles by one name, if that is how they are wanted.
func asOneOracle(found, want []string) []string {
	if !slices.Contains(want, "oracle") {
		return found
	}
	out := make([]string, len(found))
	for i, name := range found {
		out[i] = name
		if strings.HasPrefix(name, "oracle/") {
			out[i] = "oracle"
		}
	}
	return slices.Compact(out)
}

// Three checks are excepted: world is about the harness, and the others guard behaviour
// of the engine, which adapters hardly change.
func TestEveryCheckFindsAMutantAlone(t *testing.T) {
	alone := map[string]bool{"stop/before": true, "support/none": true, "world": true}
	for _, faults := range []map[string]fault{mutants, negligent} {
		for _, f := range faults {
			alone[f.found] = true
		}
	}
	for _, name := range providertest.Checks() {
		if !alone[name] {
			t.Errorf("no mutant is found by %s alone", name)
		}
	}
}
