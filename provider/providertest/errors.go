package providertest

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/imagequery/imagequery/image"
	"github.com/imagequery/imagequery/provider"
)

// attempts is how many requests a check allows for one page.
const attempts = 3

func withAttempts(n int) provider.Config {
	return provider.Config{Retry: provider.Retry{Attempts: n}}
}

// eachError runs fn for every documented error, with a session that always responds with it.
func (t *checkRun) eachError(fn func(e ErrorCase, s *Session)) {
	t.requires(len(t.harness.Errors) > 0, "Harness.Errors")
	for _, e := range t.harness.Errors {
		fn(e, t.failing(Failure{Code: e.Code, Message: "the message of " + e.Code}, withAttempts(attempts)))
	}
}

func errorKinds(t *checkRun) {
	t.eachError(func(e ErrorCase, s *Session) {
		got, err := t.answer(s, image.Query{})
		if err == nil || len(got) > 0 {
			t.failf("%s: %d images came, error %v", e.Code, len(got), err)
			return
		}
		t.checkError(e, s, err, len(s.Requests()))
		t.checkTargetError(e, s)
	})
}

// checkTargetError finds the same through a search of two targets, one of which fails.
func (t *checkRun) checkTargetError(e ErrorCase, failing *Session) {
	good := t.open(t.harness.World(smallPage), withAttempts(attempts))
	targets := []provider.Target{{Name: "failing", Client: failing.Client}, {Name: "good", Client: good.Client}}
	before := len(failing.Requests())
	hits, err := provider.Collect(provider.Search(t.context(), targets, image.Query{}, nil))
	if whole, _ := t.answer(good, image.Query{}); len(hits) != len(whole) {
		t.failf("%s of one target: %d images of the other came, want %d", e.Code, len(hits), len(whole))
	}
	failure, ok := errors.AsType[*provider.TargetError](err)
	if !ok || failure.Target != "failing" || failure.Report.Complete {
		t.failf("%s: error %v, want a *provider.TargetError of the failing target", e.Code, err)
		return
	}
	t.checkError(e, failing, err, len(failing.Requests())-before)
}

func errorPermanent(t *checkRun) {
	t.eachError(func(e ErrorCase, s *Session) {
		if e.isTemporary() {
			return
		}
		_, _ = t.answer(s, image.Query{})
		if n, want := len(s.Requests()), e.requests(attempts); n != want {
			t.failf("%s: %d requests, want %d", e.Code, n, want)
		}
	})
}

// checkError compares an error with the last responses of the emulator.
func (t *checkRun) checkError(want ErrorCase, s *Session, err error, requests int) {
	e := asError(err)
	if e == nil {
		t.failf("%s: error %v is no *provider.Error", want.Code, err)
		return
	}
	sent := s.Requests()
	last := sent[len(sent)-1]
	if !errors.Is(err, want.Kind) || e.Kind != want.Kind {
		t.failf("%s is %q, want %q", want.Code, e.Kind.Error(), want.Kind.Error())
	}
	if e.Code != want.Code || e.RequestID != last.ID {
		t.failf("%s: code %q and request ID %q, want %q and %q", want.Code, e.Code, e.RequestID, want.Code, last.ID)
	}
	info := s.Client.Info()
	if e.Provider != info.Name || e.Region != info.Region || e.Action != last.Action {
		t.failf("%s happened at %q, %q, %q, want %q, %q, %q", want.Code, e.Provider, e.Region, e.Action, info.Name, info.Region, last.Action)
	}
	if e.Attempts != requests {
		t.failf("%s: the error tells of %d attempts, and %d requests were sent", want.Code, e.Attempts, requests)
	}
}

// temporary is a documented error that may be retried.
func (t *checkRun) temporary() ErrorCase {
	i := slices.IndexFunc(t.harness.Errors, ErrorCase.isTemporary)
	t.requires(i >= 0, "temporary error in Harness.Errors")
	return t.harness.Errors[i]
}

// failing opens a session whose requests fail.
func (t *checkRun) failing(f Failure, c provider.Config) *Session {
	s := t.open(t.harness.World(smallPage), c)
	t.requires(s.Fail != nil, "Session.Fail")
	s.Fail(f)
	return s
}

func retryAttempts(t *checkRun) {
	f := Failure{Code: t.temporary().Code}
	for _, allowed := range []int{1, 2, 4} {
		s := t.failing(f, withAttempts(allowed))
		_, err := t.answer(s, image.Query{})
		if n := len(s.Requests()); n != allowed || asError(err) == nil {
			t.failf("%s: %d requests where %d attempts are allowed, error %v", f.Code, n, allowed, err)
		}
		if allowed > 1 {
			t.checkRecovers("after "+f.Code, f, allowed)
		}
	}
}

// checkRecovers fails unless the last attempt that is allowed brings the complete response.
func (t *checkRun) checkRecovers(what string, f Failure, allowed int) {
	f.Times = allowed - 1
	s := t.failing(f, withAttempts(allowed))
	got, err := t.answer(s, image.Query{})
	whole, _ := t.answer(s, image.Query{}) // when the failures are over
	if err != nil || !isComplete(whole, got) {
		t.failf("%s for %d of %d attempts: %d of %d images came, error %v", what, allowed-1, allowed, len(got), len(whole), err)
	}
}

func retryBroken(t *checkRun) {
	for how, what := range map[Break]string{
		BreakReset: "the connection is reset", BreakCut: "the answer is cut off",
		BreakShort: "the answer ends early", BreakGateway: "a gateway answers",
	} {
		t.checkRecovers(what, Failure{Break: how}, attempts)
		got, err := t.answer(t.failing(Failure{Break: how}, withAttempts(attempts)), image.Query{})
		if e := asError(err); e == nil || e.Kind != provider.Unavailable || len(got) > 0 {
			t.failf("%s: %d images came, error %v: want Unavailable", what, len(got), err)
		}
	}
}

func retryFresh(t *checkRun) {
	e := t.temporary()
	t.requires(len(t.harness.Fresh) > 0, "Harness.Fresh")
	s := t.failing(Failure{Times: attempts - 1, Code: e.Code, RetryAfter: 2 * time.Second}, withAttempts(attempts))
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

func retryHints(t *checkRun) {
	const longest = 20 * time.Second
	e := t.temporary()
	for _, hint := range []struct{ asked, least time.Duration }{{7 * time.Second, 7 * time.Second}, {time.Hour, 0}} {
		c := withAttempts(2)
		c.Retry.MaxWait = longest
		s := t.failing(Failure{Times: 1, Code: e.Code, RetryAfter: hint.asked}, c)
		_, err := t.answer(s, image.Query{})
		sent := t.sent(s, err, 2, fmt.Sprintf("the server asked to wait %s", hint.asked))
		if waited := sent[1].At.Sub(sent[0].At); waited < hint.least || waited > longest {
			t.failf("the server asked to wait %s, and the next attempt came after %s: want %s to %s", hint.asked, waited, hint.least, longest)
		}
	}
}

func retryCancel(t *checkRun) {
	const soon = 5 * time.Second
	s := t.failing(Failure{Code: t.temporary().Code, RetryAfter: 30 * time.Second}, withAttempts(attempts))
	ctx, cancel := context.WithCancel(t.context())
	defer cancel()
	time.AfterFunc(soon, cancel)
	began := time.Now()
	_, err := provider.Collect(s.Client.Images(ctx, image.Query{}))
	t.checkEnd("between two attempts", err, context.Canceled)
	if took := time.Since(began); took != soon {
		t.failf("the context ended after %s, the answer after %s", soon, took)
	}
	time.Sleep(quietPeriod)
	if n := len(s.Requests()); n != 1 {
		t.failf("%d requests, though the context ended before the second attempt", n)
	}
}
