package httpapi

import (
	"log/slog"
	"time"

	"github.com/imagequery/imagequery/provider"
)

// sending tells who listens that an attempt is on its way.
func (c *call) sending() {
	s := c.sender
	if hook := provider.ContextTrace(c.ctx).Request; hook != nil {
		hook(provider.RequestInfo{Provider: s.provider, Region: s.config.Region, Action: c.request.Action, Attempt: c.attempts})
	}
	c.log(slog.LevelDebug, "request", slog.Int("attempt", c.attempts))
}

// retrying tells who listens that an attempt failed, and when the next one follows.
func (c *call) retrying(wait time.Duration) {
	s, e := c.sender, c.located(*c.last.Err)
	if hook := provider.ContextTrace(c.ctx).Retry; hook != nil {
		hook(provider.RetryInfo{
			Provider: s.provider, Region: s.config.Region, Action: c.request.Action, Attempt: c.attempts, Err: e, Wait: wait,
		})
	}
	c.log(slog.LevelInfo, "retry", slog.Int("attempt", c.attempts), slog.Duration("wait", wait),
		slog.String("kind", e.Kind.Error()), slog.String("code", e.Code), slog.String("request_id", e.RequestID))
}

// held tells who listens that a request has to wait for its account.
func (c *call) held(began time.Time, wait time.Duration) {
	s := c.sender
	if wait <= 0 {
		return
	}
	if hook := provider.ContextTrace(c.ctx).Throttle; hook != nil {
		hook(provider.ThrottleInfo{Provider: s.provider, Region: s.config.Region, Action: c.request.Action, Began: began, Wait: wait})
	}
}

func (c *call) log(level slog.Level, text string, attrs ...slog.Attr) {
	s := c.sender
	if !s.config.Logger.Enabled(c.ctx, level) {
		return
	}
	where := []slog.Attr{slog.String("provider", s.provider), slog.String("region", s.config.Region), slog.String("action", c.request.Action)}
	s.config.Logger.LogAttrs(c.ctx, level, text, append(where, attrs...)...)
}
