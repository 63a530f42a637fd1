package httpapi_test

import (
	"bufio"
	"context"
	"errors"
	"io"
	"net"
	"net/http"
	"runtime"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/imagequery/imagequery/provider"
	"github.com/imagequery/imagequery/provider/httpapi"
)

// TestConnections sends a thousand requests, of which some are denied, to a server
// that answers at once: then connections come free while others would be opened.
func TestConnections(t *testing.T) {
	const inFlight, workers, each = 16, 32, 40
	var n atomic.Int32
	address, requests, connections := serve(t, func(w http.ResponseWriter, _ *http.Request) {
		if n.Add(1)%10 == 0 {
			w.WriteHeader(http.StatusForbidden)
			return
		}
		_, _ = w.Write(make([]byte, 50_000))
	})
	before := runtime.NumGoroutine()
	transport := newTransport(t)
	c := fast
	c.Budget = &provider.Budget{InFlight: inFlight}
	sender := senderTo(t, address, httpapi.NewPool(transport), c)
	var group sync.WaitGroup
	for range workers {
		group.Go(func() {
			for range each {
				r := request()
				r.Read = func(*httpapi.Answer) error { return nil }
				if err := sender.Do(t.Context(), r); err != nil {
					t.Error(err)
				}
			}
		})
	}
	group.Wait()
	if requests.Load() != workers*each || connections.Load() > inFlight {
		t.Errorf("%d requests needed %d connections, want at most %d for %d", requests.Load(), connections.Load(), inFlight, workers*each)
	}
	transport.CloseIdleConnections()
	settles(t, before)
}

// wires are connections inside the process. Each is opened as the function for it
// says, and the last function says it for all that follow.
type wires struct {
	opened atomic.Int32
	open   []func(ctx context.Context) (net.Conn, error)
}

func (w *wires) dial(ctx context.Context, _, _ string) (net.Conn, error) {
	n := int(w.opened.Add(1))
	return w.open[min(n, len(w.open))-1](ctx)
}

// pool returns a way to ask an address over the wires.
func (w *wires) pool(t *testing.T, address string) (ask func(context.Context) error) {
	transport := httpapi.NewTransport()
	transport.DialContext = w.dial
	pool := httpapi.NewPool(transport)
	t.Cleanup(transport.CloseIdleConnections)
	return func(ctx context.Context) error {
		r, err := http.NewRequestWithContext(ctx, http.MethodGet, address, nil)
		if err != nil {
			return err
		}
		answer, err := pool.RoundTrip(r)
		if err != nil {
			return err
		}
		defer answer.Body.Close()
		_, err = io.Copy(io.Discard, answer.Body)
		return err
	}
}

// answering is a connection to a server that answers so many requests and hangs up.
func answering(requests int) func(context.Context) (net.Conn, error) {
	return func(context.Context) (net.Conn, error) {
		client, server := net.Pipe()
		go func() {
			defer server.Close()
			in := bufio.NewReader(server)
			for range requests {
				if _, err := http.ReadRequest(in); err != nil {
					return
				}
				if _, err := io.WriteString(server, "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"); err != nil {
					return
				}
			}
		}()
		return client, nil
	}
}

// silent is a connection whose handshake never ends.
func silent(context.Context) (net.Conn, error) {
	client, server := net.Pipe()
	go func() { _, _ = io.Copy(io.Discard, server) }()
	return client, nil
}

func refused(context.Context) (net.Conn, error) { return nil, errors.New("refused") }

func never(ctx context.Context) (net.Conn, error) {
	select {
	case <-ctx.Done():
		return nil, ctx.Err()
	case <-time.After(time.Hour):
		return nil, errors.New("timeout")
	}
}

// TestConnectionsThatAreLost loses every connection in some way. A request must not
// wait for one that will not come back.
func TestConnectionsThatAreLost(t *testing.T) {
	for name, test := range map[string]struct {
		wires *wires
		fail  int // requests that fail, all of them first
	}{
		"none":                  {&wires{open: []func(context.Context) (net.Conn, error){answering(10)}}, 0},
		"hangs up each time":    {&wires{open: []func(context.Context) (net.Conn, error){answering(1)}}, 0},
		"hangs up in between":   {&wires{open: []func(context.Context) (net.Conn, error){answering(2), answering(1)}}, 0},
		"refused first":         {&wires{open: []func(context.Context) (net.Conn, error){refused, refused, answering(9)}}, 2},
		"no answer, hanging up": {&wires{open: []func(context.Context) (net.Conn, error){answering(0), answering(9)}}, 1},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				ask, began := test.wires.pool(t, "http://example.test/"), time.Now()
				for i := range 6 {
					if err := ask(t.Context()); (err != nil) != (i < test.fail) {
						t.Errorf("request %d: %v", i+1, err)
					}
					synctest.Wait()
				}
				if waited := time.Since(began); waited > 0 {
					t.Errorf("it waited %s", waited)
				}
			})
		})
	}
}

// TestLostDial gives up a request whose connection takes for ever to open. The next
// one does not wait for that connection.
func TestLostDial(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := &wires{open: []func(context.Context) (net.Conn, error){never, answering(9)}}
		ask := w.pool(t, "http://example.test/")
		if err := within(time.Minute, ask); !errors.Is(err, context.DeadlineExceeded) {
			t.Fatal(err)
		}
		began := time.Now()
		for range 3 {
			if err := ask(t.Context()); err != nil {
				t.Fatal(err)
			}
		}
		if waited := time.Since(began); waited > 0 || w.opened.Load() != 2 {
			t.Errorf("it waited %s and opened %d connections, want 2", waited, w.opened.Load())
		}
		time.Sleep(time.Hour) // the first connection gives up
	})
}

func within(d time.Duration, ask func(context.Context) error) error {
	ctx, cancel := context.WithTimeout(context.Background(), d)
	defer cancel()
	return ask(ctx)
}

// TestPatience asks while a connection is open that nobody can use. A request opens
// its own, while it still has time.
func TestPatience(t *testing.T) {
	for deadline, patience := range map[time.Duration]time.Duration{
		time.Minute: time.Second, 4 * time.Second: time.Second, 400 * time.Millisecond: 100 * time.Millisecond,
	} {
		t.Run(deadline.String(), func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				w := &wires{open: []func(context.Context) (net.Conn, error){silent}}
				ask := w.pool(t, "https://example.test/")
				if err := within(time.Second, ask); !errors.Is(err, context.DeadlineExceeded) {
					t.Fatal(err)
				}
				var ended sync.WaitGroup
				ended.Go(func() { _ = within(deadline, ask) })
				for _, look := range []struct {
					after  time.Duration
					opened int32
				}{{patience - time.Millisecond, 1}, {2 * time.Millisecond, 2}} {
					time.Sleep(look.after)
					synctest.Wait()
					if opened := w.opened.Load(); opened != look.opened {
						t.Errorf("%d connections are open, want %d", opened, look.opened)
					}
				}
				ended.Wait()
				time.Sleep(time.Hour) // the handshakes are given up
			})
		})
	}
}

// TestEndedRequestOpensNothing ends a request that waits for a connection.
func TestEndedRequestOpensNothing(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := &wires{open: []func(context.Context) (net.Conn, error){silent}}
		ask := w.pool(t, "https://example.test/")
		if err := within(time.Second, ask); !errors.Is(err, context.DeadlineExceeded) {
			t.Fatal(err)
		}
		ctx, cancel := context.WithCancel(t.Context())
		time.AfterFunc(50*time.Millisecond, cancel)
		if err := ask(ctx); !errors.Is(err, context.Canceled) {
			t.Fatal(err)
		}
		time.Sleep(2 * time.Second)
		if opened := w.opened.Load(); opened != 1 {
			t.Errorf("%d connections were opened, want 1", opened)
		}
		time.Sleep(time.Hour) // its handshake is given up
	})
}

// TestOneHostOfTwoNames asks a host with and without its usual port, between which
// connections are shared.
func TestOneHostOfTwoNames(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := &wires{open: []func(context.Context) (net.Conn, error){answering(9)}}
		transport := httpapi.NewTransport()
		transport.DialContext = w.dial
		pool := httpapi.NewPool(transport)
		defer transport.CloseIdleConnections()
		send := func(address string) (body io.ReadCloser) {
			r, err := http.NewRequestWithContext(t.Context(), http.MethodGet, address, nil)
			if err != nil {
				t.Fatal(err)
			}
			answer, err := pool.RoundTrip(r)
			if err != nil {
				t.Fatal(err)
			}
			return answer.Body
		}
		end := func(body io.ReadCloser) {
			_, _ = io.ReadAll(body)
			_ = body.Close()
			synctest.Wait()
		}
		began := time.Now()
		end(send("http://example.test/"))
		held := send("http://example.test:80/")
		other := send("http://example.test/")
		if waited := time.Since(began); waited > 0 || w.opened.Load() != 2 {
			t.Errorf("it waited %s and opened %d connections, want 2", waited, w.opened.Load())
		}
		end(held)
		end(other)
	})
}
