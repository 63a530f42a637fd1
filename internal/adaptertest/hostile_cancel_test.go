package adaptertest_test

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"regexp"
	"runtime"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/imagequery/imagequery/image"
	"github.com/imagequery/imagequery/provider"
)

// stage is a place at which a context may be cancelled.
type stage struct {
	name string
	// serve is the server that keeps the client in the stage; it calls reached.
	serve func(p *peer, reached func())
	// set prepares the configuration for a client; nil: the configuration is complete.
	set   func(v *exercise, reached func())
	https bool
	full  bool // the server accepts no connection
	who   func(*hostileClient) bool
}

func anyClient(*hostileClient) bool { return true }

func isAdapter(c *hostileClient) bool { return !c.credentials }

// isRetrying reports whether a client is configurable, and retries.
func isRetrying(c *hostileClient) bool { return !c.metadata }

// reaching sends a text for each request, and keeps the connection.
func reaching(text string) func(*peer, func()) {
	return func(p *peer, reached func()) {
		each(func(p *peer, _ request) {
			p.say(text)
			reached()
		})(p)
	}
}

func waiting(reached func()) func(context.Context) (provider.Credentials, error) {
	return func(ctx context.Context) (provider.Credentials, error) {
		reached()
		<-ctx.Done()
		return provider.Credentials{}, ctx.Err()
	}
}

func stages() []stage {
	unavailable := respondWith("503 Unavailable", "", "{}")
	return append(dialingStages(), []stage{
		{name: "TLS handshake", https: true, who: anyClient, serve: func(p *peer, reached func()) {
			_, _ = p.reader.ReadByte()
			reached()
			p.hang()
		}},
		{name: "sending", who: isRetrying, set: func(v *exercise, reached func()) {
			dial := func(context.Context, string, string) (net.Conn, error) {
				ours, _ := net.Pipe() // the other end does not read
				reached()
				return ours, nil
			}
			v.config.HTTPClient = &http.Client{Transport: &http.Transport{DialContext: dial}}
		}},
		{name: "waiting for headers", who: anyClient, serve: reaching("")},
		{name: "after 100", who: anyClient, serve: reaching("HTTP/1.1 100 Continue\r\n\r\n")},
		{name: "in the headers", who: anyClient, serve: reaching("HTTP/1.1 200 OK\r\nA: ")},
		{name: "before the body", who: anyClient, serve: reaching("HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n")},
		{name: "in the body", who: anyClient, serve: reaching("HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n{")},
		{name: "in an error's body", who: anyClient, serve: reaching("HTTP/1.1 503 Unavailable\r\nContent-Length: 9\r\n\r\n{")},
		{name: "in the backoff", who: isRetrying, serve: reaching(unavailable)},
		{name: "throttled", who: isRetrying, serve: reaching(respondWith("429 Slow", "Retry-After: 60\r\n", "{}"))},
		{name: "waiting for the budget", who: isAdapter, set: func(v *exercise, reached func()) {
			budget := &provider.Budget{InFlight: 1}
			_, _, _ = budget.Acquire(context.Background(), "", "other")
			v.config.Budget = budget
			reached()
		}},
		{name: "waiting for the rate", who: isAdapter, set: func(v *exercise, reached func()) {
			budget := &provider.Budget{PerSecond: 0.001}
			_, _, _ = budget.Acquire(context.Background(), "", "other")
			v.config.Budget = budget
			reached()
		}},
		{name: "fetching credentials", who: isRetrying, set: func(v *exercise, reached func()) {
			v.config.Credentials = credentialsFunc(waiting(reached))
		}},
		{name: "fetching cached credentials", who: isRetrying, set: func(v *exercise, reached func()) {
			v.config.Credentials = provider.Cache(waiting(reached))
		}},
	}...)
}

// The client returns soon, with the error of the context and without a Kind, and leaves
// no goroutine.
func TestCancellationEndsEachStageOfARequest(t *testing.T) {
	profiles.use(t)
	before := runtime.NumGoroutine()
	t.Run("stage", func(t *testing.T) {
		for _, s := range stages() {
			t.Run(s.name, func(t *testing.T) {
				t.Parallel()
				var group sync.WaitGroup
				for _, client := range hostileClients() {
					if s.who(client) {
						group.Go(func() { s.check(t, client) })
					}
				}
				group.Wait()
				if stacks := leftIn("stage/" + s.name + "/"); stacks != "" {
					t.Errorf("goroutines are left:\n%s", stacks)
				}
			})
		}
	})
	if text := leftAbove(before, longTime); text != "" {
		t.Errorf("%d goroutines before; after:\n%s", before, text)
	}
}

// check cancels up to three times: on a busy machine one try may be late.
func (s *stage) check(t *testing.T, client *hostileClient) {
	for try := 1; ; try++ {
		var took time.Duration
		var err error
		name := fmt.Sprintf("stage/%s/%s/%d", s.name, client.name, try)
		inCell(t.Context(), name, func(ctx context.Context) { took, err = s.cancel(ctx, t, client) })
		if kind, known := kindIn(err); !errors.Is(err, context.Canceled) || known {
			t.Errorf("%s: got %s: %v; want only the cancellation", client.name, kindName(kind), err)
			return
		}
		switch {
		case took <= promptly:
			return
		case try == 3 || took > slack:
			t.Errorf("%s: returned %s after the cancellation, want at most %s", client.name, took.Round(time.Millisecond), promptly)
			return
		}
	}
}

func (s *stage) cancel(ctx context.Context, t *testing.T, client *hostileClient) (took time.Duration, err error) {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	var cancelled atomic.Int64
	began := time.Now()
	reached := sync.OnceFunc(func() {
		time.AfterFunc(20*time.Millisecond, func() {
			cancelled.Store(int64(time.Since(began)))
			cancel()
		})
	})
	address, end := s.listen(t, client, reached)
	defer end()
	v := exercise{canary: metadataMark, endpoint: "http://" + address + "/"}
	if s.https {
		v.endpoint = "https://" + address + "/"
	}
	v.config = hostileConfig(time.Minute, slog.DiscardHandler)
	v.config.Retry.MaxWait = time.Minute
	v.config.Retry.Attempts = 1000 // a backoff may be shorter than the time until the cancellation
	if s.set != nil {
		s.set(&v, reached)
	}
	err, returned := within(longTime, func() error { return client.ask(ctx, v) })
	if !returned {
		return longTime, errors.New("it hangs")
	}
	return time.Since(began) - time.Duration(cancelled.Load()), err
}

func (s *stage) listen(t *testing.T, client *hostileClient, reached func()) (address string, end func()) {
	if s.full {
		reached()
		return listenWithoutAccepting(t)
	}
	server := newHostileServer(t, client, func(p *peer) {
		if s.serve != nil {
			s.serve(p, reached)
		}
	})
	return server.address(), server.close
}

// TestEndedContextSendsNothing uses every client with a context that has ended.
func TestEndedContextSendsNothing(t *testing.T) {
	profiles.use(t)
	for _, client := range hostileClients() {
		t.Run(client.name, func(t *testing.T) {
			server := newHostileServer(t, client, each(func(p *peer, r request) { p.say(respond200(p.honest(r))) }))
			defer server.close()
			ctx, cancel := context.WithCancel(t.Context())
			cancel()
			v := exercise{canary: metadataMark, endpoint: "http://" + server.address() + "/", config: hostileConfig(time.Second, slog.DiscardHandler)}
			if err := client.ask(ctx, v); !errors.Is(err, context.Canceled) {
				t.Errorf("error %v, want the cancellation", err)
			}
			if n := server.count(); n > 0 {
				t.Errorf("%d requests were sent", n)
			}
		})
	}
}

// pageOf returns the number of the requested page, from 1, if pages have one image.
func pageOf(r request) int {
	page := 1
	if found := pagePattern.FindStringSubmatch(r.text()); found != nil {
		_, _ = fmt.Sscan(found[2], &page)
		if strings.EqualFold(found[1], "offset") {
			page++
		}
	}
	return page
}

var rowsPattern = regexp.MustCompile(`\[\{.*\}\]`)

var pagePattern = regexp.MustCompile(`\b(PageNumber|offset)=(\d+)`)

// pageBody is a page of one image, of a listing of 40.
func (c *hostileClient) pageBody(r request) string {
	if pageOf(r) > 40 {
		return rowsPattern.ReplaceAllString(c.body(r), "[]")
	}
	return strings.NewReplacer(`"TotalCount":1`, `"TotalCount":40`, `"total_count":1`, `"total_count":40`,
		`m-1`, fmt.Sprint("m-", pageOf(r))).Replace(c.body(r))
}

// pagesFrom serves the pages before one, and hangs from then on.
func pagesFrom(hangs int) func(*peer) {
	return each(func(p *peer, r request) {
		if pageOf(r) < hangs {
			p.say(respond200(p.server.client.pageBody(r)))
		}
	})
}

// The consumer has taken an image, and pages are prefetched.
func TestCancellationBetweenPagesEndsListings(t *testing.T) {
	before := runtime.NumGoroutine()
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
			for _, way := range []string{"Images", "Search"} {
				name := strings.Join([]string{"pages", c.name, client.name, way}, "/")
				t.Run(name, func(t *testing.T) {
					inCell(t.Context(), name, func(ctx context.Context) {
						server := newHostileServer(t, client, pagesFrom(c.hangs))
						defer server.close()
						v := exercise{canary: metadataMark, endpoint: "http://" + server.address() + "/", config: hostileConfig(time.Minute, slog.DiscardHandler)}
						v.config.Listing.PageSize = 1
						cancelBetweenPages(ctx, t, client.list(v, way), c.after, c.wait)
					})
					if stacks := leftIn(name); stacks != "" {
						t.Errorf("goroutines are left:\n%s", stacks)
					}
				})
			}
		}
	}
	if text := leftAbove(before, longTime); text != "" {
		t.Errorf("%d goroutines before; after:\n%s", before, text)
	}
}

// lister yields images until an error.
type lister func(ctx context.Context, yield func() bool) error

// list is a listing of a client, or a search with it as the only target.
func (c *hostileClient) list(v exercise, way string) lister {
	return func(ctx context.Context, yield func() bool) error {
		client, err := v.client(c.open)
		if err != nil {
			return err
		}
		q := image.Query{Sources: []image.Source{image.SourceSelf}}
		if way == "Search" {
			for _, err := range provider.Search(ctx, []provider.Target{{Name: "t", Client: client}}, q, nil) {
				if err != nil || !yield() {
					return err
				}
			}
			return nil
		}
		for _, err := range client.Images(ctx, q) {
			if err != nil || !yield() {
				return err
			}
		}
		return nil
	}
}

func cancelBetweenPages(ctx context.Context, t *testing.T, list lister, after int, wait time.Duration) {
	t.Helper()
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	var cancelled atomic.Int64
	began, came := time.Now(), 0
	stop := func() {
		cancelled.Store(int64(time.Since(began)))
		cancel()
	}
	err, returned := within(longTime, func() error {
		return list(ctx, func() bool {
			came++
			switch {
			case came == after && wait == 0:
				stop()
			case came == after:
				time.AfterFunc(wait, stop)
			}
			return true
		})
	})
	if !returned {
		t.Fatal("the listing hangs")
	}
	if took := time.Since(began) - time.Duration(cancelled.Load()); took > slack {
		t.Errorf("returned %s after the cancellation", took)
	}
	if kind, known := kindIn(err); !errors.Is(err, context.Canceled) || known {
		t.Errorf("got %s: %v after %d images; want the cancellation", kindName(kind), err, came)
	}
}
