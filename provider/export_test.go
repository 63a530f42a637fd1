package provider

import (
	"context"

	"github.com/imagequery/imagequery/image"
)

// Pager, Prefetcher and SeenSet give tests the parts of a scan.
type (
	Pager      struct{ pager }
	Prefetcher struct{ *prefetcher }
	SeenSet    struct{ seenSet }
	Generation = generation
)

func NewPager(paging Paging, size int, trustTotals bool) *Pager {
	return &Pager{newPager(paging, size, trustTotals)}
}

// Advance takes a page with rows of which some are fresh.
func (p *Pager) Advance(rows, fresh, distinct, total int, token string) {
	p.advance(&Page{Images: make([]image.Image, rows), Total: total, Next: token}, fresh, distinct, total)
}

func (p *Pager) Next() Cursor                   { return p.next }
func (p *Pager) End() (bool, string)            { return p.ended, p.missing }
func (p *Pager) KnownRows(total int) int        { return p.knownRows(total) }
func LargestDivisor(n, limit int) int           { return largestDivisor(n, limit) }
func NewSeenSet() *SeenSet                      { return &SeenSet{newSeenSet()} }
func (p *Prefetcher) Add(c Call, a Cursor) bool { return p.add(c, a) }
func (p *Prefetcher) Drop()                     { p.drop() }
func (p *Prefetcher) Close()                    { p.close() }

func (s *SeenSet) Set(r image.Ref, now Generation) Generation { return s.set(r, now) }

// Slots returns how many slots the set has for how many images.
func (s *SeenSet) Slots() (slots, used int) {
	for _, t := range s.tables {
		slots, used = slots+len(t.slots), used+t.used
	}
	return slots, used
}

func NewPrefetcher(ctx context.Context, limit int, fetch func(context.Context, Call, Cursor) (*Page, error)) *Prefetcher {
	return &Prefetcher{newPrefetcher(ctx, limit, fetch)}
}

func (p *Prefetcher) Take(c Call, at Cursor) (*Page, error)     { return p.take(c, at) }
func (p *Prefetcher) AddHead(index int, c Call, at Cursor) bool { return p.addHead(index, c, at.Size) }
func (p *Prefetcher) TakeHead(index int) (*Page, bool, error)   { return p.takeHead(index) }
func (p *Prefetcher) Last() (Cursor, bool)                      { return p.last() }

func EditDistance(a, b string) (int, bool) {
	return editDistance(foldRunes(nil, a), foldRunes(nil, b))
}
