package providertest

import (
	"errors"
	"slices"
	"time"

	"github.com/imagequery/imagequery/image"
	"github.com/imagequery/imagequery/provider"
)

// pagingSizes lists worlds of all critical sizes, by small pages and by the
// largest that the API documents.
func pagingSizes(t *trial) {
	for _, pageSize := range []int{smallPage, 0} {
		l, ok := t.newListing(provider.Config{Listing: provider.Listing{PageSize: pageSize}}, severalPages)
		if !ok {
			return
		}
		for _, n := range []int{0, 1, l.size - 1, l.size, l.size + 1, severalPages(l.size)} {
			l.checkSize(max(n, 0))
		}
	}
}

func (l *listing) checkSize(n int) {
	got, requests, err := l.read(l.of(n))
	if err != nil || !isWhole(l.world[:n], got) {
		l.failf("%d images by pages of %d: %d came, error %v", n, l.size, len(got), err)
	}
	if least, most := l.requests(n); requests < least || requests > most {
		l.failf("%d images by pages of %d took %d requests, want %d", n, l.size, requests, most)
	}
}

// newPages is a listing of several small pages that are asked one by one. It is
// nil where the API has no pages, for then nothing can go wrong with them.
func (t *trial) newPages() *listing {
	l, ok := t.newListing(provider.Config{Listing: provider.Listing{PageSize: smallPage, Prefetch: 1}}, severalPages)
	if !ok || !l.isPaged() {
		return nil
	}
	return l
}

// maxPasses is how often a listing may be read that seems to change.
const maxPasses = 3

// bound is how many requests a listing may take that is read again and again, by
// pages of a size.
func bound(images, size int) int { return maxPasses * (images/size + 3) }

func pagingTotals(t *trial) {
	l := t.newPages()
	if l == nil {
		return
	}
	n := severalPages(l.size)
	for _, lie := range []struct {
		name  string
		state func(real int) int
		whole bool
	}{
		{"is missing", func(int) int { return 0 }, true},
		{"is too low by one", func(real int) int { return real - 1 }, true},
		{"is that of one page", func(int) int { return l.size }, true},
		{"is too high by one", func(real int) int { return real + 1 }, false},
		{"is much too high", func(real int) int { return 1000 * (real + 1) }, false},
	} {
		s := l.of(n)
		if !l.needs(s.Total != nil, "Session.Total") {
			return
		}
		s.Total(lie.state)
		got, requests, err := l.read(s)
		_, most := l.requests(n)
		switch {
		case lie.whole && (err != nil || !isWhole(l.world[:n], got)):
			t.failf("the total %s: %d of %d images came, error %v", lie.name, len(got), n, err)
		case lie.whole && requests > most+1:
			t.failf("the total %s: %d requests, want at most %d", lie.name, requests, most+1)
		case !lie.whole && !l.call.Paging.Tokens && !errors.Is(err, provider.Incomplete):
			t.failf("the total %s: %d of %d images came, error %v: want Incomplete", lie.name, len(got), n, err)
		case requests > bound(n, l.size):
			t.failf("the total %s: %d requests", lie.name, requests)
		}
	}
}

func pagingStuck(t *trial) {
	l := t.newPages()
	if l == nil {
		return
	}
	n := severalPages(l.size)
	s := l.of(n)
	if !l.needs(s.Repeat != nil, "Session.Repeat") {
		return
	}
	s.Repeat()
	got, requests, err := l.read(s)
	if !errors.Is(err, provider.Incomplete) {
		t.failf("every page is the first: %d of %d images came, error %v: want Incomplete", len(got), n, err)
	}
	if requests > bound(n, l.size) {
		t.failf("every page is the first: %d requests", requests)
	}
}

func pagingCapped(t *trial) {
	l := t.newPages()
	if l == nil {
		return
	}
	n := severalPages(l.size)
	for _, size := range []int{1, 3, l.size - 1} {
		s := l.of(n)
		if !l.needs(s.Cap != nil, "Session.Cap") {
			return
		}
		s.Cap(size)
		got, requests, err := l.read(s)
		if err != nil || !isWhole(l.world[:n], got) {
			t.failf("pages of at most %d: %d of %d images came, error %v", size, len(got), n, err)
		}
		if most := n/size + 3; requests > most {
			t.failf("pages of at most %d: %d requests, want at most %d", size, requests, most)
		}
	}
}

// pagingChanging inserts the newest image, and deletes the one that is listed first,
// between two pages.
func pagingChanging(t *trial) {
	l := t.newPages()
	if l == nil {
		return
	}
	n := severalPages(l.size)
	newest := l.world[n]
	newest.Created = time.Date(2030, 1, 2, 3, 4, 5, 0, time.UTC)
	before := l.world[:n]
	order, _, err := l.read(l.of(n))
	if err != nil || len(order) < n {
		t.failf("%d of %d images came, error %v", len(order), n, err)
		return
	}
	for after := 1; after <= n/l.size; after++ {
		l.change("an image was inserted", after, before, append(slices.Clone(before), newest))
		l.change("an image was deleted", after, before, only(before, order[1:]))
	}
}

func (l *listing) change(what string, requests int, before, after []image.Image) {
	s := l.of(len(before))
	if !l.needs(s.Replace != nil, "Session.Replace") {
		return
	}
	s.Replace(requests, after)
	got, _, err := l.read(s)
	if err != nil && !errors.Is(err, provider.Incomplete) {
		l.failf("%s after %d requests: %w", what, requests, err)
	}
	times := map[image.Ref]int{}
	for _, m := range got {
		times[m.Ref]++
		if times[m.Ref] > 1 {
			l.failf("%s after %d requests: %s came twice", what, requests, m.Ref)
		}
	}
	for _, m := range after {
		if err == nil && times[m.Ref] == 0 && slices.ContainsFunc(before, func(b image.Image) bool { return b.Ref == m.Ref }) {
			l.failf("%s after %d requests: %s was there all the time, and is missing from a complete answer", what, requests, m.Ref)
		}
	}
}
