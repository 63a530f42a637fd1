package adaptertest_test

import (
	"bytes"
	"fmt"
	"io"
	"net/http"
	"testing"
	"time"

	"github.com/imagequery/imagequery/image"
	"github.com/imagequery/imagequery/internal/adaptertest"
	"github.com/imagequery/imagequery/provider"
	"github.com/imagequery/imagequery/provider/providertest"
)

// planQueries are the zero query, and one of which every adapter sends some
// predicates and checks others here.
var planQueries = [2]image.Query{{}, {
	Names:        []string{"web-1", "web-2"},
	Sources:      []image.Source{image.SourceSelf},
	Statuses:     []image.Status{image.StatusAvailable, image.StatusPending},
	OSes:         []image.OS{image.OSLinux},
	Platforms:    []string{"ubuntu", "debian"},
	CreatedAfter: time.Date(2024, 1, 2, 3, 4, 5, 0, time.UTC),
}}

func (a adapter) client(tb testing.TB, transport http.RoundTripper) *provider.Client {
	tb.Helper()
	client, err := a.open(provider.Config{
		Region: "r-1", Credentials: provider.Static("key", "secret", ""), HTTPClient: &http.Client{Transport: transport},
	})
	if err != nil {
		tb.Fatal(err)
	}
	return client
}

func plan(tb testing.TB, c *provider.Client, q image.Query) {
	p, err := c.Explain(q)
	if err != nil || len(p.Calls) == 0 {
		tb.Fatalf("plan %v, error %v", p, err)
	}
}

// BenchmarkPlan plans a query and sends nothing.
func BenchmarkPlan(b *testing.B) {
	for _, a := range adapters {
		for _, q := range planQueries {
			b.Run(fmt.Sprintf("%s/%d-predicates", a.name, len(q.Fields())), func(b *testing.B) {
				c := a.client(b, nil)
				b.ReportAllocs()
				for b.Loop() {
					plan(b, c, q)
				}
			})
		}
	}
}

// The bounds are about a fifth above the measured allocations.
func TestPlanAllocatesLittle(t *testing.T) {
	for _, a := range adapters {
		for i, q := range planQueries {
			t.Run(fmt.Sprintf("%s/%d-predicates", a.name, len(q.Fields())), func(t *testing.T) {
				c := a.client(t, nil)
				if got := testing.AllocsPerRun(100, func() { plan(t, c, q) }); got > a.allocs[i] {
					t.Errorf("%v allocations, want at most %v", got, a.allocs[i])
				}
			})
		}
	}
}

// fullPage is the response of a fake to the zero query: a page as long as it can be.
func (a adapter) fullPage(tb testing.TB) (body []byte) {
	tb.Helper()
	h := a.harness(a.open)
	s := h.Open(tb, h.World(5*a.page), providertest.Options{})
	s.EditBody(func(sent []byte) []byte {
		body = sent
		return sent
	})
	a.decode(tb, s.Client)
	return body
}

// decode lists as many images as one page has.
func (a adapter) decode(tb testing.TB, c *provider.Client) {
	images, err := provider.Collect(c.Images(tb.Context(), image.Query{Limit: a.page}))
	if err != nil || len(images) != a.page {
		tb.Fatalf("%d images, error %v", len(images), err)
	}
}

// BenchmarkPage requests a full page from a server in memory.
func BenchmarkPage(b *testing.B) {
	for _, a := range adapters {
		b.Run(a.name, func(b *testing.B) {
			body := a.fullPage(b)
			c := a.client(b, adaptertest.RoundTrip(func(r *http.Request) (*http.Response, error) {
				return &http.Response{StatusCode: http.StatusOK, Header: http.Header{}, Body: io.NopCloser(bytes.NewReader(body)), Request: r}, nil
			}))
			b.SetBytes(int64(len(body)))
			b.ReportAllocs()
			for b.Loop() {
				a.decode(b, c)
			}
			b.ReportMetric(float64(b.Elapsed())/float64(b.N*a.page), "ns/image")
		})
	}
}
