package provider_test

import (
	"context"
	"fmt"
	"runtime"
	"sync"
	"testing"
	"weak"

	"github.com/imagequery/imagequery/image"
	"github.com/imagequery/imagequery/provider"
)

// remembering knows which of the pages that it gave are still retained.
type remembering struct {
	*server
	mu    sync.Mutex
	pages []weak.Pointer[provider.Page]
}

func (r *remembering) Fetch(ctx context.Context, c provider.Call, at provider.Cursor) (*provider.Page, error) {
	page, err := r.server.Fetch(ctx, c, at)
	r.mu.Lock()
	defer r.mu.Unlock()
	r.pages = append(r.pages, weak.Make(page))
	return page, err
}

func (r *remembering) retained() (n int) {
	runtime.GC()
	r.mu.Lock()
	defer r.mu.Unlock()
	for _, page := range r.pages {
		if page.Value() != nil {
			n++
		}
	}
	return n
}

func TestHoldsNoMorePagesThanArePrefetched(t *testing.T) {
	const prefetch, pages, size = 8, 60, 10
	s := &remembering{server: &server{}}
	for i := range pages * size {
		s.images = append(s.images, image.Image{Ref: image.Ref{Provider: "fake", Region: "r", ID: fmt.Sprint(i)}})
	}
	most, n := 0, 0
	for _, err := range provider.New(s, provider.Config{Listing: provider.Listing{Prefetch: prefetch}}).Images(t.Context(), image.Query{}) {
		if err != nil {
			t.Fatal(err)
		}
		if n++; n%size == 5 {
			most = max(most, s.retained())
		}
	}
	if n != pages*size || most > prefetch+2 {
		t.Errorf("%d images, and up to %d pages retained, want at most %d", n, most, prefetch+2)
	}
}
