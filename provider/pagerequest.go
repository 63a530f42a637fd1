package provider

import "context"

// targetLimit is the limiter of a search for one target.
type targetLimit struct {
	limiter *limiter
	start   *targetStart
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
	t.start.end()
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
	if l.waiting > 0 || l.inFlight >= l.limit || l.prefetched >= l.maxImages {
		return nil, false
	}
	r = &pageRequest{limiter: l, target: t.clock}
	l.reserve(r, &l.prefetched, fullPage)
	return r, true
}

// pageRequest is the request of one page under a limiter, over all its attempts. The
// methods of a nil pageRequest do nothing and admit at once.
type pageRequest struct {
	limiter *limiter
	target  *targetClock

	// The limiter's lock guards the rest.
	awaited  bool // the scan waits for the page or delivers it
	pool     *int // the limiter's pool that the page has reserved images in; nil: none
	images   int  // that are reserved
	inFlight int  // attempts in flight
	refused  bool // a prefetched page that got no reservation
	over     bool // the page is delivered or dropped
	waiter   *slotWaiter
}

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
	ctx = WithTrace(ctx, &Trace{Retry: func(context.Context, RetryInfo) { r.unreserve() }})
	return context.WithValue(ctx, pageRequestKey{}, r)
}

// beginAttempt gives the reservation of the page back until the attempt is admitted,
// since the wait for the budget can be long.
func (r *pageRequest) beginAttempt() {
	if r == nil {
		return
	}
	r.target.pause()
	r.unreserve()
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

// receive ends the request with the result of Fetch.
func (r *pageRequest) receive(page *Page, err error) {
	switch {
	case r == nil:
	case page == nil, err != nil:
		r.finish()
	default:
		r.reserveReceived(len(page.Images))
	}
}

// reserveReceived reserves the number of images that the page has. If the adapter sends
// requests without [Budget.Acquire], this is the first reservation of the page.
func (r *pageRequest) reserveReceived(images int) {
	l := r.limiter
	l.mu.Lock()
	defer l.mu.Unlock()
	if r.over {
		return
	}
	pool := r.pool
	if pool == nil {
		pool = &l.awaited
	}
	l.reserve(r, pool, images)
	l.serve()
}

// unreserve gives the reservation of an attempt that failed back.
func (r *pageRequest) unreserve() {
	r.limiter.mu.Lock()
	defer r.limiter.mu.Unlock()
	r.limiter.unreserve(r)
}

// finish gives the reservation of a page back that is delivered, dropped or failed.
func (r *pageRequest) finish() {
	if r == nil {
		return
	}
	l := r.limiter
	l.mu.Lock()
	defer l.mu.Unlock()
	r.over = true
	l.unreserve(r)
}

func (r *pageRequest) isRefused() bool {
	if r == nil {
		return false
	}
	r.limiter.mu.Lock()
	defer r.limiter.mu.Unlock()
	return r.refused
}
