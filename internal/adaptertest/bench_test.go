package adaptertest_test

import (
	"bytes"
	"fmt"
	"io"
	"net/http"
	"testing"
	"time"

	"github.com/imagequery/imagequery/aliyunecs"
	"github.com/imagequery/imagequery/aliyunens"
	"github.com/imagequery/imagequery/aliyunswas"
	"github.com/imagequery/imagequery/image"
	"github.com/imagequery/imagequery/internal/adaptertest"
	"github.com/imagequery/imagequery/provider"
	"github.com/imagequery/imagequery/provider/providertest"
	"github.com/imagequery/imagequery/qingcloud"
)

// measured is one adapter under measurement.
type measured struct {
	name    string
	make    adaptertest.Constructor
	harness func(adaptertest.Constructor) providertest.Harness
	page    int        // the most images in a page
	allocs  [2]float64 // the most allocations for a plan of each of planQueries
}

var adapters = []measured{
	{"ECS", aliyunecs.New, adaptertest.ECS, 100, [2]float64{50, 290}},
	{"SWAS", aliyunswas.New, adaptertest.SWAS, 100, [2]float64{30, 148}},
	{"ENS", aliyunens.New, adaptertest.ENS, 50, [2]float64{22, 132}},
	{"QingCloud", qingcloud.New, adaptertest.QingCloud, 100, [2]float64{86, 190}},
}

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

func (m measured) client(tb testing.TB, transport http.RoundTripper) *provider.Client {
	tb.Helper()
	client, err := m.make(provider.Config{
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
	for _, m := range adapters {
		for _, q := range planQueries {
			b.Run(fmt.Sprintf("%s/%d-predicates", m.name, len(q.Fields())), func(b *testing.B) {
				c := m.client(b, nil)
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
	for _, m := range adapters {
		for i, q := range planQueries {
			t.Run(fmt.Sprintf("%s/%d-predicates", m.name, len(q.Fields())), func(t *testing.T) {
				c := m.client(t, nil)
				if got := testing.AllocsPerRun(100, func() { plan(t, c, q) }); got > m.allocs[i] {
					t.Errorf("%v allocations, want at most %v", got, m.allocs[i])
				}
			})
		}
	}
}

// fullPage is the response of a fake to the zero query: a page as long as it can be.
func (m measured) fullPage(tb testing.TB) (body []byte) {
	tb.Helper()
	h := m.harness(m.make)
	s := h.Open(tb, h.World(5*m.page), providertest.Options{})
	s.EditBody(func(sent []byte) []byte {
		body = sent
		return sent
	})
	m.decode(tb, s.Client)
	return body
}

// decode lists as many images as one page has.
func (m measured) decode(tb testing.TB, c *provider.Client) {
	images, err := provider.Collect(c.Images(tb.Context(), image.Query{Limit: m.page}))
	if err != nil || len(images) != m.page {
		tb.Fatalf("%d images, error %v", len(images), err)
	}
}

// BenchmarkPage requests a full page from a server in memory.
func BenchmarkPage(b *testing.B) {
	for _, m := range adapters {
		b.Run(m.name, func(b *testing.B) {
			body := m.fullPage(b)
			c := m.client(b, adaptertest.RoundTrip(func(r *http.Request) (*http.Response, error) {
				return &http.Response{StatusCode: http.StatusOK, Header: http.Header{}, Body: io.NopCloser(bytes.NewReader(body)), Request: r}, nil
			}))
			b.SetBytes(int64(len(body)))
			b.ReportAllocs()
			for b.Loop() {
				m.decode(b, c)
			}
			b.ReportMetric(float64(b.Elapsed())/float64(b.N*m.page), "ns/image")
		})
	}
}
