package providertest_test

import (
	"context"
	"errors"
	"maps"
	"net/url"
	"slices"
	"strconv"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/imagequery/imagequery/image"
	"github.com/imagequery/imagequery/provider"
	"github.com/imagequery/imagequery/provider/providertest"
)

// minimalAdapter is the least that an adapter can be: it pushes nothing, and leaves
// everything to the engine. Its provider is a list in memory.
type minimalAdapter struct {
	mu     sync.Mutex
	images []image.Image
	log    []providertest.Request
}

func (s *minimalAdapter) Info() provider.Info { return minimalInfo }

var minimalInfo = provider.Info{Name: "minimal", Region: "here", Host: "minimal.invalid"}

func (s *minimalAdapter) Plan(image.Query) ([]provider.Call, error) {
	return []provider.Call{{Action: "list", Params: url.Values{}, Paging: provider.Paging{MaxSize: 30}}}, nil
}

func (s *minimalAdapter) Fetch(ctx context.Context, c provider.Call, at provider.Cursor) (*provider.Page, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	params := url.Values{"offset": {strconv.Itoa(at.Offset)}, "limit": {strconv.Itoa(at.Size)}}
	s.log = append(s.log, providertest.Request{Action: c.Action, Params: params, At: time.Now()})
	from := min(at.Offset, len(s.images))
	page := s.images[from:min(from+at.Size, len(s.images))]
	return &provider.Page{Images: copies(page), Total: len(s.images)}, nil
}

func (s *minimalAdapter) requests() []providertest.Request {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.log)
}

// minimalHarness is what the minimalAdapter writes.
func minimalHarness() providertest.Harness {
	return providertest.Harness{
		World:  func(n int) []image.Image { return providertest.Images(minimalInfo, n) },
		Paging: []string{"offset", "limit"},
		Open: func(_ testing.TB, world []image.Image, o providertest.Options) *providertest.Session {
			s := &minimalAdapter{images: world}
			return &providertest.Session{Client: provider.New(s, o.Config), Requests: s.requests}
		},
	}
}

// cannotReasons are the reasons of the minimalAdapter.
func cannotReasons() map[string]string {
	const memory = "the provider is a list in memory"
	const honest = "the list cannot lie about itself"
	return map[string]string{
		"paging/totals": honest, "paging/repeated": honest, "paging/capped": honest, "paging/changing": honest,
		"check": memory, "stop/during": memory, "errors/kinds": memory, "errors/permanent": memory,
		"retry/attempts": memory, "retry/broken": memory, "retry/fresh": memory, "retry/hints": memory, "retry/cancel": memory,
		"mapping/types": memory, "mapping/enums": memory, "mapping/malformed": memory, "mapping/huge": memory,
		"budget/requests": memory, "budget/holds": memory, "trace/attempts": memory, "trace/waits": memory,
		"config/http": memory, "config/http-client": memory, "config/user-agent": memory, "config/attempt-timeout": memory, "config/logger": memory,
		"secrets": "there are no credentials",
	}
}

func TestMinimalAdapterPassesWithReasons(t *testing.T) {
	h := minimalHarness()
	h.Cannot = cannotReasons()
	providertest.Run(t, h)
}

// Without a reason in Cannot, a check that needs a missing hook fails.
func TestMissingHooksFailTheirChecks(t *testing.T) {
	failures := providertest.Failures(t, minimalHarness(), providertest.Little)
	want := slices.Sorted(maps.Keys(cannotReasons()))
	if diff := cmp.Diff(want, slices.Sorted(maps.Keys(failures))); diff != "" {
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
		h := minimalHarness()
		h.Cannot = cannot
		if problems := providertest.Problems(h); len(problems) != 1 {
			t.Errorf("%s: problems %q, want one", name, problems)
		}
	}
	if problems := providertest.Problems(providertest.Harness{}); len(problems) != 1 {
		t.Errorf("an empty harness: problems %q, want one", problems)
	}
}

// incompleteWorlds make worlds that prove too little, with the checks that say so.
var incompleteWorlds = map[string][]string{
	"no world is empty": {"world"},
}

func TestIncompleteWorldFailsTheWorldCheck(t *testing.T) {
	for name, want := range incompleteWorlds {
		t.Run(name, func(t *testing.T) {
			h := minimalHarness()
			h.Cannot = cannotReasons()
			rich := h.World
			h.World = func(n int) []image.Image { return rich(max(n, 1)) }
			found := slices.Sorted(maps.Keys(providertest.Failures(t, h, providertest.Little)))
			if diff := cmp.Diff(want, found); diff != "" {
				t.Errorf("checks (-want +got):\n%s", diff)
			}
		})
	}
}
