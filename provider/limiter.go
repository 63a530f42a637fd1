package provider

import (
	"errors"
	"math"
	"sync"
)

// limiter bounds one [Search] as a whole: its requests in flight, and the images of
// pages that wait in memory for the consumer. The request of a page reserves fullPage
// images: a prefetched one before it waits for a slot, any other when it is admitted. Once
// the page has been received, it reserves the number of images that it has, and none when
// they are delivered. There are two pools of the same size: one for pages that their scans
// wait for, one for prefetched pages.
//
// Waits cannot block each other for ever. A request in flight ends by itself, and a page
// that a scan waits for is delivered when it arrives. In an ordered group of targets it is
// delivered after the pages of earlier targets; so that these make progress, the limiter
// admits a request beyond the pool if none is in flight. A prefetched page without a
// reservation is refused, and its scan requests it later.
type limiter struct {
	limit     int  // requests in flight
	maxImages int  // of each of the two kinds of pages
	ordered   bool // the groups of targets are ordered

	mu         sync.Mutex
	inFlight   int // requests in flight
	awaited    int // the pool of pages that their scans wait for or deliver: images reserved
	prefetched int // the pool of prefetched pages
	urgent     []*slotWaiter
	deferred   []*slotWaiter // admitted only while urgent is empty
	waiting    int           // unsettled waiters in urgent
	starting   int           // targets before their first request
	room       sync.Cond     // signalled when waiting or starting has fallen
}

// fullPage is the number of images that a page is taken to have until it is received.
const fullPage = 100

// slotWaiter waits for a slot, in FIFO order.
type slotWaiter struct {
	request  *pageRequest
	urgent   bool
	settled  bool          // admitted, or given up
	admitted chan struct{} // closed by serve
}

func newLimiter(limit int, ordered bool) *limiter {
	l := &limiter{limit: limit, maxImages: min(limit, math.MaxInt/fullPage) * fullPage, ordered: ordered}
	l.room.L = &l.mu
	return l
}

// start waits until there are fewer starting targets and urgent waiters than requests
// that can be in flight. Targets that start later need no memory until then.
func (l *limiter) start() *targetStart {
	l.mu.Lock()
	defer l.mu.Unlock()
	for l.waiting+l.starting >= l.limit {
		l.room.Wait()
	}
	l.starting++
	return &targetStart{limiter: l}
}

// targetStart is the time from the start of a target to its first request. Waits of that
// request for credentials or for the budget are not in it, and hold up no other target.
type targetStart struct {
	limiter *limiter
	over    bool
}

func (s *targetStart) end() {
	s.limiter.mu.Lock()
	defer s.limiter.mu.Unlock()
	if !s.over {
		s.over = true
		s.limiter.starting--
		s.limiter.room.Broadcast()
	}
}

// join queues a request for a slot. It fails if the request is for a prefetched page
// and cannot reserve memory.
func (l *limiter) join(r *pageRequest, urgent bool) (*slotWaiter, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if !r.awaited && r.pool == nil {
		if l.prefetched >= l.maxImages {
			r.refused = true
			return nil, errNoRoom
		}
		l.reserve(r, &l.prefetched, fullPage)
	}
	w := &slotWaiter{request: r, admitted: make(chan struct{})}
	r.waiter = w
	if urgent || r.awaited {
		l.addUrgent(w)
	} else {
		l.deferred = append(l.deferred, w)
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
		if r.pool == nil {
			l.reserve(r, &l.awaited, fullPage)
		}
		l.inFlight++
		r.inFlight++
		l.settle(w)
		close(w.admitted)
	}
}

// next returns the waiter to admit next, or nil.
func (l *limiter) next() *slotWaiter {
	l.urgent, l.deferred = withoutSettled(l.urgent), withoutSettled(l.deferred)
	switch {
	case len(l.urgent) == 0 && len(l.deferred) == 0:
		return nil
	case len(l.urgent) == 0:
		return l.deferred[0]
	case l.urgent[0].request.pool == nil && l.awaited >= l.maxImages && !(l.ordered && l.inFlight == 0):
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
		l.serve() // the next waiter may need no reservation
		return
	}
	l.releaseSlot(w.request)
}

func (l *limiter) releaseSlot(r *pageRequest) {
	l.inFlight--
	r.inFlight--
	if r.over {
		l.unreserve(r)
	}
	l.serve()
}

// reserve replaces the reservation of a page by a number of images in a pool: awaited,
// prefetched, or nil for none.
func (l *limiter) reserve(r *pageRequest, pool *int, images int) {
	if r.pool != nil {
		*r.pool -= r.images
	}
	if r.pool, r.images = pool, images; pool != nil {
		*pool += images
	}
}

// unreserve gives the reservation of a page back, unless its request is in flight.
func (l *limiter) unreserve(r *pageRequest) {
	if r.inFlight == 0 {
		l.reserve(r, nil, 0)
		l.serve()
	}
}
