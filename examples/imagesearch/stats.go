package main

import (
	"context"
	"sync"

	"github.com/imagequery/imagequery/provider"
)

// statistics counts events while targets are queried.
type statistics struct {
	mu        sync.Mutex
	reports   map[string]provider.Report // by target, of those that are done
	images    int
	throttled int
}

// trace returns the hooks that count.
func (s *statistics) trace() *provider.Trace {
	return &provider.Trace{
		Page:     func(_ context.Context, p provider.PageInfo) { s.count(func() { s.images += p.Images }) },
		Throttle: func(context.Context, provider.ThrottleInfo) { s.count(func() { s.throttled++ }) },
		Target:   s.done,
	}
}

func (s *statistics) count(change func()) {
	s.mu.Lock()
	defer s.mu.Unlock()
	change()
}

// done takes the report of a target.
func (s *statistics) done(_ context.Context, r provider.Report) {
	s.count(func() {
		if s.reports == nil {
			s.reports = map[string]provider.Report{}
		}
		s.reports[r.Target] = r
	})
}

// counts returns how many targets are done, how many images have come and how
// often a request had to wait.
func (s *statistics) counts() (done, images, throttled int) {
	s.count(func() { done, images, throttled = len(s.reports), s.images, s.throttled })
	return done, images, throttled
}

// of returns the reports of targets, in their order.
func (s *statistics) of(targets []provider.Target) []provider.Report {
	s.mu.Lock()
	defer s.mu.Unlock()
	reports := []provider.Report{}
	for _, target := range targets {
		if r, done := s.reports[target.Name]; done {
			reports = append(reports, r)
		}
	}
	return reports
}
