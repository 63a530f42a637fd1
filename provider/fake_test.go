package provider_test

import (
	"context"
	"fmt"
	"net/url"
	"sync"

	"github.com/imagequery/imagequery/image"
	"github.com/imagequery/imagequery/provider"
)

// server is a [provider.Adapter] over a list in memory, whose honesty can be
// adjusted.
type server struct {
	name    string // default "fake"
	images  []image.Image
	paging  provider.Paging // default: offsets, pages of 10
	support map[image.Field]provider.Support
	words   map[image.Field][]string
	calls   []provider.Call // default: one that pushes nothing

	cap   int                                                // of a page; 0: none
	total func(real, page int) int                           // what is stated on a page, from 1; nil: the truth
	page  func(page int) error                               // what happens on a page; nil: nothing
	rows  func(page int, honest []image.Image) []image.Image // what is on a page; nil: the truth

	mu    sync.Mutex
	asked []provider.Cursor
}

func (s *server) Info() provider.Info {
	name := s.name
	if name == "" {
		name = "fake"
	}
	return provider.Info{Name: name, Region: "r", Host: "fake.invalid", Support: s.support, Values: s.words}
}

func (s *server) Plan(image.Query) ([]provider.Call, error) {
	if s.calls != nil {
		return s.calls, nil
	}
	return []provider.Call{s.call()}, nil
}

func (s *server) call() provider.Call {
	paging := s.paging
	if paging == (provider.Paging{}) {
		paging = provider.Paging{MaxSize: 10}
	}
	return provider.Call{Action: "List", Params: url.Values{"a": {"b"}}, Paging: paging}
}

func (s *server) Fetch(ctx context.Context, c provider.Call, at provider.Cursor) (*provider.Page, error) {
	s.mu.Lock()
	s.asked = append(s.asked, at)
	page := len(s.asked)
	s.mu.Unlock()
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	if s.page != nil {
		if err := s.page(page); err != nil {
			return nil, err
		}
	}
	if c.Paging.Aligned && at.Size > 0 && at.Offset%at.Size != 0 {
		return nil, fmt.Errorf("offset %d is not on a page of %d", at.Offset, at.Size)
	}
	size := at.Size
	if s.cap > 0 {
		size = min(size, s.cap)
	}
	from := min(at.Offset, len(s.images))
	honest := s.images[from:min(from+size, len(s.images))]
	out := &provider.Page{Images: honest, Total: len(s.images), RequestID: fmt.Sprint("req-", page)}
	if s.rows != nil {
		out.Images = s.rows(page, honest)
	}
	if s.total != nil {
		out.Total = s.total(len(s.images), page)
	}
	if c.Paging.Tokens && at.Offset+len(out.Images) < len(s.images) {
		out.Next = fmt.Sprint("after-", at.Offset+len(out.Images))
	}
	return out, nil
}

func (s *server) requests() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return len(s.asked)
}

func imagesOf(n int) []image.Image {
	out := make([]image.Image, n)
	for i := range out {
		out[i] = image.Image{
			Ref:  image.Ref{Provider: "fake", Region: "r", ID: fmt.Sprintf("m-%04d", i)},
			Name: fmt.Sprintf("web-%d", i%7), Status: image.StatusAvailable,
		}
	}
	return out
}

func ids(images []image.Image) []string {
	var out []string
	for _, m := range images {
		out = append(out, m.ID)
	}
	return out
}

// pagesOf fetches from the images that the server has at a request, which counts
// from 1, and states their number.
func pagesOf(images func(request int) []image.Image, f *fetcher) func(context.Context, provider.Call, provider.Cursor) (*provider.Page, error) {
	return func(_ context.Context, _ provider.Call, at provider.Cursor) (*provider.Page, error) {
		now := images(f.requests())
		from := min(at.Offset, len(now))
		return &provider.Page{Images: now[from:min(from+at.Size, len(now))], Total: len(now)}, nil
	}
}
