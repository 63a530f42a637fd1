package providertest

import (
	"context"
	"errors"
	"reflect"
	"slices"
	"sync"
	"time"

	"github.com/imagequery/imagequery/image"
	"github.com/imagequery/imagequery/provider"
)

func defaults(t *checkRun) {
	for _, o := range t.oracles() {
		o.checkQuery(image.Query{})
		info := o.session.Client.Info()
		for _, f := range []image.Field{image.FieldSources, image.FieldStatuses} {
			for _, word := range info.Values[f] {
				if q := textQuery(f, word); !slices.ContainsFunc(o.world, q.Match) {
					t.failf("%s: Info has the word %q, and no image of the world", f, word)
				}
			}
		}
	}
}

func get(t *checkRun) {
	s, images := t.openWorld()
	for _, m := range images {
		q := image.Query{IDs: []string{m.ID}}
		if !t.inScope(q, m) {
			continue
		}
		got, err := s.Client.Get(t.context(), m.ID)
		if err != nil || !reflect.DeepEqual(got, m) {
			t.failf("Get(%q) is %v, error %v", m.ID, got, err)
		}
	}
	for _, id := range []string{"no-such-image", "m-", images[0].ID + "x", `no "such", image*`} {
		got, err := s.Client.Get(t.context(), id)
		if e := asError(err); e == nil || e.Kind != provider.NotFound {
			t.failf("Get(%q) is %v, error %v: want NotFound", id, got, err)
		}
	}
}

// checkClient runs Check with a server that accepts the credentials and with one that refuses them.
func checkClient(t *checkRun) {
	if err := t.open(t.harness.World(smallPage), provider.Config{}).Client.Check(t.context()); err != nil {
		t.failf("Check of good credentials: %w", err)
	}
	t.eachError(func(e ErrorCase, s *Session) {
		if err := s.Client.Check(t.context()); asError(err) == nil {
			t.failf("Check where the answer is %s: error %v, want a *provider.Error", e.Code, err)
		}
	})
}

// world checks the images that the harness makes.
func world(t *checkRun) {
	images := t.harness.World(t.effort.world)
	if n := len(t.harness.World(0)); n != 0 {
		t.failf("a world of no images has %d", n)
	}
	if len(images) != t.effort.world {
		t.failf("a world of %d images has %d", t.effort.world, len(images))
	}
	if !reflect.DeepEqual(images, t.harness.World(t.effort.world)) {
		t.failf("Harness.World does not return the same images for the same number")
	}
	info := t.open(images, provider.Config{}).Client.Info()
	seen := map[image.Ref]bool{}
	for _, m := range images {
		switch {
		case m.Provider != info.Name || m.ID == "":
			t.failf("%s: want the provider %s, and an identifier", m.Ref, info.Name)
		case seen[m.Ref]:
			t.failf("%s is there twice", m.Ref)
		case len(m.Native) > 0:
			t.failf("%s has Native, which belongs to answers", m.Ref)
		}
		seen[m.Ref] = true
	}
	t.checkReported(info, images, 2) // which can be told apart
}

// concurrency runs the same queries on one client sequentially and from many
// goroutines. The race detector finds memory that they share.
func concurrency(t *checkRun) {
	const goroutines = 16
	s, world := t.openWorld()
	queries := slices.Collect(Queries(11, goroutines*t.effort.perGoroutine, world, reported(s.Client.Info())))
	alone := make([][]image.Image, len(queries))
	for i, q := range queries {
		alone[i], _ = t.answer(s, q)
	}
	var all sync.WaitGroup
	for first := range goroutines {
		all.Go(func() {
			for i := first; i < len(queries); i += goroutines {
				t.repeatQuery(s, queries[i], alone[i])
			}
		})
	}
	all.Wait()
}

func (t *checkRun) repeatQuery(s *Session, q image.Query, alone []image.Image) {
	got, err := t.answer(s, q)
	if !isComplete(alone, got) {
		t.failf("%s: %d images came to one goroutine, %d to one of many, error %v", q, len(alone), len(got), err)
	}
	if _, err := s.Client.Explain(q); err != nil {
		t.failf("%s: %w", q, err)
	}
}

// quietPeriod is the time in which a request that should not be sent would be noticed.
const quietPeriod = time.Hour

func stopBreak(t *checkRun) {
	l := t.newListing(provider.Config{Listing: provider.Listing{PageSize: smallPage}}, severalPages)
	s := l.of(severalPages(l.size))
	for _, err := range s.Client.Images(t.context(), image.Query{}) {
		if err != nil {
			t.failf("the first image: %w", err)
		}
		break
	}
	time.Sleep(quietPeriod)
	if n := len(s.Requests()); n != 1 {
		t.failf("%d requests for the first image, want 1", n)
	}
}

func stopBefore(t *checkRun) {
	s, _ := t.openWorld()
	ctx, cancel := context.WithCancel(t.context())
	cancel()
	got, err := provider.Collect(s.Client.Images(ctx, image.Query{}))
	t.checkEnd("before the first request", err, context.Canceled)
	if n := len(s.Requests()); n != 0 || len(got) != 0 {
		t.failf("a context that had ended sent %d requests, and %d images came", n, len(got))
	}
}

func stopDuring(t *checkRun) {
	l := t.newListing(provider.Config{Listing: provider.Listing{PageSize: smallPage, Prefetch: 2}}, severalPages)
	pages, _ := l.requests(severalPages(l.size))
	for hang := 1; hang <= pages; hang++ {
		s := l.of(severalPages(l.size))
		t.requires(s.Fail != nil, "Session.Fail")
		s.Fail(Failure{From: hang, Times: 1, Break: BreakHang})
		ctx, cancel := context.WithTimeout(t.context(), time.Second)
		began := time.Now()
		_, err := provider.Collect(s.Client.Images(ctx, image.Query{}))
		cancel()
		t.checkEnd("while a page was awaited", err, context.DeadlineExceeded)
		if took := time.Since(began); took > 2*time.Second {
			t.failf("the context ended after a second, the answer after %s", took)
		}
		if n := len(s.Requests()); n < hang {
			t.failf("%d requests were sent, and the one without a response is number %d", n, hang)
		}
	}
}

func (t *checkRun) checkEnd(when string, err, want error) {
	e := asError(err)
	if e == nil || !errors.Is(err, want) || e.Kind != 0 {
		t.failf("a context ended %s, and the error is %v: want %v, without a Kind", when, err, want)
	}
}

func rangeTwice(t *checkRun) {
	s := t.open(t.harness.World(t.effort.world), provider.Config{Listing: provider.Listing{PageSize: smallPage}})
	seq := s.Client.Images(t.context(), image.Query{})
	first, err1 := provider.Collect(seq)
	once := len(s.Requests())
	second, err2 := provider.Collect(seq)
	if err1 != nil || err2 != nil || !reflect.DeepEqual(refs(first), refs(second)) {
		t.failf("%d images, then %d; errors %v, %v", len(first), len(second), err1, err2)
	}
	if twice := len(s.Requests()); twice != 2*once {
		t.failf("%d requests for the first time, %d for the second", once, twice-once)
	}
}

// limit runs queries with a limit, with predicates that the server applies and with
// some that the client applies.
func limit(t *checkRun) {
	l := t.newListing(provider.Config{Listing: provider.Listing{PageSize: smallPage}}, severalPages)
	order, _, err := l.read(l.of(severalPages(l.size)))
	if err != nil {
		t.fatalf("without a limit: %w", err)
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
		for _, q := range oneFieldQueries(l.world, f, l.effort.oneField) {
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
	sent := requestsOf(s, func() { got, err = l.answer(s, q) })
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
