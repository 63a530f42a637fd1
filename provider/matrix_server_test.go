package provider_test

import (
	"context"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"sync"

	"github.com/imagequery/imagequery/image"
	"github.com/imagequery/imagequery/provider"
)

// changingServer changes its images, pages and totals between requests, until it is
// calm.
type changingServer struct {
	rng    *rand.Rand
	change worldChange
	totals totalKind
	paging provider.Paging
	cap    pageCap

	mu       sync.Mutex
	ids      []string // of the images, in the order of the listing
	inserted int
	requests int
	calm     int   // the request from which on nothing changes
	lengths  []int // of the listing, by request
	drawn    int   // a number that the seed chooses for the change and the totals
}

// pageRows is the memory of a page. It is used again: it would be most of what the
// matrix allocates.
type pageRows [2 * matrixPage]image.Image

var freeRows = sync.Pool{New: func() any { return new(pageRows) }}

// worldChange is a row of the table in docs/completeness.md.
type worldChange struct {
	name     string
	before   func(*changingServer)                                              // runs before each request; nil: nothing happens
	rows     func(s *changingServer, at provider.Cursor, from, to int) []string // of a page; nil: those of the listing
	hidden   func(s *changingServer, at int) bool                               // rows that are no images of the listing; nil: none
	outcomes [5]string                                                          // by the kind of totals, see outcomeText
	reason   string
	rare     bool // an image is missed only if prefetched requests arrive in an unusual order, so a run may miss none
}

// totalKind is a column of the table.
type totalKind struct {
	name  string
	total func(s *changingServer, at provider.Cursor, real int) int
}

// pageCap is what the server makes of the page size.
type pageCap struct {
	name   string
	most   int  // rows of a page; 0: as requested
	shifts bool // numbered pages stand where pages of the smaller size would
}

const matrixPage = 10

var (
	matrixTotals = []totalKind{
		{"right", func(_ *changingServer, _ provider.Cursor, real int) int { return real }},
		{"missing", func(*changingServer, provider.Cursor, int) int { return 0 }},
		{"partial", partialTotal},
		{"changing", func(s *changingServer, _ provider.Cursor, real int) int { return real + s.requests%2 }},
		{"lagging", laggingTotal},
	}
	matrixCaps = []pageCap{{name: "not capped"}, {"capped", 4, false}, {"clamped", 4, true}}
)

// partialTotal states a total on the first page only, or on every other page.
func partialTotal(s *changingServer, at provider.Cursor, real int) int {
	if s.drawn%2 == 0 && at.Offset > 0 || s.drawn%2 == 1 && s.requests%2 == s.drawn/2%2 {
		return 0
	}
	return real
}

// laggingTotal states the total of some requests ago. Before the first request, an
// image may have come or gone.
func laggingTotal(s *changingServer, _ provider.Cursor, _ int) int {
	if lag := 2 + s.drawn%30; s.requests > lag {
		return s.lengths[s.requests-1-lag]
	}
	return s.lengths[0] - 1 + s.drawn%3
}

// matrixIDs are those of the images of the largest listing at its start.
var matrixIDs = func() (ids []string) {
	for i := range 20 + 27 {
		ids = append(ids, fmt.Sprint("m-", i))
	}
	return ids
}()

func newChangingServer(seed uint64, change worldChange, totals totalKind, paging provider.Paging, limit pageCap) *changingServer {
	s := &changingServer{rng: rand.New(rand.NewPCG(seed, 29)), change: change, totals: totals, paging: paging, cap: limit}
	s.ids = slices.Clone(matrixIDs[:20+seed%27])
	s.calm, s.drawn = 3+s.rng.IntN(12), s.rng.IntN(1000)
	return s
}

func (s *changingServer) Info() provider.Info { return provider.Info{Name: "fake", Region: "r"} }

func (s *changingServer) Plan(image.Query) ([]provider.Call, error) {
	return []provider.Call{{Action: "List", Paging: s.paging}}, nil
}

func (s *changingServer) Fetch(_ context.Context, _ provider.Call, at provider.Cursor) (*provider.Page, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.requests++
	if s.change.before != nil && s.requests > 1 && s.requests < s.calm {
		s.change.before(s)
	}
	s.lengths = append(s.lengths, len(s.visible()))
	size, from := at.Size, at.Offset
	if s.cap.most > 0 && s.cap.most < size {
		if s.cap.shifts && s.paging.Aligned {
			from = from / size * s.cap.most
		}
		size = s.cap.most
	}
	return newPage(s.page(at, from, from+size), s.totals.total(s, at, s.lengths[s.requests-1])), nil
}

func newPage(ids []string, total int) *provider.Page {
	rows := freeRows.Get().(*pageRows)
	for i, id := range ids {
		rows[i].Ref = image.Ref{Provider: "fake", Region: "r", ID: id}
	}
	return &provider.Page{Images: rows[:len(ids)], Total: total}
}

func (s *changingServer) Recycle(page *provider.Page) {
	freeRows.Put((*pageRows)(page.Images[:2*matrixPage]))
}

// visible returns the IDs of the images of the listing.
func (s *changingServer) visible() []string {
	if s.change.hidden == nil {
		return s.ids
	}
	return s.withoutHidden(s.ids, 0)
}

func (s *changingServer) withoutHidden(ids []string, from int) (out []string) {
	for i, id := range ids {
		if !s.change.hidden(s, from+i) {
			out = append(out, id)
		}
	}
	return out
}

func (s *changingServer) page(at provider.Cursor, from, to int) []string {
	switch {
	case s.change.rows != nil:
		return s.change.rows(s, at, from, to)
	case s.change.hidden != nil:
		return s.withoutHidden(s.cut(from, to), from)
	default:
		return s.cut(from, to)
	}
}

// cut returns the rows of the listing between two positions.
func (s *changingServer) cut(from, to int) []string {
	n := len(s.ids)
	return s.ids[min(from, n):min(to, n)]
}

// lost returns the images that were there from the first request to the last, and
// did not come.
func (s *changingServer) lost(came map[string]bool) []string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.DeleteFunc(slices.Clone(s.visible()), func(id string) bool { return came[id] || strings.HasPrefix(id, "new") })
}

func (s *changingServer) delete(at int) {
	if n := len(s.ids); n > 0 {
		s.ids = slices.Delete(s.ids, at%n, at%n+1)
	}
}

func (s *changingServer) insert(at int) {
	s.inserted++
	s.ids = slices.Insert(s.ids, at%(len(s.ids)+1), fmt.Sprint("new-", s.inserted))
}

// sometimes changes the images before a third of the requests, and seldom several
// times at once.
func sometimes(change func(*changingServer)) func(*changingServer) {
	return func(s *changingServer) {
		for s.rng.IntN(3) == 0 {
			change(s)
		}
	}
}

func deleteAny(s *changingServer)   { s.delete(s.rng.IntN(1000)) }
func insertFirst(s *changingServer) { s.insert(0) }
func insertAny(s *changingServer)   { s.insert(s.rng.IntN(1000)) }

func deleteOrInsert(s *changingServer) {
	if s.rng.IntN(2) == 0 {
		deleteAny(s)
	} else {
		insertAny(s)
	}
}

func replaceAny(s *changingServer) {
	deleteAny(s)
	insertAny(s)
}

// repeatRow shows one row in place of another, the same in every scan.
func repeatRow(s *changingServer, _ provider.Cursor, from, to int) []string {
	rows := slices.Clone(s.cut(from, to))
	replaced := 1 + s.drawn%(len(s.ids)-1)
	if replaced >= from && replaced < from+len(rows) {
		rows[replaced-from] = s.ids[s.drawn/7%replaced]
	}
	return rows
}

// shuffleTies orders the images anew, within groups of four with the same time.
func shuffleTies(s *changingServer) {
	for ties := range slices.Chunk(s.ids, 4) {
		s.rng.Shuffle(len(ties), func(i, j int) { ties[i], ties[j] = ties[j], ties[i] })
	}
}

// filterRows hides every fifth row, or a block of rows that is longer than a page.
func filterRows(s *changingServer, at int) bool {
	if s.drawn%2 == 0 {
		return (at*7+s.drawn)%5 == 0
	}
	return at >= matrixPage && at < 2*matrixPage+3
}

// cutFirst cuts the first pages short, to at least one row.
func cutFirst(s *changingServer, _ provider.Cursor, from, to int) []string {
	rows := s.cut(from, to)
	if s.requests <= 1+s.drawn%4 && len(rows) > 0 {
		return rows[:1+s.rng.IntN(len(rows))]
	}
	return rows
}

// enlargeFirst gives the first page half as many rows again.
func enlargeFirst(s *changingServer, at provider.Cursor, from, to int) []string {
	if at.Offset == 0 {
		to += (to - from) / 2
	}
	return s.cut(from, to)
}

func emptyOnce(s *changingServer, _ provider.Cursor, from, to int) []string {
	if s.requests == 2+s.drawn%3 {
		return nil
	}
	return s.cut(from, to)
}

func dropLast(s *changingServer, _ provider.Cursor, from, to int) []string {
	rows := s.cut(from, to)
	return rows[:max(0, len(rows)-1)]
}
