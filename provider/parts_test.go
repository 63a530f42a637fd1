package provider_test

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"slices"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/imagequery/imagequery/image"
	"github.com/imagequery/imagequery/provider"
)

// parts is an adapter whose calls "a" and "b" partition one listing. A page token is
// the ID of the last image of the page before; a token whose image is gone is an
// Incomplete error.
type parts struct {
	undivided bool // the calls do not say that they partition a listing

	mu       sync.Mutex
	lists    map[string][]image.Image
	change   func(request int, p *parts) // before a request, from 1
	requests int
	delay    time.Duration
	dying    string // an ID in "a" that is removed before the first request with it as the token
}

func newParts(a, b int) *parts {
	all := imagesOf(a + b)
	return &parts{lists: map[string][]image.Image{"a": all[:a:a], "b": all[a:]}}
}

func (p *parts) Info() provider.Info { return provider.Info{Name: "fake", Region: "r"} }

func (p *parts) Plan(image.Query) (calls []provider.Call, err error) {
	for _, name := range []string{"a", "b"} {
		calls = append(calls, provider.Call{
			Action: "List", Params: url.Values{"part": {name}}, Paging: provider.Paging{MaxSize: 10, Tokens: true}, Partition: !p.undivided,
		})
	}
	return calls, nil
}

func (p *parts) Fetch(ctx context.Context, c provider.Call, at provider.Cursor) (*provider.Page, error) {
	time.Sleep(p.delay)
	p.mu.Lock()
	defer p.mu.Unlock()
	p.requests++
	if p.change != nil {
		p.change(p.requests, p)
	}
	if p.dying != "" && at.Token == p.dying {
		p.lists["a"] = slices.DeleteFunc(slices.Clone(p.lists["a"]), func(m image.Image) bool { return m.ID == p.dying })
		p.dying = ""
	}
	list := p.lists[c.Params.Get("part")]
	if at.Token != "" {
		i := slices.IndexFunc(list, func(m image.Image) bool { return m.ID == at.Token })
		if i < 0 {
			return nil, &provider.Error{Kind: provider.Incomplete, Code: "MarkerGone", Message: "the image of the page token is gone"}
		}
		list = list[i+1:]
	}
	page := &provider.Page{Images: slices.Clone(list[:min(at.Size, len(list))])}
	if len(list) > at.Size {
		page.Next = list[at.Size-1].ID
	}
	return page, nil
}

// remove takes an image out of a list, and move puts it at the end of another.
func (p *parts) remove(from string, i int) image.Image {
	m := p.lists[from][i]
	p.lists[from] = slices.Delete(slices.Clone(p.lists[from]), i, i+1)
	return m
}

func (p *parts) move(from string, i int, to string) {
	p.lists[to] = append(slices.Clone(p.lists[to]), p.remove(from, i))
}

// inOrder requests one page at a time.
var inOrder = provider.Config{Listing: provider.Listing{Prefetch: 1}}

func TestDeadPageTokenIsScannedAgain(t *testing.T) {
	p := newParts(35, 0)
	p.dying = p.lists["a"][19].ID
	got, err := provider.Collect(provider.New(p, inOrder).Images(t.Context(), image.Query{}))
	if err != nil || len(got) != 35 { // the 20 that came before the change, and the other 15
		t.Errorf("%d images, error %v", len(got), err)
	}
}

func TestTokenThatDiesAgainAndAgainIsIncomplete(t *testing.T) {
	p := newParts(35, 0)
	// Each request, since that of the first page of "b" is concurrent with others.
	p.change = func(_ int, p *parts) { p.remove("a", 9) } // whose ID is the next token
	got, err := provider.Collect(provider.New(p, inOrder).Images(t.Context(), image.Query{}))
	if e := (*provider.Error)(nil); !errors.Is(err, provider.Incomplete) || !errors.As(err, &e) || e.Action != "List" || len(got) == 0 {
		t.Fatalf("%d images, error %v: want Incomplete", len(got), err)
	}
	if want := "fake r List: incomplete: the listing was cut off in 3 scans: list again later, or ask the provider why: MarkerGone: the image of the page token is gone"; err.Error() != want {
		t.Errorf("error\n%v, want\n%s", err, want)
	}
}

func TestImagesThatMoveBetweenPartsAreFound(t *testing.T) {
	for from, to := range map[string]string{"a": "b", "b": "a"} {
		for request := 1; request <= 6; request++ {
			t.Run(fmt.Sprintf("from %s before request %d", from, request), func(t *testing.T) {
				p := newParts(15, 15)
				p.change = func(n int, p *parts) {
					if n == request {
						p.move(from, 12, to)
					}
				}
				got, err := provider.Collect(provider.New(p, inOrder).Images(t.Context(), image.Query{}))
				if err != nil || len(got) != 30 {
					t.Errorf("%d images, error %v: want 30", len(got), err)
				}
			})
		}
	}
}

// TestImagesThatMoveBetweenPrefetchedPartsAreFound reads the parts at the same time, so
// that the last one can be complete before the first one is.
func TestImagesThatMoveBetweenPrefetchedPartsAreFound(t *testing.T) {
	for from, to := range map[string]string{"a": "b", "b": "a"} {
		for request := 1; request <= 8; request++ {
			t.Run(fmt.Sprintf("from %s before request %d", from, request), func(t *testing.T) {
				synctest.Test(t, func(t *testing.T) {
					p := newParts(35, 35)
					p.lists[to], p.delay = p.lists[to][:2], time.Second
					p.change = func(n int, p *parts) {
						if n == request {
							p.move(from, 34, to)
						}
					}
					got, err := provider.Collect(provider.New(p, provider.Config{}).Images(t.Context(), image.Query{}))
					if err != nil || len(got) != 37 {
						t.Errorf("%d images, error %v: want 37", len(got), err)
					}
				})
			})
		}
	}
}

// TestPartsThatAlwaysChangeAreIncomplete adds an image to each part before each request.
func TestPartsThatAlwaysChangeAreIncomplete(t *testing.T) {
	p := newParts(1, 1)
	next := imagesOf(40)
	p.change = func(n int, p *parts) {
		p.lists["a"], p.lists["b"] = append(p.lists["a"], next[10+n]), append(p.lists["b"], next[20+n])
	}
	_, err := provider.Collect(provider.New(p, inOrder).Images(t.Context(), image.Query{}))
	if !errors.Is(err, provider.Incomplete) {
		t.Errorf("error %v, want Incomplete", err)
	}
}

func TestOnlyPartsAreReadAgain(t *testing.T) {
	for name, test := range map[string]struct {
		undivided bool
		confirm   provider.ConfirmMode
		want      int
	}{
		"parts":            {false, provider.ConfirmAuto, 3},
		"without confirm":  {false, provider.ConfirmNever, 2},
		"independent":      {true, provider.ConfirmAuto, 2},
		"parts and always": {false, provider.ConfirmAlways, 6},
	} {
		t.Run(name, func(t *testing.T) {
			p := newParts(5, 5)
			p.undivided = test.undivided
			c := inOrder
			c.Listing.Confirm = test.confirm
			if got, err := provider.Collect(provider.New(p, c).Images(t.Context(), image.Query{})); err != nil || len(got) != 10 {
				t.Errorf("%d images, error %v", len(got), err)
			}
			if p.requests != test.want {
				t.Errorf("%d requests, want %d", p.requests, test.want)
			}
		})
	}
}

// TestCallsWithTokensRunInParallel reads two calls of ten pages in little more than the
// time of one.
func TestCallsWithTokensRunInParallel(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := newParts(100, 100)
		p.undivided, p.delay = true, time.Second
		began := time.Now()
		got, err := provider.Collect(provider.New(p, provider.Config{}).Images(t.Context(), image.Query{}))
		if err != nil || len(got) != 200 {
			t.Fatalf("%d images, error %v", len(got), err)
		}
		if diff := cmp.Diff(20, p.requests); diff != "" {
			t.Errorf("requests (-want +got):\n%s", diff)
		}
		if took := time.Since(began); took > 15*time.Second {
			t.Errorf("20 pages of a second took %s", took)
		}
	})
}
