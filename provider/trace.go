package provider

import (
	"context"
	"time"
)

// Trace is a set of hooks that observe a running query. Each hook may be nil. Hooks
// are called concurrently, must return quickly, and must not keep pointers from
// their arguments. A panic in a hook reaches the goroutine that ranges.
//
// The context of a hook is that of the request, page or target that it describes. It
// holds the values of the context that the query was made with, such as a span, and
// it may have ended.
//
// Start makes spans nest: the hooks inside a span get the context that Start returned for
// it, and so does the HTTP request of an attempt. Request and Response are called inside
// the span of their attempt, Retry and Throttle inside that of the page, and Page and
// Target inside that of the target.
type Trace struct {
	// Start is called when a span starts. The context that it returns must be derived
	// from the one that it gets. The function that it returns must not be nil. It is
	// called once, when the span is over, also after a panic.
	Start func(context.Context, SpanInfo) (context.Context, EndSpan)

	Request  func(context.Context, RequestInfo)  // called before each attempt is sent
	Response func(context.Context, ResponseInfo) // called once after each attempt, also after one that failed
	Retry    func(context.Context, RetryInfo)    // called after a failed attempt that will be retried
	Throttle func(context.Context, ThrottleInfo) // called for each wait for the budget or a throttle
	Page     func(context.Context, PageInfo)     // called after each page has been received
	Target   func(context.Context, Report)       // called when a target of a [Search] is done

	unreadable func(context.Context, map[string]int) // called with the counts of the last scan of each call
}

// RequestInfo describes an attempt that is being sent.
type RequestInfo struct {
	Provider, Region, Action string
	Attempt                  int // from 1
}

// ResponseInfo describes an attempt that is over: the complete response, or the
// failure to get one.
type ResponseInfo struct {
	Provider, Region, Action string
	Attempt                  int           // from 1
	Began                    time.Time     // when the attempt was sent
	Duration                 time.Duration // until the end of the response body, or until the failure
	HTTPStatus               int           // 0: no complete response
	Code, RequestID          string        // as the response states them; empty: not stated
	Bytes                    int           // of the response body, decompressed; 0: no complete response
	ConnReused               bool          // the request went over a connection that an earlier one had used
	Err                      *Error        // nil: success
}

// RetryInfo describes a failed attempt that will be retried.
type RetryInfo struct {
	Provider, Region, Action string
	Attempt                  int           // the failed one, from 1
	Err                      *Error        // why
	Wait                     time.Duration // until the next attempt
}

// ThrottleInfo describes a wait for the budget of an account, or for the end of a
// throttle of the provider.
type ThrottleInfo struct {
	Provider, Region, Action string
	Began                    time.Time
	Wait                     time.Duration
}

// PageInfo describes a page that has been received.
type PageInfo struct {
	Provider, Region, Action string
	Images                   int // on the page
	Matched                  int // images on the page that are yielded
	Total                    int // number of images in the listing, as stated by the server; 0: not stated
	RequestID                string
}

// ContextTarget returns the name of the target that a request or page belongs to, for
// the hooks of a [Trace]. It is empty outside of a search over targets.
func ContextTarget(ctx context.Context) string {
	name, _ := ctx.Value(targetKey{}).(string)
	return name
}

type targetKey struct{}

type traceKey struct{}

// WithTrace returns a context whose queries call the hooks of t after the hooks that
// ctx has already. A nil t changes nothing.
func WithTrace(ctx context.Context, t *Trace) context.Context {
	if t == nil {
		return ctx
	}
	return context.WithValue(ctx, traceKey{}, ContextTrace(ctx).and(t))
}

// withoutTargets returns a context without the Target hook.
func withoutTargets(ctx context.Context) context.Context {
	t := *ContextTrace(ctx)
	t.Target = nil
	return context.WithValue(ctx, traceKey{}, &t)
}

// ContextTrace returns the hooks of a context, for adapters that send requests. The
// result is never nil; its hooks may be.
func ContextTrace(ctx context.Context) *Trace {
	if t, ok := ctx.Value(traceKey{}).(*Trace); ok {
		return t
	}
	return &noTrace
}

var noTrace Trace

func (t *Trace) and(u *Trace) *Trace {
	return &Trace{
		Start:    bothStarts(t.Start, u.Start),
		Request:  both(t.Request, u.Request),
		Response: both(t.Response, u.Response),
		Retry:    both(t.Retry, u.Retry),
		Throttle: both(t.Throttle, u.Throttle),
		Page:     both(t.Page, u.Page),
		Target:   both(t.Target, u.Target),

		unreadable: both(t.unreadable, u.unreadable),
	}
}

func both[T any](first, second func(context.Context, T)) func(context.Context, T) {
	switch {
	case first == nil:
		return second
	case second == nil:
		return first
	}
	return func(ctx context.Context, v T) {
		first(ctx, v)
		second(ctx, v)
	}
}

// tracePage calls the hook for a page of a listing.
func (c *Client) tracePage(ctx context.Context, action string, p *Page, matched int) {
	if hook := ContextTrace(ctx).Page; hook != nil {
		hook(ctx, PageInfo{
			Provider: c.info.Name, Region: c.info.Region, Action: action,
			Images: len(p.Images), Matched: matched, Total: p.Total, RequestID: p.RequestID,
		})
	}
}
