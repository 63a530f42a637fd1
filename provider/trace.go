package provider

import (
	"context"
	"time"
)

// Trace is a set of hooks for what happens while a query is answered. Any hook
// may be nil. Hooks are called from several goroutines at once, must return
// quickly, and must not keep what they are given beyond the call unless it is a
// plain value.
type Trace struct {
	Request  func(RequestInfo)  // an attempt is being sent
	Retry    func(RetryInfo)    // an attempt failed, and is going to be repeated
	Throttle func(ThrottleInfo) // a request had to wait, or is going to
	Page     func(PageInfo)     // a page has come
	Target   func(Report)       // a target of a [Search] is done
}

// RequestInfo describes an attempt that is being sent.
type RequestInfo struct {
	Provider, Region, Action string
	Attempt                  int // from 1
}

// RetryInfo describes an attempt that is going to be repeated.
type RetryInfo struct {
	Provider, Region, Action string
	Attempt                  int           // the one that failed, from 1
	Err                      *Error        // why
	Wait                     time.Duration // until the next one
}

// ThrottleInfo describes a wait for the budget of an account, or one that the
// provider's throttling makes necessary.
type ThrottleInfo struct {
	Provider, Region, Action string
	Began                    time.Time
	Wait                     time.Duration
}

// PageInfo describes a page that has come.
type PageInfo struct {
	Provider, Region, Action string
	Images                   int // on the page
	Matched                  int // of these, images that are being yielded
	Total                    int // of the listing, as the server says; 0: it did not
	RequestID                string
}

type traceKey struct{}

// WithTrace returns a context whose queries call the hooks, after those that the
// context has already.
func WithTrace(ctx context.Context, t *Trace) context.Context {
	if t == nil {
		return ctx
	}
	return context.WithValue(ctx, traceKey{}, ContextTrace(ctx).and(t))
}

// withoutTargets returns a context whose searches report no targets.
func withoutTargets(ctx context.Context) context.Context {
	t := *ContextTrace(ctx)
	t.Target = nil
	return context.WithValue(ctx, traceKey{}, &t)
}

// ContextTrace returns the hooks of a context, for adapters that send requests.
// It is never nil, but its hooks may be.
func ContextTrace(ctx context.Context) *Trace {
	if t, ok := ctx.Value(traceKey{}).(*Trace); ok {
		return t
	}
	return &noTrace
}

var noTrace Trace

func (t *Trace) and(u *Trace) *Trace {
	return &Trace{
		Request:  both(t.Request, u.Request),
		Retry:    both(t.Retry, u.Retry),
		Throttle: both(t.Throttle, u.Throttle),
		Page:     both(t.Page, u.Page),
		Target:   both(t.Target, u.Target),
	}
}

func both[T any](first, second func(T)) func(T) {
	switch {
	case first == nil:
		return second
	case second == nil:
		return first
	}
	return func(v T) {
		first(v)
		second(v)
	}
}

// pageCame tells the hooks about a page of a listing.
func (l *listing) pageCame(c Call, p *Page, matched int) {
	if hook := ContextTrace(l.ctx).Page; hook != nil {
		hook(PageInfo{
			Provider: l.client.info.Name, Region: l.client.info.Region, Action: c.Action,
			Images: len(p.Images), Matched: matched, Total: p.Total, RequestID: p.RequestID,
		})
	}
}
