package httpapi_test

import (
	"bytes"
	"compress/flate"
	"compress/gzip"
	"compress/zlib"
	"context"
	"errors"
	"fmt"
	"io"
	"log"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/imagequery/imagequery/provider"
	"github.com/imagequery/imagequery/provider/httpapi"
)

// newTransport is like the shared one, of the test alone.
func newTransport(t *testing.T) *http.Transport {
	transport := httpapi.NewTransport()
	t.Cleanup(transport.CloseIdleConnections)
	return transport
}

func quiet() *log.Logger { return log.New(io.Discard, "", 0) }

// serve starts a server that counts requests and connections.
func serve(t *testing.T, handle http.HandlerFunc) (address string, requests, connections *atomic.Int32) {
	t.Helper()
	requests, connections = new(atomic.Int32), new(atomic.Int32)
	server := httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		requests.Add(1)
		handle(w, r)
	}))
	server.Config.ErrorLog = quiet()
	server.Config.ConnState = func(_ net.Conn, state http.ConnState) {
		if state == http.StateNew {
			connections.Add(1)
		}
	}
	server.Start()
	t.Cleanup(server.Close)
	return server.URL, requests, connections
}

// fast retries without long waits.
var fast = provider.Config{Retry: provider.Retry{Attempts: 3, MaxWait: 1}}

func TestBrokenResponsesAreRetried(t *testing.T) {
	raw := func(w http.ResponseWriter, text string) {
		conn, _, err := http.NewResponseController(w).Hijack()
		if err != nil {
			panic(err)
		}
		defer conn.Close()
		_, _ = io.WriteString(conn, text)
	}
	big := bytes.Repeat([]byte("x"), 17<<20)
	for name, test := range map[string]struct {
		handle   http.HandlerFunc
		kind     provider.Kind
		attempts int
	}{
		"cut body": {func(w http.ResponseWriter, _ *http.Request) {
			raw(w, "HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nok")
		}, provider.Unavailable, 3},
		"cut chunks": {func(w http.ResponseWriter, _ *http.Request) {
			raw(w, "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nok\r\n")
		}, provider.Unavailable, 3},
		"cut headers":  {func(w http.ResponseWriter, _ *http.Request) { raw(w, "HTTP/1.1 200 OK\r\nConte") }, provider.Unavailable, 3},
		"reset":        {func(http.ResponseWriter, *http.Request) { panic(http.ErrAbortHandler) }, provider.Unavailable, 3},
		"no HTTP":      {func(w http.ResponseWriter, _ *http.Request) { raw(w, "SSH-2.0-OpenSSH\r\n\r\n") }, provider.Unavailable, 3},
		"long headers": {func(w http.ResponseWriter, _ *http.Request) { w.Header().Set("X", string(big[:1<<20])) }, provider.Unavailable, 3},
		"empty body":   {func(http.ResponseWriter, *http.Request) {}, provider.BadResponse, 3},
		"over-long, of known length": {func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Length", fmt.Sprint(len(big)))
			_, _ = w.Write(big)
		}, provider.BadResponse, 1},
		"over-long, in chunks": {func(w http.ResponseWriter, _ *http.Request) {
			_ = http.NewResponseController(w).Flush()
			_, _ = w.Write(big)
		}, provider.BadResponse, 1},
		"gzip, cut": {func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Encoding", "gzip")
			_, _ = w.Write(zipped([]byte("ok"))[:12])
		}, provider.Unavailable, 3},
		"gzip, damaged": {func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Encoding", "gzip")
			body := zipped([]byte("ok"))
			body[len(body)-6] ^= 1 // of the checksum
			_, _ = w.Write(body)
		}, provider.BadResponse, 3},
		"gzip, over-long": {func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Encoding", "gzip")
			_, _ = w.Write(zipped(big))
		}, provider.BadResponse, 1},
	} {
		t.Run(name, func(t *testing.T) {
			address, requests, _ := serve(t, test.handle)
			err := senderTo(t, address, newTransport(t), fast).Do(t.Context(), request())
			if !errors.Is(err, test.kind) {
				t.Errorf("error %v, want %v", err, test.kind)
			}
			if got := int(requests.Load()); got != test.attempts || asError(t, err).Attempts != test.attempts {
				t.Errorf("%d requests, the error tells of %d, want %d", got, asError(t, err).Attempts, test.attempts)
			}
			showsNoAddress(t, err)
		})
	}
}

func zipped(data []byte) []byte {
	var b bytes.Buffer
	w, _ := gzip.NewWriterLevel(&b, gzip.BestSpeed)
	_, _ = w.Write(data)
	_ = w.Close()
	return b.Bytes()
}

// Gateways compress bodies although the requests do not accept encodings.
func TestCompressedBodiesAreDecoded(t *testing.T) {
	var inflate, bare bytes.Buffer
	z := zlib.NewWriter(&inflate)
	f, _ := flate.NewWriter(&bare, flate.BestSpeed)
	for _, w := range []io.WriteCloser{z, f} {
		_, _ = io.WriteString(w, "ok")
		_ = w.Close()
	}
	for name, test := range map[string]struct {
		coding string
		body   []byte
	}{
		"gzip":                 {"gzip", zipped([]byte("ok"))},
		"x-gzip, upper case":   {"X-GZIP", zipped([]byte("ok"))},
		"gzip twice":           {"gzip, gzip", zipped(zipped([]byte("ok")))},
		"deflate":              {"deflate", inflate.Bytes()},
		"deflate without zlib": {"deflate", bare.Bytes()},
		"deflate, then gzip":   {"deflate, gzip", zipped(inflate.Bytes())},
		"not gzip after all":   {"gzip", []byte("ok")},
		"identity":             {"identity", []byte("ok")},
	} {
		for _, status := range []int{200, 400} {
			sent := 0
			err := newSender(t, roundTrip(func(*http.Request) (*http.Response, error) {
				if sent++; sent > 1 {
					return answers(200, "ok"), nil
				}
				response := answers(status, string(test.body))
				response.Header.Set("Content-Encoding", test.coding)
				return response, nil
			}), fast).Do(t.Context(), request())
			if err != nil || sent != map[int]int{200: 1, 400: 2}[status] {
				t.Errorf("%s, status %d: error %v after %d requests", name, status, err, sent)
			}
		}
	}
}

// The transport of the user decompresses bodies.
func TestZipBombOfATransportIsBadResponse(t *testing.T) {
	bomb := zipped(make([]byte, 20<<20))
	address, requests, _ := serve(t, func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Encoding", "gzip")
		_, _ = w.Write(bomb)
	})
	transport := newTransport(t)
	transport.DisableCompression = false
	err := senderTo(t, address, transport, fast).Do(t.Context(), request())
	if !errors.Is(err, provider.BadResponse) || requests.Load() != 1 {
		t.Errorf("%d requests, error %v, want one and bad response", requests.Load(), err)
	}
}

func TestBodiesAboveTheLimitAreBadResponse(t *testing.T) {
	const most = 16 << 20
	transport := func(size int) roundTrip { return says(200, strings.Repeat("x", size)) }
	r := request()
	read := 0
	r.read = func(body []byte) { read = len(body) }
	if err := newSender(t, transport(most), provider.Config{Retry: provider.Retry{Attempts: 1}}).Do(t.Context(), r); read != most {
		t.Errorf("%d bytes: error %v, read %d", most, err, read)
	}
	read = 0
	if err := newSender(t, transport(most+1), fast).Do(t.Context(), r); !errors.Is(err, provider.BadResponse) || read != 0 {
		t.Errorf("%d bytes: error %v, want bad response", most+1, err)
	}
}

// Sequential requests need one connection.
func TestConnectionsAreReused(t *testing.T) {
	page := strings.Repeat("x", 200<<10)
	for name, write := range map[string]func(http.ResponseWriter, int){
		"length": func(w http.ResponseWriter, status int) {
			w.Header().Set("Content-Length", fmt.Sprint(len(page)))
			w.WriteHeader(status)
			_, _ = io.WriteString(w, page)
		},
		"chunks": func(w http.ResponseWriter, status int) {
			w.WriteHeader(status)
			_ = http.NewResponseController(w).Flush()
			_, _ = io.WriteString(w, page)
		},
	} {
		t.Run(name, func(t *testing.T) {
			var n atomic.Int32
			address, requests, connections := serve(t, func(w http.ResponseWriter, _ *http.Request) {
				write(w, []int{200, 403, 500, 400, 401, 302}[n.Add(1)%6])
			})
			sender := senderTo(t, address, newTransport(t), fast)
			for range 30 {
				_ = sender.Do(t.Context(), request())
			}
			if requests.Load() < 30 || connections.Load() != 1 {
				t.Errorf("%d requests on %d connections, want one connection", requests.Load(), connections.Load())
			}
		})
	}
}

// Bodies above the limit are closed without being drained.
func TestResponseBodiesAreDrainedAndClosed(t *testing.T) {
	for _, status := range []int{200, 302, 400, 401, 403, 503} {
		var open, unread int
		sender := newSender(t, roundTrip(func(*http.Request) (*http.Response, error) {
			open++
			unread++
			response := answers(status, "")
			response.Header.Set("Location", "https://other.example.com/")
			response.Body = &watchedBody{Reader: strings.NewReader(strings.Repeat("x", 100<<10)), open: &open, unread: &unread}
			return response, nil
		}), fast)
		_ = sender.Do(t.Context(), request())
		if open != 0 || unread != 0 {
			t.Errorf("status %d: %d bodies are open, %d were not read to the end", status, open, unread)
		}
	}
}

type watchedBody struct {
	io.Reader
	open, unread *int
	closed, end  bool
}

func (b *watchedBody) Read(p []byte) (int, error) {
	n, err := b.Reader.Read(p)
	if err == io.EOF && !b.end {
		b.end = true
		*b.unread--
	}
	return n, err
}

func (b *watchedBody) Close() error {
	if !b.closed {
		b.closed = true
		*b.open--
	}
	return nil
}

func TestRequestIsCancelledAtTheServer(t *testing.T) {
	arrived, left := make(chan struct{}), make(chan struct{})
	address, _, _ := serve(t, func(w http.ResponseWriter, r *http.Request) {
		_, _ = io.WriteString(w, "o")
		_ = http.NewResponseController(w).Flush()
		close(arrived)
		<-r.Context().Done()
		close(left)
	})
	ctx, cancel := context.WithCancel(t.Context())
	go func() {
		<-arrived
		cancel()
	}()
	isEnd(t, senderTo(t, address, newTransport(t), fast).Do(ctx, request()), context.Canceled)
	<-left
}
