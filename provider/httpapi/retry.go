package httpapi

import (
	"context"
	"errors"
	"math/rand/v2"
	"net/http"
	"sync"
	"time"

	"github.com/imagequery/imagequery/provider"
)

// checkRetry is called twice for an attempt with a response: before the response
// is read, where it accepts everything, and after.
func (x *exchange) checkRetry(ctx context.Context, _ *http.Response, err error) (bool, error) {
	if err == nil {
		return false, nil
	}
	var f *failure
	failed := errors.As(err, &f)
	if failed {
		x.last = f
	}
	if end := ended(ctx); end != nil {
		return false, end
	}
	if !failed || !x.mayRetry(f) {
		return false, err
	}
	return true, nil
}

func (x *exchange) mayRetry(f *failure) bool {
	switch {
	case x.attempts >= x.client.config.Retry.Attempts:
		return false
	case f.retry == Once:
		again := x.repeated
		x.repeated = true
		return !again
	case f.retry == Always && x.client.quota.spend():
		x.spent += retryCost
		return true
	}
	return false
}

// backoff returns the wait before the next attempt.
func (x *exchange) backoff(_, _ time.Duration, attempt int, _ *http.Response) time.Duration {
	wait := min(x.wait(attempt), x.client.config.Retry.MaxWait)
	if x.last.err.Kind == provider.Throttled {
		x.traceThrottle(time.Now(), wait)
	}
	x.traceRetry(wait)
	return wait
}

// wait returns a pause plus a random part of a time that doubles with each attempt.
func (x *exchange) wait(attempt int) time.Duration {
	if x.last.retry == Once {
		return 0
	}
	base, pause := 200*time.Millisecond, x.last.wait
	if x.last.err.Kind == provider.Throttled {
		base = 2 * time.Second
		if pause == 0 {
			pause = throttlePause(attempt, time.Now())
		}
		x.hold(pause)
	}
	return pause + rand.N(base<<min(attempt, 10))
}

// hold stops the operation for the whole account.
func (x *exchange) hold(pause time.Duration) {
	config := x.client.config
	config.Budget.Hold(config.Region, x.request.Action, time.Now().Add(min(pause, config.Retry.MaxWait)))
}

// throttlePause returns a short pause at first. Later it returns the time until the
// next minute, since providers count requests by the minute.
func throttlePause(attempt int, now time.Time) time.Duration {
	if attempt == 0 {
		return time.Second
	}
	return now.Truncate(time.Minute).Add(time.Minute).Sub(now)
}

// lastError returns the last error as it is.
func lastError(response *http.Response, err error, _ int) (*http.Response, error) {
	return response, err
}

// quota limits the retries of a client. Retries use it up, and successes refill it. The
// zero quota is full.
type quota struct {
	mu    sync.Mutex
	spent int
}

const (
	quotaSize   = 500
	retryCost   = 5
	successGain = 1
)

// spend subtracts the cost of one retry. It reports false if the rest is too small.
func (q *quota) spend() bool {
	q.mu.Lock()
	defer q.mu.Unlock()
	if q.spent+retryCost > quotaSize {
		return false
	}
	q.spent += retryCost
	return true
}

// refill adds the gain of a success.
func (q *quota) refill(amount int) {
	q.mu.Lock()
	defer q.mu.Unlock()
	q.spent = max(0, q.spent-amount)
}
