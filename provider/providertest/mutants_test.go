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
func TestCorrectAdapterPasses(t *testing.T) { providertest.Run(t, modelHarness("")) }

// mutants are adapters that are wrong in one way, with the checks that find it, and
// no others. Where it is chance which of the oracles do, they stand as one.
var mutants = map[string][]string{
	// They ask for too little.
	"names are pushed in lower case":               {"oracle"},
	"names that are patterns are pushed":           {"oracle"},
	"four names of many":                           {"oracle/one-field"},
	"ids are joined by commas":                     {"oracle"},
	"a hundred ids of more":                        {"oracle/one-field"},
	"one word of several for a status":             {"oracle"},
	"one value of several":                         {"oracle"},
	"one source of several":                        {"oracle"},
	"tags are pushed in lower case":                {"oracle"},
	"bounds are rounded inwards":                   {"oracle"},
	"two predicates are taken for one":             {"oracle/two-fields"},
	"four predicates are too many":                 {"oracle/random"},
	"windows is taken for an operating system":     {"oracle", "support/pushed"},
	"the default of the server is left in":         {"defaults", "get", "oracle"},
	"images of the system are forgotten":           {"defaults", "get", "oracle"},
	"an empty query has the default of the server": {"defaults", "support/pushed"},
	"a limit of one needs an active image":         {"get"},

	// They say what is not so.
	"a fuzzy name is called exact":        {"superset"},
	"a word that no image has":            {"defaults"},
	"a word that images have is left out": {"oracle"},
	"Check passes always":                 {"check"},
	"what is pushed is called local":      {"support/pushed"},
	"what is local is called superset":    {"support/pushed"},
	"what is reported is called none":     {"mapping/fields", "world"},
	"a parameter that no plan shows":      {"explain"},
	"plans share their parameters":        {"plan"},
	"a plan asks the server":              {"errors/kinds", "errors/permanent", "explain", "limit", "retry/attempts", "retry/cancel", "retry/fresh", "retry/hints", "stop/before", "stop/break", "stop/during"},
	"pages are larger than the server's":  {"paging/sizes"},

	// They lose their place.
	"only the first page":                         {"limit", "paging/capped", "paging/changing", "paging/repeated", "paging/sizes", "paging/totals", "stop/break", "stop/during"},
	"large totals are not believed":               {"paging/totals"},
	"a page like the first ends it":               {"paging/repeated"},
	"a short first page is the last":              {"paging/capped"},
	"the first page is kept":                      {"paging/changing"},
	"the limit is pushed":                         {"limit"},
	"the next page is asked for anyway":           {"stop/break"},
	"the end of a context is seen late":           {"stop/during"},
	"the end of a context is taken for a failure": {"stop/during"},
	"the second listing is another":               {"range-twice"},
	"one query at a time":                         {"concurrency"},

	// They fail badly.
	"one code has a wrong kind":          {"errors/kinds"},
	"the request ID is lost":             {"errors/kinds"},
	"everything is tried again":          {"errors/permanent"},
	"one attempt too many":               {"retry/attempts"},
	"half an answer is an empty one":     {"retry/broken"},
	"a broken connection is final":       {"retry/broken"},
	"retries repeat the nonce":           {"retry/fresh"},
	"hints have no limit":                {"retry/hints"},
	"hints are ignored":                  {"retry/cancel", "retry/fresh", "retry/hints"},
	"a wait cannot be ended":             {"retry/cancel"},
	"errors show the key":                {"secrets"},
	"errors repeat what the server says": {"secrets"},
	"the log shows the key":              {"secrets"},

	// They misread.
	"deprecated images pass for failed": {
		"defaults", "get", "mapping/enums", "mapping/fields", "mapping/types", "oracle", "superset",
	},
	"Native is no JSON":                 {"mapping/fields"},
	"sizes must be numbers":             {"mapping/types"},
	"unknown states pass for available": {"mapping/enums"},
	"an answer without images is empty": {"mapping/malformed"},
	"answers may have any length":       {"mapping/huge"},
}

// Each mutant of the adapter fails the checks that the table names, and no others. With
// -short an eighth of the mutants run.
func TestMutantsFailTheirChecks(t *testing.T) {
	for i, bug := range slices.Sorted(maps.Keys(mutants)) {
		if testing.Short() && i%8 != 0 {
			continue
		}
		want := mutants[bug]
		t.Run(bug, func(t *testing.T) {
			t.Parallel()
			failures := providertest.Failures(t, modelHarness(bug))
			found := slices.Sorted(maps.Keys(failures))
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

// Two checks are excepted: they guard behaviour of the engine, which adapters hardly
// change.
func TestEveryCheckFindsAMutantAlone(t *testing.T) {
	alone := map[string]bool{"stop/before": true, "support/none": true}
	for _, harness := range []map[string][]string{mutants, incompleteWorlds} {
		for _, checks := range harness {
			if len(checks) == 1 {
				alone[checks[0]] = true
			}
		}
	}
	for _, name := range providertest.Checks() {
		if !alone[name] {
			t.Errorf("no mutant is found by %s alone", name)
		}
	}
}
