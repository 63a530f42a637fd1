package providertest

import (
	"context"
	"slices"
	"time"

	"github.com/imagequery/imagequery/image"
	"github.com/imagequery/imagequery/provider"
)

// failing opens a session whose first n requests fail.
func (t *trial) failing(n int, f Failure, c provider.Config) (*Session, bool) {
	s := t.open(t.harness.World(smallPage), c)
	if !t.needs(s.Fail != nil, "Session.Fail") {
		return nil, false
	}
	s.Fail(func(request int) *Failure {
		if request <= n {
			return &f
		}
		return nil
	})
	return s, true
}

const forever = 1 << 30

func retryAttempts(t *trial) {
	e, ok := t.temporary()
	if !ok {
		return
	}
	for _, allowed := range []int{1, 2, 4} {
		s, ok := t.failing(forever, Failure{Code: e.Code}, retrying(allowed))
		if !ok {
			return
		}
		_, err := t.answer(s, image.Query{})
		if n := len(s.Requests()); n != allowed || asError(err) == nil {
			t.failf("%s: %d requests where %d attempts are allowed, error %v", e.Code, n, allowed, err)
		}
		t.recovers("after "+e.Code, Failure{Code: e.Code}, allowed-1, allowed)
	}
}

// recovers fails unless the last attempt that is allowed brings the whole answer.
func (t *trial) recovers(what string, f Failure, failures, allowed int) {
	s, ok := t.failing(failures, f, retrying(allowed))
	if !ok {
		return
	}
	got, err := t.answer(s, image.Query{})
	whole, _ := t.answer(s, image.Query{}) // when the failures are over
	if err != nil || !isWhole(whole, got) {
		t.failf("%s for %d of %d attempts: %d of %d images came, error %v", what, failures, allowed, len(got), len(whole), err)
	}
}

func retryBroken(t *trial) {
	for _, way := range []struct {
		name string
		how  Break
	}{
		{"the connection is reset", BreakReset},
		{"the answer is cut off", BreakCut},
		{"the answer ends early", BreakShort},
		{"a gateway answers", BreakGateway},
	} {
		t.recovers(way.name, Failure{Break: way.how}, 2, attempts)
		s, ok := t.failing(forever, Failure{Break: way.how}, retrying(attempts))
		if !ok {
			return
		}
		got, err := t.answer(s, image.Query{})
		if e := asError(err); e == nil || e.Kind != provider.Unavailable || len(got) > 0 {
			t.failf("%s: %d images came, error %v: want Unavailable", way.name, len(got), err)
		}
	}
}

func retryFresh(t *trial) {
	e, ok := t.temporary()
	if !ok || !t.needs(len(t.harness.Fresh) > 0, "Harness.Fresh") {
		return
	}
	s, ok := t.failing(attempts-1, Failure{Code: e.Code, RetryAfter: 2 * time.Second}, retrying(attempts))
	if !ok {
		return
	}
	if _, err := t.answer(s, image.Query{}); err != nil {
		t.failf("%s for %d of %d attempts: %w", e.Code, attempts-1, attempts, err)
	}
	sent := s.Requests()
	for i := 1; i < min(attempts, len(sent)); i++ {
		if gap := sent[i].At.Sub(sent[i-1].At); gap <= time.Second {
			t.failf("attempt %d came %s after the one before, and the server asked to wait 2s", i+1, gap)
			continue
		}
		for _, name := range t.harness.Fresh {
			a, b := sent[i-1].Params[name], sent[i].Params[name]
			if len(b) != 1 || slices.Equal(a, b) {
				t.failf("attempt %d has the %s %q, attempt %d had %q: want a new one", i+1, name, b, i, a)
			}
		}
	}
}

func retryHints(t *trial) {
	e, ok := t.temporary()
	if !ok {
		return
	}
	const longest = 20 * time.Second
	for _, hint := range []struct{ asked, least, most time.Duration }{
		{7 * time.Second, 7 * time.Second, longest},
		{time.Hour, 0, longest},
	} {
		c := retrying(2)
		c.Retry.MaxWait = longest
		s, ok := t.failing(1, Failure{Code: e.Code, RetryAfter: hint.asked}, c)
		if !ok {
			return
		}
		_, err := t.answer(s, image.Query{})
		sent := s.Requests()
		if err != nil || len(sent) < 2 {
			t.failf("the server asked to wait %s: %d requests, error %v", hint.asked, len(sent), err)
			return
		}
		if waited := sent[1].At.Sub(sent[0].At); waited < hint.least || waited > hint.most {
			t.failf("the server asked to wait %s, and the next attempt came after %s: want %s to %s", hint.asked, waited, hint.least, hint.most)
		}
	}
}

func retryCancel(t *trial) {
	e, ok := t.temporary()
	if !ok {
		return
	}
	s, ok := t.failing(forever, Failure{Code: e.Code, RetryAfter: 30 * time.Second}, retrying(attempts))
	if !ok {
		return
	}
	ctx, cancel := context.WithCancel(t.context())
	defer cancel()
	time.AfterFunc(5*time.Second, cancel)
	began := time.Now()
	_, err := provider.Collect(s.Client.Images(ctx, image.Query{}))
	t.checkEnd("between two attempts", err, context.Canceled)
	if took := time.Since(began); took != 5*time.Second {
		t.failf("the context ended after 5s, the answer after %s", took)
	}
	time.Sleep(settle)
	if n := len(s.Requests()); n != 1 {
		t.failf("%d requests, though the context ended before the second attempt", n)
	}
}
