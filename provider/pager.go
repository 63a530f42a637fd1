package provider

import "fmt"

// pager determines which page of a call a scan requests next, and when the scan
// ends. It does no I/O.
type pager struct {
	paging      Paging
	trustTotals bool

	next    Cursor
	covered int    // rows received so far
	largest int    // rows of the largest page
	size    int    // the largest size to request
	full    bool   // the last page had as many rows as requested
	ended   bool   // there is no next page
	missing string // why images are missing although the scan ended
}

// newPager returns a pager at the first page of a call.
func newPager(paging Paging, size int, trustTotals bool) pager {
	return pager{paging: paging, trustTotals: trustTotals, size: size, next: Cursor{Size: size}}
}

// advance moves to the page after the received one. Fresh is the number of images on
// the page that are new in the scan, distinct the number of different images of the
// scan so far, and total the last total that the server stated, or 0.
//
// A numbered or offset scan ends at an empty page, or at a page that is not full and
// states a total that equals the number of distinct images. If the server caps its
// pages, a page of that many rows is full.
func (p *pager) advance(page *Page, fresh, distinct, total int) {
	rows := len(page.Images)
	capped := p.covered > 0 && rows >= p.largest
	p.covered += rows
	p.largest = max(p.largest, rows)
	p.full = rows >= p.next.Size
	arrived := total > 0 && distinct == total
	last := !p.full && !capped && page.Total == total // a total of an earlier page may be out of date
	switch {
	case p.paging.Tokens:
		p.advanceToken(page.Next, rows > 0 && fresh == 0)
	case rows == 0, p.paging.MaxSize == 0, arrived && (last || fresh == 0 || p.trustTotals):
		p.ended = true
	case fresh == 0:
		p.endMissing("a page has only images that came before, after %d images", distinct)
	default:
		p.setNextCursor()
	}
}

// advanceToken follows the token of a page. A page that only repeats images and
// has a token ends the scan, since tokens can lead in a circle.
func (p *pager) advanceToken(next string, repeats bool) {
	switch {
	case next == "":
		p.ended = true
	case repeats:
		p.endMissing("a page has only images that came before, and the token of another page, after %d rows", p.covered)
	case next == p.next.Token:
		p.endMissing("the server repeats a page token, after %d rows", p.covered)
	default:
		p.next.Offset, p.next.Token = p.covered, next
	}
}

// setNextCursor lets the next page begin exactly after the received rows. Numbered
// pages begin at multiples of their size, so the size must divide the number of these
// rows. After a short page, later pages are requested with at most the size of the
// largest received page, since the server may cap its pages.
func (p *pager) setNextCursor() {
	p.next.Offset = p.covered
	if !p.paging.Aligned {
		return
	}
	if !p.full {
		p.size = min(p.size, p.largest)
	}
	p.next.Size = largestDivisor(p.covered, p.size)
}

// largestDivisor returns the largest divisor of n that is at most limit.
func largestDivisor(n, limit int) int {
	for n%limit != 0 {
		limit--
	}
	return limit
}

// knownRows returns how many rows the listing has as far as pages can be requested
// ahead, with the page that proves the end; 0 if later pages cannot be addressed
// yet.
func (p *pager) knownRows(total int) int {
	switch {
	case p.ended, !p.full, total <= 0, p.paging.Tokens, p.paging.Aligned && p.next.Size != p.size:
		return 0
	case p.trustTotals:
		return total
	default:
		return total + 1
	}
}

func (p *pager) endMissing(format string, args ...any) {
	p.ended, p.missing = true, fmt.Sprintf(format, args...)
}

func incomplete(format string, args ...any) error {
	return &Error{Kind: Incomplete, Message: fmt.Sprintf(format, args...)}
}
