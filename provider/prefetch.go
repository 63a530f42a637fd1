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

	pending int
	queue   []*prefetch         // the next pages of the current scan, in order
	heads   map[int][]*prefetch // first pages of later calls, in order, by the index of the call
	running sync.WaitGroup
	panics  panicRecord
}

// prefetch is one page that was requested ahead of time.
type prefetch struct {
	at     Cursor
	cancel context.CancelFunc
	done   chan struct{}
	page   *Page
	err    error
}

// newPrefetcher returns a prefetcher whose requests end with ctx or with close.
func newPrefetcher(ctx context.Context, limit int, fetch func(context.Context, Call, Cursor) (*Page, error)) *prefetcher {
	ctx, cancel := context.WithCancel(ctx)
	return &prefetcher{ctx: ctx, cancel: cancel, fetch: fetch, limit: limit, heads: map[int][]*prefetch{}}
}

// close cancels all requests and returns when they are done. If Fetch panicked and the
// panic has not been raised yet, close raises it.
func (p *prefetcher) close() {
	p.cancel()
	p.running.Wait()
	p.panics.raise()
}

// hasRoom reports whether another page may be requested ahead.
func (p *prefetcher) hasRoom() bool { return p.pending < p.limit }

// add requests the page of the current scan that follows the queue.
func (p *prefetcher) add(call Call, at Cursor) { p.queue = append(p.queue, p.start(call, at)) }

// last returns the cursor of the last page in the queue, if there is one.
func (p *prefetcher) last() (at Cursor, ok bool) {
	if len(p.queue) == 0 {
		return Cursor{}, false
	}
	return p.queue[len(p.queue)-1].at, true
}

// addHead requests the first page of a later call. If that was done before and the
// pages have tokens, it requests the page after the last one, as soon as that one has
// brought its token. So several calls advance while one is consumed.
func (p *prefetcher) addHead(index int, call Call, size int) {
	pages := p.heads[index]
	if pages == nil {
		p.heads[index] = []*prefetch{p.start(call, Cursor{Size: size})}
		return
	}
	if at, ok := pages[len(pages)-1].following(); ok && call.Paging.Tokens {
		p.heads[index] = append(pages, p.start(call, at))
	}
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
// is false if the page was not requested.
func (p *prefetcher) takeHead(index int) (page *Page, ok bool, err error) {
	pages := p.heads[index]
	if pages == nil {
		return nil, false, nil
	}
	delete(p.heads, index)
	p.drop()
	p.queue = pages[1:]
	page, err = p.wait(pages[0])
	return page, true, err
}

// take returns a page of the current scan. If the page is not the next one in the
// queue, take drops the queue and requests the page.
func (p *prefetcher) take(call Call, at Cursor) (*Page, error) {
	if len(p.queue) > 0 && p.queue[0].at == at {
		f := p.queue[0]
		p.queue[0] = nil // so that the page can be collected once it is consumed
		p.queue = p.queue[1:]
		return p.wait(f)
	}
	p.drop()
	return p.fetch(p.ctx, call, at)
}

// drop cancels the requests in the queue and empties it.
func (p *prefetcher) drop() {
	for _, f := range p.queue {
		f.cancel()
		p.pending--
	}
	p.queue = nil
}

func (p *prefetcher) start(call Call, at Cursor) *prefetch {
	ctx, cancel := context.WithCancel(p.ctx)
	f := &prefetch{at: at, cancel: cancel, done: make(chan struct{})}
	p.pending++
	p.running.Go(func() {
		defer close(f.done)
		defer cancel()
		p.panics.guard(func() { f.page, f.err = p.fetch(ctx, call, at) })
	})
	return f
}

func (p *prefetcher) wait(f *prefetch) (*Page, error) {
	p.pending--
	<-f.done
	if p.panics.recorded() {
		p.close()
	}
	return f.page, f.err
}
