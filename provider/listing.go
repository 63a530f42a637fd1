package provider

import (
	"context"
	"sync"

	"github.com/imagequery/imagequery/image"
)

// listing is one run over the calls of a plan.
type listing struct {
	client *Client
	calls  []Call
	match  func(*image.Image) bool
	limit  int  // 0: none
	exact  bool // every row that comes is expected to match

	seen    marks
	passes  mark // passes begun so far, over all calls
	matched int
	yield   func(image.Image, error) bool

	ctx     context.Context // ends with the run
	flights sync.WaitGroup
	waiting int             // pages asked ahead and not yet taken
	heads   map[int]*flight // first pages of later calls, asked ahead
}

func (c *Client) newListing(calls []Call, match func(*image.Image) bool) *listing {
	return &listing{client: c, calls: calls, match: match, seen: newMarks(), heads: map[int]*flight{}}
}

// run yields the images of all calls, and the error that ends them. When it
// returns, nothing is under way any more.
func (l *listing) run(ctx context.Context, yield func(image.Image, error) bool) {
	ctx, cancel := context.WithCancel(ctx)
	defer l.flights.Wait()
	defer cancel()
	l.ctx, l.yield = ctx, yield
	for i := range l.calls {
		more, err := l.read(i)
		if err != nil {
			yield(image.Image{}, l.client.fail(ctx, l.calls[i].Action, err))
			return
		}
		if !more {
			return
		}
	}
}

// maxPasses is how often a listing that changes while it is read is read.
const maxPasses = 3

// read goes through one call until it has been read cleanly. More is false if the
// consumer has enough.
func (l *listing) read(call int) (more bool, err error) {
	var before *pass
	for range maxPasses {
		p := l.newPass(call)
		if more, err := p.run(); err != nil || !more {
			return false, err
		}
		repeats := before != nil && p.repeats(before)
		if repeats {
			p.alike = before.alike + 1
		}
		switch {
		case repeats && p.short != nil:
			return false, p.short
		case repeats && p.agrees(before):
			return true, nil
		case !l.client.config.Listing.Confirm && (p.clean() || p.alike == maxPasses-1):
			return true, nil
		}
		if !p.clean() {
			l.client.config.Logger.WarnContext(l.ctx, "the listing changed while it was read",
				"provider", l.client.info.Name, "region", l.client.info.Region, "action", p.call.Action, "images", p.rows)
		}
		before = p
	}
	if before.short != nil {
		return false, before.short
	}
	return false, incomplete("the listing changed while it was read %d times; the last time it had %d images", maxPasses, before.rows)
}

// take waits for a page that was asked ahead.
func (l *listing) take(f *flight) (*Page, error) {
	l.waiting--
	return f.wait()
}

// aheadOfCalls asks for the first pages of the calls after one.
func (l *listing) aheadOfCalls(call int) {
	for next := call + 1; next < len(l.calls) && l.limit == 0 && l.waiting < l.client.config.Listing.Prefetch; next++ {
		if l.heads[next] == nil {
			l.heads[next] = l.send(l.calls[next], Cursor{Size: l.pageSize(l.calls[next])})
		}
	}
}

func (l *listing) pageSize(call Call) int {
	if l.limit > 0 && l.exact {
		return min(l.limit-l.matched, call.Paging.MaxSize)
	}
	return call.Paging.MaxSize
}
