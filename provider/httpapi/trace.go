package httpapi

import (
	"log/slog"
	"time"

	"github.com/imagequery/imagequery/provider"
)

// traceRequest reports that an attempt is about to be sent.
func (x *exchange) traceRequest() {
	c := x.client
	if hook := provider.ContextTrace(x.ctx).Request; hook != nil {
		hook(provider.RequestInfo{Provider: c.api.Name, Region: c.config.Region, Action: x.request.Action, Attempt: x.attempts})
	}
	x.log(slog.LevelDebug, "request", slog.Int("attempt", x.attempts))
}

// traceRetry reports that an attempt failed, and when the next one follows.
func (x *exchange) traceRetry(wait time.Duration) {
	c, e := x.client, x.placed(*x.last.err)
	if hook := provider.ContextTrace(x.ctx).Retry; hook != nil {
		hook(provider.RetryInfo{
			Provider: c.api.Name, Region: c.config.Region, Action: x.request.Action, Attempt: x.attempts, Err: e, Wait: wait,
		})
	}
	x.log(slog.LevelInfo, "retry", slog.Int("attempt", x.attempts), slog.Duration("wait", wait),
		slog.String("kind", e.Kind.Error()), slog.String("code", e.Code), slog.String("request_id", e.RequestID))
}

// traceThrottle reports that a request has to wait for its account.
func (x *exchange) traceThrottle(began time.Time, wait time.Duration) {
	c := x.client
	if wait <= 0 {
		return
	}
	if hook := provider.ContextTrace(x.ctx).Throttle; hook != nil {
		hook(provider.ThrottleInfo{Provider: c.api.Name, Region: c.config.Region, Action: x.request.Action, Began: began, Wait: wait})
	}
}

func (x *exchange) log(level slog.Level, text string, attrs ...slog.Attr) {
	c := x.client
	if !c.config.Logger.Enabled(x.ctx, level) {
		return
	}
	where := []slog.Attr{slog.String("provider", c.api.Name), slog.String("region", c.config.Region), slog.String("action", x.request.Action)}
	c.config.Logger.LogAttrs(x.ctx, level, text, append(where, attrs...)...)
}
