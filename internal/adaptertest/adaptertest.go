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

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/imagequery/imagequery/image"
	"github.com/imagequery/imagequery/provider"
)

// Server is an [http.RoundTripper] that responds to every request with the same body,
// and records the requests. It is safe for concurrent use.
type Server struct {
	Status int
	Body   string

	mu    sync.Mutex
	asked []*url.URL
}

// RoundTrip records a request and responds to it.
func (s *Server) RoundTrip(r *http.Request) (*http.Response, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	asked := *r.URL
	asked.RawQuery = Params(r).Encode()
	s.asked = append(s.asked, &asked)
	return &http.Response{StatusCode: s.Status, Header: http.Header{}, Body: io.NopCloser(strings.NewReader(s.Body)), Request: r}, nil
}

// Asked returns the addresses of the requests, each with all parameters of the
// request as its query, those of a form too.
func (s *Server) Asked() []*url.URL {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.asked
}

// Params returns the parameters of a request, from its query and its form. It does
// not consume the body.
func Params(r *http.Request) url.Values {
	read := r.Clone(r.Context())
	read.Form, read.PostForm, read.Body = nil, nil, http.NoBody
	if r.GetBody != nil {
		body, err := r.GetBody()
		if err != nil {
			panic(err)
		}
		defer body.Close()
		read.Body = body
	}
	if err := read.ParseForm(); err != nil {
		panic(err)
	}
	return read.Form
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

// New returns a client of an adapter, with credentials for tests if the configuration has none.
func New(t testing.TB, open Constructor, c provider.Config) *provider.Client {
	t.Helper()
	if c.Credentials == nil {
		c.Credentials = provider.Static("test-key-id", "test-key-secret", "")
	}
	client, err := open(c)
	if err != nil {
		t.Fatal(err)
	}
	return client
}

// Client returns a client of an adapter in a region. It sends its requests to a
// transport, with one attempt each.
func Client(t testing.TB, open Constructor, region string, transport http.RoundTripper) *provider.Client {
	t.Helper()
	return New(t, open, provider.Config{
		Region:     region,
		Retry:      provider.Retry{Attempts: 1},
		Listing:    provider.Listing{KeepNative: true},
		HTTPClient: &http.Client{Transport: transport},
	})
}

// Listed returns the images that a client lists from a body in which the records replace ROWS.
func Listed(t *testing.T, client func(*testing.T, http.RoundTripper) *provider.Client, body string, records []string) []image.Image {
	t.Helper()
	s := &Server{Status: http.StatusOK, Body: strings.Replace(body, "ROWS", strings.Join(records, ","), 1)}
	images, err := provider.Collect(client(t, s).Images(t.Context(), image.Query{}))
	if len(images) != len(records) {
		t.Fatalf("%d images, want %d: %v", len(images), len(records), err)
	}
	return images
}

// CheckPlan compares the plan of a query with calls of one action and their parameters.
func CheckPlan(t *testing.T, client *provider.Client, q image.Query, action string, paging provider.Paging, want []url.Values) {
	t.Helper()
	plan, err := client.Explain(q)
	if err != nil {
		t.Fatal(err)
	}
	var got []url.Values
	for _, call := range plan.Calls {
		if call.Action != action || call.Paging != paging {
			t.Errorf("call of %s with %+v", call.Action, call.Paging)
		}
		got = append(got, call.Params)
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}
