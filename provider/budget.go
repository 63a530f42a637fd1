package provider

import (
	"context"
	"slices"
	"sync"
	"time"

	"golang.org/x/time/rate"
)

// Budget bounds the requests of one account, over all the clients that share
// the pointer: how many a second, how many at once, and none for an operation
// that the provider throttles. The fields must not change once it is in use. A
// nil Budget bounds nothing. It is safe for concurrent use.
type Budget struct {
	PerSecond float64 // requests a second; 0: any number
	Burst     int     // requests that may go at once after a pause; 0: one
	InFlight  int     // requests under way; 0: any number

	mu       sync.Mutex
	limiter  *rate.Limiter
	holds    map[operation]time.Time
	line     []*waiter // in the order in which they came
	underWay int
	alarm    *time.Timer // for the next moment at which somebody may go
}

type operation struct{ region, action string }

type waiter struct {
	operation operation
	turn      chan struct{} // closed when the request may go
}

// Acquire waits until a request for an operation may be sent, first come first
// served, and returns what to call when the request is over. Its only error is
// the end of the context, which ends the wait at once.
func (b *Budget) Acquire(ctx context.Context, region, action string) (release func(), err error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	if b == nil {
		return func() {}, nil
	}
	w := &waiter{operation{region, action}, make(chan struct{})}
	b.join(w)
	select {
	case <-w.turn:
		return sync.OnceFunc(b.release), nil
	case <-ctx.Done():
		b.leave(w)
		return nil, ctx.Err()
	}
}

// TryAcquire is Acquire without the wait: ok is false if the request would have to.
func (b *Budget) TryAcquire(region, action string) (release func(), ok bool) {
	if b == nil {
		return func() {}, true
	}
	w := &waiter{operation{region, action}, make(chan struct{})}
	b.join(w)
	select {
	case <-w.turn:
		return sync.OnceFunc(b.release), true
	default:
		b.leave(w)
		return nil, false
	}
}

// Hold stops requests for an operation until a time. A later hold replaces an
// earlier one, never the other way round.
func (b *Budget) Hold(region, action string, until time.Time) {
	if b == nil {
		return
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.holds == nil {
		b.holds = make(map[operation]time.Time)
	}
	if key := (operation{region, action}); until.After(b.holds[key]) {
		b.holds[key] = until
	}
}

func (b *Budget) join(w *waiter) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.limiter == nil && b.PerSecond > 0 {
		b.limiter = rate.NewLimiter(rate.Limit(b.PerSecond), max(b.Burst, 1))
	}
	b.line = append(b.line, w)
	b.serve()
}

func (b *Budget) release() {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.underWay--
	b.serve()
}

// leave gives up a wait. If its turn came at the same moment, that is given back.
func (b *Budget) leave(w *waiter) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if at := slices.Index(b.line, w); at >= 0 {
		b.line = slices.Delete(b.line, at, at+1)
	} else {
		b.underWay--
	}
	b.serve()
}

// serve lets go who may go, in the order of the line. Who is held is passed over;
// who waits for a slot or for the rate stops those behind.
func (b *Budget) serve() {
	now := time.Now()
	var next time.Duration
	waitFor := func(d time.Duration) {
		if next == 0 || d < next {
			next = d
		}
	}
	stopped := false
	b.line = slices.DeleteFunc(b.line, func(w *waiter) bool {
		if held := b.holds[w.operation].Sub(now); held > 0 {
			waitFor(held)
			return false
		}
		stopped = stopped || b.InFlight > 0 && b.underWay >= b.InFlight
		if stopped {
			return false
		}
		if d := b.untilFree(now); d > 0 {
			waitFor(d)
			stopped = true
			return false
		}
		b.underWay++
		close(w.turn)
		return true
	})
	b.wake(next)
}

// untilFree takes a request from the rate, or says when there will be one.
func (b *Budget) untilFree(now time.Time) time.Duration {
	if b.limiter == nil {
		return 0
	}
	r := b.limiter.ReserveN(now, 1)
	d := r.DelayFrom(now)
	if d > 0 {
		r.CancelAt(now)
	}
	return d
}

// wake serves again after a time; 0: not before somebody joins or leaves.
func (b *Budget) wake(after time.Duration) {
	if b.alarm != nil {
		b.alarm.Stop()
		b.alarm = nil
	}
	if after > 0 {
		b.alarm = time.AfterFunc(after, func() {
			b.mu.Lock()
			defer b.mu.Unlock()
			b.serve()
		})
	}
}
