package providertest

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"time"

	"github.com/imagequery/imagequery/image"
	"github.com/imagequery/imagequery/provider"
)

// pagingSizes lists worlds of all critical sizes, by small pages and by the
// largest that the API documents.
func pagingSizes(t *checkRun) {
	for _, pageSize := range []int{smallPage, 0} {
		l := t.newListing(provider.Config{Listing: provider.Listing{PageSize: pageSize}}, severalPages)
		for _, n := range []int{0, 1, l.size - 1, l.size, l.size + 1, severalPages(l.size)} {
			n = max(n, 0)
			least, most := l.requests(n)
			l.checkWhole(fmt.Sprintf("%d images by pages of %d", n, l.size), l.of(n), n, least, most)
		}
	}
}

// checkWhole lists n images, and wants all of them with so many requests.
func (l *listing) checkWhole(what string, s *Session, n, least, most int) {
	got, requests, err := l.read(s)
	if err != nil || !isComplete(l.world[:n], got) {
		l.failf("%s: %d of %d images came, error %v", what, len(got), n, err)
	}
	if requests < least || requests > most {
		l.failf("%s: %d requests, want %d to %d", what, requests, least, most)
	}
}

// maxScans is how often a listing may be read that seems to change.
const maxScans = 3

// checkEnds lists n images whose pages are wrong, and wants an end: Incomplete, or if
// whole is possible any.
func (l *listing) checkEnds(what string, s *Session, n int, whole bool) {
	got, requests, err := l.read(s)
	if !whole && !errors.Is(err, provider.Incomplete) {
		l.failf("%s: %d of %d images came, error %v: want Incomplete", what, len(got), n, err)
	}
	if most := maxScans * (n/l.size + 3); requests > most {
		l.failf("%s: %d requests, want at most %d", what, requests, most)
	}
}

// newPages returns a listing of several small pages, which are requested one by one,
// and the number of its images. It ends the check if the API has no pages.
func (t *checkRun) newPages() (l *listing, n int) {
	l = t.newListing(provider.Config{Listing: provider.Listing{PageSize: smallPage, Prefetch: 1}}, severalPages)
	if !l.isPaged() {
		t.end()
	}
	return l, severalPages(l.size)
}

// pagingTotals states wrong totals. Each scan may take one request more than with right ones.
func pagingTotals(t *checkRun) {
	l, n := t.newPages()
	_, most := l.requests(n)
	for add, is := range map[int]string{
		0: "missing", -1: "too low by one", l.size - n: "that of one page", 1: "too high by one", 1000 * n: "much too high",
	} {
		for mode, scans := range map[provider.ConfirmMode]int{provider.ConfirmAuto: 2, provider.ConfirmAlways: 2, provider.ConfirmNever: 1} {
			l.config.Listing.Confirm = mode
			s := l.of(n)
			l.requires(s.AddToTotal != nil && s.OmitTotal != nil, "Session.AddToTotal and Session.OmitTotal")
			if add == 0 {
				s.OmitTotal()
			} else {
				s.AddToTotal(add)
			}
			what := fmt.Sprintf("the total is %s, %v", is, mode)
			if add <= 0 {
				l.checkWhole(what, s, n, 1, scans*(most+1))
			} else {
				l.checkEnds(what, s, n, l.call.Paging.Tokens)
			}
		}
	}
}

func pagingRepeated(t *checkRun) {
	l, n := t.newPages()
	s := l.of(n)
	l.requires(s.Repeat != nil, "Session.Repeat")
	s.Repeat()
	l.checkEnds("every page is the first", s, n, false)
}

func pagingCapped(t *checkRun) {
	l, n := t.newPages()
	for _, size := range []int{1, 3, l.size - 1} {
		s := l.of(n)
		l.requires(s.Cap != nil, "Session.Cap")
		s.Cap(size)
		l.checkWhole(fmt.Sprintf("pages of at most %d", size), s, n, 1, n/size+3)
	}
}

// pagingChanging inserts the newest image between two pages, or deletes one image: the
// first of the listing, the last of the page before, the first of the next page, or the
// last of the listing. A page token usually names one of those next to the page.
func pagingChanging(t *checkRun) {
	l, n := t.newPages()
	newest := l.world[n]
	newest.Created = time.Date(2030, 1, 2, 3, 4, 5, 0, time.UTC)
	before := l.world[:n]
	order, _, err := l.read(l.of(n))
	if err != nil || len(order) < n {
		t.fatalf("%d of %d images came, error %v", len(order), n, err)
	}
	for after := 1; after <= n/l.size; after++ {
		l.change("an image was inserted", after, before, append(slices.Clone(before), newest))
		last := min(after*l.size, n) - 1
		for what, i := range map[string]int{
			"the first image": 0, "the last image of a page": last, "the image after a page": min(last+1, n-1), "the last image": n - 1,
		} {
			l.change(what+" was deleted", after, before, filterListed(before, slices.Delete(slices.Clone(order), i, i+1)))
		}
	}
}

// change lists the images while they change, and once more when they have changed.
func (l *listing) change(what string, requests int, before, after []image.Image) {
	what = fmt.Sprintf("%s after %d requests", what, requests)
	s := l.of(len(before))
	l.requires(s.Replace != nil, "Session.Replace")
	s.Replace(requests, after)
	got, _, err := l.read(s)
	if err != nil && !errors.Is(err, provider.Incomplete) {
		l.failf("%s: %w", what, err)
	}
	times := timesOf(got)
	for ref, n := range times {
		if n > 1 {
			l.failf("%s: %s came %d times", what, ref, n)
		}
	}
	for _, m := range filterListed(after, before) {
		if err == nil && times[m.Ref] == 0 {
			l.failf("%s: %s was there all the time, and is missing from a complete answer", what, m.Ref)
		}
	}
	if got, _, err := l.read(s); err != nil || !isComplete(after, got) {
		l.failf("%s: a later listing has %d images, want the %d that are left, error %v", what, len(got), len(after), err)
	}
}

// smallPage makes several pages out of few images.
const smallPage = 7

// maxWorld is where the search for enough images of one listing ends.
const maxWorld = 20_000

// listing is the first call of the query for everything, and a world all of which
// that call returns.
type listing struct {
	*checkRun
	call   provider.Call
	world  []image.Image
	config provider.Config
	size   int // of a page
}

// newListing returns a listing in which count(size) images come by pages of the configured size,
// and one more image that could be there. It ends the check if the harness cannot make as many.
func (t *checkRun) newListing(c provider.Config, count func(size int) int) *listing {
	for n, before := t.effort.world, 0; n < maxWorld; n *= 3 {
		world := t.harness.World(n)
		s := t.open(world, c)
		l := &listing{checkRun: t, call: t.firstCall(s), config: c}
		l.size = l.call.Paging.MaxSize
		got, _, err := l.read(s)
		if err != nil {
			t.fatalf("the first call of the empty query: %w", err)
		}
		if want := count(l.size) + 1; len(got) >= want {
			l.world = filterListed(world, got)[:want]
			return l
		}
		if len(got) == 0 {
			t.fatalf("the first call of the empty query returns no image: the emulator must hold the world that Harness.Open gets")
		}
		if len(got) == before {
			break
		}
		before = len(got)
	}
	t.fatalf("the first call of the empty query returns too few images to fill several pages, however large the world is")
	return nil
}

// filterListed keeps the images that are listed.
func filterListed(world, listed []image.Image) []image.Image {
	in := timesOf(listed)
	return slices.DeleteFunc(slices.Clone(world), func(m image.Image) bool { return in[m.Ref] == 0 })
}

// severalPages ends with a page of one image.
func severalPages(size int) int { return 3*size + 1 }

// isPaged reports whether the listing has pages at all.
func (l *listing) isPaged() bool { return l.call.Paging.MaxSize > 0 }

// of opens a session with the first n images.
func (l *listing) of(n int) *Session { return l.open(l.world[:n], l.config) }

// read lists the images of the call, and returns them with the number of requests.
func (l *listing) read(s *Session) (got []image.Image, requests int, err error) {
	sent := requestsOf(s, func() { got, err = provider.Collect(s.Client.Do(l.context(), l.call)) })
	return got, len(sent), err
}

// requests is how many requests n images take, at the least and at the most.
func (l *listing) requests(n int) (least, most int) {
	switch {
	case !l.isPaged():
		return 1, 1
	case l.call.Paging.Tokens:
		return max(1, (n+l.size-1)/l.size), n/l.size + 1
	default:
		return n/l.size + 1, n/l.size + 1
	}
}

// isComplete reports whether the list has every image once and no others.
func isComplete(world, got []image.Image) bool { return maps.Equal(timesOf(world), timesOf(got)) }

// timesOf counts how often each image is in a list.
func timesOf(images []image.Image) map[image.Ref]int {
	times := map[image.Ref]int{}
	for _, m := range images {
		times[m.Ref]++
	}
	return times
}
