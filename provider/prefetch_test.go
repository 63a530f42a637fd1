package provider_test

import (
	"context"
	"errors"
	"fmt"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/imagequery/imagequery/provider"
)

// fetchIn returns a fetch function that takes a time and records the cursors.
func fetchIn(d time.Duration, asked *[]provider.Cursor) func(context.Context, provider.Call, provider.Cursor) (*provider.Page, error) {
	return func(ctx context.Context, _ provider.Call, at provider.Cursor) (*provider.Page, error) {
		*asked = append(*asked, at)
		select {
		case <-ctx.Done():
			return nil, ctx.Err()
		case <-time.After(d):
			return &provider.Page{RequestID: fmt.Sprint(at.Offset)}, nil
		}
	}
}

func TestPrefetcherReturnsPagesInOrderFromOneRoundTrip(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var asked []provider.Cursor
		p := provider.NewPrefetcher(t.Context(), 3, fetchIn(time.Second, &asked))
		defer p.Close()
		begin := time.Now()
		for offset := 0; p.Add(provider.Call{}, provider.Cursor{Offset: offset, Size: 10}); offset += 10 {
			synctest.Wait()
		}
		for offset := 0; offset < 30; offset += 10 {
			page, err := p.Take(provider.Call{}, provider.Cursor{Offset: offset, Size: 10})
			if err != nil || page.RequestID != fmt.Sprint(offset) {
				t.Errorf("page %v, error %v, want the page at %d", page, err, offset)
			}
		}
		if len(asked) != 3 || time.Since(begin) != time.Second {
			t.Errorf("%d requests in %s, want 3 in a second", len(asked), time.Since(begin))
		}
	})
}

func TestPrefetcherDropsPagesThatAreNotNeeded(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var asked []provider.Cursor
		p := provider.NewPrefetcher(t.Context(), 2, fetchIn(time.Second, &asked))
		defer p.Close()
		p.Add(provider.Call{}, provider.Cursor{Offset: 10, Size: 10})
		synctest.Wait()
		if last, ok := p.Last(); !ok || last.Offset != 10 {
			t.Errorf("last %v, %t", last, ok)
		}
		page, err := p.Take(provider.Call{}, provider.Cursor{Offset: 4, Size: 4})
		if err != nil || page.RequestID != "4" {
			t.Errorf("page %v, error %v", page, err)
		}
		if _, ok := p.Last(); ok {
			t.Error("the queue is not empty")
		}
		if diff := cmp.Diff([]provider.Cursor{{Offset: 10, Size: 10}, {Offset: 4, Size: 4}}, asked); diff != "" {
			t.Errorf("(-want +got):\n%s", diff)
		}
	})
}

func TestPrefetcherKeepsFirstPagesOfLaterCalls(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var asked []provider.Cursor
		p := provider.NewPrefetcher(t.Context(), 2, fetchIn(time.Second, &asked))
		defer p.Close()
		p.AddHead(1, provider.Call{}, provider.Cursor{Size: 7})
		p.AddHead(1, provider.Call{}, provider.Cursor{Size: 7})
		p.Drop()
		if page, ok, err := p.TakeHead(1); !ok || err != nil || page.RequestID != "0" {
			t.Errorf("page %v, %t, error %v", page, ok, err)
		}
		if _, ok, _ := p.TakeHead(1); ok || len(asked) != 1 {
			t.Errorf("the first page came twice, by %d requests", len(asked))
		}
	})
}

func TestPrefetcherCloseCancelsAndWaits(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var done atomic.Int64
		p := provider.NewPrefetcher(t.Context(), 4, func(ctx context.Context, _ provider.Call, _ provider.Cursor) (*provider.Page, error) {
			<-ctx.Done()
			time.Sleep(time.Second) // for what a request does after it is cancelled
			done.Add(1)
			return nil, ctx.Err()
		})
		p.Add(provider.Call{}, provider.Cursor{Size: 1})
		p.AddHead(1, provider.Call{}, provider.Cursor{Size: 1})
		p.Close()
		if done.Load() != 2 {
			t.Errorf("%d of 2 requests are done", done.Load())
		}
	})
}

// recovered returns the value of a panic in a function, and nil without one.
func recovered(f func()) (value any) {
	defer func() { value = recover() }()
	f()
	return nil
}

// explode panics; its name is in the stack.
func explode(value any) (*provider.Page, error) { panic(value) }

var errBoom = errors.New("boom")

func TestPrefetcherRaisesPanicsOnceTheOthersAreDone(t *testing.T) {
	for name, use := range map[string]func(*provider.Prefetcher){
		"take":  func(p *provider.Prefetcher) { _, _ = p.Take(provider.Call{}, provider.Cursor{Offset: 1}) },
		"close": func(p *provider.Prefetcher) { p.Close() },
	} {
		synctest.Test(t, func(t *testing.T) {
			var done atomic.Int64
			p := provider.NewPrefetcher(t.Context(), 4, func(ctx context.Context, _ provider.Call, at provider.Cursor) (*provider.Page, error) {
				if at.Offset == 1 {
					return explode(errBoom)
				}
				<-ctx.Done()
				time.Sleep(time.Second)
				done.Add(1)
				return nil, ctx.Err()
			})
			p.Add(provider.Call{}, provider.Cursor{Offset: 1})
			p.Add(provider.Call{}, provider.Cursor{Offset: 2})
			p.AddHead(3, provider.Call{}, provider.Cursor{})
			checkPanic(t, name, recovered(func() { use(p) }))
			if done.Load() != 2 {
				t.Errorf("%s: %d of 2 other requests are done", name, done.Load())
			}
			if value := recovered(p.Close); value != nil {
				t.Errorf("%s: close raised the panic again: %v", name, value)
			}
		})
	}
}
