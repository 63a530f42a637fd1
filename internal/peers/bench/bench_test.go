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

// TestOnePage makes sure that a page from memory is one request, and not two.
func TestOnePage(t *testing.T) {
	for _, a := range apis() {
		p, err := newPages(a)
		if err != nil {
			t.Fatal(err)
		}
		for _, l := range onePage(a) {
			counted := &recorder{transport: memory{p.page(nil, 1, a.maxPage, a.maxPage)}}
			if err := l.run(target{url: "http://127.0.0.1", total: a.maxPage, transport: counted})(); err != nil {
				t.Error(err)
			}
			if counted.requests != 1 {
				t.Errorf("%s: %s sends %d requests for a page", a.name, l.name, counted.requests)
			}
		}
	}
}

// TestMapped makes sure that the vendors' structs, mapped by hand, are the images
// that ours gives for the same bytes.
func TestMapped(t *testing.T) {
	lacking := map[string][]string{
		"QingCloud DescribeImages": {"Tags"}, // the vendor's struct has no tags
	}
	for _, a := range apis() {
		p, err := newPages(a)
		if err != nil {
			t.Fatal(err)
		}
		to := target{url: "http://127.0.0.1", total: a.maxPage, transport: memory{p.page(nil, 1, a.maxPage, a.maxPage)}}
		client, err := to.ours(a, provider.Config{})
		if err != nil {
			t.Fatal(err)
		}
		want, err := provider.Collect(client.Images(t.Context(), a.limited().query))
		if err != nil || len(want) != a.maxPage {
			t.Fatalf("%s: ours has %d images, %v", a.name, len(want), err)
		}
		get, err := a.mapped(to, a)
		if err != nil {
			t.Fatal(err)
		}
		got, _, err := get(1, a.maxPage)
		if err != nil {
			t.Fatal(err)
		}
		if d := cmp.Diff(want, got, cmpopts.IgnoreFields(image.Image{}, lacking[a.name]...)); d != "" {
			t.Errorf("%s (-want +got):\n%s", a.name, d)
		}
	}
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
