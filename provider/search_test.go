package provider_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/imagequery/imagequery/image"
	"github.com/imagequery/imagequery/provider"
)

// paced is an adapter that takes its time for each page, or for ever.
type paced struct {
	server
	delay  time.Duration // negative: it never answers
	err    error
	busy   *busy // nil: requests are not counted
	budget *provider.Budget
}

// busy counts the pages that are under way.
type busy struct{ now, most, ended atomic.Int32 }

func (p *paced) Fetch(ctx context.Context, c provider.Call, at provider.Cursor) (*provider.Page, error) {
	release, _, err := p.budget.Acquire(ctx, "r", c.Action)
	if err != nil {
		return nil, err
	}
	defer release()
	if p.busy != nil {
		now := p.busy.now.Add(1)
		for most := p.busy.most.Load(); now > most && !p.busy.most.CompareAndSwap(most, now); most = p.busy.most.Load() {
		}
		defer p.busy.ended.Add(1)
		defer p.busy.now.Add(-1)
	}
	answer := make(<-chan time.Time)
	if p.delay >= 0 {
		answer = time.After(p.delay)
	}
	select {
	case <-ctx.Done():
		return nil, ctx.Err()
	case <-answer:
	}
	if p.err != nil {
		return nil, p.err
	}
	return p.server.Fetch(ctx, c, at)
}

// targetsOf makes targets a, b, c … whose images are named after them.
func targetsOf(adapters ...*paced) []provider.Target {
	targets := make([]provider.Target, len(adapters))
	for i, a := range adapters {
		name := string(rune('a' + i%26))
		if i >= 26 {
			name += fmt.Sprint(i)
		}
		for j := range a.images {
			a.images[j].Region = name
		}
		targets[i] = provider.Target{Name: name, Client: provider.New(a, provider.Config{})}
	}
	return targets
}

// found is what a search yielded.
type found struct {
	hits     []string // target/id
	failed   []string // targets
	errs     []error  // every error
	at       []time.Duration
	finished time.Duration
}

func searched(ctx context.Context, targets []provider.Target, q image.Query, o *provider.SearchOptions) (f found) {
	c := newClock()
	for hit, err := range provider.Search(ctx, targets, q, o) {
		if err == nil {
			f.hits, f.at = append(f.hits, hit.Target+"/"+hit.Image.ID), append(f.at, c.at())
			continue
		}
		f.errs = append(f.errs, err)
		if e, ok := errors.AsType[*provider.TargetError](err); ok {
			f.failed = append(f.failed, e.Target)
		}
	}
	f.finished = c.at()
	return f
}

// of returns the identifiers that one target found, in the order in which they came.
func (f found) of(target string) (ids []string) {
	for _, hit := range f.hits {
		if name, id, _ := strings.Cut(hit, "/"); name == target {
			ids = append(ids, id)
		}
	}
	return ids
}

func TestSearchKeepsTheOrderOfATarget(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		targets := targetsOf(&paced{server: server{images: imagesOf(25)}, delay: second}, &paced{server: server{images: imagesOf(35)}}, &paced{})
		f := searched(t.Context(), targets, image.Query{}, nil)
		for name, n := range map[string]int{"a": 25, "b": 35, "c": 0} {
			if diff := cmp.Diff(ids(imagesOf(n)), f.of(name)); diff != "" {
				t.Errorf("target %s (-want +got):\n%s", name, diff)
			}
		}
		if len(f.errs) > 0 {
			t.Errorf("errors %v", f.errs)
		}
	})
}

func TestSearchYieldsHitsAsTheyArrive(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		targets := targetsOf(&paced{server: server{images: imagesOf(1)}, delay: 3 * second}, &paced{server: server{images: imagesOf(1)}, delay: second})
		f := searched(t.Context(), targets, image.Query{}, nil)
		if diff := cmp.Diff([]string{"b/m-0000", "a/m-0000"}, f.hits); diff != "" || !slices.Equal(f.at, []time.Duration{second, 3 * second}) {
			t.Errorf("at %v (-want +got):\n%s", f.at, diff)
		}
	})
}

func TestSearchLimitsRequestsInFlight(t *testing.T) {
	for _, test := range []struct {
		targets, inFlight, most int
		took                    time.Duration
	}{
		{300, 0, 256, 2 * second},
		{6, 2, 2, 3 * second},
		{4, 1, 1, 4 * second},
		{3, 99, 3, second},
	} {
		synctest.Test(t, func(t *testing.T) {
			b := &busy{}
			adapters := make([]*paced, test.targets)
			for i := range adapters {
				adapters[i] = &paced{server: server{images: imagesOf(1)}, delay: second, busy: b}
			}
			f := searched(t.Context(), targetsOf(adapters...), image.Query{}, &provider.SearchOptions{InFlight: test.inFlight})
			if len(f.hits) != test.targets || len(f.errs) > 0 {
				t.Errorf("%+v: %d hits, errors %v", test, len(f.hits), f.errs)
			}
			if int(b.most.Load()) != test.most || f.finished != test.took {
				t.Errorf("%+v: %d at once, took %s", test, b.most.Load(), f.finished)
			}
		})
	}
}

func TestSearchContinuesIfOneTargetFails(t *testing.T) {
	denied := &provider.Error{Kind: provider.PermissionDenied, Code: "No"}
	for name, test := range map[string]struct {
		bad   *paced
		wants error
		at    time.Duration
	}{
		"fails at once":  {&paced{err: denied}, provider.PermissionDenied, second},
		"fails late":     {&paced{err: denied, delay: 10 * second}, provider.PermissionDenied, 10 * second},
		"hangs":          {&paced{delay: -1}, context.DeadlineExceeded, time.Minute},
		"fails midway":   {&paced{server: server{images: imagesOf(30), page: refuseAfter(1)}}, provider.Throttled, second},
		"never complete": {&paced{server: server{images: imagesOf(3), total: func(int, int) int { return 5 }}}, provider.Incomplete, second},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				good := func() *paced { return &paced{server: server{images: imagesOf(5)}, delay: second} }
				targets := targetsOf(good(), good(), test.bad, good(), good())
				f := searched(t.Context(), targets, image.Query{}, &provider.SearchOptions{TargetTimeout: time.Minute})
				for _, other := range []string{"a", "b", "d", "e"} {
					if len(f.of(other)) != 5 {
						t.Errorf("%d hits of %s", len(f.of(other)), other)
					}
				}
				if !slices.Equal(f.failed, []string{"c"}) || len(f.errs) != 1 || !errors.Is(f.errs[0], test.wants) {
					t.Errorf("errors %v, want one of c: %v", f.errs, test.wants)
				}
				if f.finished != test.at {
					t.Errorf("took %s, want %s", f.finished, test.at)
				}
			})
		})
	}
}

func refuseAfter(pages int) func(int) error {
	return func(page int) error {
		if page > pages {
			return &provider.Error{Kind: provider.Throttled}
		}
		return nil
	}
}

func TestSearchTargetTimeoutBeginsWithTheFirstRequest(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		slow := func() *paced { return &paced{server: server{images: imagesOf(1)}, delay: 3 * second} }
		targets := targetsOf(slow(), slow(), &paced{delay: -1}, slow())
		f := searched(t.Context(), targets, image.Query{}, &provider.SearchOptions{InFlight: 1, TargetTimeout: 4 * second})
		slices.Sort(f.hits) // the targets wait for the slot in any order
		if diff := cmp.Diff([]string{"a/m-0000", "b/m-0000", "d/m-0000"}, f.hits); diff != "" || f.finished != 13*second {
			t.Errorf("took %s (-want +got):\n%s", f.finished, diff)
		}
		if !slices.Equal(f.failed, []string{"c"}) || !errors.Is(f.errs[0], context.DeadlineExceeded) {
			t.Errorf("errors %v", f.errs)
		}
	})
}

func TestSearchFailFastEndsAtTheFirstFailure(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		denied := &provider.Error{Kind: provider.PermissionDenied}
		last := &paced{server: server{images: imagesOf(5)}}
		targets := targetsOf(&paced{server: server{images: imagesOf(2)}}, &paced{err: denied, delay: second}, &paced{delay: -1}, last)
		f := searched(t.Context(), targets, image.Query{}, &provider.SearchOptions{FailFast: true, InFlight: 3})
		if len(f.of("a")) != 2 || f.finished != second {
			t.Errorf("hits %v after %s", f.hits, f.finished)
		}
		if !slices.Equal(f.failed, []string{"b"}) || len(f.errs) != 1 || !errors.Is(f.errs[0], provider.PermissionDenied) {
			t.Errorf("errors %v, want only the first", f.errs)
		}
	})
}

func TestSearchOfTargetsWithoutImagesIsEmpty(t *testing.T) {
	if f := searched(t.Context(), targetsOf(&paced{}, &paced{}), image.Query{}, nil); len(f.hits)+len(f.errs) > 0 {
		t.Errorf("%+v, want no hits and no errors", f)
	}
}

func TestSearchRangesTwice(t *testing.T) {
	seq := provider.Search(t.Context(), targetsOf(&paced{server: server{images: imagesOf(3)}}), image.Query{Limit: 2}, nil)
	for range 2 {
		if hits, err := provider.Collect(seq); len(hits) != 2 || err != nil {
			t.Errorf("%d hits, error %v", len(hits), err)
		}
	}
}

func TestSearchRefusesBadArguments(t *testing.T) {
	s := &server{images: imagesOf(3)}
	client := provider.New(s, provider.Config{})
	good := []provider.Target{{Name: "a", Client: client}, {Name: "b", Client: client}}
	for name, test := range map[string]struct {
		targets []provider.Target
		query   image.Query
		options *provider.SearchOptions
		says    []string
	}{
		"the query":        {good, image.Query{Limit: -1, IDs: []string{""}}, nil, []string{"limit", `"-1"`, "ids"}},
		"zero client":      {[]provider.Target{good[0], {Name: "c", Client: &provider.Client{}}}, image.Query{}, nil, []string{"target 1", `"c"`, "no Client", "New"}},
		"no client":        {[]provider.Target{good[0], {Name: "c"}}, image.Query{}, nil, []string{"target 1", `"c"`, "no Client", "New"}},
		"no name":          {[]provider.Target{{Client: client}}, image.Query{}, nil, []string{"target 0", `""`, "non-empty"}},
		"a name twice":     {append(slices.Clone(good), good[0]), image.Query{}, nil, []string{"target 2", `"a"`, "unique"}},
		"a native section": {good, native("fake", "other", "more"), nil, []string{`"more"`, "native", "remove its section"}},
		"no targets":       {nil, image.Query{}, nil, []string{"no targets", "at least one"}},
		"in flight":        {good, image.Query{}, &provider.SearchOptions{InFlight: -1}, []string{"InFlight", "-1", "leave"}},
		"timeout":          {good, image.Query{}, &provider.SearchOptions{TargetTimeout: -second}, []string{"TargetTimeout", "-1s", "leave"}},
	} {
		t.Run(name, func(t *testing.T) {
			f := searched(t.Context(), test.targets, test.query, test.options)
			if len(f.hits) > 0 || len(f.errs) != 1 || len(f.failed) > 0 || !errors.Is(f.errs[0], provider.InvalidArgument) {
				t.Fatalf("%+v, want one invalid argument", f)
			}
			for _, part := range test.says {
				if !strings.Contains(f.errs[0].Error(), part) {
					t.Errorf("error %q does not say %s", f.errs[0], part)
				}
			}
		})
	}
	if s.requests() > 0 {
		t.Errorf("%d requests", s.requests())
	}
}

func native(providers ...string) image.Query {
	q := image.Query{Native: map[string]map[string]string{}}
	for _, name := range providers {
		q.Native[name] = map[string]string{"P": "v"}
	}
	return q
}

func TestSearchSendsNativeSectionsToTheirProvider(t *testing.T) {
	one, two := newPlanner(), newPlanner()
	two.name = "two"
	targets := []provider.Target{{Name: "1", Client: provider.New(one, provider.Config{})}, {Name: "2", Client: provider.New(two, provider.Config{})}}
	if f := searched(t.Context(), targets, native("fake", "two"), nil); len(f.errs) > 0 {
		t.Errorf("errors %v", f.errs)
	}
	if one.requests() != 1 || two.requests() != 1 {
		t.Errorf("%d and %d requests", one.requests(), two.requests())
	}
}

func TestSearchReportsUnsupportedTargets(t *testing.T) {
	none := map[image.Field]provider.Support{image.FieldFamilies: provider.None}
	can := &paced{server: server{images: []image.Image{{Ref: image.Ref{ID: "m"}, Family: "f"}}}}
	cannot := &paced{server: server{images: imagesOf(3), support: none}}
	for skip, failed := range map[bool]string{false: "[b]", true: "[]"} {
		q := image.Query{Families: []string{"f"}, SkipUnreported: skip}
		f := searched(t.Context(), targetsOf(can, cannot), q, nil)
		if !slices.Equal(f.hits, []string{"a/m"}) || fmt.Sprint(f.failed) != failed || cannot.requests() > 0 {
			t.Errorf("skip %t: %+v, %d requests", skip, f, cannot.requests())
		}
	}
}
