package providertest

import (
	"context"
	"errors"
	"reflect"
	"time"

	"github.com/imagequery/imagequery/image"
	"github.com/imagequery/imagequery/provider"
)

// settle is long enough for anything that goes on unasked to show.
const settle = time.Hour

func stopBreak(t *trial) {
	l, ok := t.newListing(provider.Config{Listing: provider.Listing{PageSize: smallPage}}, severalPages)
	if !ok {
		return
	}
	s := l.of(severalPages(l.size))
	for _, err := range s.Client.Images(t.context(), image.Query{}) {
		if err != nil {
			t.failf("the first image: %w", err)
		}
		break
	}
	time.Sleep(settle)
	if n := len(s.Requests()); n != 1 {
		t.failf("%d requests for the first image, want 1", n)
	}
}

func stopBefore(t *trial) {
	s := t.open(t.harness.World(t.effort.world), provider.Config{})
	ctx, cancel := context.WithCancel(t.context())
	cancel()
	got, err := provider.Collect(s.Client.Images(ctx, image.Query{}))
	t.checkEnd("before the first request", err, context.Canceled)
	if n := len(s.Requests()); n != 0 || len(got) != 0 {
		t.failf("a context that had ended sent %d requests, and %d images came", n, len(got))
	}
}

func stopDuring(t *trial) {
	l, ok := t.newListing(provider.Config{Listing: provider.Listing{PageSize: smallPage, Prefetch: 2}}, severalPages)
	if !ok {
		return
	}
	pages, _ := l.requests(severalPages(l.size))
	for hang := 1; hang <= pages; hang++ {
		s := l.of(severalPages(l.size))
		if !t.needs(s.Fail != nil, "Session.Fail") {
			return
		}
		s.Fail(func(n int) *Failure {
			if n == hang {
				return &Failure{Break: BreakHang}
			}
			return nil
		})
		ctx, cancel := context.WithTimeout(t.context(), time.Second)
		began := time.Now()
		_, err := provider.Collect(s.Client.Images(ctx, image.Query{}))
		cancel()
		t.checkEnd("while a page was awaited", err, context.DeadlineExceeded)
		if took := time.Since(began); took > 2*time.Second {
			t.failf("the context ended after a second, the answer after %s", took)
		}
	}
}

// checkEnd fails unless the error is the end of a context.
func (t *trial) checkEnd(when string, err, want error) {
	e := asError(err)
	if e == nil || !errors.Is(err, want) || e.Kind != 0 {
		t.failf("a context ended %s, and the error is %v: want %v, without a Kind", when, err, want)
	}
}

// replay ranges twice over one sequence.
func replay(t *trial) {
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
