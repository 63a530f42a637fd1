package httpapi_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strconv"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/imagequery/imagequery/image"
	"github.com/imagequery/imagequery/provider"
	"github.com/imagequery/imagequery/provider/httpapi"
)

// pagesServer is a transport that answers each page of a listing after a second: half
// of it before the header, half of it within the body.
type pagesServer struct {
	pages  int                      // of each target
	extra  int                      // further pages of t0
	before func(sentPage) roundTrip // nil, or returning nil: the page

	mu             sync.Mutex
	inFlight, most int
	sent           []sentPage
	received       map[sentPage]bool
}

// sentPage is the request of one page of one target.
type sentPage struct {
	target string
	number int
}

func (s *pagesServer) RoundTrip(r *http.Request) (*http.Response, error) {
	number, _ := strconv.Atoi(r.URL.Query().Get("page"))
	page := sentPage{r.URL.Hostname(), number}
	s.begin(page)
	if s.before != nil {
		if special := s.before(page); special != nil {
			defer s.end(page, false)
			return special(r)
		}
	}
	if err := pause(r.Context(), time.Second/2); err != nil {
		s.end(page, false)
		return nil, err
	}
	response := answers(http.StatusOK, s.body(page))
	text, paused := response.Body, false
	response.Body = io.NopCloser(reader(func(p []byte) (int, error) {
		if !paused {
			paused = true
			if err := pause(r.Context(), time.Second/2); err != nil {
				s.end(page, false)
				return 0, err
			}
		}
		n, err := text.Read(p)
		if err == io.EOF {
			s.end(page, true)
		}
		return n, err
	}))
	return response, nil
}

func pause(ctx context.Context, d time.Duration) error {
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-time.After(d):
		return nil
	}
}

// login provides credentials after a wait.
type login time.Duration

func (l login) Credentials(ctx context.Context) (provider.Credentials, error) {
	return provider.Credentials{Token: provider.NewSecret("made-up")}, pause(ctx, time.Duration(l))
}

func (s *pagesServer) begin(page sentPage) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.inFlight++
	s.most = max(s.most, s.inFlight)
	s.sent = append(s.sent, page)
}

func (s *pagesServer) end(page sentPage, received bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.inFlight--
	if s.received == nil {
		s.received = map[sentPage]bool{}
	}
	s.received[page] = received
}

// body is a page of 100 images; the last page of a target has 99.
func (s *pagesServer) body(page sentPage) string {
	type row struct{ ID string }
	pages := s.pages
	if page.target == "t0" {
		pages += s.extra
	}
	var rows []row
	for i := range 100 {
		if page.number < pages || i < 99 {
			rows = append(rows, row{fmt.Sprintf("%s-%d-%d", page.target, page.number, i)})
		}
	}
	text, _ := json.Marshal(map[string]any{"Total": 100*pages - 1, "Images": rows})
	return string(text)
}

// targetsTo makes targets t0, t1, … with a host each. Configure changes the
// configuration of the first one.
func (s *pagesServer) targetsTo(t *testing.T, n int, configure func(*provider.Config)) []provider.Target {
	t.Helper()
	var targets []provider.Target
	for i := range n {
		name := fmt.Sprint("t", i)
		c := provider.Config{Endpoint: "https://" + name, HTTPClient: &http.Client{Transport: s}, Credentials: login(0)}
		if i == 0 && configure != nil {
			configure(&c)
		}
		client, err := httpapi.New(httpapi.API{Name: "example", Endpoint: func(string) string { return "" }, Sign: httpapi.Bearer}, c)
		if err != nil {
			t.Fatal(err)
		}
		targets = append(targets, provider.Target{Name: name, Client: provider.New(listImages{client}, c)})
	}
	return targets
}

// A request is in flight until its body has been read.
func TestSearchBoundsTheRequestsInTheTransport(t *testing.T) {
	for _, distinct := range []bool{false, true} {
		for _, inFlight := range []int{1, 3, 7} {
			synctest.Test(t, func(t *testing.T) {
				s := &pagesServer{pages: 3}
				o := &provider.SearchOptions{InFlight: inFlight, Distinct: distinct}
				hits, err := provider.Collect(provider.Search(t.Context(), s.targetsTo(t, 20, nil), image.Query{}, o))
				if err != nil || len(hits) != 20*299 || s.most != inFlight || s.inFlight != 0 {
					t.Errorf("%+v: %d hits, error %v, at most %d requests in flight, %d left", o, len(hits), err, s.most, s.inFlight)
				}
			})
		}
	}
}

// The first target waits for twenty seconds. The requests of the others, one at a time
// or beside a slow response, are done before.
func TestSearchHoldsNoSlotDuringWaits(t *testing.T) {
	const wait = 20 * time.Second
	fails := func(status int) func(sentPage) roundTrip {
		failed := false
		return func(page sentPage) roundTrip {
			if page.target != "t0" || failed {
				return nil
			}
			failed = true
			return func(*http.Request) (*http.Response, error) {
				response := answers(status, `{"Code": "Failed", "Message": "later"}`)
				response.Header.Set("Retry-After", "20")
				return response, nil
			}
		}
	}
	for name, test := range map[string]struct {
		inFlight  int
		before    func(sentPage) roundTrip
		configure func(*provider.Config)
	}{
		"for credentials": {inFlight: 1, configure: func(c *provider.Config) {
			c.Credentials = login(wait)
		}},
		"after a failure":  {inFlight: 1, before: fails(http.StatusServiceUnavailable)},
		"after a throttle": {inFlight: 1, before: fails(http.StatusTooManyRequests)},
		"for the budget": {inFlight: 1, configure: func(c *provider.Config) {
			c.Budget = new(provider.Budget)
			c.Budget.Hold("", "ListImages", time.Now().Add(wait))
		}},
		"for a response": {inFlight: 2, before: func(page sentPage) roundTrip {
			if page.target != "t0" {
				return nil
			}
			return func(r *http.Request) (*http.Response, error) {
				return answers(http.StatusOK, `{"Total": 0}`), pause(r.Context(), wait)
			}
		}},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				s := &pagesServer{pages: 1, before: test.before}
				targets := s.targetsTo(t, 10, test.configure)
				began, others := time.Now(), 0
				for hit, err := range provider.Search(t.Context(), targets, image.Query{}, &provider.SearchOptions{InFlight: test.inFlight}) {
					if err != nil {
						t.Fatal(err)
					}
					if hit.Target != "t0" && time.Since(began) <= 10*time.Second {
						others++
					}
				}
				if others != 9*99 || time.Since(began) < wait {
					t.Errorf("%d hits of the other targets in ten seconds, all after %s", others, time.Since(began))
				}
			})
		})
	}
}

// A page is prefetched if the one before it has not been received.
// Each slot may have a target that has just started and has not asked for it yet; a
// prefetched page may overtake its first page.
func TestSearchSendsFirstPagesBeforePrefetchedPages(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		const targets, slots = 24, 4
		first := map[string]bool{}
		prefetched := 0
		s := &pagesServer{pages: 6, extra: 60}
		s.before = func(page sentPage) roundTrip {
			s.mu.Lock()
			defer s.mu.Unlock()
			first[page.target] = true
			if page.number > 1 && !s.received[sentPage{page.target, page.number - 1}] {
				prefetched++
				if len(first) < targets-slots {
					t.Errorf("page %d of %s is prefetched after %d first pages", page.number, page.target, len(first))
				}
			}
			return nil
		}
		o := &provider.SearchOptions{InFlight: slots}
		hits, err := provider.Collect(provider.Search(t.Context(), s.targetsTo(t, targets, nil), image.Query{}, o))
		if err != nil || len(hits) != targets*599+6000 || prefetched == 0 {
			t.Errorf("%d hits, %d prefetched pages, error %v", len(hits), prefetched, err)
		}
	})
}

// The bubble fails if a goroutine is left.
func TestSearchThatEndsDuringWaitsForSlotsLeavesNoGoroutine(t *testing.T) {
	stop := errors.New("stop")
	for name, end := range map[string]func(context.CancelFunc) bool{
		"break":  func(context.CancelFunc) bool { return false },
		"panic":  func(context.CancelFunc) bool { panic(stop) },
		"cancel": func(cancel context.CancelFunc) bool { cancel(); return true },
	} {
		for _, distinct := range []bool{false, true} {
			t.Run(fmt.Sprintf("%s, distinct %t", name, distinct), func(t *testing.T) {
				synctest.Test(t, func(t *testing.T) {
					ctx, cancel := context.WithCancel(t.Context())
					defer cancel()
					s := &pagesServer{pages: 1}
					s.before = func(page sentPage) roundTrip {
						s.mu.Lock()
						defer s.mu.Unlock()
						if page == s.sent[0] {
							return nil
						}
						return hangs
					}
					began := time.Now()
					func() {
						defer func() {
							if value := recover(); value != nil && value != stop {
								t.Errorf("panic %v", value)
							}
						}()
						for _, err := range provider.Search(ctx, s.targetsTo(t, 30, nil), image.Query{}, &provider.SearchOptions{InFlight: 2, Distinct: distinct}) {
							if err != nil && !strings.Contains(err.Error(), context.Canceled.Error()) {
								t.Errorf("error %v", err)
							}
							if !end(cancel) {
								break
							}
						}
					}()
					synctest.Wait() // the transport returns after the search if the context ended
					if took := time.Since(began); took != time.Second || s.inFlight != 0 {
						t.Errorf("took %s, %d requests in flight", took, s.inFlight)
					}
				})
			})
		}
	}
}
