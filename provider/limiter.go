package provider

import (
	"context"
	"errors"
	"sync"
)

// limiter bounds one [Search] as a whole: its requests in flight, and the pages that
// are in flight or wait in memory for the consumer. A page counts from the admission
// of its request to the delivery of its images. Twice the limit of requests is the
// bound for pages that their scans wait for, the limit itself for prefetched pages.
//
// No wait depends on another one that could last. A request in flight ends by itself.
// A page that a scan waits for is delivered as soon as it is here. A prefetched page
// is refused where there is no memory for it, and the scan requests it later.
type limiter struct {
	limit int // requests in flight

	mu         sync.Mutex
	inFlight   int // requests in flight
	awaited    int // pages that their scans wait for or deliver
	prefetched int // pages that were requested ahead
	starting   int // prefetched pages that have not come to the budget yet
	urgent     []*slotWaiter
	patient    []*slotWaiter // admitted only while urgent is empty
	waiting    int           // in urgent
	room       sync.Cond     // waiting has fallen
}

// slotWaiter waits for a slot, in FIFO order.
type slotWaiter struct {
	request  *pageRequest
	urgent   bool
	settled  bool          // admitted, or given up
	admitted chan struct{} // closed by serve
}

func newLimiter(limit int) *limiter {
	l := &limiter{limit: limit}
	l.room.L = &l.mu
	return l
}

// awaitRoom returns when fewer requests wait for a slot than can be in flight. It
// paces the start of targets, which would otherwise wait with all they hold.
func (l *limiter) awaitRoom() {
	l.mu.Lock()
	defer l.mu.Unlock()
	for l.waiting >= l.limit {
		l.room.Wait()
	}
}

// join queues a request for a slot. It fails if the request is for a prefetched page
// and there is no memory for it.
func (l *limiter) join(r *pageRequest, urgent bool) (*slotWaiter, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if !r.awaited && r.share == noShare {
		if l.prefetched >= l.limit {
			r.refused = true
			return nil, errNoRoom
		}
		l.prefetched++
		r.share = prefetchShare
	}
	w := &slotWaiter{request: r, admitted: make(chan struct{})}
	r.waiter = w
	if urgent || r.awaited {
		l.addUrgent(w)
	} else {
		l.patient = append(l.patient, w)
	}
	l.serve()
	return w, nil
}

var errNoRoom = errors.New("the search holds as many prefetched pages as it may")

func (l *limiter) addUrgent(w *slotWaiter) {
	w.urgent = true
	l.waiting++
	l.urgent = append(l.urgent, w)
}

// serve admits waiters while there are slots for them.
func (l *limiter) serve() {
	for l.inFlight < l.limit {
		w := l.next()
		if w == nil {
			return
		}
		r := w.request
		if r.share == noShare {
			r.share = awaitedShare
			l.awaited++
		}
		l.inFlight++
		r.inFlight++
		l.settle(w)
		close(w.admitted)
	}
}

// next returns the waiter to admit next, or nil.
func (l *limiter) next() *slotWaiter {
	l.urgent, l.patient = withoutSettled(l.urgent), withoutSettled(l.patient)
	switch {
	case len(l.urgent) == 0 && len(l.patient) == 0:
		return nil
	case len(l.urgent) == 0:
		return l.patient[0]
	case l.urgent[0].request.share == noShare && l.awaited >= 2*l.limit:
		return nil
	default:
		return l.urgent[0]
	}
}

func withoutSettled(queue []*slotWaiter) []*slotWaiter {
	for len(queue) > 0 && queue[0].settled {
		queue[0] = nil
		queue = queue[1:]
	}
	return queue
}

func (l *limiter) settle(w *slotWaiter) {
	if w.settled {
		return
	}
	w.settled = true
	if w.urgent {
		l.waiting--
		l.room.Broadcast()
	}
}

// leave takes a waiter out of the queue, and gives its slot back if it has one.
func (l *limiter) leave(w *slotWaiter) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if !w.settled {
		l.settle(w)
		l.serve() // the next one may need less
		return
	}
	l.releaseSlot(w.request)
}

func (l *limiter) releaseSlot(r *pageRequest) {
	l.inFlight--
	r.inFlight--
	if r.over {
		l.releaseShare(r)
	}
	l.serve()
}

// releaseShare ends the share of a page in the memory of the search, unless its
// request is in flight.
func (l *limiter) releaseShare(r *pageRequest) {
	if r.inFlight > 0 {
		return
	}
	switch r.share {
	case awaitedShare:
		l.awaited--
	case prefetchShare:
		l.prefetched--
	}
	r.share = noShare
	l.serve()
}

// pageRequest is the request of one page under a limiter, over all its attempts. The
// methods of a nil pageRequest do nothing and admit at once.
type pageRequest struct {
	limiter *limiter
	target  *targetClock

	// The limiter's lock guards the rest.
	awaited  bool // the scan waits for the page or delivers it
	starting bool
	share    pageShare
	inFlight int  // attempts in flight
	refused  bool // a prefetched page for which there was no memory
	over     bool // the page is delivered or dropped
	waiter   *slotWaiter
}

type pageShare uint8

const (
	noShare pageShare = iota
	awaitedShare
	prefetchShare
)

type pageRequestKey struct{}

// pageRequestOf returns the request of a page that ctx belongs to, or nil.
func pageRequestOf(ctx context.Context) *pageRequest {
	r, _ := ctx.Value(pageRequestKey{}).(*pageRequest)
	return r
}

// context returns a context for the request.
func (r *pageRequest) context(ctx context.Context) context.Context {
	if r == nil {
		return ctx
	}
	ctx = WithTrace(ctx, &Trace{Retry: func(context.Context, RetryInfo) { r.drop() }})
	return context.WithValue(ctx, pageRequestKey{}, r)
}

// begin starts an attempt: nothing is left of an earlier one.
func (r *pageRequest) begin() {
	if r == nil {
		return
	}
	r.target.pause()
	l := r.limiter
	l.mu.Lock()
	defer l.mu.Unlock()
	r.started()
	l.releaseShare(r)
}

func (r *pageRequest) started() {
	if r.starting {
		r.starting = false
		r.limiter.starting--
	}
}

// acquire waits for a slot. The caller must call release when the response has been
// received or the attempt has failed.
func (r *pageRequest) acquire(ctx context.Context, urgent bool) (release func(), err error) {
	if r == nil {
		return func() {}, nil
	}
	w, err := r.limiter.join(r, urgent)
	if err != nil {
		return nil, err
	}
	select {
	case <-w.admitted:
		r.target.start()
		return r.release, nil
	case <-ctx.Done():
		r.limiter.leave(w)
		return nil, ctx.Err()
	}
}

func (r *pageRequest) release() {
	r.limiter.mu.Lock()
	defer r.limiter.mu.Unlock()
	r.limiter.releaseSlot(r)
}

// await makes the request urgent, because the scan needs the page now.
func (r *pageRequest) await() {
	if r == nil {
		return
	}
	l := r.limiter
	l.mu.Lock()
	defer l.mu.Unlock()
	r.awaited = true
	if w := r.waiter; w != nil && !w.settled && !w.urgent {
		l.addUrgent(w)
		l.serve()
	}
}

// receive ends the request with the result of Fetch. A page of an adapter that sends
// requests without [Budget.Acquire] gets its share now.
func (r *pageRequest) receive(err error) {
	if r == nil {
		return
	}
	if err != nil {
		r.finish()
		return
	}
	l := r.limiter
	l.mu.Lock()
	defer l.mu.Unlock()
	r.started()
	if r.share == noShare && !r.over {
		r.share = awaitedShare
		l.awaited++
	}
}

// drop ends the share of an attempt that failed.
func (r *pageRequest) drop() {
	r.limiter.mu.Lock()
	defer r.limiter.mu.Unlock()
	r.limiter.releaseShare(r)
}

// finish ends the share of a page that is delivered, dropped or failed.
func (r *pageRequest) finish() {
	if r == nil {
		return
	}
	l := r.limiter
	l.mu.Lock()
	defer l.mu.Unlock()
	r.started()
	r.over = true
	l.releaseShare(r)
}

func (r *pageRequest) isRefused() bool {
	if r == nil {
		return false
	}
	r.limiter.mu.Lock()
	defer r.limiter.mu.Unlock()
	return r.refused
}

// targetLimit is the limiter of a search for one target.
type targetLimit struct {
	limiter *limiter
	clock   *targetClock
}

type targetLimitKey struct{}

func (t *targetLimit) context(ctx context.Context) context.Context {
	return context.WithValue(ctx, targetLimitKey{}, t)
}

// targetLimitOf returns the limit of the search that ctx belongs to, or nil.
func targetLimitOf(ctx context.Context) *targetLimit {
	t, _ := ctx.Value(targetLimitKey{}).(*targetLimit)
	return t
}

// await returns the request of a page that the scan waits for.
func (t *targetLimit) await() *pageRequest {
	if t == nil {
		return nil
	}
	return &pageRequest{limiter: t.limiter, target: t.clock, awaited: true}
}

// prefetch returns the request of a page that the scan will need later. Ok is false
// if there are no slots left that other requests do not wait for, or no memory.
func (t *targetLimit) prefetch() (r *pageRequest, ok bool) {
	if t == nil {
		return nil, true
	}
	l := t.limiter
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.waiting > 0 || l.inFlight+l.starting >= l.limit || l.prefetched+l.starting >= l.limit {
		return nil, false
	}
	l.starting++
	return &pageRequest{limiter: l, target: t.clock, starting: true}, true
}
