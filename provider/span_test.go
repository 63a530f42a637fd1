package provider_test

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/imagequery/imagequery/image"
	"github.com/imagequery/imagequery/provider"
)

// spanRecorder records spans by their path.
type spanRecorder struct {
	mu    sync.Mutex
	open  int
	ended map[string]int // ended spans, by path and outcome
	twice int            // ends of spans that were over
	late  int            // spans that ended after their parent
}

type recordedSpan struct {
	path   string
	parent *recordedSpan
	over   atomic.Bool
}

type spanKey struct{}

func newSpanRecorder() *spanRecorder {
	return &spanRecorder{ended: map[string]int{}}
}

func (r *spanRecorder) trace() *provider.Trace {
	return &provider.Trace{Start: func(ctx context.Context, i provider.SpanInfo) (context.Context, provider.EndSpan) {
		span := &recordedSpan{path: i.Kind.String()}
		switch i.Kind {
		case provider.SpanTarget:
			span.path += " " + provider.ContextTarget(ctx)
		case provider.SpanPage:
			span.path += " " + i.Action
		}
		if parent, ok := ctx.Value(spanKey{}).(*recordedSpan); ok {
			span.parent, span.path = parent, parent.path+" > "+span.path
		}
		r.mu.Lock()
		defer r.mu.Unlock()
		r.open++
		return context.WithValue(ctx, spanKey{}, span), func(images int, err error) { r.end(span, images, err) }
	}}
}

func (r *spanRecorder) end(span *recordedSpan, images int, err error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if span.over.Swap(true) {
		r.twice++
	}
	if span.parent != nil && span.parent.over.Load() {
		r.late++
	}
	r.open--
	r.ended[fmt.Sprintf("%s: %d images, %s", span.path, images, outcome(err))]++
}

// outcome is the kind of an error in a word.
func outcome(err error) string {
	switch e := (*provider.Error)(nil); {
	case err == nil:
		return "ok"
	case errors.Is(err, context.Canceled):
		return "canceled"
	case errors.As(err, &e):
		return e.Kind.Error()
	}
	return err.Error()
}

func (r *spanRecorder) check(t *testing.T, name string, want map[string]int) {
	t.Helper()
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.open != 0 || r.twice > 0 || r.late > 0 {
		t.Errorf("%s: %d spans are open, %d were ended twice, %d after their parents", name, r.open, r.twice, r.late)
	}
	if want == nil {
		return
	}
	if diff := cmp.Diff(want, r.ended); diff != "" {
		t.Errorf("%s: spans (-want +got):\n%s", name, diff)
	}
}

func TestSpansOfASearchNest(t *testing.T) {
	denied := &provider.Error{Kind: provider.PermissionDenied}
	targets := func() []provider.Target {
		of := func(s *server) *provider.Client {
			return provider.New(s, provider.Config{Listing: provider.Listing{Prefetch: 1}})
		}
		return []provider.Target{
			{Name: "whole", Client: of(&server{images: imagesOf(12)})},
			{Name: "denied", Client: of(&server{page: func(int) error { return denied }})},
		}
	}
	for name, c := range map[string]struct {
		query image.Query
		stop  bool
		want  map[string]int
	}{
		"all": {image.Query{}, false, map[string]int{
			"search: 12 images, permission denied":                            1,
			"search > target whole: 12 images, ok":                            1,
			"search > target whole > page List: 10 images, ok":                1,
			"search > target whole > page List: 2 images, ok":                 1,
			"search > target denied: 0 images, permission denied":             1,
			"search > target denied > page List: 0 images, permission denied": 1,
		}},
		"invalid": {image.Query{Limit: -1}, false, map[string]int{"search: 0 images, invalid argument": 1}},
	} {
		r := newSpanRecorder()
		for range provider.Search(provider.WithTrace(t.Context(), r.trace()), targets(), c.query, nil) {
		}
		r.check(t, name, c.want)
	}
}

// A search ends early in each way, with pages in flight.
func TestSpansEndOnce(t *testing.T) {
	for name, c := range map[string]struct {
		query image.Query
		bad   int                                         // offset of a page that panics; -1: none
		take  func(cancel context.CancelFunc, n int) bool // whether to take more
	}{
		"limit":       {query: image.Query{Limit: 15}, bad: -1},
		"break":       {bad: -1, take: func(_ context.CancelFunc, n int) bool { return n < 15 }},
		"cancel":      {bad: -1, take: func(cancel context.CancelFunc, n int) bool { cancel(); return true }},
		"first page":  {bad: 0},
		"other page":  {bad: 30},
		"consumer":    {bad: -1, take: func(context.CancelFunc, int) bool { panic(errBoom) }},
		"end of loop": {bad: -1},
	} {
		synctest.Test(t, func(t *testing.T) {
			r := newSpanRecorder()
			ctx, cancel := context.WithCancel(provider.WithTrace(t.Context(), r.trace()))
			defer cancel()
			var targets []provider.Target
			for i := range 5 {
				targets = append(targets, provider.Target{Name: fmt.Sprint(i), Client: provider.New(&slow{server: &server{images: imagesOf(100)}}, provider.Config{})})
			}
			targets[2].Client = provider.New(newExploding(c.bad), provider.Config{})
			n := 0
			_ = recovered(func() {
				for range provider.Search(ctx, targets, c.query, nil) {
					if n++; c.take != nil && !c.take(cancel, n) {
						break
					}
				}
			})
			r.check(t, name, nil)
			if len(r.ended) < 6 {
				t.Errorf("%s: spans %v, want those of the search and its targets", name, slices.Sorted(maps.Keys(r.ended)))
			}
		})
	}
}

// The spans of later hooks are inside of those of earlier ones. The hooks of a page and
// of a target get the context of the target's span.
func TestHooksGetTheContextOfTheirSpan(t *testing.T) {
	outer, inner := newSpanRecorder(), newSpanRecorder()
	ctx := provider.WithTrace(provider.WithTrace(t.Context(), outer.trace()), inner.trace())
	got := map[string]string{}
	pathOf := func(ctx context.Context) string { return ctx.Value(spanKey{}).(*recordedSpan).path }
	ctx = provider.WithTrace(ctx, &provider.Trace{
		Page:   func(ctx context.Context, _ provider.PageInfo) { got["page"] = pathOf(ctx) },
		Target: func(ctx context.Context, _ provider.Report) { got["target"] = pathOf(ctx) },
	})
	targets := []provider.Target{{Name: "t", Client: provider.New(&server{images: imagesOf(3)}, provider.Config{})}}
	if _, err := provider.Collect(provider.Search(ctx, targets, image.Query{}, nil)); err != nil {
		t.Fatal(err)
	}
	const target = "search > search > target t > target t"
	if diff := cmp.Diff(map[string]string{"page": target, "target": target}, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	outer.check(t, "outer", map[string]int{
		"search: 3 images, ok": 1, "search > search > target t: 3 images, ok": 1,
		target + " > page List: 3 images, ok": 1,
	})
	inner.check(t, "inner", map[string]int{
		"search > search: 3 images, ok": 1, target + ": 3 images, ok": 1,
		target + " > page List > page List: 3 images, ok": 1,
	})
}

// The span of a target lasts until its last hit is taken, and that of a page until the
// page is here.
func TestSpansLastAsLongAsTheirPart(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		began, ends := time.Now(), map[provider.SpanKind]time.Duration{}
		ctx := provider.WithTrace(t.Context(), &provider.Trace{Start: func(ctx context.Context, i provider.SpanInfo) (context.Context, provider.EndSpan) {
			return ctx, func(int, error) { ends[i.Kind] = time.Since(began) }
		}})
		targets := []provider.Target{{Name: "t", Client: provider.New(&slow{server: &server{images: imagesOf(3)}}, provider.Config{})}}
		for range provider.Search(ctx, targets, image.Query{}, nil) {
			time.Sleep(time.Second)
		}
		want := map[provider.SpanKind]time.Duration{provider.SpanPage: time.Second, provider.SpanTarget: 4 * time.Second, provider.SpanSearch: 4 * time.Second}
		if diff := cmp.Diff(want, ends); diff != "" {
			t.Errorf("(-want +got):\n%s", diff)
		}
	})
}

func TestSpanKindsHaveNames(t *testing.T) {
	var got []string
	for k := range provider.SpanAttempt + 2 {
		got = append(got, k.String())
	}
	if diff := cmp.Diff([]string{"unknown", "search", "target", "page", "attempt", "unknown"}, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}
