package main

import (
	"context"
	"slices"
	"sync"
	"time"

	"github.com/imagequery/imagequery/provider"
)

// statistics counts events while targets are queried.
type statistics struct {
	mu        sync.Mutex
	reports   map[string]provider.Report // by target, of those that are done
	images    int
	throttled map[string]time.Time // by target, when its last wait ends
}

// trace returns the hooks that count.
func (s *statistics) trace() *provider.Trace {
	return &provider.Trace{
		Page:     func(_ context.Context, p provider.PageInfo) { s.count(func() { s.images += p.Images }) },
		Throttle: s.throttle,
		Target:   s.done,
	}
}

func (s *statistics) count(change func()) {
	s.mu.Lock()
	defer s.mu.Unlock()
	change()
}

// throttle counts a wait of the target that a context belongs to.
func (s *statistics) throttle(ctx context.Context, i provider.ThrottleInfo) {
	s.throttleTarget(provider.ContextTarget(ctx), i)
}

func (s *statistics) throttleTarget(name string, i provider.ThrottleInfo) {
	s.count(func() {
		if s.throttled == nil {
			s.throttled = map[string]time.Time{}
		}
		if until := i.Began.Add(i.Wait); until.After(s.throttled[name]) {
			s.throttled[name] = until
		}
	})
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

// snapshot is the state of a run at one time.
type snapshot struct {
	done, images      int
	failed, throttled []string // names of targets, sorted
}

// snapshot returns the state. Targets that wait at the time are throttled.
func (s *statistics) snapshot(now time.Time) snapshot {
	s.mu.Lock()
	defer s.mu.Unlock()
	out := snapshot{done: len(s.reports), images: s.images}
	for name, report := range s.reports {
		if !report.Complete {
			out.failed = append(out.failed, name)
		}
	}
	for name, until := range s.throttled {
		if _, done := s.reports[name]; !done && name != "" && until.After(now) {
			out.throttled = append(out.throttled, name)
		}
	}
	slices.Sort(out.failed)
	slices.Sort(out.throttled)
	return out
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
