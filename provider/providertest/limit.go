package providertest

import (
	"slices"

	"github.com/imagequery/imagequery/image"
	"github.com/imagequery/imagequery/provider"
)

// limit asks for the first images of a listing, where the server decides all and
// where something is checked here.
func limit(t *trial) {
	l, ok := t.newListing(provider.Config{Listing: provider.Listing{PageSize: smallPage}}, severalPages)
	if !ok {
		return
	}
	n := severalPages(l.size)
	order, _, err := l.read(l.of(n))
	if err != nil {
		t.failf("without a limit: %w", err)
		return
	}
	for _, wanted := range []int{1, l.size - 1, l.size, l.size + 1, 2 * l.size} {
		l.checkLimit(image.Query{Limit: max(wanted, 1)}, order)
	}
	for _, q := range l.localQueries() {
		for _, wanted := range []int{1, 2, 4} {
			q.Limit = wanted
			l.checkLimit(q, order)
		}
	}
}

// localQueries have one predicate that is checked here only.
func (l *listing) localQueries() []image.Query {
	s := l.of(0)
	var out []image.Query
	for _, f := range withSupport(s.Client.Info(), provider.Local) {
		for q := range singles(l.world, f, l.effort.singles) {
			plan, err := s.Client.Explain(q)
			if err == nil && len(plan.Calls) > 0 && len(plan.Superset)+len(plan.Exact) == 0 {
				out = append(out, q)
				break
			}
		}
	}
	return out
}

// checkLimit wants the first images of the listing that match, and no request
// beyond the last of them.
func (l *listing) checkLimit(q image.Query, order []image.Image) {
	var want []image.Image
	last := 0
	for i, m := range order {
		if len(want) < q.Limit && q.Match(m) {
			want, last = append(want, m), i
		}
	}
	if len(want) < q.Limit {
		return
	}
	s := l.of(len(order))
	var got []image.Image
	var err error
	sent := asked(s, func() { got, err = l.answer(s, q) })
	if err != nil || !slices.Equal(refs(want), refs(got)) {
		l.failf("%s: %d images came, want the first that match, error %v", q, len(got), err)
	}
	pages := 1
	if l.isPaged() {
		pages = last/l.size + 1
	}
	if len(sent) != pages {
		l.failf("%s: %d requests, want %d: the last image that is wanted is number %d, and a page has %d", q, len(sent), pages, last+1, l.size)
	}
}
