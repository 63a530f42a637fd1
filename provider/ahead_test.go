package provider_test

import (
	"context"
	"errors"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/imagequery/imagequery/image"
	"github.com/imagequery/imagequery/provider"
)

// slow is a server that takes a second for each page.
type slow struct {
	*server
	inFlight, most int
}

func (s *slow) Fetch(ctx context.Context, c provider.Call, at provider.Cursor) (*provider.Page, error) {
	s.mu.Lock()
	s.inFlight++
	s.most = max(s.most, s.inFlight)
	s.mu.Unlock()
	defer func() {
		s.mu.Lock()
		s.inFlight--
		s.mu.Unlock()
	}()
	select {
	case <-ctx.Done():
		return nil, ctx.Err()
	case <-time.After(time.Second):
	}
	return s.server.Fetch(ctx, c, at)
}

// As many pages are in flight as configured.
func TestPagesArePrefetchedInOrder(t *testing.T) {
	for _, test := range []struct {
		prefetch int
		calls    int
		want     time.Duration
	}{
		{prefetch: 16, calls: 1, want: 2 * time.Second},
		{prefetch: 10, calls: 1, want: 2 * time.Second},
		{prefetch: 5, calls: 1, want: 3 * time.Second},
		{prefetch: 1, calls: 1, want: 11 * time.Second},
		{prefetch: 16, calls: 3, want: 4 * time.Second}, // 1, then its rest and the first pages of 2 and 3, then the rest of 2, of 3
	} {
		synctest.Test(t, func(t *testing.T) {
			s := &slow{server: &server{images: imagesOf(100)}}
			for range test.calls {
				s.calls = append(s.calls, s.call())
			}
			begin := time.Now()
			got, err := provider.Collect(provider.New(s, provider.Config{Listing: provider.Listing{Prefetch: test.prefetch}}).Images(t.Context(), image.Query{}))
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(ids(s.images), ids(got)); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
			if took := time.Since(begin); took != test.want {
				t.Errorf("prefetch %d, %d calls: took %s, want %s", test.prefetch, test.calls, took, test.want)
			}
			if s.most > test.prefetch {
				t.Errorf("prefetch %d: %d pages under way at once", test.prefetch, s.most)
			}
			if want := 11 * test.calls; s.requests() != want {
				t.Errorf("%d requests, want %d", s.requests(), want)
			}
		})
	}
}

func TestPrefetchStartsAfterTheFirstImage(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := &slow{server: &server{images: imagesOf(100)}}
		s.calls = []provider.Call{s.call(), s.call()}
		for range provider.New(s, provider.Config{}).Images(t.Context(), image.Query{}) {
			time.Sleep(time.Minute)
			break
		}
		if s.requests() != 1 {
			t.Errorf("%d requests, want 1", s.requests())
		}
	})
}

// The bubble fails if a goroutine is left.
func TestBreakCancelsRequestsInFlight(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := &slow{server: &server{images: imagesOf(100)}}
		taken := 0
		begin := time.Now()
		for range provider.New(s, provider.Config{}).Images(t.Context(), image.Query{}) {
			if taken++; taken == 10 {
				break
			}
		}
		if took := time.Since(begin); took != time.Second {
			t.Errorf("took %s, want the second of the first page", took)
		}
	})
}

func TestCancellationEndsRequestsInFlight(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ctx, cancel := context.WithTimeout(t.Context(), 1500*time.Millisecond)
		defer cancel()
		s := &slow{server: &server{images: imagesOf(100)}}
		begin := time.Now()
		got, err := provider.Collect(provider.New(s, provider.Config{}).Images(ctx, image.Query{}))
		if len(got) != 10 || !errors.Is(err, context.DeadlineExceeded) || time.Since(begin) != 1500*time.Millisecond {
			t.Errorf("%d images after %s, error %v", len(got), time.Since(begin), err)
		}
	})
}

func TestLimitStopsRequests(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := &slow{server: &server{images: imagesOf(100)}}
		begin := time.Now()
		got, err := provider.Collect(provider.New(s, provider.Config{}).Images(t.Context(), image.Query{Limit: 45}))
		if err != nil || len(got) != 45 || s.requests() != 5 || time.Since(begin) != 2*time.Second {
			t.Errorf("%d images by %d requests in %s, error %v", len(got), s.requests(), time.Since(begin), err)
		}
	})
}
