package httpapi

import (
	"context"
	"errors"
	"math/rand/v2"
	"net/http"
	"time"

	"github.com/imagequery/imagequery/provider"
)

// checkRetry is asked twice for an attempt that was answered: before the answer
// is read, where it lets everything pass, and after.
func (c *call) checkRetry(ctx context.Context, _ *http.Response, err error) (bool, error) {
	if err == nil {
		return false, nil
	}
	var f *Failure
	failed := errors.As(err, &f)
	if failed {
		c.last = f
	}
	if end := ended(ctx); end != nil {
		return false, end
	}
	if !failed || !c.mayRetry(f) {
		return false, err
	}
	return true, nil
}

func (c *call) mayRetry(f *Failure) bool {
	switch {
	case c.attempts >= c.sender.config.Retry.Attempts:
		return false
	case f.Retry == Once:
		again := c.repeated
		c.repeated = true
		return !again
	case f.Retry == Always && c.sender.quota.spend():
		c.spent += retryCost
		return true
	}
	return false
}

// backoff is how long to wait before the next attempt.
func (c *call) backoff(_, _ time.Duration, attempt int, _ *http.Response) time.Duration {
	wait := min(c.wait(attempt), c.sender.config.Retry.MaxWait)
	if c.last.Err.Kind == provider.Throttled {
		c.held(time.Now(), wait)
	}
	c.retrying(wait)
	return wait
}

// wait is a pause, and a random part of a time that doubles.
func (c *call) wait(attempt int) time.Duration {
	if c.last.Retry == Once {
		return 0
	}
	base, pause := 200*time.Millisecond, c.last.Wait
	if c.last.Err.Kind == provider.Throttled {
		base = 2 * time.Second
		if pause == 0 {
			pause = throttlePause(attempt, time.Now())
		}
		c.hold(pause)
	}
	return pause + rand.N(base<<min(attempt, 10))
}

// hold stops the operation for the whole account.
func (c *call) hold(pause time.Duration) {
	config := c.sender.config
	config.Budget.Hold(config.Region, c.request.Action, time.Now().Add(min(pause, config.Retry.MaxWait)))
}

// throttlePause is short at first. A throttle that lasts ends with the minute,
// since that is what providers count requests by.
func throttlePause(attempt int, now time.Time) time.Duration {
	if attempt == 0 {
		return time.Second
	}
	return now.Truncate(time.Minute).Add(time.Minute).Sub(now)
}

// giveUp leaves the last error as it is.
func (c *call) giveUp(response *http.Response, err error, _ int) (*http.Response, error) {
	return response, err
}
