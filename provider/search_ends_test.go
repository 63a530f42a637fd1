package provider_test

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/imagequery/imagequery/image"
	"github.com/imagequery/imagequery/provider"
)

// A target that the limit stops has not failed.
func TestSearchLimitHoldsOverAllTargets(t *testing.T) {
	for _, test := range []struct{ limit, want int }{{1, 1}, {5, 5}, {12, 12}, {60, 60}, {61, 60}} {
		synctest.Test(t, func(t *testing.T) {
			b := &busy{}
			var adapters []*paced
			for i := range 3 {
				adapters = append(adapters, &paced{server: server{images: imagesOf(20)}, delay: time.Duration(i+1) * second, busy: b})
			}
			f := searched(t.Context(), targetsOf(adapters...), image.Query{Limit: test.limit}, nil)
			if len(f.hits) != test.want || len(f.errs) > 0 || b.now.Load() != 0 {
				t.Errorf("limit %d: %d hits, errors %v, %d pages under way", test.limit, len(f.hits), f.errs, b.now.Load())
			}
		})
	}
}

// Hanging targets are not waited for.
func TestSearchLimitStopsTheOthers(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		last := &paced{delay: -1}
		targets := targetsOf(&paced{server: server{images: imagesOf(5)}, delay: second}, &paced{delay: -1}, last)
		o := &provider.SearchOptions{InFlight: 3}
		f := searched(t.Context(), targets, image.Query{Limit: 5}, o)
		if len(f.hits) != 5 || len(f.errs) > 0 || f.finished != second {
			t.Errorf("%d hits after %s, errors %v", len(f.hits), f.finished, f.errs)
		}
	})
}

func TestSearchLimitKeepsEarlierFailures(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		targets := targetsOf(&paced{server: server{images: imagesOf(5)}, delay: 2 * second}, &paced{err: provider.Throttled, delay: second})
		f := searched(t.Context(), targets, image.Query{Limit: 3}, nil)
		if len(f.hits) != 3 || len(f.errs) != 1 || len(f.failed) != 1 || f.failed[0] != "b" {
			t.Errorf("%d hits, errors %v", len(f.hits), f.errs)
		}
	})
}

func TestSearchBreakLeavesNoGoroutine(t *testing.T) {
	for _, after := range []int{1, 2, 10, 11, 25} {
		synctest.Test(t, func(t *testing.T) {
			b := &busy{}
			adapters := []*paced{{delay: -1, busy: b}, {err: provider.Throttled, busy: b}}
			for range 4 {
				adapters = append(adapters, &paced{server: server{images: imagesOf(30)}, delay: second, busy: b})
			}
			c, taken := newClock(), 0
			for range provider.Search(t.Context(), targetsOf(adapters...), image.Query{}, &provider.SearchOptions{InFlight: 5}) {
				if taken++; taken == after {
					break
				}
			}
			if b.now.Load() != 0 || taken != after || c.at() > 2*second {
				t.Errorf("break after %d: took %s, %d pages under way", after, c.at(), b.now.Load())
			}
		})
	}
}

// No goroutine is left.
func TestSearchReportsEachTargetIfTheConsumerPanics(t *testing.T) {
	ended := make(chan struct{}, 2)
	ctx := provider.WithTrace(t.Context(), &provider.Trace{Target: func(context.Context, provider.Report) { ended <- struct{}{} }})
	targets := targetsOf(&paced{server: server{images: imagesOf(30)}}, &paced{server: server{images: imagesOf(30)}})
	func() {
		defer func() { _ = recover() }()
		for range provider.Search(ctx, targets, image.Query{}, nil) {
			panic("consumer")
		}
	}()
	limit := time.After(2 * time.Second)
	for n := range targets {
		select {
		case <-ended:
		case <-limit:
			t.Fatalf("only %d of %d targets ended", n, len(targets))
		}
	}
}

// The context is cancelled at another moment each time. The last error is always that
// of the context.
func TestSearchCancellationIsNeverLost(t *testing.T) {
	for run := range 200 {
		ctx, cancel := context.WithCancel(t.Context())
		targets := targetsOf(&paced{server: server{images: imagesOf(25)}}, &paced{server: server{images: imagesOf(25)}}, &paced{err: errors.New("reset")})
		taken, last := 0, error(nil)
		for _, err := range provider.Search(ctx, targets, image.Query{}, nil) {
			if taken++; taken == run%50+1 {
				cancel()
			}
			last = err
		}
		cancel()
		if e, ok := last.(*provider.Error); !ok || e.Kind != 0 || !errors.Is(last, context.Canceled) {
			t.Fatalf("run %d: the last error is %v after %d", run, last, taken)
		}
	}
}

// The consumer gets all hits, or the error of the context.
func TestSearchReportsAConcurrentCancellation(t *testing.T) {
	for run := range 200 {
		ctx, cancel := context.WithCancel(t.Context())
		targets := targetsOf(&paced{server: server{images: imagesOf(25)}}, &paced{server: server{images: imagesOf(25)}})
		var elsewhere sync.WaitGroup
		hits, told := 0, false
		for _, err := range provider.Search(ctx, targets, image.Query{}, nil) {
			told = told || errors.Is(err, context.Canceled)
			if err != nil {
				continue
			}
			if hits++; hits == run%49+1 {
				elsewhere.Go(cancel)
			}
		}
		elsewhere.Wait()
		cancel()
		if !told && hits < 50 {
			t.Fatalf("run %d: %d of 50 hits, and no word of the cancellation", run, hits)
		}
	}
}

func TestSearchEndsWithTheContext(t *testing.T) {
	for name, end := range map[string]func(context.Context) (context.Context, context.CancelFunc, error){
		"cancelled before": func(ctx context.Context) (context.Context, context.CancelFunc, error) {
			ctx, cancel := context.WithCancel(ctx)
			cancel()
			return ctx, cancel, context.Canceled
		},
		"deadline": func(ctx context.Context) (context.Context, context.CancelFunc, error) {
			ctx, cancel := context.WithTimeout(ctx, 5*second)
			return ctx, cancel, context.DeadlineExceeded
		},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				ctx, cancel, want := end(t.Context())
				defer cancel()
				hanging := []*paced{{delay: -1}, {delay: -1}, {delay: -1}}
				f := searched(ctx, targetsOf(hanging...), image.Query{}, &provider.SearchOptions{InFlight: 2})
				if len(f.hits) != 0 || f.finished > 5*second || fmt.Sprint(f.failed) != "[a b c]" && len(f.failed) != 3 {
					t.Errorf("%+v", f)
				}
				for _, err := range f.errs {
					if !errors.Is(err, want) {
						t.Errorf("error %v, want %v", err, want)
					}
				}
				if len(f.errs) != 4 {
					t.Errorf("%d errors, want one of each target and the context's: %v", len(f.errs), f.errs)
				}
			})
		})
	}
}

// The target that fails is not the first one, whose hits Distinct yields first.
func TestSearchFailFastBesideDistinct(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		targets := targetsOf(&paced{delay: time.Hour}, &paced{err: provider.Throttled, delay: second})
		f := searched(t.Context(), targets, image.Query{}, &provider.SearchOptions{FailFast: true, Distinct: true})
		if f.finished != second || len(f.errs) != 1 || fmt.Sprint(f.failed) != "[b]" {
			t.Errorf("after %s: errors %v", f.finished, f.errs)
		}
	})
}
