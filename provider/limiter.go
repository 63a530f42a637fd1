package provider

import (
	"errors"
	"math"
	"sync"
)

// limiter bounds one [Search] as a whole: its requests in flight, and the images of
// pages that wait in memory for the consumer. A page counts from the admission of its
// request to the delivery of its images: as fullPage images until it has been received,
// and then as many as it has. Pages that their scans wait for have one bound, and
// prefetched pages another one of the same size.
//
// No wait depends on another one that could last. A request in flight ends by itself.
// A page that a scan waits for is delivered as soon as it is here; in an ordered group
// of targets after those before it, so that a request is admitted there in any case if
// none is in flight. A prefetched page is refused where there is no memory for it, and
// the scan requests it later.
type limiter struct {
	limit     int  // requests in flight
	maxImages int  // of each of the two kinds of pages
	ordered   bool // the groups of targets are ordered

	mu         sync.Mutex
	inFlight   int // requests in flight
	awaited    int // images of pages that their scans wait for or deliver
	prefetched int // images of pages that were requested ahead
	urgent     []*slotWaiter
	patient    []*slotWaiter // admitted only while urgent is empty
	waiting    int           // in urgent
	starting   int           // targets before their first request
	room       sync.Cond     // waiting or starting has fallen
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

// start returns when fewer targets start, and requests wait for a slot, than can be in
// flight. It paces the start of targets, which would otherwise wait with all they hold.
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
// and there is no memory for it.
func (l *limiter) join(r *pageRequest, urgent bool) (*slotWaiter, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if !r.awaited && r.pool == nil {
		if l.prefetched >= l.maxImages {
			r.refused = true
			return nil, errNoRoom
		}
		l.count(r, &l.prefetched, fullPage)
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
		if r.pool == nil {
			l.count(r, &l.awaited, fullPage)
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
		l.serve() // the next one may need less
		return
	}
	l.releaseSlot(w.request)
}

func (l *limiter) releaseSlot(r *pageRequest) {
	l.inFlight--
	r.inFlight--
	if r.over {
		l.forget(r)
	}
	l.serve()
}

// count makes a page count as a number of images in a pool: awaited, prefetched, or nil
// for neither.
func (l *limiter) count(r *pageRequest, pool *int, images int) {
	if r.pool != nil {
		*r.pool -= r.images
	}
	if r.pool, r.images = pool, images; pool != nil {
		*pool += images
	}
}

// forget makes a page count no more, unless its request is in flight.
func (l *limiter) forget(r *pageRequest) {
	if r.inFlight == 0 {
		l.count(r, nil, 0)
		l.serve()
	}
}
