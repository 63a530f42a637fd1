package providertest_test

import (
	"errors"
	"maps"
	"net/http"
	"os"
	"regexp"
	"runtime/debug"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/imagequery/imagequery/image"
	"github.com/imagequery/imagequery/provider"
	"github.com/imagequery/imagequery/provider/providertest"
)

// TestMain collects garbage less often: the tests allocate much, and keep little of it.
func TestMain(m *testing.M) {
	debug.SetGCPercent(400)
	m.Run()
}

// modelHarness gives every hook.
func modelHarness(f fault) providertest.Harness {
	h := providertest.Harness{
		World:    worldOf,
		New:      func(c provider.Config) (*provider.Client, error) { return open(newCloud("", nil), c, f) },
		Readings: readingsFor(f),
		Paging:   []string{"page", "size"},
		Protocol: []string{"action", "key", "nonce", "stamp", "signature"},
		Fresh:    []string{"nonce", "stamp", "signature"},
		Open: func(t testing.TB, world []image.Image, o providertest.Options) *providertest.Session {
			c := newCloud(o.Reading, world)
			o.Config.HTTPClient = &http.Client{Transport: c}
			client, err := open(c, o.Config, f)
			if err != nil {
				t.Fatal(err)
			}
			return c.session(client)
		},
	}
	for _, code := range slices.Sorted(maps.Keys(kinds)) {
		h.Errors = append(h.Errors, providertest.ErrorCase{Code: code, Kind: kinds[code]})
	}
	return h
}

// readingsFor leaves out what only costs time.
func readingsFor(f fault) []string {
	switch f.name {
	case "":
		return []string{"substring", "pattern"}
	case "names that are patterns are pushed":
		return []string{"pattern"}
	default:
		return []string{"substring"}
	}
}

// pushesNothing is no fault: the model leaves everything to the client.
var pushesNothing = fault{
	name:  "nothing is pushed",
	query: func(q *image.Query) { *q = image.Query{} },
	info: func(i *provider.Info) {
		maps.DeleteFunc(i.Support, func(_ image.Field, s provider.Support) bool { return s != provider.None })
	},
}

// leastHarness gives no more than a harness must, for a model that pushes nothing.
func leastHarness() providertest.Harness {
	h := modelHarness(pushesNothing)
	return providertest.Harness{
		World: h.World, Paging: h.Paging, Protocol: h.Protocol,
		Open: func(t testing.TB, world []image.Image, o providertest.Options) *providertest.Session {
			s := h.Open(t, world, o)
			return &providertest.Session{Client: s.Client, Requests: s.Requests}
		},
	}
}

// excuses are reasons for the checks that need more.
func excuses() map[string]string {
	out := map[string]string{}
	for _, name := range []string{
		"check", "stop/during", "errors/kinds", "errors/permanent", "secrets",
		"paging/totals", "paging/repeated", "paging/capped", "paging/changing",
		"retry/attempts", "retry/broken", "retry/fresh", "retry/hints", "retry/cancel",
		"budget/requests", "budget/holds", "trace/attempts", "trace/waits",
		"config/http", "config/http-client", "config/user-agent", "config/attempt-timeout", "config/logger",
		"mapping/types", "mapping/enums", "mapping/malformed", "mapping/huge",
	} {
		out[name] = "the emulator cannot do that"
	}
	return out
}

func TestLeastHarnessPassesWithReasons(t *testing.T) {
	h := leastHarness()
	h.Cannot = excuses()
	providertest.Run(t, h)
}

// Without a reason in Cannot, a check that needs a missing hook fails.
func TestMissingHooksFailTheirChecks(t *testing.T) {
	failures := providertest.Failures(t, leastHarness(), providertest.Little)
	if diff := cmp.Diff(slices.Sorted(maps.Keys(excuses())), slices.Sorted(maps.Keys(failures))); diff != "" {
		t.Errorf("checks that fail (-want +got):\n%s", diff)
	}
	for name, errs := range failures {
		if missing := (*providertest.MissingError)(nil); !errors.As(errs[0], &missing) {
			t.Errorf("%s: %v, want what the harness does not give", name, errs[0])
		}
	}
}

func TestInvalidHarnessIsReported(t *testing.T) {
	for name, cannot := range map[string]map[string]string{
		"no such check": {"no/such": "because"},
		"no reason":     {"secrets": ""},
	} {
		h := leastHarness()
		h.Cannot = cannot
		if problems := providertest.Problems(h); len(problems) != 1 {
			t.Errorf("%s: problems %q, want one", name, problems)
		}
	}
	if problems := providertest.Problems(providertest.Harness{}); len(problems) != 1 {
		t.Errorf("an empty harness: problems %q, want one", problems)
	}
}

// A world that is never empty proves too little.
func TestIncompleteWorldFailsTheWorldCheck(t *testing.T) {
	h := leastHarness()
	h.Cannot = excuses()
	h.World = func(n int) []image.Image { return worldOf(max(n, 1)) }
	found := slices.Sorted(maps.Keys(providertest.Failures(t, h, providertest.Little)))
	if diff := cmp.Diff([]string{"world"}, found); diff != "" {
		t.Errorf("checks (-want +got):\n%s", diff)
	}
}

// Failures quote the documentation.
func TestChecksAreDocumented(t *testing.T) {
	source, err := os.ReadFile("checks.go")
	if err != nil {
		t.Fatal(err)
	}
	var documented []string
	for _, item := range regexp.MustCompile(`(?m)^//   - (\S+): `).FindAllStringSubmatch(string(source), -1) {
		documented = append(documented, item[1])
	}
	if diff := cmp.Diff(providertest.Checks(), documented); diff != "" {
		t.Errorf("checks (-code +documentation):\n%s", diff)
	}
	const want = "The plan of a query is the same a year later. A plan that depends on the clock cannot be reviewed or cached."
	if got := providertest.Demand("plan/clock"); got != want {
		t.Errorf("plan/clock demands %q, want %q", got, want)
	}
}
