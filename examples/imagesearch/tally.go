package main

import (
	"sync"

	"github.com/imagequery/imagequery/provider"
)

// tally counts what happens while targets are asked.
type tally struct {
	mu        sync.Mutex
	reports   map[string]provider.Report // by target, of those that are done
	images    int
	throttled int
}

// trace returns the hooks that count.
func (t *tally) trace() *provider.Trace {
	return &provider.Trace{
		Page:     func(p provider.PageInfo) { t.count(func() { t.images += p.Images }) },
		Throttle: func(provider.ThrottleInfo) { t.count(func() { t.throttled++ }) },
		Target:   t.done,
	}
}

func (t *tally) count(change func()) {
	t.mu.Lock()
	defer t.mu.Unlock()
	change()
}

// done takes the report of a target.
func (t *tally) done(r provider.Report) {
	t.count(func() {
		if t.reports == nil {
			t.reports = map[string]provider.Report{}
		}
		t.reports[r.Target] = r
	})
}

// counts returns how many targets are done, how many images have come and how
// often a request had to wait.
func (t *tally) counts() (done, images, throttled int) {
	t.count(func() { done, images, throttled = len(t.reports), t.images, t.throttled })
	return done, images, throttled
}

// of returns the reports of targets, in their order.
func (t *tally) of(targets []provider.Target) []provider.Report {
	t.mu.Lock()
	defer t.mu.Unlock()
	reports := []provider.Report{}
	for _, target := range targets {
		if r, done := t.reports[target.Name]; done {
			reports = append(reports, r)
		}
	}
	return reports
}
