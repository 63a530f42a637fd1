package provider_test

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"strings"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/imagequery/imagequery/image"
	"github.com/imagequery/imagequery/provider"
)

// fetcher is an adapter whose pages come from a function.
type fetcher struct {
	server
	fetch func(context.Context, provider.Call, provider.Cursor) (*provider.Page, error)
}

func (f *fetcher) Fetch(ctx context.Context, c provider.Call, at provider.Cursor) (*provider.Page, error) {
	f.mu.Lock()
	f.asked = append(f.asked, at)
	f.mu.Unlock()
	return f.fetch(ctx, c, at)
}

func failing(err error) *fetcher {
	return &fetcher{fetch: func(context.Context, provider.Call, provider.Cursor) (*provider.Page, error) { return nil, err }}
}

// checker is an adapter that knows how to check its credentials.
type checker struct {
	server
	err error
}

func (c *checker) Check(context.Context) error { return c.err }

func TestGetReturnsTheImageWithAnID(t *testing.T) {
	s := &server{images: imagesOf(30)}
	client := provider.New(s, provider.Config{})
	m, err := client.Get(t.Context(), "m-0017")
	if diff := cmp.Diff(s.images[17], m); diff != "" || err != nil {
		t.Errorf("error %v (-want +got):\n%s", err, diff)
	}
	m, err = client.Get(t.Context(), "m-00")
	if !errors.Is(err, provider.NotFound) || m.ID != "" || err.Error() != `fake r: not found: no image has the id "m-00"` {
		t.Errorf("image %v, error %v", m, err)
	}
}

// If the server applies the predicate exactly, the page has one image.
func TestGetRequestsOnePage(t *testing.T) {
	p := newPlanner()
	p.images = imagesOf(1)
	if _, err := provider.New(p, provider.Config{}).Get(t.Context(), "m-0000"); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]provider.Cursor{{Size: 1}}, p.asked); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func TestGetErrorsHaveKinds(t *testing.T) {
	none := map[image.Field]provider.Support{image.FieldIDs: provider.None}
	refused := &provider.Error{Kind: provider.PermissionDenied, Code: "No"}
	for name, test := range map[string]struct {
		id       string
		provider provider.Adapter
		kind     provider.Kind
		says     string
	}{
		"empty id":    {"", &server{images: imagesOf(3)}, provider.InvalidArgument, "query field ids"},
		"unsupported": {"m-1", &server{support: none}, provider.Unsupported, "ids"},
		"refused":     {"m-1", failing(refused), provider.PermissionDenied, "No"},
	} {
		m, err := provider.New(test.provider, provider.Config{}).Get(t.Context(), test.id)
		if m.ID != "" || !errors.Is(err, test.kind) || errors.Is(err, provider.NotFound) || !strings.Contains(err.Error(), test.says) {
			t.Errorf("%s: image %v, error %v", name, m, err)
		}
	}
}

func TestCheckReportsErrors(t *testing.T) {
	denied := &provider.Error{Kind: provider.Unauthenticated, Code: "InvalidAccessKeyId"}
	for name, test := range map[string]struct {
		provider provider.Adapter
		want     string // "": no error
	}{
		"checker":         {&checker{}, ""},
		"checker refuses": {&checker{err: denied}, "fake r: unauthenticated: InvalidAccessKeyId"},
		"checker fails":   {&checker{err: errors.New("reset")}, "fake r: unavailable: reset"},
		"listing":         {&server{images: imagesOf(40)}, ""},
		"empty listing":   {&server{}, ""},
		"listing refused": {failing(denied), "fake r List: unauthenticated: InvalidAccessKeyId"},
	} {
		got := ""
		if err := provider.New(test.provider, provider.Config{}).Check(t.Context()); err != nil {
			got = err.Error()
		}
		if got != test.want {
			t.Errorf("%s: error %q, want %q", name, got, test.want)
		}
	}
}

// The adapter's own Check, or a page of one image.
func TestCheckSendsOneRequest(t *testing.T) {
	own, listing := &checker{}, &server{images: imagesOf(40)}
	for _, p := range []provider.Adapter{own, listing} {
		if err := provider.New(p, provider.Config{}).Check(t.Context()); err != nil {
			t.Error(err)
		}
	}
	if diff := cmp.Diff([]provider.Cursor{{Size: 1}}, listing.asked); diff != "" || own.requests() != 0 {
		t.Errorf("%d requests beside the check (-want +got):\n%s", own.requests(), diff)
	}
}

func TestInfoIsThatOfTheAdapter(t *testing.T) {
	s := &server{support: planSupport, words: planWords}
	if diff := cmp.Diff(s.Info(), provider.New(s, provider.Config{}).Info()); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func TestDoListsACallWithoutPredicates(t *testing.T) {
	for name, test := range map[string]struct {
		paging   provider.Paging
		config   provider.Config
		n, sizes int
		requests int
	}{
		"pages":           {provider.Paging{MaxSize: 4}, provider.Config{}, 10, 4, 3},
		"numbered":        {provider.Paging{MaxSize: 4, Aligned: true}, provider.Config{}, 10, 4, 3},
		"tokens":          {provider.Paging{MaxSize: 4, Tokens: true}, provider.Config{}, 10, 4, 3},
		"configured size": {provider.Paging{MaxSize: 4}, provider.Config{Listing: provider.Listing{PageSize: 3}}, 10, 3, 4},
		"one page":        {provider.Paging{}, provider.Config{Listing: provider.Listing{PageSize: 3}}, 6, 0, 1},
	} {
		t.Run(name, func(t *testing.T) {
			f := &fetcher{server: server{images: imagesOf(test.n)}}
			var seen []provider.Call
			f.fetch = func(ctx context.Context, c provider.Call, at provider.Cursor) (*provider.Page, error) {
				seen = append(seen, c)
				if at.Size == 0 {
					return &provider.Page{Images: f.images}, nil
				}
				return (&server{images: f.images}).Fetch(ctx, c, at)
			}
			call := provider.Call{Action: "Other", Params: url.Values{"x": {"1", "2"}}, Paging: test.paging}
			test.config.Listing.Prefetch = 1
			got, err := provider.Collect(provider.New(f, test.config).Do(t.Context(), call))
			if diff := cmp.Diff(ids(f.images), ids(got)); diff != "" || err != nil || f.requests() != test.requests {
				t.Errorf("%d requests, error %v (-want +got):\n%s", f.requests(), err, diff)
			}
			if f.asked[0].Size != test.sizes || seen[0].Action != "Other" || !cmp.Equal(seen[0].Params, call.Params) {
				t.Errorf("asked %+v for %+v", seen[0], f.asked[0])
			}
		})
	}
}

func TestErrorsOfDoNameTheAction(t *testing.T) {
	f := failing(errors.New("reset"))
	_, err := provider.Collect(provider.New(f, provider.Config{}).Do(t.Context(), provider.Call{Action: "Other"}))
	if err == nil || err.Error() != "fake r Other: unavailable: reset" {
		t.Errorf("error %v", err)
	}
}

// Filtered listings have such pages.
func TestEmptyPageWithATokenIsNotTheEnd(t *testing.T) {
	pages := map[string]*provider.Page{
		"":  {Images: imagesOf(2), Next: "a"},
		"a": {Next: "b"},
		"b": {Images: imagesOf(4)[2:]},
	}
	f := &fetcher{fetch: func(_ context.Context, _ provider.Call, at provider.Cursor) (*provider.Page, error) {
		return pages[at.Token], nil
	}}
	call := provider.Call{Action: "List", Paging: provider.Paging{MaxSize: 2, Tokens: true}}
	got, err := provider.Collect(provider.New(f, provider.Config{}).Do(t.Context(), call))
	if diff := cmp.Diff(ids(imagesOf(4)), ids(got)); diff != "" || err != nil {
		t.Errorf("error %v (-want +got):\n%s", err, diff)
	}
}

// The listing ends long before the largest number of requests.
func TestRepeatedTokenIsIncomplete(t *testing.T) {
	next := map[string]string{"": "a", "a": "b", "b": "a"}
	f := &fetcher{fetch: func(_ context.Context, _ provider.Call, at provider.Cursor) (*provider.Page, error) {
		return &provider.Page{Images: imagesOf(2), Next: next[at.Token]}, nil
	}}
	call := provider.Call{Action: "List", Paging: provider.Paging{MaxSize: 2, Tokens: true}}
	_, err := provider.Collect(provider.New(f, provider.Config{}).Do(t.Context(), call))
	if !errors.Is(err, provider.Incomplete) || f.requests() > 10 {
		t.Errorf("error %v after %d requests, want incomplete after a few", err, f.requests())
	}
}

func TestUnsupportedPredicatesSendNoRequest(t *testing.T) {
	p := newPlanner()
	client := provider.New(p, provider.Config{})
	q := image.Query{Families: []string{"f"}, Tags: map[string]string{"k": "v"}}
	got, err := provider.Collect(client.Images(t.Context(), q))
	if !errors.Is(err, provider.Unsupported) || len(got) != 0 {
		t.Fatalf("%d images, error %v", len(got), err)
	}
	for _, part := range []string{"fake r: unsupported: ", "families, tags", "drop the predicate", "leave out this target", "SkipUnreported"} {
		if !strings.Contains(err.Error(), part) {
			t.Errorf("error %q does not say %q", err, part)
		}
	}
	q.SkipUnreported = true
	if got, err := provider.Collect(client.Images(t.Context(), q)); len(got) != 0 || err != nil {
		t.Errorf("skipping: %d images, error %v, want an empty answer", len(got), err)
	}
	if p.requests() != 0 || len(p.planned) != 0 {
		t.Errorf("%d requests, %d plans", p.requests(), len(p.planned))
	}
}

func TestSkipUnreportedKeepsSupportedQueries(t *testing.T) {
	p := newPlanner()
	p.images = imagesOf(20)
	q := image.Query{Names: []string{"web-3"}, SkipUnreported: true}
	if got, err := provider.Collect(provider.New(p, provider.Config{}).Images(t.Context(), q)); len(got) != 3 || err != nil {
		t.Errorf("%d images, error %v", len(got), err)
	}
}

func TestInvalidQueriesSendNothing(t *testing.T) {
	s := &server{images: imagesOf(3)}
	q := image.Query{Statuses: []image.Status{"nice"}, NameGlobs: []string{"["}, Limit: -3, IDs: []string{""}, SkipUnreported: true}
	got, err := provider.Collect(provider.New(s, provider.Config{}).Images(t.Context(), q))
	if !errors.Is(err, provider.InvalidArgument) || len(got) != 0 || s.requests() != 0 {
		t.Fatalf("%d images, %d requests, error %v", len(got), s.requests(), err)
	}
	for _, part := range []string{"fake r: ", "statuses", `"nice"`, "name_globs", `"["`, "limit", `"-3"`, "ids", `""`} {
		if !strings.Contains(err.Error(), part) {
			t.Errorf("error %q does not say %s", err, part)
		}
	}
	if bad, ok := errors.AsType[*image.QueryError](err); !ok || bad.Field == "" {
		t.Errorf("no *image.QueryError in %v", err)
	}
}

func TestZeroClientIsRefused(t *testing.T) {
	var zero provider.Client
	for name, use := range map[string]func() error{
		"Images":  func() error { _, err := provider.Collect(zero.Images(t.Context(), image.Query{})); return err },
		"Do":      func() error { _, err := provider.Collect(zero.Do(t.Context(), provider.Call{})); return err },
		"Get":     func() error { _, err := zero.Get(t.Context(), "m-1"); return err },
		"Explain": func() error { _, err := zero.Explain(image.Query{}); return err },
		"Check":   func() error { return zero.Check(t.Context()) },
	} {
		if err := use(); !errors.Is(err, provider.InvalidArgument) || !strings.Contains(err.Error(), "New") {
			t.Errorf("%s: error %v", name, err)
		}
	}
}

func TestClientIsSafeForConcurrentUse(t *testing.T) {
	p := newPlanner()
	p.images = imagesOf(30)
	client := provider.New(p, provider.Config{Listing: provider.Listing{PageSize: 10}})
	q := image.Query{Names: []string{"web-0", "web-1"}, Statuses: []image.Status{"available"}}
	want, err := provider.Collect(client.Images(t.Context(), q))
	if err != nil || len(want) == 0 {
		t.Fatalf("%d images, error %v", len(want), err)
	}
	var group sync.WaitGroup
	for range 16 {
		group.Go(func() {
			if err := useClient(t.Context(), client, q, ids(want)); err != nil {
				t.Error(err)
			}
		})
	}
	group.Wait()
}

func useClient(ctx context.Context, client *provider.Client, q image.Query, want []string) error {
	got, err1 := provider.Collect(client.Images(ctx, q))
	plan, err2 := client.Explain(q)
	if err := errors.Join(err1, err2); err != nil {
		return err
	}
	done, err3 := provider.Collect(client.Do(ctx, plan.Calls[0]))
	m, err4 := client.Get(ctx, "m-0020")
	if err := errors.Join(err3, err4, client.Check(ctx)); err != nil {
		return err
	}
	if diff := cmp.Diff(want, ids(got)); diff != "" || len(done) != 30 || m.ID != "m-0020" || client.Info().Name != "fake" {
		return fmt.Errorf("%d images by Do, %s by Get (-want +got):\n%s", len(done), m.ID, diff)
	}
	return nil
}
