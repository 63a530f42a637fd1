package provider_test

import (
	"context"
	"slices"
	"sync/atomic"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/imagequery/imagequery/image"
	"github.com/imagequery/imagequery/provider"
)

// recycler is a server whose pages are overwritten when the client recycles them.
type recycler struct {
	server
	recycled atomic.Int64
}

func (r *recycler) Fetch(ctx context.Context, c provider.Call, at provider.Cursor) (*provider.Page, error) {
	page, err := r.server.Fetch(ctx, c, at)
	if page != nil {
		page.Images = slices.Clone(page.Images)
	}
	return page, err
}

func (r *recycler) Recycle(page *provider.Page) {
	r.recycled.Add(1)
	for i := range page.Images {
		page.Images[i] = image.Image{Name: "recycled"}
	}
	page.Images, page.Total, page.Next = nil, -1, "recycled"
}

func TestClientRecyclesPagesAfterItHasCopiedTheirImages(t *testing.T) {
	for name, paging := range map[string]provider.Paging{
		"offsets": {MaxSize: 10},
		"tokens":  {MaxSize: 10, Tokens: true},
	} {
		t.Run(name, func(t *testing.T) {
			r := &recycler{server: server{images: imagesOf(95), paging: paging}}
			got, err := provider.Collect(provider.New(r, provider.Config{}).Images(t.Context(), image.Query{}))
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(imagesOf(95), got); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
			if recycled := r.recycled.Load(); recycled != 10 {
				t.Errorf("%d pages were recycled, want 10", recycled)
			}
		})
	}
}

func TestClientRecyclesThePageAtWhichTheConsumerStops(t *testing.T) {
	r := &recycler{server: server{images: imagesOf(95)}}
	m, err := provider.New(r, provider.Config{}).Get(t.Context(), "m-0000")
	if err != nil || m.Name != "web-0" {
		t.Fatalf("Get returned %v, %v", m, err)
	}
	if recycled := r.recycled.Load(); recycled != 1 {
		t.Errorf("%d pages were recycled, want 1", recycled)
	}
}
