package provider

import (
	"errors"
	"fmt"

	"github.com/imagequery/imagequery/image"
)

// maxPages is how many pages one scan requests at most, and maxPagesBeyond how many
// once more than twice as many different images came as the server states. A total
// may be too low or a listing may grow while it is scanned, but not that much.
const (
	maxPages       = 100_000
	maxPagesBeyond = 1_000
)

// scan requests the pages of one call once, from the first to the last.
type scan struct {
	run        *run
	index      int // of the call
	call       Call
	first      generation // of the first scan of the call
	generation generation // of this scan

	pager   pager
	result  scanResult
	matches []int // indexes of the images of a page that are to be yielded
	pages   int   // with images

	unreadable map[string]int // values that could not be converted, by path; nil: none
}

// read requests all pages. More is false if the consumer has enough.
func (s *scan) read() (more bool, err error) {
	defer s.run.prefetcher.drop()
	for range maxPages {
		if err := s.run.ctx.Err(); err != nil {
			return false, err
		}
		page, err := s.nextPage()
		if cut, ok := cutOff(err); ok {
			s.result.missing, s.result.cause = cut.detail(), cut
			return true, nil
		}
		if err != nil {
			return false, err
		}
		s.receive(page)
		more := s.deliver(page.Images)
		s.run.recycle(page)
		if !more {
			return false, nil
		}
		if s.pager.ended {
			s.result.missing = s.pager.missing
			return true, nil
		}
		if s.isEndless() {
			return false, incomplete("the server states a total of %d and sent %d different images on %d pages, and does not end: ask the provider why, or narrow the query",
				s.result.total, s.result.distinct, s.pages)
		}
	}
	return false, incomplete("the listing has more than %d pages: request larger pages, or narrow the query", maxPages)
}

// isEndless reports whether far more pages came than the stated total explains.
func (s *scan) isEndless() bool {
	return s.pages >= maxPagesBeyond && s.result.total > 0 && s.result.distinct/2 > s.result.total
}

// cutOff returns the error of an adapter that says that the listing changed while it
// was scanned, and that this scan cannot go on. An example is a page token whose image
// was deleted.
func cutOff(err error) (e *Error, ok bool) {
	ok = errors.As(err, &e) && e.Kind == Incomplete
	return e, ok
}

func (s *scan) nextPage() (*Page, error) {
	page, ok, err := s.run.prefetcher.takeHead(s.index)
	if !ok {
		page, err = s.run.prefetcher.take(s.call, s.pager.next)
	}
	if err != nil {
		return nil, err
	}
	return page, checkPage(page)
}

// checkPage rejects a nil page and images without an ID.
func checkPage(page *Page) error {
	if page == nil {
		return &Error{Kind: BadResponse, Message: "the adapter returned no page"}
	}
	for i := range page.Images {
		if page.Images[i].ID == "" {
			return &Error{Kind: BadResponse, RequestID: page.RequestID, Message: fmt.Sprintf("image %d of the page has no identifier", i+1)}
		}
	}
	return nil
}

// receive counts the rows of a page and moves to the next one.
func (s *scan) receive(page *Page) {
	s.unreadable = addUnreadable(s.unreadable, page.Unreadable)
	rows, fresh := len(page.Images), s.dedupe(page.Images)
	s.result.distinct += fresh
	s.result.repeated += rows - fresh
	s.result.recordTotal(page.Total, rows)
	s.run.client.tracePage(s.run.ctx, s.call.Action, page, len(s.matches))
	s.pager.advance(page, fresh, s.result.distinct, s.result.total)
	if rows > 0 {
		s.pages++
		s.result.several = !s.call.Paging.Tokens && (s.pages > 1 || s.pager.full && s.call.Paging.MaxSize > 0)
	}
}

// dedupe records the images of a page as seen, and returns how many are new in
// this scan. It selects those for the consumer that match and are in no earlier scan.
func (s *scan) dedupe(images []image.Image) (fresh int) {
	s.matches = s.matches[:0]
	for i := range images {
		before := s.run.seen.set(images[i].Ref, s.generation)
		if before == s.generation {
			continue
		}
		fresh++
		switch {
		case before < s.first:
			s.result.added++
		case before == s.generation-1:
			s.result.seenBefore++
		}
		if before == 0 {
			s.run.distinct++
		}
		if before == 0 && s.run.match(&images[i]) {
			s.matches = append(s.matches, i)
		}
	}
	return fresh
}

// deliver yields the selected images of a page. It prefetches as soon as the
// consumer has taken one image.
func (s *scan) deliver(images []image.Image) (more bool) {
	pendingMatched := s.run.matched + len(s.matches)
	for i, at := range s.matches {
		s.run.matched++
		if !s.yield(&images[at]) || s.run.matched == s.run.limit {
			return false
		}
		if i == 0 {
			s.prefetch(pendingMatched)
		}
	}
	if len(s.matches) == 0 {
		s.prefetch(pendingMatched)
	}
	return true
}

// yield passes a copy of an image to the consumer, since the page belongs to the adapter.
func (s *scan) yield(m *image.Image) (more bool) {
	if m.Native == nil || s.run.client.config.Listing.KeepNative {
		return s.run.yield(*m, nil)
	}
	without := *m
	without.Native = nil
	return s.run.yield(without, nil)
}

// prefetch requests the pages after the next one, as far as they are known to
// exist, and then the first pages of the later calls.
func (s *scan) prefetch(pendingMatched int) {
	s.prefetchPages(pendingMatched)
	s.run.prefetched = s.run.prefetched || !s.pager.ended
	s.run.prefetchHeads(s.index)
}

func (s *scan) prefetchPages(pendingMatched int) {
	end := s.pager.knownRows(s.result.total)
	if s.run.limit > 0 {
		if !s.run.exact {
			return
		}
		end = min(end, s.pager.next.Offset+s.run.limit-pendingMatched)
	}
	at := s.pager.next
	if last, ok := s.run.prefetcher.last(); ok {
		at = last
		at.Offset += at.Size
	}
	for ; at.Offset < end && s.run.prefetcher.add(s.call, at); at.Offset += at.Size {
	}
}
