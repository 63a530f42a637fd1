package provider

import (
	"context"
	"errors"
)

// SpanKind is a part of a query that takes time: what a span covers.
type SpanKind uint8

// The kinds of spans, from the outermost to the innermost. A query outside of a
// [Search] has pages and attempts only. Attempts of [Client.Check] and of a [Preparer]
// belong to no page.
const (
	SpanSearch  SpanKind = iota + 1 // a [Search], until all its targets are done
	SpanTarget                      // a target of a search, until its hits are taken
	SpanPage                        // the request of a page, with its attempts and the waits before and between them
	SpanAttempt                     // an attempt, from its sending until its response is decoded
)

var spanKindTexts = [...]string{SpanSearch: "search", SpanTarget: "target", SpanPage: "page", SpanAttempt: "attempt"}

// String returns "search", "target", "page" or "attempt", and "unknown" for other
// values.
func (k SpanKind) String() string {
	if k == 0 || int(k) >= len(spanKindTexts) {
		return "unknown"
	}
	return spanKindTexts[k]
}

// SpanInfo describes a span that starts. [ContextTarget] has the name of its target.
type SpanInfo struct {
	Kind             SpanKind
	Provider, Region string // empty for a search
	Action           string // of a page or an attempt
	Attempt          int    // of an attempt, from 1
	Method           string // of the HTTP request of an attempt
	URL              string // of an attempt: scheme, host and path, without the parameters
}

// EndSpan ends a span of a [Trace]. Images is the number of images that a page has, or
// that a target or a search has yielded; it is 0 for an attempt. Err is nil for a
// success; the error of a search is its first one.
type EndSpan func(images int, err error)

// errUnfinished is the error of a span whose code panicked or ended its goroutine.
var errUnfinished = errors.New("the call panicked")

// startSpan calls the hook for the start of a span. The function that it returns is
// not nil.
func startSpan(ctx context.Context, info SpanInfo) (context.Context, EndSpan) {
	if start := ContextTrace(ctx).Start; start != nil {
		return start(ctx, info)
	}
	return ctx, endNoSpan
}

func endNoSpan(int, error) {}

// bothStarts nests the spans of the second hook in those of the first.
func bothStarts(first, second func(context.Context, SpanInfo) (context.Context, EndSpan)) func(context.Context, SpanInfo) (context.Context, EndSpan) {
	switch {
	case first == nil:
		return second
	case second == nil:
		return first
	}
	return func(ctx context.Context, info SpanInfo) (context.Context, EndSpan) {
		ctx, endFirst := first(ctx, info)
		ctx, endSecond := second(ctx, info)
		return ctx, func(images int, err error) {
			defer endFirst(images, err)
			endSecond(images, err)
		}
	}
}

// fetch is [Adapter.Fetch] in a span.
func (c *Client) fetch(ctx context.Context, call Call, at Cursor) (page *Page, err error) {
	if ContextTrace(ctx).Start == nil {
		return c.adapter.Fetch(ctx, call, at)
	}
	ctx, end := startSpan(ctx, SpanInfo{Kind: SpanPage, Provider: c.info.Name, Region: c.info.Region, Action: call.Action})
	images, failure := 0, errUnfinished
	defer func() { end(images, failure) }()
	page, err = c.adapter.Fetch(ctx, call, at)
	if page != nil {
		images = len(page.Images)
	}
	failure = c.fail(ctx, call.Action, err)
	return page, err
}
