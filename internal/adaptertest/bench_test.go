package adaptertest_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/imagequery/imagequery/image"
	"github.com/imagequery/imagequery/internal/adaptertest"
	"github.com/imagequery/imagequery/provider"
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

func plan(tb testing.TB, c *provider.Client, q image.Query) {
	p, err := c.Explain(q)
	if err != nil || len(p.Calls) == 0 {
		tb.Fatalf("plan %v, error %v", p, err)
	}
}

// BenchmarkPlan plans a query and sends nothing.
func BenchmarkPlan(b *testing.B) {
	for _, a := range listings() {
		for _, q := range planQueries {
			b.Run(fmt.Sprintf("%s/%d-predicates", a.name, len(q.Fields())), func(b *testing.B) {
				c := adaptertest.New(b, a.open, provider.Config{Region: "r-1"})
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
	for _, a := range listings() {
		for i, q := range planQueries {
			t.Run(fmt.Sprintf("%s/%d-predicates", a.name, len(q.Fields())), func(t *testing.T) {
				c := adaptertest.New(t, a.open, provider.Config{Region: "r-1"})
				if got := testing.AllocsPerRun(100, func() { plan(t, c, q) }); got > a.allocs[i] {
					t.Errorf("%v allocations, want at most %v", got, a.allocs[i])
				}
			})
		}
	}
}
