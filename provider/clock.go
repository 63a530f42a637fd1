package provider

import (
	"context"
	"sync"
	"time"
)

// targetClock cancels a target when its timeout has passed since its first request.
// Until that request is admitted, waits for the budget and for a slot do not count.
type targetClock struct {
	timeout time.Duration
	timer   *time.Timer // nil: no timeout

	mu    sync.Mutex
	began bool
	until time.Time
}

// newTargetClock returns a clock that has started, since an adapter may send its
// requests without [Budget.Acquire].
func newTargetClock(timeout time.Duration, cancel context.CancelCauseFunc) *targetClock {
	c := &targetClock{timeout: timeout, until: time.Now().Add(timeout)}
	if timeout > 0 {
		c.timer = time.AfterFunc(timeout, func() { cancel(targetTimeout(timeout)) })
	}
	return c
}

// pause stops the clock while the first request waits.
func (c *targetClock) pause() { c.set(false) }

// start starts the clock with the first request.
func (c *targetClock) start() { c.set(true) }

func (c *targetClock) set(running bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.timer == nil || c.began {
		return
	}
	c.began = running
	c.timer.Stop()
	if running {
		c.until = time.Now().Add(c.timeout)
		c.timer.Reset(c.timeout)
	}
}

// exclude stops the clock while f runs.
func (c *targetClock) exclude(f func()) {
	if c.timer == nil {
		f()
		return
	}
	c.mu.Lock()
	c.began = true
	running := c.timer.Stop()
	c.mu.Unlock()
	began := time.Now()
	f()
	c.mu.Lock()
	defer c.mu.Unlock()
	if running {
		c.until = c.until.Add(time.Since(began))
		c.timer.Reset(time.Until(c.until))
	}
}

func (c *targetClock) stop() {
	if c.timer != nil {
		c.timer.Stop()
	}
}

// targetTimeout is the cause of a context that ended with [SearchOptions.TargetTimeout].
type targetTimeout time.Duration

func (t targetTimeout) Error() string {
	return "the target took longer than " + time.Duration(t).String() + ": " + context.DeadlineExceeded.Error()
}

func (targetTimeout) Unwrap() error { return context.DeadlineExceeded }
