package httpapi

import (
	"cmp"
	"context"
	"errors"
	"log/slog"
	"net/http"
	"net/http/httptrace"
	"net/url"
	"sync/atomic"
	"time"

	"github.com/imagequery/imagequery/provider"
)

// sent is what is measured of one attempt.
type sent struct {
	began      time.Time
	duration   time.Duration
	connReused atomic.Bool // the transport may set it after the attempt was given up
}

// watchConn returns a context whose request notes whether its connection was used
// before. It costs allocations, so only a traced request has one.
func (x *exchange) watchConn(ctx context.Context) context.Context {
	x.sent = &sent{began: time.Now()}
	if !x.tracesResponses() {
		return ctx
	}
	noted := &x.sent.connReused
	return httptrace.WithClientTrace(ctx, &httptrace.ClientTrace{GotConn: func(i httptrace.GotConnInfo) { noted.Store(i.Reused) }})
}

func (x *exchange) tracesResponses() bool {
	hooks := provider.ContextTrace(x.ctx)
	return hooks.Response != nil || hooks.Start != nil || x.client.config.Logger.Enabled(x.ctx, slog.LevelDebug)
}

// span is the span of an attempt. Its zero value is none.
type span struct {
	ctx context.Context // of the hooks and of the request
	end provider.EndSpan
}

var errUnfinished = errors.New("the attempt panicked")

// startSpan starts the span of the attempt that is about to be sent.
func (x *exchange) startSpan() {
	x.span = span{ctx: x.ctx}
	start := provider.ContextTrace(x.ctx).Start
	if start == nil {
		return
	}
	c := x.client
	x.span.ctx, x.span.end = start(x.ctx, provider.SpanInfo{
		Kind: provider.SpanAttempt, Provider: c.api.Name, Region: c.config.Region, Action: x.request.Action, Attempt: x.attempts,
		Method: cmp.Or(x.attempt.Method, http.MethodGet), URL: x.attempt.place(),
	})
}

// endSpan ends the span of the current attempt, unless it is over.
func (x *exchange) endSpan(err error) {
	if end := x.span.end; end != nil {
		x.span.end = nil
		end(0, err)
	}
}

// place returns the address of the attempt without user, parameters and secrets.
func (a *Attempt) place() string {
	at := url.URL{Scheme: a.URL.Scheme, Host: a.URL.Host, Path: a.URL.Path}
	return redactor(a.secrets())(at.String())
}

// traceRequest reports that an attempt is about to be sent.
func (x *exchange) traceRequest() {
	c := x.client
	if hook := provider.ContextTrace(x.ctx).Request; hook != nil {
		hook(x.span.ctx, provider.RequestInfo{Provider: c.api.Name, Region: c.config.Region, Action: x.request.Action, Attempt: x.attempts})
	}
	x.log(slog.LevelDebug, "request", slog.Int("attempt", x.attempts))
}

// traceResponse reports that an attempt is over: with a complete response, with an
// error, or both. A nil response means that no complete one came.
func (x *exchange) traceResponse(r *Response, err error) {
	if !x.tracesResponses() {
		return
	}
	info := x.responseInfo(r, err)
	defer x.endSpan(errOf(info.Err))
	if hook := provider.ContextTrace(x.ctx).Response; hook != nil {
		hook(x.span.ctx, info)
	}
	x.log(slog.LevelDebug, "response", append([]slog.Attr{
		slog.Int("attempt", info.Attempt), slog.Duration("duration", info.Duration), slog.Int("status", info.HTTPStatus),
		slog.Int("bytes", info.Bytes), slog.Bool("conn_reused", info.ConnReused), slog.String("request_id", info.RequestID),
	}, errorAttrs(info.Err)...)...)
}

func (x *exchange) responseInfo(r *Response, err error) provider.ResponseInfo {
	c := x.client
	info := provider.ResponseInfo{
		Provider: c.api.Name, Region: c.config.Region, Action: x.request.Action, Attempt: x.attempts,
		Began: x.sent.began, Duration: x.sent.duration, ConnReused: x.sent.connReused.Load(),
	}
	if r != nil {
		info.HTTPStatus, info.Bytes = r.HTTPStatus, len(r.Body)
		info.RequestID = x.attempt.redact(r.Status.RequestID)
	}
	if err != nil {
		info.Err = x.finalError(err)
		info.Code = info.Err.Code
	}
	return info
}

// errOf returns an error that is nil if e is.
func errOf(e *provider.Error) error {
	if e == nil {
		return nil
	}
	return e
}

// traceRetry reports that an attempt failed, and when the next one follows.
func (x *exchange) traceRetry(wait time.Duration) {
	c, e := x.client, x.placed(*x.last.err)
	if hook := provider.ContextTrace(x.ctx).Retry; hook != nil {
		hook(x.ctx, provider.RetryInfo{
			Provider: c.api.Name, Region: c.config.Region, Action: x.request.Action, Attempt: x.attempts, Err: e, Wait: wait,
		})
	}
	x.log(slog.LevelInfo, "retry", append([]slog.Attr{
		slog.Int("attempt", x.attempts), slog.Duration("wait", wait), slog.Int("status", e.HTTPStatus), slog.String("request_id", e.RequestID),
	}, errorAttrs(e)...)...)
}

// traceThrottle reports that a request has to wait for its account.
func (x *exchange) traceThrottle(began time.Time, wait time.Duration) {
	c := x.client
	if wait <= 0 {
		return
	}
	if hook := provider.ContextTrace(x.ctx).Throttle; hook != nil {
		hook(x.ctx, provider.ThrottleInfo{Provider: c.api.Name, Region: c.config.Region, Action: x.request.Action, Began: began, Wait: wait})
	}
	x.log(slog.LevelDebug, "throttle", slog.Time("began", began), slog.Duration("wait", wait))
}

// errorAttrs describes an error, which may be nil.
func errorAttrs(e *provider.Error) []slog.Attr {
	if e == nil {
		return nil
	}
	return []slog.Attr{slog.String("kind", e.Kind.Error()), slog.String("code", e.Code), slog.String("error", e.Error())}
}

func (x *exchange) log(level slog.Level, text string, attrs ...slog.Attr) {
	c := x.client
	if !c.config.Logger.Enabled(x.ctx, level) {
		return
	}
	where := []slog.Attr{slog.String("provider", c.api.Name), slog.String("region", c.config.Region), slog.String("action", x.request.Action)}
	c.config.Logger.LogAttrs(x.ctx, level, text, append(where, attrs...)...)
}
