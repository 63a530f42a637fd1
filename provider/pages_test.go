package provider_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/imagequery/imagequery/image"
	"github.com/imagequery/imagequery/provider"
)

var pagings = map[string]provider.Paging{
	"offsets":      {MaxSize: 10},
	"page numbers": {MaxSize: 10, Aligned: true},
}

// A listing with right totals needs ⌊n/size⌋+1 requests.
func TestImagesYieldsEveryImageOnce(t *testing.T) {
	for name, paging := range pagings {
		for _, n := range []int{0, 1, 9, 10, 11, 20, 31, 100} {
			t.Run(fmt.Sprintf("%d by %s", n, name), func(t *testing.T) {
				s := &server{images: imagesOf(n), paging: paging}
				got, err := provider.Collect(provider.New(s, provider.Config{}).Images(t.Context(), image.Query{}))
				if err != nil {
					t.Fatal(err)
				}
				if diff := cmp.Diff(ids(s.images), ids(got)); diff != "" {
					t.Errorf("(-want +got):\n%s", diff)
				}
				if want := n/10 + 1; s.requests() != want {
					t.Errorf("%d requests, want %d", s.requests(), want)
				}
			})
		}
	}
}

func unstated(int, int) int { return 0 }

// The listing is complete or Incomplete, after a bounded number of requests.
func TestWrongTotalsAndPagesAreFound(t *testing.T) {
	const n, once = 34, 34/10 + 2
	tooHigh := func(real, _ int) int { return real + 1 }
	alternating := func(real, page int) int { return real + page%2 }
	for name, test := range map[string]struct {
		adjust   func(*server)
		complete bool
		requests int // at the most
	}{
		"total missing":               {func(s *server) { s.total = unstated }, true, 2 * once},
		"total too low":               {func(s *server) { s.total = func(int, int) int { return 7 } }, true, 2 * once},
		"total changes":               {func(s *server) { s.total = alternating }, true, 3 * once},
		"total too high":              {func(s *server) { s.total = tooHigh }, false, 2 * once},
		"pages capped":                {func(s *server) { s.cap = 4 }, true, n/4 + 2},
		"pages capped, total missing": {func(s *server) { s.cap, s.total = 4, unstated }, true, 2 * (n/4 + 2)},
		"the same page for ever":      {func(s *server) { s.rows = always(imagesOf(10)) }, false, 2 * once},
		"one empty page":              {func(s *server) { s.rows = onPage(2, nil) }, true, 2 * once},
		"only empty pages":            {func(s *server) { s.rows = always(nil) }, false, 2},
		"one short page":              {func(s *server) { s.rows = onPage(2, imagesOf(15)[10:]) }, true, 2 * n / 5},
		"one page twice":              {func(s *server) { s.rows = onPage(3, imagesOf(20)[10:]) }, true, 2 * once},
	} {
		for way, paging := range pagings {
			t.Run(name+" by "+way, func(t *testing.T) {
				s := &server{images: imagesOf(n), paging: paging}
				test.adjust(s)
				got, err := provider.Collect(provider.New(s, provider.Config{Listing: provider.Listing{Prefetch: 1}}).Images(t.Context(), image.Query{}))
				if test.complete && (err != nil || !sameIDs(s.images, got)) {
					t.Errorf("%d of %d images, error %v", len(got), n, err)
				}
				if !test.complete && !errors.Is(err, provider.Incomplete) {
					t.Errorf("error %v, want incomplete", err)
				}
				if s.requests() > test.requests {
					t.Errorf("%d requests, want at most %d", s.requests(), test.requests)
				}
			})
		}
	}
}

func sameIDs(a, b []image.Image) bool {
	return cmp.Equal(slices.Sorted(slices.Values(ids(a))), slices.Sorted(slices.Values(ids(b))))
}

func always(rows []image.Image) func(int, []image.Image) []image.Image {
	return func(int, []image.Image) []image.Image { return rows }
}

func onPage(page int, rows []image.Image) func(int, []image.Image) []image.Image {
	return func(p int, honest []image.Image) []image.Image {
		if p == page {
			return rows
		}
		return honest
	}
}

// TestAnEndlessListingEndsSoonAfterItsTotal sends fresh images for ever, and states
// a total that they exceed.
func TestAnEndlessListingEndsSoonAfterItsTotal(t *testing.T) {
	for total, most := range map[int]int{1: 1010, 50: 1010, 9000: 1810} {
		s := &server{
			total: func(int, int) int { return total },
			rows: func(page int, _ []image.Image) []image.Image {
				return imagesFrom(10*page, 10)
			},
		}
		_, err := provider.Collect(provider.New(s, provider.Config{}).Images(t.Context(), image.Query{}))
		if !errors.Is(err, provider.Incomplete) || !strings.Contains(err.Error(), fmt.Sprintf("a total of %d ", total)) || s.requests() > most {
			t.Errorf("total %d: error %v after %d requests, want incomplete after at most %d", total, err, s.requests(), most)
		}
	}
}

// TestATotalThatIsTooLowDoesNotEndALongListing lists all images of a server whose
// total is capped, and of one that grows from a few images while it is scanned.
func TestATotalThatIsTooLowDoesNotEndALongListing(t *testing.T) {
	capped := &server{images: imagesOf(9000), total: func(int, int) int { return 1000 }}
	growing := &server{images: imagesOf(30_000), total: func(real, page int) int { return min(real, 10*page+5) }}
	for name, s := range map[string]*server{"capped": capped, "growing": growing} {
		got, err := provider.Collect(provider.New(s, provider.Config{}).Images(t.Context(), image.Query{}))
		if len(got) != len(s.images) || err != nil && !errors.Is(err, provider.Incomplete) || name == "capped" && err != nil {
			t.Errorf("%s: %d images of %d, error %v", name, len(got), len(s.images), err)
		}
	}
}

// imagesFrom returns images whose numbers begin at first.
func imagesFrom(first, n int) []image.Image {
	out := imagesOf(n)
	for i := range out {
		out[i].ID = fmt.Sprintf("m-%d", first+i)
	}
	return out
}

func TestOneRowAndALargeTotalNeedFewRequests(t *testing.T) {
	s := &server{images: imagesOf(1), paging: provider.Paging{MaxSize: 10, Aligned: true}, total: func(int, int) int { return 51 }}
	got, err := provider.Collect(provider.New(s, provider.Config{}).Images(t.Context(), image.Query{}))
	if len(got) != 1 || !errors.Is(err, provider.Incomplete) || !strings.Contains(err.Error(), "reports 51 images and returned 1") {
		t.Errorf("%d images, error %v", len(got), err)
	}
	if s.requests() > 4 {
		t.Errorf("%d requests, want at most 4", s.requests())
	}
}

func TestTokensAddressPages(t *testing.T) {
	s := &server{images: imagesOf(25), paging: provider.Paging{MaxSize: 10, Tokens: true}}
	got, err := provider.Collect(provider.New(s, provider.Config{}).Images(t.Context(), image.Query{}))
	if err != nil || len(got) != 25 || s.requests() != 3 {
		t.Errorf("%d images by %d requests, error %v", len(got), s.requests(), err)
	}
}

func TestLimitIsTheNumberOfImages(t *testing.T) {
	for _, test := range []struct {
		name            string
		query           image.Query
		limit, requests int
	}{
		{"below a page, all exact", image.Query{}, 3, 1},
		{"a page", image.Query{}, 10, 1},
		{"above a page", image.Query{}, 11, 2},
		{"beyond the world", image.Query{}, 99, 5},
		{"checked here", image.Query{Names: []string{"web-0", "web-1"}}, 5, 2},
	} {
		t.Run(test.name, func(t *testing.T) {
			s := &server{images: imagesOf(40)}
			test.query.Limit = test.limit
			got, err := provider.Collect(provider.New(s, provider.Config{}).Images(t.Context(), test.query))
			if err != nil || len(got) != min(test.limit, 40) {
				t.Errorf("%d images, error %v", len(got), err)
			}
			if s.requests() != test.requests {
				t.Errorf("%d requests, want %d", s.requests(), test.requests)
			}
		})
	}
}

// With predicates that the client checks, pages have their full size.
func TestExactLimitIsThePageSize(t *testing.T) {
	for name, test := range map[string]struct {
		support provider.Support
		size    int
	}{
		"exact":    {provider.Exact, 3},
		"superset": {provider.Superset, 10},
	} {
		t.Run(name, func(t *testing.T) {
			s := &server{images: imagesOf(40), support: map[image.Field]provider.Support{image.FieldStatuses: test.support}}
			call := s.call()
			call.Pushed = []image.Field{image.FieldStatuses}
			s.calls = []provider.Call{call}
			q := image.Query{Statuses: []image.Status{image.StatusAvailable}, Limit: 3}
			if _, err := provider.Collect(provider.New(s, provider.Config{}).Images(t.Context(), q)); err != nil {
				t.Fatal(err)
			}
			if got := s.asked[0].Size; got != test.size {
				t.Errorf("asked for %d, want %d", got, test.size)
			}
		})
	}
}

func TestBreakStopsRequests(t *testing.T) {
	s := &server{images: imagesOf(40)}
	for range provider.New(s, provider.Config{}).Images(t.Context(), image.Query{}) {
		break
	}
	if s.requests() != 1 {
		t.Errorf("%d requests, want 1", s.requests())
	}
}

func TestRangingTwiceRequestsTwice(t *testing.T) {
	s := &server{images: imagesOf(12)}
	seq := provider.New(s, provider.Config{}).Images(t.Context(), image.Query{})
	first, err1 := provider.Collect(seq)
	second, err2 := provider.Collect(seq)
	if diff := cmp.Diff(ids(first), ids(second)); diff != "" || err1 != nil || err2 != nil || len(first) != 12 {
		t.Errorf("errors %v, %v (-first +second):\n%s", err1, err2, diff)
	}
}

func TestOverlappingCallsYieldOnce(t *testing.T) {
	s := &server{images: imagesOf(25)}
	s.calls = []provider.Call{s.call(), s.call()}
	got, err := provider.Collect(provider.New(s, provider.Config{}).Images(t.Context(), image.Query{}))
	if diff := cmp.Diff(ids(s.images), ids(got)); diff != "" || err != nil {
		t.Errorf("error %v (-want +got):\n%s", err, diff)
	}
}

func TestContextEndEndsAListing(t *testing.T) {
	t.Run("before", func(t *testing.T) {
		ctx, cancel := context.WithCancel(t.Context())
		cancel()
		s := &server{images: imagesOf(40)}
		got, err := provider.Collect(provider.New(s, provider.Config{}).Images(ctx, image.Query{}))
		if len(got) != 0 || !errors.Is(err, context.Canceled) || s.requests() != 0 {
			t.Errorf("%d images, %d requests, error %v", len(got), s.requests(), err)
		}
	})
	t.Run("between", func(t *testing.T) {
		ctx, cancel := context.WithCancel(t.Context())
		defer cancel()
		s := &server{images: imagesOf(40)}
		var last error
		for _, err := range provider.New(s, provider.Config{}).Images(ctx, image.Query{}) {
			cancel()
			last = err
		}
		var e *provider.Error
		if !errors.As(last, &e) || !errors.Is(last, context.Canceled) || e.Kind != 0 {
			t.Errorf("error %v, want the context's, without a kind", last)
		}
	})
}

func TestErrorsOfAdaptersAreCompleted(t *testing.T) {
	s := &server{images: imagesOf(40), page: func(page int) error {
		if page == 2 {
			return &provider.Error{Kind: provider.PermissionDenied, Code: "No", RequestID: "req-2"}
		}
		return nil
	}}
	got, err := provider.Collect(provider.New(s, provider.Config{Listing: provider.Listing{Prefetch: 1}}).Images(t.Context(), image.Query{}))
	want := &provider.Error{Provider: "fake", Region: "r", Action: "List", Kind: provider.PermissionDenied, Code: "No", RequestID: "req-2"}
	var e *provider.Error
	if !errors.As(err, &e) || !errors.Is(err, provider.PermissionDenied) {
		t.Fatalf("error %v", err)
	}
	if diff := cmp.Diff(want, e); diff != "" || len(got) != 10 {
		t.Errorf("%d images (-want +got):\n%s", len(got), diff)
	}
}

func TestImagesWithoutAnIDAreBadResponse(t *testing.T) {
	s := &server{images: make([]image.Image, 2)}
	_, err := provider.Collect(provider.New(s, provider.Config{}).Images(t.Context(), image.Query{}))
	if !errors.Is(err, provider.BadResponse) {
		t.Errorf("error %v, want bad response", err)
	}
}
