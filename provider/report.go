package provider

import (
	"context"
	"encoding/json"
	"errors"
	"slices"
	"sync"
	"time"

	"github.com/imagequery/imagequery/image"
)

// Report says how one target of a [Search] answered. Its JSON form is stable:
// names in snake case, durations in milliseconds.
type Report struct {
	Target, Provider, Region string
	Complete                 bool          // nothing that was asked for is missing because of this target
	Skipped                  []image.Field // that the API never reports, where the query allows to skip it
	Images                   int           // that were received
	Matched                  int           // that were yielded; in a [TargetError], that had been found so far
	Pages                    int
	Requests                 int // attempts, retries included
	Retries                  int
	Throttled                time.Duration // while at least one request had to wait
	Elapsed                  time.Duration
	Err                      error // nil if complete
}

type reportJSON struct {
	Target      string        `json:"target"`
	Provider    string        `json:"provider"`
	Region      string        `json:"region"`
	Complete    bool          `json:"complete"`
	Skipped     []image.Field `json:"skipped,omitempty"`
	Images      int           `json:"images"`
	Matched     int           `json:"matched"`
	Pages       int           `json:"pages"`
	Requests    int           `json:"requests"`
	Retries     int           `json:"retries"`
	ThrottledMS int64         `json:"throttled_ms"`
	ElapsedMS   int64         `json:"elapsed_ms"`
	Error       *errorJSON    `json:"error,omitempty"`
}

type errorJSON struct {
	Kind      string `json:"kind"`
	Code      string `json:"code"`
	Message   string `json:"message"`
	RequestID string `json:"request_id"`
	Attempts  int    `json:"attempts"`
}

// MarshalJSON gives the stable form. An error has its kind in snake case, or
// "canceled" or "deadline_exceeded".
func (r Report) MarshalJSON() ([]byte, error) {
	return json.Marshal(reportJSON{
		r.Target, r.Provider, r.Region, r.Complete, r.Skipped, r.Images, r.Matched, r.Pages, r.Requests, r.Retries,
		r.Throttled.Milliseconds(), r.Elapsed.Milliseconds(), newErrorJSON(r.Err),
	})
}

func newErrorJSON(err error) *errorJSON {
	if err == nil {
		return nil
	}
	out := &errorJSON{Kind: kindWord(err), Message: oneLine(err.Error())}
	if e := (*Error)(nil); errors.As(err, &e) {
		out.Code, out.Message, out.RequestID, out.Attempts = e.Code, e.said(), e.RequestID, e.Attempts
	}
	return out
}

// kindWord is the kind of any error that a client returns.
func kindWord(err error) string {
	kind := Unavailable
	switch e := (*Error)(nil); {
	case errors.As(err, &e) && e.Kind != 0:
		kind = e.Kind
	case errors.Is(err, context.Canceled):
		return "canceled"
	case errors.Is(err, context.DeadlineExceeded):
		return "deadline_exceeded"
	}
	text, _ := kind.MarshalText()
	return string(text)
}

// counter fills a report in by the hooks of a trace.
type counter struct {
	mu     sync.Mutex
	report Report
	waits  []interval
}

type interval struct{ from, to time.Time }

func (c *counter) trace() *Trace {
	return &Trace{
		Request: func(RequestInfo) { c.count(func(r *Report) { r.Requests++ }) },
		Retry:   func(RetryInfo) { c.count(func(r *Report) { r.Retries++ }) },
		Page: func(i PageInfo) {
			c.count(func(r *Report) { r.Pages, r.Images = r.Pages+1, r.Images+i.Images })
		},
		Throttle: func(i ThrottleInfo) {
			c.count(func(*Report) { c.waits = append(c.waits, interval{i.Began, i.Began.Add(i.Wait)}) })
		},
	}
}

func (c *counter) count(change func(*Report)) {
	c.mu.Lock()
	defer c.mu.Unlock()
	change(&c.report)
}

// finish closes the report of a target that began at a time.
func (c *counter) finish(began time.Time, err error) Report {
	c.mu.Lock()
	defer c.mu.Unlock()
	now := time.Now()
	c.report.Elapsed = now.Sub(began)
	c.report.Throttled = union(c.waits, now)
	c.report.Err, c.report.Complete = err, err == nil
	return c.report
}

// union is the time that intervals cover together, up to a moment.
func union(waits []interval, until time.Time) (sum time.Duration) {
	slices.SortFunc(waits, func(a, b interval) int { return a.from.Compare(b.from) })
	var covered time.Time
	for _, w := range waits {
		if w.from.Before(covered) {
			w.from = covered
		}
		if w.to.After(until) {
			w.to = until
		}
		if w.to.After(w.from) {
			sum += w.to.Sub(w.from)
			covered = w.to
		}
	}
	return sum
}
