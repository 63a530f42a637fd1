package provider

import (
	"context"
	"sync"
)

// prefetcher requests pages before a scan needs them. At most limit pages are in
// flight or wait to be taken. Only the goroutine that ranges uses it.
type prefetcher struct {
	ctx    context.Context
	cancel context.CancelFunc
	fetch  func(context.Context, Call, Cursor) (*Page, error)
	limit  int
	search *targetLimit // of the search that the scan belongs to; nil: none

	pending int
	current *pageRequest        // of the page that was taken last
	queue   []*prefetch         // the next pages of the current scan, in order
	heads   map[int][]*prefetch // first pages of later calls, in order, by the index of the call
	running sync.WaitGroup
	panics  panicRecord
}

// prefetch is one page that was requested ahead of time.
type prefetch struct {
	at      Cursor
	request *pageRequest
	cancel  context.CancelFunc
	done    chan struct{}
	page    *Page
	err     error
}

// newPrefetcher returns a prefetcher whose requests end with ctx or with close.
func newPrefetcher(ctx context.Context, limit int, fetch func(context.Context, Call, Cursor) (*Page, error)) *prefetcher {
	ctx, cancel := context.WithCancel(ctx)
	return &prefetcher{ctx: ctx, cancel: cancel, fetch: fetch, limit: limit, search: targetLimitOf(ctx), heads: map[int][]*prefetch{}}
}

// close cancels all requests and returns when they are done. If Fetch panicked and the
// panic has not been raised yet, close raises it.
func (p *prefetcher) close() {
	p.cancel()
	p.running.Wait()
	p.current.finish()
	p.drop()
	for _, pages := range p.heads {
		for _, f := range pages {
			f.request.finish()
		}
	}
	p.panics.raise()
}

// add requests the page of the current scan that follows the queue. It reports false
// if no other page may be requested ahead now.
func (p *prefetcher) add(call Call, at Cursor) bool {
	f := p.start(call, at)
	if f != nil {
		p.queue = append(p.queue, f)
	}
	return f != nil
}

// last returns the cursor of the last page in the queue, if there is one.
func (p *prefetcher) last() (at Cursor, ok bool) {
	if len(p.queue) == 0 {
		return Cursor{}, false
	}
	return p.queue[len(p.queue)-1].at, true
}

// addHead requests the first page of a later call. If that was done before and the
// pages have tokens, it requests the page after the last one, as soon as that one has
// brought its token. So several calls advance while one is consumed. It reports false
// if no other page may be requested ahead now.
func (p *prefetcher) addHead(index int, call Call, size int) bool {
	pages, at := p.heads[index], Cursor{Size: size}
	if len(pages) > 0 {
		following, ok := pages[len(pages)-1].following()
		if !ok || !call.Paging.Tokens {
			return true
		}
		at = following
	}
	f := p.start(call, at)
	if f != nil {
		p.heads[index] = append(pages, f)
	}
	return f != nil
}

// following returns the cursor of the page after one that has come. Ok is false if the
// page has not come, or is the last one.
func (f *prefetch) following() (at Cursor, ok bool) {
	select {
	case <-f.done:
	default:
		return Cursor{}, false
	}
	if f.err != nil || f.page == nil || f.page.Next == "" || f.page.Next == f.at.Token {
		return Cursor{}, false
	}
	return Cursor{Offset: f.at.Offset + len(f.page.Images), Size: f.at.Size, Token: f.page.Next}, true
}

// takeHead returns the first page of a call. The pages after it become the queue. Ok
// is false if the page was not prefetched.
func (p *prefetcher) takeHead(index int) (page *Page, ok bool, err error) {
	pages := p.heads[index]
	if pages == nil {
		return nil, false, nil
	}
	delete(p.heads, index)
	p.drop()
	p.queue = pages[1:]
	return p.wait(pages[0])
}

// take returns a page of the current scan. If the page is not the next one in the
// queue, take drops the queue and requests the page.
func (p *prefetcher) take(call Call, at Cursor) (*Page, error) {
	if len(p.queue) > 0 && p.queue[0].at == at {
		f := p.queue[0]
		p.queue[0] = nil // so that the page can be collected once it is consumed
		p.queue = p.queue[1:]
		if page, ok, err := p.wait(f); ok {
			return page, err
		}
	} else {
		p.drop()
	}
	r := p.search.await()
	p.setCurrent(r)
	return p.request(p.ctx, r, call, at)
}

// setCurrent ends the page that was taken before, whose images are delivered.
func (p *prefetcher) setCurrent(r *pageRequest) {
	p.current.finish()
	p.current = r
}

func (p *prefetcher) request(ctx context.Context, r *pageRequest, call Call, at Cursor) (*Page, error) {
	page, err := p.fetch(r.context(ctx), call, at)
	r.receive(page, err)
	return page, err
}

// drop cancels the requests in the queue and empties it.
func (p *prefetcher) drop() {
	for _, f := range p.queue {
		f.cancel()
		f.request.finish()
		p.pending--
	}
	p.queue = nil
}

// start requests a page, or returns nil if the client or the search has as many
// prefetched pages as it may.
func (p *prefetcher) start(call Call, at Cursor) *prefetch {
	if p.pending >= p.limit {
		return nil
	}
	r, ok := p.search.prefetch()
	if !ok {
		return nil
	}
	ctx, cancel := context.WithCancel(p.ctx)
	f := &prefetch{at: at, request: r, cancel: cancel, done: make(chan struct{})}
	p.pending++
	p.running.Go(func() {
		defer close(f.done)
		defer cancel()
		p.panics.guard(func() { f.page, f.err = p.request(ctx, r, call, at) })
	})
	return f
}

// wait returns a page that was prefetched. Ok is false if the search had no memory
// for it.
func (p *prefetcher) wait(f *prefetch) (page *Page, ok bool, err error) {
	p.pending--
	f.request.await()
	p.setCurrent(f.request)
	<-f.done
	if p.panics.recorded() {
		p.close()
	}
	return f.page, !f.request.isRefused(), f.err
}
