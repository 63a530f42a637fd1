package main

import (
	"net/http/httptest"
	"testing"
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
		listers := append(consumers(), lonely()...)
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
