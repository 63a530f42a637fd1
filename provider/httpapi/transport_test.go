package httpapi_test

import (
	"context"
	"errors"
	"net/http"
	"runtime"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/imagequery/imagequery/provider"
	"github.com/imagequery/imagequery/provider/httpapi"
)

// The budget has one slot, so that a lost one would block the next request. The bubble
// fails if a goroutine is left.
func TestEveryEndReleasesItsSlot(t *testing.T) {
	for name, prepare := range map[string]func(*call) roundTrip{
		"success":       func(*call) roundTrip { return says(200, "ok") },
		"denied":        func(*call) roundTrip { return says(403, "no") },
		"throttled":     func(*call) roundTrip { return says(400, "slow") },
		"redirect":      func(*call) roundTrip { return says(302, "there") },
		"transport":     func(*call) roundTrip { return fails(errors.New("reset")) },
		"nothing":       func(*call) roundTrip { return fails(nil) },
		"hangs":         func(*call) roundTrip { return hangs },
		"hangs inside":  func(*call) roundTrip { return hangsInside },
		"body too long": func(*call) roundTrip { return says(200, string(make([]byte, 17<<20))) },
		"credentials fail": uses(func(context.Context) (provider.Credentials, error) {
			return provider.Credentials{}, errors.New("no key")
		}),
		"credentials hang":  uses(hangingCredentials),
		"credentials panic": uses(func(context.Context) (provider.Credentials, error) { panic("credentials") }),
		"read panics": func(r *call) roundTrip {
			r.read = func([]byte) { panic("read") }
			return says(200, "ok")
		},
		"transport dies": func(*call) roundTrip {
			return func(*http.Request) (*http.Response, error) { panic("transport") }
		},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				budget := &provider.Budget{InFlight: 1}
				r := request()
				sender := newSender(t, prepare(&r), provider.Config{Budget: budget})
				for _, timeout := range []time.Duration{3 * time.Hour, time.Second} {
					ctx, cancel := context.WithTimeout(t.Context(), timeout)
					func() {
						defer func() { _ = recover() }()
						_ = sender.Do(ctx, r)
					}()
					cancel()
				}
				ctx, cancel := context.WithTimeout(t.Context(), time.Hour)
				defer cancel()
				release, _, err := budget.Acquire(ctx, "r1", "List")
				if err != nil {
					t.Fatalf("the slot never came back: %v", err)
				}
				release()
			})
		})
	}
}

func uses(credentials func(context.Context) (provider.Credentials, error)) func(*call) roundTrip {
	return func(r *call) roundTrip {
		r.credentials = credentials
		return says(200, "ok")
	}
}

func TestSlotIsFreeInTheBackoff(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		budget := &provider.Budget{InFlight: 1}
		done := make(chan error)
		waiting := newSender(t, newScript(says(503, "busy"), says(200, "ok")), provider.Config{Budget: budget})
		go func() { done <- waiting.Do(t.Context(), request()) }()
		synctest.Wait()
		start := time.Now()
		if err := newSender(t, says(200, "ok"), provider.Config{Budget: budget}).Do(t.Context(), request()); err != nil {
			t.Error(err)
		}
		if took := time.Since(start); took != 0 {
			t.Errorf("the other request waited %s", took)
		}
		if err := <-done; err != nil {
			t.Error(err)
		}
	})
}

func TestConcurrentRequestsStayWithinTheBudget(t *testing.T) {
	const workers, each = 16, 20
	var n, most, now atomic.Int32
	address, _, connections := serve(t, func(w http.ResponseWriter, _ *http.Request) {
		at := now.Add(1)
		defer now.Add(-1)
		for seen := most.Load(); at > seen && !most.CompareAndSwap(seen, at); seen = most.Load() {
		}
		if n.Add(1)%5 == 0 {
			w.WriteHeader(http.StatusServiceUnavailable)
			return
		}
		_, _ = w.Write([]byte("ok"))
	})
	before := runtime.NumGoroutine()
	transport := newTransport(t)
	c := fast
	c.Retry.Attempts = 10
	c.Budget = &provider.Budget{InFlight: 8}
	sender := senderTo(t, address, transport, c)
	var group sync.WaitGroup
	for range workers {
		group.Go(func() {
			for range each {
				if err := sender.Do(t.Context(), request()); err != nil {
					t.Error(err)
				}
			}
		})
	}
	group.Wait()
	if most.Load() > 8 {
		t.Errorf("%d requests at once, want 8 at the most", most.Load())
	}
	// A connection may be dialled while another one becomes free.
	if connections.Load() > 32 {
		t.Errorf("%d requests needed %d connections", n.Load(), connections.Load())
	}
	transport.CloseIdleConnections()
	settles(t, before)
}

// A transport may open a connection while another one becomes free.
func TestConnectionsAreAtMostTwiceTheRequestsInFlight(t *testing.T) {
	const inFlight, workers, each = 16, 32, 40
	var n atomic.Int32
	address, requests, connections := serve(t, func(w http.ResponseWriter, _ *http.Request) {
		if n.Add(1)%10 == 0 {
			w.WriteHeader(http.StatusForbidden)
			return
		}
		_, _ = w.Write([]byte("ok"))
	})
	before := runtime.NumGoroutine()
	transport := newTransport(t)
	c := fast
	c.Budget = &provider.Budget{InFlight: inFlight}
	sender := senderTo(t, address, transport, c)
	var group sync.WaitGroup
	for range workers {
		group.Go(func() {
			for range each {
				_ = sender.Do(t.Context(), request())
			}
		})
	}
	group.Wait()
	if requests.Load() != workers*each || connections.Load() > 2*inFlight {
		t.Errorf("%d requests needed %d connections, want at most %d for %d", requests.Load(), connections.Load(), 2*inFlight, workers*each)
	}
	transport.CloseIdleConnections()
	settles(t, before)
}

// settles waits until no more goroutines are left than there were.
func settles(t *testing.T, before int) {
	t.Helper()
	for deadline := time.Now().Add(10 * time.Second); runtime.NumGoroutine() > before; runtime.Gosched() {
		if time.Now().After(deadline) {
			stacks := make([]byte, 1<<20)
			t.Fatalf("%d goroutines, want %d:\n%s", runtime.NumGoroutine(), before, stacks[:runtime.Stack(stacks, true)])
		}
	}
}

func TestClientUsesTheUsersTransport(t *testing.T) {
	own := &http.Transport{}
	for name, test := range map[string]struct {
		client *http.Client
		want   http.RoundTripper
	}{
		"no client":                  {nil, httpapi.Shared()},
		"a client without transport": {&http.Client{Timeout: time.Second}, httpapi.Shared()},
		"a client with a transport":  {&http.Client{Transport: own}, own},
	} {
		client, err := httpapi.New(httpapi.API{Name: "test", Endpoint: func(string) string { return "https://api.example.com/" }}, provider.Config{HTTPClient: test.client})
		if err != nil {
			t.Fatal(err)
		}
		if client.Transport() != test.want {
			t.Errorf("%s: it has another transport", name)
		}
	}
}

func TestSharedTransportIsTuned(t *testing.T) {
	shared := httpapi.NewTransport()
	type settings struct {
		HTTP1, HTTP2, H2C, Compression, KeepAlives bool
		Idle, IdlePerHost, PerHost                 int
		IdleTimeout, Handshake                     time.Duration
		Header                                     int64
	}
	want := settings{
		HTTP1: true, KeepAlives: true, IdlePerHost: 512,
		IdleTimeout: 5 * time.Second, Handshake: 10 * time.Second, Header: 256 << 10,
	}
	got := settings{
		HTTP1: shared.Protocols.HTTP1(), HTTP2: shared.Protocols.HTTP2(), H2C: shared.Protocols.UnencryptedHTTP2(),
		Compression: !shared.DisableCompression, KeepAlives: !shared.DisableKeepAlives,
		Idle: shared.MaxIdleConns, IdlePerHost: shared.MaxIdleConnsPerHost, PerHost: shared.MaxConnsPerHost,
		IdleTimeout: shared.IdleConnTimeout, Handshake: shared.TLSHandshakeTimeout, Header: shared.MaxResponseHeaderBytes,
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	if shared.Proxy == nil || shared.DialContext == nil {
		t.Error("no proxy from the environment, or no bounded dialling")
	}
}
