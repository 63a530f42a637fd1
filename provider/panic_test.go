package provider_test

import (
	"context"
	"errors"
	"fmt"
	"runtime"
	"runtime/debug"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/imagequery/imagequery/image"
	"github.com/imagequery/imagequery/provider"
)

// checkPanic demands a *PanicError with errBoom and the stack of explode.
func checkPanic(t *testing.T, name string, value any) {
	t.Helper()
	e, ok := value.(*provider.PanicError)
	if !ok || !errors.Is(e, errBoom) || e.Value != any(errBoom) || !strings.Contains(string(e.Stack), "explode") {
		t.Errorf("%s: the panic is %v, want boom with the stack of explode", name, value)
		return
	}
	if text := e.Error(); !strings.Contains(text, "boom") || !strings.Contains(text, "explode") {
		t.Errorf("%s: text %q", name, text)
	}
}

// exploding is a server that takes a second for each page, and panics at one.
type exploding struct {
	*slow
	at int
}

func (e *exploding) Fetch(ctx context.Context, c provider.Call, at provider.Cursor) (*provider.Page, error) {
	if at.Offset == e.at {
		return explode(errBoom)
	}
	return e.slow.Fetch(ctx, c, at)
}

func newExploding(at int) *exploding {
	return &exploding{slow: &slow{server: &server{images: imagesOf(100)}}, at: at}
}

// The first page is fetched on the goroutine that ranges.
func TestPanicOfTheFirstPageReachesTheConsumer(t *testing.T) {
	var stack string
	value := func() (value any) {
		defer func() {
			value = recover()
			stack = string(debug.Stack())
		}()
		_, _ = collect(t, newExploding(0), provider.Listing{})
		return nil
	}()
	if value != any(errBoom) || !strings.Contains(stack, "explode") {
		t.Errorf("the panic is %v, want boom", value)
	}
}

// The pages in flight are cancelled first. The bubble fails if a goroutine is left.
func TestPanicOfAPrefetchedPageReachesTheConsumer(t *testing.T) {
	for _, at := range []int{20, 50, 90} {
		synctest.Test(t, func(t *testing.T) {
			e, taken := newExploding(at), 0
			value := recovered(func() {
				for range provider.New(e, provider.Config{}).Images(t.Context(), image.Query{}) {
					taken++
				}
			})
			checkPanic(t, fmt.Sprint("page at ", at), value)
			if e.inFlight != 0 || taken == 0 || taken > at {
				t.Errorf("page at %d: %d images taken, %d requests in flight", at, taken, e.inFlight)
			}
		})
	}
}

// The panic passes through unchanged.
func TestPanicOfTheConsumerCancelsRequests(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s, taken := &slow{server: &server{images: imagesOf(100)}}, 0
		value := recovered(func() {
			for range provider.New(s, provider.Config{}).Images(t.Context(), image.Query{}) {
				if taken++; taken == 5 {
					panic(errBoom)
				}
			}
		})
		if value != any(errBoom) || s.inFlight != 0 {
			t.Errorf("the panic is %v, %d requests in flight", value, s.inFlight)
		}
	})
}

// The panic comes from the first page, a prefetched page, Plan or a hook. All requests
// of the other targets are done before it reaches the goroutine that ranges.
func TestPanicOfATargetReachesTheConsumerOfSearch(t *testing.T) {
	for name, bad := range map[string]provider.Adapter{
		"first page":      newExploding(0),
		"prefetched page": newExploding(30),
	} {
		for _, options := range []*provider.SearchOptions{nil, {Distinct: true}, {FailFast: true}, {InFlight: 1}} {
			synctest.Test(t, func(t *testing.T) {
				good := &slow{server: &server{images: imagesOf(1000)}}
				targets := []provider.Target{
					{Name: "good", Client: provider.New(good, provider.Config{})},
					{Name: "bad", Client: provider.New(bad, provider.Config{})},
					{Name: "also good", Client: provider.New(&slow{server: &server{images: imagesOf(1000)}}, provider.Config{})},
				}
				checkPanic(t, name, recovered(func() {
					for _, err := range provider.Search(t.Context(), targets, image.Query{}, options) {
						if err != nil {
							t.Errorf("%s: error %v before the panic", name, err)
						}
					}
				}))
				if good.inFlight != 0 {
					t.Errorf("%s: %d requests in flight", name, good.inFlight)
				}
			})
		}
	}
}

// The goroutines of targets call most hooks; the goroutine that ranges calls the hook
// for targets.
func TestPanicOfAHookReachesTheConsumerOfSearch(t *testing.T) {
	for name, trace := range map[string]*provider.Trace{
		"page":   {Page: func(context.Context, provider.PageInfo) { _, _ = explode(errBoom) }},
		"target": {Target: func(context.Context, provider.Report) { _, _ = explode(errBoom) }},
	} {
		synctest.Test(t, func(t *testing.T) {
			var targets []provider.Target
			for i := range 5 {
				s := &slow{server: &server{images: imagesOf(50 * i)}}
				targets = append(targets, provider.Target{Name: fmt.Sprint(i), Client: provider.New(s, provider.Config{})})
			}
			ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
			defer cancel()
			value := recovered(func() {
				_, _ = provider.Collect(provider.Search(provider.WithTrace(ctx, trace), targets, image.Query{}, nil))
			})
			if err, ok := value.(error); !ok || !errors.Is(err, errBoom) {
				t.Errorf("%s: the panic is %v, want boom", name, value)
			}
		})
	}
}

// TestGoexitOfFetchReachesTheConsumer ends the goroutine of a request, which would
// otherwise lose the error of its target, or the page. Nothing is left behind.
func TestGoexitOfFetchReachesTheConsumer(t *testing.T) {
	for _, at := range []int{0, 30} {
		for _, options := range []*provider.SearchOptions{nil, {Distinct: true}, {InFlight: 1}} {
			synctest.Test(t, func(t *testing.T) {
				good := &slow{server: &server{images: imagesOf(1000)}}
				targets := []provider.Target{
					{Name: "bad", Client: provider.New(ending{newExploding(at)}, provider.Config{})},
					{Name: "good", Client: provider.New(good, provider.Config{})},
				}
				value := recovered(func() {
					for range provider.Search(t.Context(), targets, image.Query{}, options) {
					}
				})
				if e, ok := value.(*provider.PanicError); !ok || !strings.Contains(e.Error(), "runtime.Goexit") || good.inFlight != 0 {
					t.Errorf("page at %d: the panic is %v, %d requests in flight", at, value, good.inFlight)
				}
			})
		}
	}
	synctest.Test(t, func(t *testing.T) {
		value := recovered(func() {
			for range provider.New(ending{newExploding(30)}, provider.Config{}).Images(t.Context(), image.Query{}) {
			}
		})
		if e, ok := value.(*provider.PanicError); !ok || !strings.Contains(string(e.Stack), "ending") {
			t.Errorf("the panic is %v, want one with the stack of the goroutine that ended", value)
		}
	})
}

// ending ends the goroutine where another adapter would panic.
type ending struct{ *exploding }

func (e ending) Fetch(ctx context.Context, c provider.Call, at provider.Cursor) (*provider.Page, error) {
	if at.Offset == e.at {
		runtime.Goexit()
	}
	return e.exploding.Fetch(ctx, c, at)
}
