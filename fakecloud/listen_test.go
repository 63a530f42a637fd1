package fakecloud_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"net"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/imagequery/imagequery/fakecloud"
)

func TestListenRefusesOtherThanLoopback(t *testing.T) {
	cloud := newCloud(t, fakecloud.World{})
	for _, addr := range []string{"0.0.0.0:0", "192.0.2.1:80", ":8080", "nonsense"} {
		if server, err := cloud.Listen(addr); err == nil {
			t.Errorf("listens on %s", server.URL())
			_ = server.Close()
		}
	}
}

func TestCloseStopsListening(t *testing.T) {
	server, err := newCloud(t, ecsWorld()).Listen("127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	if err := server.Close(); err != nil {
		t.Fatal(err)
	}
	r, err := http.NewRequestWithContext(t.Context(), "GET", server.URL(), nil)
	if err != nil {
		t.Fatal(err)
	}
	if resp, err := http.DefaultTransport.RoundTrip(r); err == nil {
		_ = resp.Body.Close()
		t.Error("it still answers")
	}
}

func TestServerSurvivesBrokenRequests(t *testing.T) {
	op := operations()[0]
	server, err := op.cloud(t).Listen("")
	if err != nil {
		t.Fatal(err)
	}
	defer server.Close()
	noise := make([]byte, 64<<10)
	for i := range noise {
		noise[i] = byte(rand.Uint32())
	}
	const post = "POST / HTTP/1.1\r\nHost: x\r\nContent-Type: application/x-www-form-urlencoded\r\n"
	for name, text := range map[string]string{
		"nothing":        "",
		"noise":          string(noise),
		"half a line":    "GET / HT",
		"half a header":  "GET / HTTP/1.1\r\nHost: x\r\nX-Ha",
		"half a body":    post + "Content-Length: 1000\r\n\r\nAction=",
		"chunks cut":     post + "Transfer-Encoding: chunked\r\n\r\nff\r\nAction",
		"no chunks":      post + "Transfer-Encoding: chunked\r\n\r\nzz\r\n",
		"two lengths":    post + "Content-Length: 1\r\nContent-Length: 2\r\n\r\n",
		"long line":      "GET /?" + strings.Repeat("a", 2<<20) + " HTTP/1.1\r\n\r\n",
		"long header":    "GET / HTTP/1.1\r\nHost: x\r\nX: " + strings.Repeat("a", 2<<20) + "\r\n\r\n",
		"many headers":   "GET / HTTP/1.1\r\n" + strings.Repeat("X: y\r\n", 200_000) + "\r\n",
		"long body":      post + "Content-Length: 3000000\r\n\r\n" + strings.Repeat("a", 3_000_000),
		"many":           post + "Content-Length: 40000\r\n\r\n" + strings.Repeat("a=b&", 10_000),
		"TLS":            "\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03",
		"HTTP/2":         "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
		"star":           "OPTIONS * HTTP/1.1\r\nHost: x\r\n\r\n",
		"connect":        "CONNECT x:1 HTTP/1.1\r\nHost: x\r\n\r\n",
		"odd path":       "GET /%00/../%ff HTTP/1.1\r\nHost: x\r\n\r\n",
		"bad scheme":     "GET / HTTP/1.1\r\nHost: x\r\nAuthorization: ACS3-HMAC-SHA256 ,,=,;=\r\n\r\n",
		"pipelined junk": "GET / HTTP/1.1\r\nHost: x\r\n\r\nGET / HTTP/1.1\r\nHost: x\r\n\r\n\x00",
	} {
		conn, err := net.Dial("tcp", strings.TrimPrefix(server.URL(), "http://"))
		if err != nil {
			t.Fatal(err)
		}
		defer conn.Close() // not earlier: they all stay open
		go func() { _, _ = io.WriteString(conn, text) }()
		answers(t, server, op, name)
	}
}

// answers holds that a server still serves.
func answers(t *testing.T, server *fakecloud.Server, op operation, after string) {
	t.Helper()
	rt := &http.Transport{DisableKeepAlives: true}
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	if got := fetch(rt, op.request(ctx, server.URL(), 1, 1)); got.code() != "200" {
		t.Errorf("after %s: %+v", after, got)
	}
}

// Half of the 2,000 connections send an incomplete request and are dropped.
func TestServerServesManyConnections(t *testing.T) {
	op := operations()[0]
	server, err := op.cloud(t).Listen("")
	if err != nil {
		t.Fatal(err)
	}
	defer server.Close()
	var wg sync.WaitGroup
	for worker := range 8 {
		wg.Go(func() {
			for n := range 250 {
				conn, err := net.Dial("tcp", strings.TrimPrefix(server.URL(), "http://"))
				if err != nil {
					t.Error(err)
					return
				}
				if (worker+n)%2 == 0 {
					_, _ = io.WriteString(conn, "GET / HTTP/1.1\r\nHost")
				}
				_ = conn.Close()
			}
		})
	}
	wg.Wait()
	answers(t, server, op, "2,000 connections")
}

// A connection above the limit waits until another one is closed.
func TestConnectionsAreBounded(t *testing.T) {
	op := operations()[0]
	server, err := op.cloud(t).Listen("")
	if err != nil {
		t.Fatal(err)
	}
	defer server.Close()
	var open []net.Conn
	for range fakecloud.MaxConnections {
		conn, err := net.Dial("tcp", strings.TrimPrefix(server.URL(), "http://"))
		if err != nil {
			t.Fatal(err)
		}
		defer conn.Close()
		open = append(open, conn)
	}
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Millisecond)
	defer cancel()
	if got := fetch(&http.Transport{DisableKeepAlives: true}, op.request(ctx, server.URL(), 1, 1)); got.End != "timeout" {
		t.Errorf("one connection too many: %+v", got)
	}
	for _, conn := range open[:10] {
		_ = conn.Close()
	}
	answers(t, server, op, "some connections were closed")
}

func TestCloseEndsHangs(t *testing.T) {
	op := operations()[0]
	cloud := op.cloud(t, fakecloud.Fault{Do: fakecloud.HangBody})
	server, err := cloud.Listen("")
	if err != nil {
		t.Fatal(err)
	}
	resp, err := (&http.Transport{}).RoundTrip(op.request(t.Context(), server.URL(), 1, 1))
	if err != nil {
		t.Fatal(errors.Join(err, server.Close()))
	}
	defer resp.Body.Close()
	if err := server.Close(); err != nil {
		t.Error(err)
	}
	if _, err := io.ReadAll(resp.Body); err == nil {
		t.Error("the body went on")
	}
	if server, err := cloud.Listen(strings.TrimPrefix(server.URL(), "http://")); err != nil {
		t.Error(fmt.Errorf("the address is not free: %w", err))
	} else {
		_ = server.Close()
	}
}
