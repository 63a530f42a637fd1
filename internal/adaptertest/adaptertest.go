// Package adaptertest has what the tests of all adapters share: a server that
// answers everything alike, the comparison of an adapter's tables with the vendor's
// documentation, and the comparison of what it makes of damaged answers with
// encoding/json.
package adaptertest

import (
	"io"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/imagequery/imagequery/image"
)

// Server is an [http.RoundTripper] that answers everything alike, and keeps what
// it was asked. It is safe for concurrent use.
type Server struct {
	Status int
	Body   string

	mu    sync.Mutex
	asked []*url.URL
}

// RoundTrip answers.
func (s *Server) RoundTrip(r *http.Request) (*http.Response, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.asked = append(s.asked, r.URL)
	return &http.Response{StatusCode: s.Status, Header: http.Header{}, Body: io.NopCloser(strings.NewReader(s.Body)), Request: r}, nil
}

// Asked returns the addresses that were asked.
func (s *Server) Asked() []*url.URL {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.asked
}

// RoundTrip is a function as an [http.RoundTripper].
type RoundTrip func(*http.Request) (*http.Response, error)

// RoundTrip calls the function.
func (f RoundTrip) RoundTrip(r *http.Request) (*http.Response, error) { return f(r) }

// Recorded returns a body from testdata.
func Recorded(t *testing.T, name string) string {
	t.Helper()
	body, err := os.ReadFile(filepath.Join("testdata", name))
	if err != nil {
		t.Fatal(err)
	}
	return string(body)
}

// At reads a time in RFC 3339.
func At(text string) time.Time {
	t, err := time.Parse(time.RFC3339, text)
	if err != nil {
		panic(err)
	}
	return t
}

// WithoutNative leaves the native record out of a comparison.
var WithoutNative = cmpopts.IgnoreFields(image.Image{}, "Native")
