package httpapi_test

import (
	"bufio"
	"bytes"
	"fmt"
	"io"
	"log"
	"net"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"testing"

	"github.com/imagequery/imagequery/provider"
	"github.com/imagequery/imagequery/provider/httpapi"
)

// overrunning answers each request, and sends surplus bytes after the response.
type overrunning struct {
	surplus func(r *http.Request) string
	chunked bool

	open sync.WaitGroup // connections
}

func (o *overrunning) serve(conn net.Conn) {
	defer func() { _ = conn.Close() }()
	from := bufio.NewReader(conn)
	for {
		request, err := http.ReadRequest(from)
		if err != nil {
			return
		}
		_, _ = io.Copy(io.Discard, request.Body)
		response := "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"
		if o.chunked {
			response = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nok\r\n0\r\n\r\n"
		}
		_, _ = io.WriteString(conn, response+o.surplus(request))
	}
}

// listen returns the address of the server.
func (o *overrunning) listen(t *testing.T) string {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = listener.Close() })
	go func() {
		for {
			conn, err := listener.Accept()
			if err != nil {
				return
			}
			o.open.Go(func() { o.serve(conn) })
		}
	}()
	return "http://" + listener.Addr().String() + "/secret-path/"
}

// TestSurplusBytesPutNothingOfARequestIntoTheStandardLogger sends bytes after the
// end of responses. net/http closes such a connection, and writes the beginning of
// the bytes to the standard logger: no part of an address of a request, a signature
// or a secret is there, since a request line has no secret.
func TestSurplusBytesPutNothingOfARequestIntoTheStandardLogger(t *testing.T) {
	for name, server := range map[string]*overrunning{
		"after the length":   {surplus: func(*http.Request) string { return "surplus" }},
		"after the chunks":   {surplus: func(*http.Request) string { return "surplus" }, chunked: true},
		"another response":   {surplus: func(*http.Request) string { return "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n" }},
		"no text":            {surplus: func(*http.Request) string { return "\x00\xff\r\n" }},
		"echo of the method": {surplus: func(r *http.Request) string { return r.Method + " " + r.URL.RequestURI() }},
		"much":               {surplus: func(*http.Request) string { return strings.Repeat("surplus", 100_000) }},
	} {
		t.Run(name, func(t *testing.T) {
			logged := new(lockedBuffer)
			before := log.Writer()
			log.SetOutput(logged)
			defer log.SetOutput(before)
			client, err := httpapi.New(httpapi.API{
				Name: "test", Endpoint: func(string) string { return server.listen(t) },
				Sign: func(a *httpapi.Attempt) error {
					a.Header.Set("Authorization", a.Credentials.AccessKeyID.Reveal())
					a.SetForm(url.Values{"Signature": {a.Credentials.AccessKeySecret.Reveal()}}.Encode())
					return nil
				},
			}, provider.Config{Credentials: provider.Static("canaryID", "canarySecret", "")})
			if err != nil {
				t.Fatal(err)
			}
			for range 5 {
				_, err := httpapi.Do(t.Context(), client, httpapi.Request{}, func(body []byte) (string, httpapi.Status, error) {
					return string(body), httpapi.Status{}, nil
				})
				if err != nil && strings.Contains(fmt.Sprintf("%v %+v %#v", err, err, err), "canary") {
					t.Errorf("the error %v shows a secret", err)
				}
			}
			server.open.Wait() // net/http has closed the connections, after it wrote to the logger
			if text := logged.String(); strings.Contains(text, "canary") || strings.Contains(text, "127.0.0.1") {
				t.Errorf("the standard logger has %q", text)
			}
		})
	}
}

type lockedBuffer struct {
	mu   sync.Mutex
	text bytes.Buffer
}

func (b *lockedBuffer) Write(p []byte) (int, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.text.Write(p)
}

func (b *lockedBuffer) String() string {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.text.String()
}
