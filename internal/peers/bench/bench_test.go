package main

import (
	"net/http/httptest"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/imagequery/imagequery/image"
	"github.com/imagequery/imagequery/provider"
)

// TestListers holds every way of listing to the number of images that there are.
func TestListers(t *testing.T) {
	s, err := newServer()
	if err != nil {
		t.Fatal(err)
	}
	server := httptest.NewServer(s.handler())
	defer server.Close()
	site := &site{url: server.URL}
	for _, total := range []int{1, 230, 1000} {
		if err := site.setup(total, 0); err != nil {
			t.Fatal(err)
		}
		listers := slices.Concat(consumers(), lonely(), choosers())
		for _, a := range apis() {
			listers = append(listers, listersOf(a)...)
		}
		for _, l := range listers {
			if err := l.run(target{url: server.URL, total: total})(); err != nil {
				t.Error(err)
			}
		}
		if c, err := site.counts(); err != nil || c.Requests < int64(total/100) || c.Peak == 0 {
			t.Errorf("the server counts %+v, %v", c, err)
		}
	}
}

// bothKinds calls f for each API with rows alike and with varied ones.
func bothKinds(t *testing.T, f func(*testing.T, *pages)) {
	for _, a := range apis() {
		p, err := newPages(a)
		if err != nil {
			t.Fatal(err)
		}
		t.Run(a.name+"/alike", func(t *testing.T) { f(t, p) })
		t.Run(a.name+"/varied", func(t *testing.T) { f(t, p.varied()) })
	}
}

// TestOnePage makes sure that a page from memory is one request, and not two.
func TestOnePage(t *testing.T) {
	bothKinds(t, func(t *testing.T, p *pages) {
		for _, l := range onePage(p.api) {
			to := p.fullPages()
			counted := &recorder{transport: to.transport}
			to.transport = counted
			if err := l.run(to)(); err != nil {
				t.Error(err)
			}
			if counted.requests != 1 {
				t.Errorf("%s sends %d requests for a page", l.name, counted.requests)
			}
		}
	})
}

// TestMapped makes sure that the vendors' structs, mapped by hand, are the images
// that ours gives for the same bytes.
func TestMapped(t *testing.T) {
	lacking := map[string][]string{
		"QingCloud DescribeImages": {"Tags"}, // the vendor's struct has no tags
	}
	bothKinds(t, func(t *testing.T, p *pages) {
		a, bodies := p.api, p.bodies()
		for _, body := range bodies[:min(3, len(bodies))] {
			to := target{url: "http://127.0.0.1", total: a.maxPage, transport: inMemory(body)}
			client, err := to.ours(a, provider.Config{})
			if err != nil {
				t.Fatal(err)
			}
			want, err := provider.Collect(client.Images(t.Context(), a.limited().query))
			if err != nil || len(want) != a.maxPage {
				t.Fatalf("ours has %d images, %v", len(want), err)
			}
			for _, open := range []openerOf[image.Image]{a.mapped, a.acs3} {
				if open == nil {
					continue
				}
				get, err := open(to, a)
				if err != nil {
					t.Fatal(err)
				}
				got, _, err := get(1, a.maxPage)
				if err != nil {
					t.Fatal(err)
				}
				if d := cmp.Diff(want, got, cmpopts.IgnoreFields(image.Image{}, lacking[a.name]...)); d != "" {
					t.Errorf("-want +got:\n%s", d)
				}
			}
		}
	})
}

// TestVariedRowsDiffer makes sure that varied rows are different, and complete in number.
func TestVariedRowsDiffer(t *testing.T) {
	bothKinds(t, func(t *testing.T, p *pages) {
		names := map[string]bool{}
		for _, body := range p.bodies() {
			to := target{url: "http://127.0.0.1", transport: inMemory(body)}
			client, err := to.ours(p.api, provider.Config{})
			if err != nil {
				t.Fatal(err)
			}
			for m, err := range client.Images(t.Context(), p.api.limited().query) {
				if err != nil {
					t.Fatal(err)
				}
				names[m.Name] = true
			}
		}
		if want := len(p.digit) * 4 / 5; len(names) < want {
			t.Errorf("%d different names, want at least %d", len(names), want)
		}
	})
}

// TestFleet makes sure that each target of the search of very many is one request.
func TestFleet(t *testing.T) {
	s, err := newServer()
	if err != nil {
		t.Fatal(err)
	}
	server := httptest.NewServer(s.handler())
	defer server.Close()
	site := &site{url: server.URL}
	for _, l := range fleetListers() {
		if err := site.setup(3, 0); err != nil {
			t.Fatal(err)
		}
		if err := l.run(target{url: server.URL, total: 3 * fleetTargets})(); err != nil {
			t.Fatal(err)
		}
		if c, err := site.counts(); err != nil || c.Requests != fleetTargets || c.Peak > fleetInFlight {
			t.Errorf("%s: the server counts %+v, %v", l.name, c, err)
		}
	}
}

func TestQuantilesLieBetweenSamples(t *testing.T) {
	for _, c := range []struct {
		samples           []float64
		low, median, high float64
	}{
		{[]float64{4}, 4, 4, 4},
		{[]float64{30, 10, 20}, 15, 20, 25},
		{[]float64{40, 10, 20, 30}, 17.5, 25, 32.5},
		{[]float64{5, 4, 3, 2, 1}, 2, 3, 4},
	} {
		var list []sample
		for _, cpu := range c.samples {
			list = append(list, sample{CPU: cpu})
		}
		got := summarize([][]sample{list})[0]
		if got.low != c.low || got.CPU != c.median || got.high != c.high {
			t.Errorf("%v: quartiles %v, %v, %v, want %v, %v, %v", c.samples, got.low, got.CPU, got.high, c.low, c.median, c.high)
		}
	}
}
