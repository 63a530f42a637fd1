package provider

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"slices"
	"sync"
	"time"

	"github.com/imagequery/imagequery/image"
)

// Report is the outcome of one target of a [Search]. Its JSON form is stable:
// names in snake case, durations in milliseconds. A decoded report has the same
// JSON form, and errors.Is finds the Kind or the end of a context in its Err.
type Report struct {
	Target, Provider, Region string
	Complete                 bool          // no image of the result is missing because of this target; a limit that was reached is complete
	Skipped                  []image.Field // predicates that the API never reports, skipped by SkipUnreported

	// Unreadable counts, by the path of a documented field in the provider's record,
	// the received values that are not empty and could not be converted; their fields
	// are zero. A call that is scanned several times counts by its last scan; an image
	// that several calls return counts each time. Nil: none.
	Unreadable map[string]int

	Images    int           // images received
	Matched   int           // images yielded; in a [TargetError], images found so far
	Pages     int           // pages received
	Requests  int           // requests sent, including retries
	Retries   int           // requests repeated after a failure
	Throttled time.Duration // time during which at least one request waited for the budget or a throttle
	Elapsed   time.Duration // from the start of the target to its last hit, with all waits
	Err       error         // nil if Complete
}

type reportJSON struct {
	Target      string         `json:"target"`
	Provider    string         `json:"provider"`
	Region      string         `json:"region"`
	Complete    bool           `json:"complete"`
	Skipped     []image.Field  `json:"skipped,omitempty"`
	Unreadable  map[string]int `json:"unreadable,omitempty"`
	Images      int            `json:"images"`
	Matched     int            `json:"matched"`
	Pages       int            `json:"pages"`
	Requests    int            `json:"requests"`
	Retries     int            `json:"retries"`
	ThrottledMS int64          `json:"throttled_ms"`
	ElapsedMS   int64          `json:"elapsed_ms"`
	Error       *errorJSON     `json:"error,omitempty"`
}

type errorJSON struct {
	Kind      string `json:"kind"`
	Code      string `json:"code"`
	Message   string `json:"message"`
	RequestID string `json:"request_id"`
	Attempts  int    `json:"attempts"`
}

// MarshalJSON encodes the stable form. The kind of an error is in snake case, or
// it is "canceled" or "deadline_exceeded".
func (r Report) MarshalJSON() ([]byte, error) {
	return json.Marshal(reportJSON{
		r.Target, r.Provider, r.Region, r.Complete, r.Skipped, r.Unreadable, r.Images, r.Matched, r.Pages, r.Requests, r.Retries,
		r.Throttled.Milliseconds(), r.Elapsed.Milliseconds(), newErrorJSON(r.Err),
	})
}

// UnmarshalJSON decodes the stable form. An unknown kind of error is refused.
func (r *Report) UnmarshalJSON(data []byte) error {
	var in reportJSON
	if err := json.Unmarshal(data, &in); err != nil {
		return err
	}
	*r = Report{
		in.Target, in.Provider, in.Region, in.Complete, in.Skipped, in.Unreadable, in.Images, in.Matched, in.Pages, in.Requests, in.Retries,
		time.Duration(in.ThrottledMS) * time.Millisecond, time.Duration(in.ElapsedMS) * time.Millisecond, nil,
	}
	if in.Error == nil {
		return nil
	}
	e, err := in.Error.decode()
	if err != nil {
		return fmt.Errorf("report of target %q: %w", in.Target, err)
	}
	e.Provider, e.Region = in.Provider, in.Region
	r.Err = e
	return nil
}

// contextEnds are the words of [errorJSON] for errors without a Kind.
var contextEnds = map[string]error{"canceled": context.Canceled, "deadline_exceeded": context.DeadlineExceeded}

func (e *errorJSON) decode() (*Error, error) {
	out := &Error{Code: e.Code, RequestID: e.RequestID, Attempts: e.Attempts}
	if end, ok := contextEnds[e.Kind]; ok {
		out.Err = decodedCause{e.Message, end}
		return out, nil
	}
	out.Message = e.Message
	return out, out.Kind.UnmarshalText([]byte(e.Kind))
}

// decodedCause is the end of a context with the message that was encoded.
type decodedCause struct {
	message string
	end     error
}

func (c decodedCause) Error() string { return c.message }

func (c decodedCause) Unwrap() error { return c.end }

func newErrorJSON(err error) *errorJSON {
	if err == nil {
		return nil
	}
	out := &errorJSON{Kind: kindWord(err), Message: oneLine(err.Error())}
	if e := (*Error)(nil); errors.As(err, &e) {
		out.Code, out.Message, out.RequestID, out.Attempts = e.Code, e.detail(), e.RequestID, e.Attempts
	}
	return out
}

// kindWord returns the kind of an error in snake case.
func kindWord(err error) string {
	kind := Unavailable
	switch e := (*Error)(nil); {
	case errors.As(err, &e) && e.Kind != 0:
		kind = e.Kind
	case errors.As(err, &kind): // an adapter's own error
	case errors.Is(err, context.Canceled):
		return "canceled"
	case errors.Is(err, context.DeadlineExceeded):
		return "deadline_exceeded"
	}
	text, _ := kind.MarshalText()
	return string(text)
}

// counter fills in a report through the hooks of a trace.
type counter struct {
	mu     sync.Mutex
	report Report
	waits  []interval
}

type interval struct{ from, to time.Time }

func (c *counter) trace() *Trace {
	return &Trace{
		Request: func(context.Context, RequestInfo) { c.count(func(r *Report) { r.Requests++ }) },
		Retry:   func(context.Context, RetryInfo) { c.count(func(r *Report) { r.Retries++ }) },
		Page: func(_ context.Context, i PageInfo) {
			c.count(func(r *Report) { r.Pages, r.Images = r.Pages+1, r.Images+i.Images })
		},
		unreadable: func(_ context.Context, counts map[string]int) {
			c.count(func(r *Report) { r.Unreadable = addUnreadable(r.Unreadable, counts) })
		},
		Throttle: func(_ context.Context, i ThrottleInfo) {
			c.count(func(*Report) { c.waits = append(c.waits, interval{i.Began, i.Began.Add(i.Wait)}) })
		},
	}
}

func (c *counter) count(change func(*Report)) {
	c.mu.Lock()
	defer c.mu.Unlock()
	change(&c.report)
}

// finish completes the report of a target that began at a time.
func (c *counter) finish(began time.Time, err error) Report {
	c.mu.Lock()
	defer c.mu.Unlock()
	now := time.Now()
	c.report.Elapsed = now.Sub(began)
	c.report.Throttled = union(c.waits, now)
	c.report.Err, c.report.Complete = err, err == nil
	return c.report
}

// union returns the time that intervals cover together, up to a moment.
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

// addUnreadable adds the counts of a page to those of a scan, which may be nil.
func addUnreadable(sum, page map[string]int) map[string]int {
	if sum == nil && len(page) > 0 {
		sum = make(map[string]int, len(page))
	}
	for path, n := range page {
		sum[path] += n
	}
	return sum
}

// logUnreadable logs the values that one scan of a call could not convert.
func (r *run) logUnreadable(call Call, counts map[string]int) {
	if len(counts) > 0 {
		r.client.config.Logger.WarnContext(r.ctx, "values of documented fields could not be converted and are left zero",
			"provider", r.client.info.Name, "region", r.client.info.Region, "action", call.Action, "unreadable", maps.Clone(counts))
	}
}

// traceUnreadable hands on the counts of the last scan of a call.
func traceUnreadable(ctx context.Context, counts map[string]int) {
	if hook := ContextTrace(ctx).unreadable; hook != nil && len(counts) > 0 {
		hook(ctx, counts)
	}
}
