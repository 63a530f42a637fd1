package provider

import (
	"context"
	"slices"

	"github.com/imagequery/imagequery/image"
)

// run yields the images of the calls of a plan, one call after another.
type run struct {
	client *Client
	calls  []Call
	match  func(*image.Image) bool
	limit  int  // 0: none
	exact  bool // every row is expected to match

	ctx        context.Context
	yield      func(image.Image, error) bool
	prefetcher *prefetcher
	seen       seenSet
	scans      generation // that began so far, over all calls
	matched    int        // images that were yielded

	prefetched bool             // pages of a later call may have been requested before the scan of an earlier one ended
	again      bool             // every call was read once
	distinct   int              // images that came, over all calls
	unreadable []map[string]int // of the last scan of each call
}

func (c *Client) newRun(calls []Call, match func(*image.Image) bool) *run {
	return &run{client: c, calls: calls, match: match, seen: newSeenSet(), unreadable: make([]map[string]int, len(calls))}
}

// recycle gives the adapter a page back whose images are delivered.
func (r *run) recycle(page *Page) {
	if adapter, ok := r.client.adapter.(Recycler); ok {
		adapter.Recycle(page)
	}
}

// start yields the images of all calls, and the error that ends them. When it
// returns, no request is in flight.
func (r *run) start(ctx context.Context, yield func(image.Image, error) bool) {
	r.prefetcher = newPrefetcher(ctx, r.client.config.Listing.Prefetch, r.client.fetch)
	defer r.prefetcher.close()
	r.ctx, r.yield = r.prefetcher.ctx, yield
	index, err := r.readAll()
	for _, counts := range r.unreadable {
		traceUnreadable(r.ctx, counts)
	}
	if err != nil {
		yield(image.Image{}, r.client.fail(r.ctx, r.calls[index].Action, err))
	}
}

// readAll reads every call, and those that partition a listing until no image can have
// moved between them unseen. It returns the call that an error belongs to.
func (r *run) readAll() (index int, err error) {
	for i := range r.calls {
		if more, err := r.read(i); err != nil || !more {
			return i, err
		}
	}
	if r.client.config.Listing.Confirm == ConfirmNever {
		return 0, nil
	}
	return r.readMoved()
}

// readMoved reads the calls that partition a listing again, from the last to the first.
// An image that moved to a call after its scan, from a call before its scan, comes then.
// The call that was read last is left out, unless its pages were requested ahead. While
// such images come, the calls are read again.
func (r *run) readMoved() (index int, err error) {
	parts := r.partition()
	if len(parts) < 2 {
		return 0, nil
	}
	r.again = true
	for range maxScans - 1 {
		before := r.distinct
		slices.Reverse(parts)
		repeated := parts[1:]
		if r.prefetched {
			repeated, r.prefetched = parts, false
		}
		for _, i := range repeated {
			if more, err := r.read(i); err != nil || !more {
				return i, err
			}
		}
		if r.distinct == before {
			return 0, nil
		}
	}
	return parts[0], incomplete("images moved between the calls of the listing during %d scans: list again later", maxScans)
}

// partition returns the indexes of the calls that partition a listing.
func (r *run) partition() (parts []int) {
	for i, call := range r.calls {
		if call.Partition {
			parts = append(parts, i)
		}
	}
	return parts
}

// read scans one call until its images are complete. More is false if the consumer
// has enough.
func (r *run) read(index int) (more bool, err error) {
	call, first := r.calls[index], r.scans+1
	c := completeness{mode: r.client.config.Listing.Confirm, tokens: call.Paging.Tokens}
	for {
		s := r.newScan(index, first)
		more, err := s.read()
		r.unreadable[index] = s.unreadable
		r.logUnreadable(call, s.unreadable)
		if err != nil || !more {
			return false, err
		}
		done, err := c.assess(s.result)
		if done {
			return err == nil, err
		}
		r.logAgain(call, s.result)
	}
}

func (r *run) newScan(index int, first generation) *scan {
	r.scans++
	call, listing := r.calls[index], r.client.config.Listing
	return &scan{
		run: r, index: index, call: call, first: first, generation: r.scans,
		pager: newPager(call.Paging, r.pageSize(call), listing.TrustTotals),
	}
}

// logAgain logs that a call is scanned again because a scan showed a change.
func (r *run) logAgain(call Call, s scanResult) {
	if s.isMissingImages() || s.changed || s.shifted() {
		r.client.config.Logger.WarnContext(r.ctx, "the listing changed while it was scanned, and is scanned again",
			"provider", r.client.info.Name, "region", r.client.info.Region, "action", call.Action, "images", s.distinct, "total", s.total)
	}
}

// prefetchHeads requests the first pages of the calls after one, or their next pages.
func (r *run) prefetchHeads(index int) {
	for next := index + 1; !r.again && next < len(r.calls) && r.limit == 0; next++ {
		call := r.calls[next]
		if !r.prefetcher.addHead(next, call, r.pageSize(call)) {
			return
		}
	}
}

func (r *run) pageSize(call Call) int {
	if r.limit > 0 && r.exact {
		return min(r.limit-r.matched, call.Paging.MaxSize)
	}
	return call.Paging.MaxSize
}
