package adaptertest_test

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"net"
	"net/http"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/imagequery/imagequery/image"
	"github.com/imagequery/imagequery/internal/adaptertest"
	"github.com/imagequery/imagequery/provider"
)

// stageCases keep a request in a stage that only the end of the context ends. The cases
// of hanging servers have the other stages.
func stageCases() []hostileCase {
	all := append(dialCases(), []hostileCase{
		{name: "sending", clients: retryingClients, set: func(v *exercise) {
			dial := func(context.Context, string, string) (net.Conn, error) {
				ours, _ := net.Pipe() // the other end does not read
				v.reached()
				return ours, nil
			}
			v.config.HTTPClient = &http.Client{Transport: &http.Transport{DialContext: dial}}
		}},
		{name: "in the backoff", clients: retryingClients, set: retryOften, serve: hangs(respondWith("503 Unavailable", "", "{}"))},
		{name: "throttled", clients: retryingClients, set: retryOften, serve: hangs(respondWith("429 Slow", "Retry-After: 60\n", "{}"))},
		{name: "waiting for the budget", clients: adapterClients, set: withSpent(&provider.Budget{InFlight: 1})},
		{name: "waiting for the rate", clients: adapterClients, set: withSpent(&provider.Budget{PerSecond: 0.001})},
		{name: "fetching credentials", clients: retryingClients, set: func(v *exercise) {
			v.config.Credentials = credentialsFunc(v.waitForContext)
		}},
		{name: "fetching cached credentials", clients: retryingClients, set: func(v *exercise) {
			v.config.Credentials = provider.Cache(v.waitForContext)
		}},
	}...)
	for i := range all {
		all[i].waits = true
	}
	return all
}

// retryOften makes retries outlast the cancellation, although a backoff may be short.
func retryOften(v *exercise) {
	v.config.Retry.MaxWait, v.config.Retry.Attempts = time.Minute, 1000
}

// withSpent gives every client a budget like the given one that admits no request.
func withSpent(like *provider.Budget) func(*exercise) {
	return func(v *exercise) {
		v.config.Budget = &provider.Budget{InFlight: like.InFlight, PerSecond: like.PerSecond}
		_, _, _ = v.config.Budget.Acquire(context.Background(), "", "other")
		v.reached()
	}
}

// TestEndedContextSendsNothing uses every client with a context that has ended.
func TestEndedContextSendsNothing(t *testing.T) {
	profiles.use(t)
	for _, client := range hostileClients() {
		t.Run(client.name, func(t *testing.T) {
			v := quietExercise()
			server := newHostileServer(t, client, v, hangs(honest))
			defer server.close()
			ctx, cancel := context.WithCancel(t.Context())
			cancel()
			if err := client.ask(ctx, v); !errors.Is(err, context.Canceled) {
				t.Errorf("error %v, want the cancellation", err)
			}
			if n, _ := server.received(); n > 0 {
				t.Errorf("%d requests were sent", n)
			}
		})
	}
}

var (
	pagePattern = regexp.MustCompile(`\b(PageNumber|offset)=(\d+)`)
	rowsPattern = regexp.MustCompile(`\[\{.*\}\]`)
)

// pageOf returns the number of the requested page, from 1, if pages have one image.
func pageOf(r request) int {
	page := 1
	if found := pagePattern.FindStringSubmatch(r.text); found != nil {
		_, _ = fmt.Sscan(found[2], &page)
		if found[1] == "offset" {
			page++
		}
	}
	return page
}

// sendPage sends a page of one image, of a listing of 40.
func sendPage(p *peer) {
	page, rows := pageOf(p.request), "$0"
	if page > 40 {
		rows = "[]"
	}
	body := strings.NewReplacer(`"TotalCount":1`, `"TotalCount":40`, `"total_count":1`, `"total_count":40`, `m-1`, fmt.Sprint("m-", page)).
		Replace(p.fill("<body>"))
	send(respondWith("200 OK", "Set-Cookie: a=b\n", rowsPattern.ReplaceAllString(body, rows)))(p)
}

// pagesFrom serves the pages before one, and hangs from then on.
func pagesFrom(hangs int) func(*peer) {
	return each(func(p *peer) {
		if pageOf(p.request) < hangs {
			sendPage(p)
		}
	})
}

// The consumer has taken an image, and pages are prefetched.
func TestCancellationBetweenPagesEndsListings(t *testing.T) {
	watchGoroutines(t)
	for _, c := range []struct {
		name  string
		hangs int // the first page that hangs
		after int // images after which the context is cancelled
		wait  time.Duration
	}{
		{name: "by the consumer", hangs: 100, after: 3},
		{name: "by the consumer of the first image", hangs: 100, after: 1},
		{name: "while the second page hangs", hangs: 2, after: 1, wait: 30 * time.Millisecond},
		{name: "while prefetched pages hang", hangs: 5, after: 4, wait: 30 * time.Millisecond},
	} {
		for _, client := range adapterClients() {
			if client.name == "ECS family" {
				continue
			}
			for way, list := range map[string]func(context.Context, *provider.Client) iter.Seq2[image.Image, error]{
				"Images": func(ctx context.Context, client *provider.Client) iter.Seq2[image.Image, error] {
					return client.Images(ctx, selfImages)
				},
				"Search": searchOne,
			} {
				t.Run(strings.Join([]string{c.name, client.name, way}, "/"), func(t *testing.T) {
					labelled(t, func(ctx context.Context) {
						v := quietExercise()
						server := newHostileServer(t, client, v, pagesFrom(c.hangs))
						defer server.close()
						ctx, cancel := newCanceller(ctx)
						defer cancel.stop()
						cancel.between(t, list(ctx, v.paged(t, client.open)), c.after, c.wait)
					})
				})
			}
		}
	}
}

// paged returns a client whose pages have one image.
func (v *exercise) paged(t *testing.T, open adaptertest.Constructor) *provider.Client {
	t.Helper()
	v.config.Listing.PageSize = 1
	client, err := v.client(open)
	if err != nil {
		t.Fatal(err)
	}
	return client
}

// searchOne returns the images of a search with one target.
func searchOne(ctx context.Context, client *provider.Client) iter.Seq2[image.Image, error] {
	return func(yield func(image.Image, error) bool) {
		for hit, err := range provider.Search(ctx, []provider.Target{{Name: "t", Client: client}}, selfImages, nil) {
			if !yield(hit.Image, err) {
				return
			}
		}
	}
}

// between cancels a listing after some images.
func (c *canceller) between(t *testing.T, images iter.Seq2[image.Image, error], after int, wait time.Duration) {
	t.Helper()
	came := 0
	err, _, returned := within(longTime, func() error {
		for _, err := range images {
			if err != nil {
				return err
			}
			came++
			switch {
			case came == after && wait == 0:
				c.stop()
			case came == after:
				time.AfterFunc(wait, c.stop)
			}
		}
		return nil
	})
	if !returned {
		t.Fatal("the listing hangs")
	}
	if took := c.took(); took > longTime/2 {
		t.Errorf("returned %s after the cancellation", took)
	}
	if kind, known := kindIn(err); !errors.Is(err, context.Canceled) || known {
		t.Errorf("got %s: %v after %d images; want the cancellation", kindName(kind), err, came)
	}
}
