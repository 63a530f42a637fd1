package provider

import (
	"context"
	"slices"
	"sync"
	"time"

	"golang.org/x/time/rate"
)

// Budget limits the requests of one account over all clients that share the
// pointer: their rate, the number in flight, and operations that the provider
// throttles. Its fields must not change after the first use, and must not be negative:
// that is [InvalidArgument] in an adapter's New. A nil Budget and the zero Budget have no
// limits. A Budget is safe for concurrent use.
type Budget struct {
	PerSecond float64 // requests per second; 0: no limit
	Burst     int     // size of the token bucket; 0: 1
	InFlight  int     // requests in flight; 0: no limit

	mu       sync.Mutex
	limiter  *rate.Limiter
	holds    map[operation]time.Time
	queue    []*waiter // FIFO
	inFlight int
	timer    *time.Timer // for the next time at which a waiter can be admitted

	tokenHeld bool // a request has its token and waits for a slot of its search
}

type operation struct{ region, action string }

type waiter struct {
	operation operation
	inSearch  bool          // it waits for a slot of its search after this
	admitted  chan struct{} // closed by serve
}

// Acquire waits until a request for an operation may be sent. Waiters are admitted
// in FIFO order. Under a [Search], Acquire then waits until fewer than
// [SearchOptions].InFlight requests of the search are in flight. If a Hold begins during
// that wait, Acquire waits for the budget again. With PerSecond, only one request of the
// Budget waits for the search at a time, since it has already taken its token.
//
// Adapters call Acquire right before each attempt, with the context of Fetch, also
// if the Budget is nil, and call release when the response has been received or the
// attempt has failed. Waited is the wait for the budget alone. If the context ends,
// Acquire returns its error at once. Any other error means that a Search cannot hold
// another prefetched page in memory. Fetch must return every error of Acquire and must not
// retry.
func (b *Budget) Acquire(ctx context.Context, region, action string) (release func(), waited time.Duration, err error) {
	r := pageRequestOf(ctx)
	r.beginAttempt()
	for {
		leave, wait, err := b.enter(ctx, operation{region, action}, r != nil)
		waited += wait
		if err != nil {
			return nil, waited, err
		}
		releaseSlot, err := r.acquire(ctx, b.hasRate())
		if r != nil {
			b.allowNext()
		}
		if err != nil {
			leave()
			return nil, waited, err
		}
		release := sync.OnceFunc(func() { releaseSlot(); leave() })
		if r == nil || !b.isHeld(operation{region, action}) {
			return release, waited, nil
		}
		release()
	}
}

// enter waits for the budget.
func (b *Budget) enter(ctx context.Context, o operation, inSearch bool) (leave func(), waited time.Duration, err error) {
	if err := ctx.Err(); err != nil {
		return nil, 0, err
	}
	if b == nil {
		return func() {}, 0, nil
	}
	w := &waiter{o, inSearch, make(chan struct{})}
	b.join(w)
	select {
	case <-w.admitted:
		return b.release, 0, nil
	default:
	}
	began := time.Now()
	select {
	case <-w.admitted:
		return b.release, time.Since(began), nil
	case <-ctx.Done():
		b.leave(w)
		return nil, time.Since(began), ctx.Err()
	}
}

func (b *Budget) hasRate() bool { return b != nil && b.PerSecond > 0 }

// allowNext admits requests again after one with a token has its slot, or has given
// it up.
func (b *Budget) allowNext() {
	if !b.hasRate() {
		return
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	b.tokenHeld = false
	b.serve()
}

func (b *Budget) isHeld(o operation) bool {
	if b == nil {
		return false
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.holds[o].After(time.Now())
}

// Hold admits no requests for an operation until a time. It keeps the later of two
// deadlines.
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
	b.queue = append(b.queue, w)
	b.serve()
}

func (b *Budget) release() {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.inFlight--
	b.serve()
}

// leave cancels a wait. If the waiter has just been admitted, its slot is released.
func (b *Budget) leave(w *waiter) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if at := slices.Index(b.queue, w); at >= 0 {
		b.queue = slices.Delete(b.queue, at, at+1)
	} else {
		b.inFlight--
		b.tokenHeld = b.tokenHeld && !w.inSearch
	}
	b.serve()
}

// serve admits waiters in FIFO order. It skips throttled operations and stops at
// the first waiter without a free slot or token.
func (b *Budget) serve() {
	now := time.Now()
	var next time.Duration
	waitFor := func(d time.Duration) {
		if next == 0 || d < next {
			next = d
		}
	}
	stopped := false
	b.queue = slices.DeleteFunc(b.queue, func(w *waiter) bool {
		if held := b.holds[w.operation].Sub(now); held > 0 {
			waitFor(held)
			return false
		}
		stopped = stopped || b.tokenHeld || b.InFlight > 0 && b.inFlight >= b.InFlight
		if stopped {
			return false
		}
		if d := b.untilFree(now); d > 0 {
			waitFor(d)
			stopped = true
			return false
		}
		b.inFlight++
		b.tokenHeld = w.inSearch && b.hasRate()
		close(w.admitted)
		return true
	})
	b.wake(next)
}

// untilFree takes a token, or returns the time until there is one.
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

// wake schedules the next call of serve; 0 means that no waiter becomes admissible
// by the passing of time.
func (b *Budget) wake(after time.Duration) {
	if b.timer != nil {
		b.timer.Stop()
		b.timer = nil
	}
	if after > 0 {
		b.timer = time.AfterFunc(after, func() {
			b.mu.Lock()
			defer b.mu.Unlock()
			b.serve()
		})
	}
}
