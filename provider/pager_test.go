package provider_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/imagequery/imagequery/provider"
)

// step is one page: its rows, how many of them are fresh, and its total and token.
type step struct {
	rows, fresh, total int
	token              string
}

func TestPagerReturnsTheNextCursor(t *testing.T) {
	offsets, numbers := provider.Paging{MaxSize: 10}, provider.Paging{MaxSize: 10, Aligned: true}
	tokens := provider.Paging{MaxSize: 10, Tokens: true}
	for name, test := range map[string]struct {
		paging  provider.Paging
		trust   bool
		steps   []step
		next    []provider.Cursor // after each step but the last, which ends the scan
		missing string
	}{
		"a short page with all":           {offsets, false, []step{{10, 10, 14, ""}, {4, 4, 14, ""}}, []provider.Cursor{{Offset: 10, Size: 10}}, ""},
		"an empty page proves a full one": {numbers, false, []step{{10, 10, 10, ""}, {0, 0, 10, ""}}, []provider.Cursor{{Offset: 10, Size: 10}}, ""},
		"a trusted total":                 {numbers, true, []step{{10, 10, 20, ""}, {10, 10, 20, ""}}, []provider.Cursor{{Offset: 10, Size: 10}}, ""},
		"a trusted total that is too low": {numbers, true, []step{{10, 10, 9, ""}, {0, 0, 9, ""}}, []provider.Cursor{{Offset: 10, Size: 10}}, ""},
		"a short page without a total":    {offsets, false, []step{{4, 4, 0, ""}, {0, 0, 0, ""}}, []provider.Cursor{{Offset: 4, Size: 10}}, ""},
		"numbered pages cut short": {numbers, false, []step{{5, 5, 0, ""}, {3, 3, 0, ""}, {2, 2, 0, ""}, {5, 5, 0, ""}, {0, 0, 0, ""}},
			[]provider.Cursor{{Offset: 5, Size: 5}, {Offset: 8, Size: 4}, {Offset: 10, Size: 5}, {Offset: 15, Size: 5}}, ""},
		"a prime number of rows": {numbers, false, []step{{10, 10, 0, ""}, {1, 1, 0, ""}, {1, 1, 0, ""}, {4, 4, 0, ""}, {0, 0, 0, ""}},
			[]provider.Cursor{{Offset: 10, Size: 10}, {Offset: 11, Size: 1}, {Offset: 12, Size: 6}, {Offset: 16, Size: 8}}, ""},
		"a page larger than requested": {numbers, false, []step{{15, 15, 20, ""}, {5, 5, 20, ""}, {0, 0, 20, ""}},
			[]provider.Cursor{{Offset: 15, Size: 5}, {Offset: 20, Size: 10}}, ""},
		"a page that repeats":           {offsets, false, []step{{10, 10, 20, ""}, {10, 0, 20, ""}}, []provider.Cursor{{Offset: 10, Size: 10}}, "only images that came before"},
		"a repeat after the last image": {offsets, false, []step{{10, 10, 10, ""}, {10, 0, 10, ""}}, []provider.Cursor{{Offset: 10, Size: 10}}, ""},
		"one page":                      {provider.Paging{}, false, []step{{3, 3, 0, ""}}, nil, ""},
		"tokens":                        {tokens, false, []step{{10, 10, 0, "a"}, {0, 0, 0, "b"}, {3, 3, 0, ""}}, []provider.Cursor{{Offset: 10, Size: 10, Token: "a"}, {Offset: 10, Size: 10, Token: "b"}}, ""},
		"tokens end by their token":     {tokens, true, []step{{10, 10, 10, "a"}, {2, 0, 10, ""}}, []provider.Cursor{{Offset: 10, Size: 10, Token: "a"}}, ""},
		"a token twice":                 {tokens, false, []step{{10, 10, 0, "a"}, {1, 1, 0, "a"}}, []provider.Cursor{{Offset: 10, Size: 10, Token: "a"}}, "repeats a page token"},
		"tokens that lead in a circle":  {tokens, false, []step{{10, 10, 0, "a"}, {10, 0, 0, "b"}}, []provider.Cursor{{Offset: 10, Size: 10, Token: "a"}}, "only images that came before"},
		"no rows at all, and a total":   {numbers, false, []step{{0, 0, 9, ""}}, nil, ""},
	} {
		t.Run(name, func(t *testing.T) {
			p, distinct := provider.NewPager(test.paging, test.paging.MaxSize, test.trust), 0
			var next []provider.Cursor
			for i, s := range test.steps {
				distinct += s.fresh
				p.Advance(s.rows, s.fresh, distinct, s.total, s.token)
				ended, missing := p.End()
				if last := i == len(test.steps)-1; ended != last {
					t.Fatalf("after page %d: ended %t", i+1, ended)
				}
				if !ended {
					next = append(next, p.Next())
				} else if !strings.Contains(missing, test.missing) || (missing == "") != (test.missing == "") {
					t.Errorf("missing %q, want %q", missing, test.missing)
				}
			}
			if diff := cmp.Diff(test.next, next); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

func TestPagerLimitsPrefetchByTheTotal(t *testing.T) {
	for name, test := range map[string]struct {
		paging provider.Paging
		trust  bool
		steps  []step
		want   int
	}{
		"a full page":               {provider.Paging{MaxSize: 10}, false, []step{{10, 10, 95, ""}}, 96},
		"a trusted total":           {provider.Paging{MaxSize: 10}, true, []step{{10, 10, 95, ""}}, 95},
		"a short page":              {provider.Paging{MaxSize: 10}, false, []step{{9, 9, 95, ""}}, 0},
		"no total":                  {provider.Paging{MaxSize: 10}, false, []step{{10, 10, 0, ""}}, 0},
		"tokens":                    {provider.Paging{MaxSize: 10, Tokens: true}, false, []step{{10, 10, 95, "a"}}, 0},
		"numbered":                  {provider.Paging{MaxSize: 10, Aligned: true}, false, []step{{10, 10, 95, ""}}, 96},
		"numbered, at another size": {provider.Paging{MaxSize: 10, Aligned: true}, false, []step{{10, 10, 95, ""}, {1, 1, 95, ""}, {1, 1, 95, ""}}, 0},
	} {
		p, distinct, total := provider.NewPager(test.paging, 10, test.trust), 0, 0
		for _, s := range test.steps {
			distinct, total = distinct+s.fresh, s.total
			p.Advance(s.rows, s.fresh, distinct, s.total, s.token)
		}
		if got := p.KnownRows(total); got != test.want {
			t.Errorf("%s: %d rows, want %d", name, got, test.want)
		}
	}
}

func TestLargestDivisorFitsBothSizes(t *testing.T) {
	for _, test := range [][3]int{{1, 1, 1}, {34, 10, 2}, {31, 10, 1}, {30, 10, 10}, {27, 10, 9}, {4, 10, 4}, {97, 100, 97}} {
		if got := provider.LargestDivisor(test[0], test[1]); got != test[2] {
			t.Errorf("largest divisor of %d up to %d: %d, want %d", test[0], test[1], got, test[2])
		}
	}
}
