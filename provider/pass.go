package provider

import (
	"fmt"

	"github.com/imagequery/imagequery/image"
)

// maxPages is where a pass is given up, whatever the server says.
const maxPages = 100_000

// pass reads the pages of one call once, from the first to the last.
type pass struct {
	*listing
	number int // of the call
	call   Call
	mark   mark

	next    Cursor
	covered int  // positions of the listing that have come, without a gap
	full    bool // the last page had as many rows as were asked for
	ended   bool
	queue   []*flight // the next pages, asked ahead
	wanted  []int     // images of the last page that are to be yielded
	due     int       // what matched will be, once they are

	total    int   // as the server stated it last; 0: never
	changed  bool  // the server stated several totals
	rows     int   // different images that came
	repeated int   // images that came more than once
	kept     int   // images that came in the pass before, too
	short    error // images are known to be missing
	alike    int   // passes before this one that brought the same images
}

func (l *listing) newPass(number int) *pass {
	l.passes++
	call := l.calls[number]
	return &pass{listing: l, number: number, call: call, mark: l.passes, next: Cursor{Size: l.pageSize(call)}}
}

// clean reports whether the listing stood still while it was read, as far as can
// be told.
func (p *pass) clean() bool { return !p.changed && p.repeated == 0 && p.short == nil }

// repeats reports whether the same images came as in the pass before.
func (p *pass) repeats(before *pass) bool { return p.rows == before.rows && p.kept == p.rows }

// agrees reports whether the totals, too, say that the listing stood still during
// both passes.
func (p *pass) agrees(before *pass) bool {
	return !p.changed && !before.changed && p.total == before.total && p.repeated == before.repeated
}

// run reads all pages. More is false if the consumer has enough.
func (p *pass) run() (more bool, err error) {
	defer p.drop()
	for range maxPages {
		if err := p.ctx.Err(); err != nil {
			return false, err
		}
		page, err := p.fetch()
		if err != nil {
			return false, err
		}
		if err := understood(page); err != nil {
			return false, err
		}
		fresh := p.sift(page.Images)
		p.pageCame(p.call, page, len(p.wanted))
		p.advance(page, fresh)
		if !p.deliver(page.Images) {
			return false, nil
		}
		if p.ended {
			return true, nil
		}
	}
	return false, incomplete("gave up after %d pages", maxPages)
}

// understood refuses a page that no honest adapter makes.
func understood(page *Page) error {
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

// fetch gets the next page, asked ahead or not.
func (p *pass) fetch() (*Page, error) {
	if head := p.heads[p.number]; head != nil {
		delete(p.heads, p.number)
		return p.take(head)
	}
	if len(p.queue) > 0 && p.queue[0].at == p.next {
		f := p.queue[0]
		p.queue[0] = nil // its page is not kept longer than it is needed
		p.queue = p.queue[1:]
		return p.take(f)
	}
	p.drop()
	return p.client.provider.Fetch(p.ctx, p.call, p.next)
}

// sift marks the images of a page, and counts those that are new in this pass.
// Wanted are those that match and never came before.
func (p *pass) sift(images []image.Image) (fresh int) {
	p.wanted = p.wanted[:0]
	for i := range images {
		before := p.seen.set(images[i].Ref, p.mark)
		if before == p.mark {
			continue
		}
		fresh++
		if before == p.mark-1 {
			p.kept++
		}
		if before == 0 && p.match(&images[i]) {
			p.wanted = append(p.wanted, i)
		}
	}
	overlap := p.covered - p.next.Offset
	p.repeated += max(0, len(images)-fresh-overlap)
	p.rows += fresh
	return fresh
}

// deliver yields what is wanted of a page, and asks ahead as soon as the consumer
// has taken one image.
func (p *pass) deliver(images []image.Image) (more bool) {
	p.due = p.matched + len(p.wanted)
	for i, at := range p.wanted {
		p.matched++
		if !p.client.config.Listing.KeepNative {
			images[at].Native = nil
		}
		if !p.yield(images[at], nil) || p.matched == p.limit {
			return false
		}
		if i == 0 {
			p.ahead()
		}
	}
	if len(p.wanted) == 0 {
		p.ahead()
	}
	return true
}

// ahead asks for the pages after the next one, as far as it is known that they
// exist, and then for the first pages of the calls that follow.
func (p *pass) ahead() {
	if p.full && p.total > 0 && !p.ended && !p.call.Paging.Tokens {
		p.aheadOfPages()
	}
	p.aheadOfCalls(p.number)
}

func (p *pass) aheadOfPages() {
	end := p.total + 1 // the page that proves the end is asked with the rest
	if p.limit > 0 {
		if !p.exact {
			return
		}
		end = min(end, p.next.Offset+p.limit-p.due)
	}
	at := p.next
	if n := len(p.queue); n > 0 {
		at = p.queue[n-1].at
		at.Offset += at.Size
	}
	for ; at.Offset < end && p.waiting < p.client.config.Listing.Prefetch; at.Offset += at.Size {
		p.queue = append(p.queue, p.send(p.call, at))
	}
}

// drop gives up the pages that were asked ahead.
func (p *pass) drop() {
	for _, f := range p.queue {
		f.cancel()
		p.waiting--
	}
	p.queue = nil
}

// advance moves to the next page, or finds that the pass has ended.
func (p *pass) advance(page *Page, fresh int) {
	p.state(page.Total)
	rows, before := len(page.Images), p.covered
	p.covered = max(p.covered, p.next.Offset+rows)
	p.full = rows >= p.next.Size
	paging := p.call.Paging
	switch {
	case rows > 0 && fresh == 0 && p.covered > before && (paging.MaxSize > 0 || paging.Tokens):
		p.ended, p.short = true, incomplete("a page repeats images that came before, after %d images", before)
	case paging.Tokens:
		p.advanceToken(page.Next)
	case rows == 0, paging.MaxSize == 0:
		p.end()
	case !p.full && (p.total == p.covered || p.covered == before):
		p.end()
	default:
		p.address(rows)
	}
}

func (p *pass) advanceToken(next string) {
	switch next {
	case "":
		p.end()
	case p.next.Token:
		p.ended, p.short = true, incomplete("the server repeats a page token, after %d images", p.covered)
	default:
		p.next.Offset, p.next.Token = p.covered, next
	}
}

// state takes note of the total of a page.
func (p *pass) state(total int) {
	if total > 0 {
		p.changed = p.changed || p.total > 0 && p.total != total
		p.total = total
	}
}

func (p *pass) end() {
	p.ended = true
	if p.total > p.covered {
		p.short = incomplete("the server reports %d images and returned %d", p.total, p.rows)
	}
}

// address sets the place of the next page. A page that came short of what was
// asked shows a server that caps its pages: numbered pages are then addressed by
// the size that really comes, overlapping rather than leaving a gap.
func (p *pass) address(rows int) {
	p.next.Offset = p.covered
	if p.call.Paging.Aligned {
		p.next.Size = rows
		p.next.Offset -= p.covered % rows
	}
}

func incomplete(format string, args ...any) error {
	return &Error{Kind: Incomplete, Message: fmt.Sprintf(format, args...)}
}
