package provider

import "context"

// flight is one page that has been asked for ahead of its turn.
type flight struct {
	at     Cursor
	cancel context.CancelFunc
	done   chan struct{}
	page   *Page
	err    error
}

// send asks for a page without waiting for it.
func (l *listing) send(call Call, at Cursor) *flight {
	ctx, cancel := context.WithCancel(l.ctx)
	f := &flight{at: at, cancel: cancel, done: make(chan struct{})}
	l.waiting++
	l.flights.Go(func() {
		defer close(f.done)
		defer cancel()
		f.page, f.err = l.client.provider.Fetch(ctx, call, at)
	})
	return f
}

func (f *flight) wait() (*Page, error) {
	<-f.done
	return f.page, f.err
}
