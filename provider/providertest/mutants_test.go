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
	"a plan asks the server":              {"budget/holds", "budget/requests", "config/attempt-timeout", "config/logger", "errors/kinds", "errors/permanent", "explain", "limit", "retry/attempts", "retry/cancel", "retry/fresh", "retry/hints", "stop/before", "stop/break", "stop/during", "trace/attempts", "trace/waits"},
	"pages are larger than the server's":  {"paging/sizes"},

	// They lose their place.
	"only the first page":                           {"limit", "paging/capped", "paging/changing", "paging/repeated", "paging/sizes", "paging/totals", "stop/break", "stop/during"},
	"large totals are not believed":                 {"paging/totals"},
	"a page like the first ends it":                 {"paging/repeated"},
	"a short first page is the last":                {"paging/capped"},
	"the first page is kept":                        {"memory/aliases", "paging/changing"},
	"a page needs the last image of the one before": {"paging/changing"},
	"the limit is pushed":                           {"limit"},
	"the next page is asked for anyway":             {"stop/break"},
	"the end of a context is seen late":             {"stop/during"},
	"the end of a context is taken for a failure":   {"stop/during"},
	"the second listing is another":                 {"range-twice"},
	"one query at a time":                           {"concurrency"},

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

// negligent mutants have right results. Few queries show that the oracles do not find
// them.
var negligent = map[string][]string{
	// They leave out duties to the configuration, the budget and the trace.
	"the budget is skipped":                      {"budget/holds", "budget/requests"},
	"retries skip the budget":                    {"budget/requests"},
	"the budget has another operation":           {"budget/holds", "budget/requests"},
	"slots are kept":                             {"budget/requests"},
	"slots are released early":                   {"budget/requests"},
	"a throttle holds only one client":           {"budget/holds"},
	"attempts are not reported":                  {"trace/attempts"},
	"only the last attempt is reported":          {"trace/attempts"},
	"responses are not reported":                 {"trace/attempts"},
	"responses have no request ID":               {"trace/attempts"},
	"hooks get another context":                  {"trace/attempts"},
	"attempts are no spans":                      {"trace/attempts"},
	"failed spans do not end":                    {"trace/attempts"},
	"responses are reported outside of the span": {"trace/attempts"},
	"retries are not reported":                   {"trace/waits"},
	"retries report no wait":                     {"trace/waits"},
	"waits for the budget are not reported":      {"trace/waits"},
	"plain http is always allowed":               {"config/http"},
	"plain http is never allowed":                {"config/http"},
	"the HTTP client is ignored":                 {"config/http-client"},
	"the timeout of the HTTP client is ignored":  {"config/http-client"},
	"redirects are followed":                     {"config/http-client"},
	"the user agent is ignored":                  {"config/user-agent"},
	"attempts have no timeout":                   {"config/attempt-timeout"},
	"a timeout is final":                         {"config/attempt-timeout"},
	"the logger is ignored":                      {"config/logger"},

	// They fail badly.
	"one code has a wrong kind":          {"errors/kinds"},
	"the request ID is lost":             {"errors/kinds"},
	"everything is tried again":          {"errors/permanent"},
	"one attempt too many":               {"retry/attempts"},
	"half an answer is an empty one":     {"retry/broken", "trace/attempts"},
	"a broken connection is final":       {"retry/broken"},
	"retries repeat the nonce":           {"retry/fresh"},
	"hints have no limit":                {"retry/hints"},
	"hints are ignored":                  {"retry/cancel", "retry/fresh", "retry/hints"},
	"a wait cannot be ended":             {"retry/cancel"},
	"errors show the key":                {"secrets"},
	"errors repeat what the server says": {"secrets"},
	"the log shows the key":              {"secrets"},

	// They share or keep memory.
	"images of two pages share their tags": {"memory/aliases"},
	"disks are shared":                     {"memory/aliases"},
	"an image keeps the names of its page": {"memory/retained"},
	"a plan has the date":                  {"plan/clock"},
}

// Each mutant of the adapter fails the checks that the table names, and no others. With
// -short an eighth of the mutants run.
func TestMutantsFailTheirChecks(t *testing.T) {
	testMutants(t, mutants, providertest.Little)
	testMutants(t, negligent, providertest.Least)
}

func testMutants(t *testing.T, mutants map[string][]string, e providertest.Effort) {
	for i, bug := range slices.Sorted(maps.Keys(mutants)) {
		if testing.Short() && i%8 != 0 {
			continue
		}
		want := mutants[bug]
		t.Run(bug, func(t *testing.T) {
			t.Parallel()
			failures := providertest.Failures(t, modelHarness(bug), e)
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

// Three checks are excepted: world is about the harness, and the others guard behaviour
// of the engine, which adapters hardly change.
func TestEveryCheckFindsAMutantAlone(t *testing.T) {
	alone := map[string]bool{"stop/before": true, "support/none": true, "world": true}
	for _, harness := range []map[string][]string{mutants, negligent} {
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
