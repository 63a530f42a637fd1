package httpapi_test

import (
	"context"
	"errors"
	"io"
	"net"
	"net/http"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/imagequery/imagequery/provider"
)

// deafBody is a body whose Read and Close wait for a channel and ignore contexts.
type deafBody struct {
	until  <-chan struct{}
	closed *atomic.Int32
}

func (b deafBody) Read([]byte) (int, error) {
	<-b.until
	return 0, io.EOF
}

func (b deafBody) Close() error {
	b.closed.Add(1)
	<-b.until
	return nil
}

// Each wait ends with the context of the caller and with the time of an attempt. Late
// results are closed.
func TestWaitsEndIfCodeIgnoresItsContext(t *testing.T) {
	for name, prepare := range map[string]func(r *call, until <-chan struct{}, closed *atomic.Int32) roundTrip{
		"transport": func(_ *call, until <-chan struct{}, closed *atomic.Int32) roundTrip {
			return func(*http.Request) (*http.Response, error) {
				<-until
				response := answers(200, "")
				response.Body = deafBody{until, closed}
				return response, nil
			}
		},
		"transport with an error and a body": func(_ *call, until <-chan struct{}, closed *atomic.Int32) roundTrip {
			return func(*http.Request) (*http.Response, error) {
				<-until
				response := answers(200, "")
				response.Body = deafBody{until, closed}
				return response, errors.New("both")
			}
		},
		"body": func(_ *call, until <-chan struct{}, closed *atomic.Int32) roundTrip {
			return func(*http.Request) (*http.Response, error) {
				response := answers(200, "")
				response.Body = deafBody{until, closed}
				return response, nil
			}
		},
		"body of a failure": func(_ *call, until <-chan struct{}, closed *atomic.Int32) roundTrip {
			return func(*http.Request) (*http.Response, error) {
				response := answers(503, "")
				response.Body = deafBody{until, closed}
				return response, nil
			}
		},
		"credentials": func(r *call, until <-chan struct{}, closed *atomic.Int32) roundTrip {
			r.credentials = func(context.Context) (provider.Credentials, error) {
				<-until
				closed.Add(1)
				return provider.Credentials{}, nil
			}
			return says(200, "ok")
		},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				until, closed := make(chan struct{}), new(atomic.Int32)
				r := request()
				s := newSender(t, prepare(&r, until, closed), provider.Config{
					Retry: provider.Retry{Attempts: 2, AttemptTimeout: 3 * time.Second, MaxWait: time.Nanosecond},
				})
				start := time.Now()
				if err := s.Do(t.Context(), r); !errors.Is(err, provider.Unavailable) || time.Since(start).Round(time.Second) != 6*time.Second {
					t.Errorf("error %v after %s, want unavailable after two attempts of 3s", err, time.Since(start))
				}
				ctx, cancel := context.WithTimeout(t.Context(), time.Second)
				defer cancel()
				start = time.Now()
				isEnd(t, s.Do(ctx, r), context.DeadlineExceeded)
				if took := time.Since(start); took != time.Second {
					t.Errorf("it took %s, want the second until the context ends", took)
				}
				close(until)
				synctest.Wait()
				if closed.Load() != 3 {
					t.Errorf("%d of 3 late results were closed", closed.Load())
				}
			})
		})
	}
}

// A status 1xx in place of a final response is not retried.
func TestInterimResponsesAreRefused(t *testing.T) {
	silent := func(w http.ResponseWriter, _ *http.Request) {
		conn, _, err := http.NewResponseController(w).Hijack()
		if err != nil {
			panic(err)
		}
		defer conn.Close()
		_, _ = io.WriteString(conn, "HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: x\r\n\r\n")
		_, _ = io.Copy(io.Discard, conn) // until the client closes
	}
	address, requests, _ := serve(t, silent)
	for name, transport := range map[string]http.RoundTripper{
		"net/http": newTransport(t),
		"foreign":  roundTrip(newTransport(t).RoundTrip),
	} {
		requests.Store(0)
		err := senderTo(t, address, transport, provider.Config{Retry: provider.Retry{AttemptTimeout: time.Hour}}).Do(t.Context(), request())
		if e := asError(t, err); e.Kind != provider.BadResponse || e.HTTPStatus != 101 || requests.Load() != 1 {
			t.Errorf("%s: error %v after %d requests, want a bad response of status 101", name, err, requests.Load())
		}
	}
	for _, status := range []int{100, 103} {
		closed := new(atomic.Int32)
		over := make(chan struct{})
		close(over)
		err := newSender(t, roundTrip(func(*http.Request) (*http.Response, error) {
			response := answers(status, "")
			response.Body = deafBody{over, closed}
			return response, nil
		}), provider.Config{}).Do(t.Context(), request())
		if e := asError(t, err); e.Kind != provider.BadResponse || e.HTTPStatus != status || closed.Load() != 1 {
			t.Errorf("error %v, %d bodies closed, want a bad response of status %d", err, closed.Load(), status)
		}
	}
}

func TestWaitsEndIfAConnectionDeliversNoBytes(t *testing.T) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer listener.Close()
	go func() {
		for {
			conn, err := listener.Accept()
			if err != nil {
				return
			}
			_, _ = io.WriteString(conn, "HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\no")
			defer conn.Close()
		}
	}()
	ctx, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
	defer cancel()
	isEnd(t, senderTo(t, "http://"+listener.Addr().String(), newTransport(t), provider.Config{}).Do(ctx, request()), context.DeadlineExceeded)
}

// The panic has the original value and stack.
func TestPanicsOfTheUsersCodeReachTheCaller(t *testing.T) {
	for name, prepare := range map[string]func(*call) roundTrip{
		"transport": func(*call) roundTrip { return dies },
		"body": func(*call) roundTrip {
			return func(*http.Request) (*http.Response, error) {
				response := answers(200, "")
				response.Body = io.NopCloser(reader(func([]byte) (int, error) { return len(dying()), nil }))
				return response, nil
			}
		},
		"credentials": func(r *call) roundTrip {
			r.credentials = func(context.Context) (provider.Credentials, error) { panic(dying()) }
			return says(200, "ok")
		},
		"cached credentials": func(r *call) roundTrip {
			r.credentials = provider.Cache(func(context.Context) (provider.Credentials, error) { panic(dying()) }).Credentials
			return says(200, "ok")
		},
	} {
		t.Run(name, func(t *testing.T) {
			r := request()
			s := newSender(t, prepare(&r), provider.Config{})
			defer func() {
				e, ok := recover().(*provider.PanicError)
				if !ok || e.Value != errDying || !strings.Contains(string(e.Stack), "dying") {
					t.Errorf("panic %v, want the value and the stack of dying", e)
				}
			}()
			_ = s.Do(t.Context(), r)
		})
	}
}

var errDying = errors.New("dying")

func dying() string { panic(errDying) }

func dies(*http.Request) (*http.Response, error) { panic(dying()) }

func TestTraceHooksPanicOnTheCaller(t *testing.T) {
	for name, trace := range map[string]*provider.Trace{
		"request":  {Request: func(context.Context, provider.RequestInfo) { dying() }},
		"response": {Response: func(context.Context, provider.ResponseInfo) { dying() }},
		"retry":    {Retry: func(context.Context, provider.RetryInfo) { dying() }},
		"throttle": {Throttle: func(context.Context, provider.ThrottleInfo) { dying() }},
		"start":    {Start: func(context.Context, provider.SpanInfo) (context.Context, provider.EndSpan) { dying(); return nil, nil }},
		"end": {Start: func(ctx context.Context, _ provider.SpanInfo) (context.Context, provider.EndSpan) {
			return ctx, func(int, error) { dying() }
		}},
	} {
		t.Run(name, func(t *testing.T) {
			budget := &provider.Budget{InFlight: 1}
			s := newSender(t, newScript(says(400, "slow"), says(200, "ok")), provider.Config{Budget: budget, Retry: provider.Retry{MaxWait: time.Millisecond}})
			func() {
				defer func() {
					if value := recover(); value != errDying {
						t.Errorf("panic %v, want %v", value, errDying)
					}
				}()
				_ = s.Do(provider.WithTrace(t.Context(), trace), request())
			}()
			if err := s.Do(t.Context(), request()); err != nil {
				t.Errorf("the request after the panic: %v", err)
			}
		})
	}
}
