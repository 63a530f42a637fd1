package providertest

import (
	"errors"

	"github.com/imagequery/imagequery/image"
	"github.com/imagequery/imagequery/provider"
)

// attempts is how many requests a check allows for one page.
const attempts = 3

func retrying(n int) provider.Config {
	return provider.Config{Retry: provider.Retry{Attempts: n}}
}

// eachError runs fn for every documented error, with a session whose every answer
// it is.
func (t *trial) eachError(fn func(e ErrorCase, s *Session)) {
	if !t.needs(len(t.harness.Errors) > 0, "Harness.Errors") {
		return
	}
	world := t.harness.World(smallPage)
	for _, e := range t.harness.Errors {
		s := t.open(world, retrying(attempts))
		if !t.needs(s.Fail != nil, "Session.Fail") {
			return
		}
		s.Fail(func(int) *Failure { return &Failure{Code: e.Code, Message: "the message of " + e.Code} })
		fn(e, s)
	}
}

func errorKinds(t *trial) {
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

// checkTargetError finds the same through a search of two targets, one of which
// fails.
func (t *trial) checkTargetError(e ErrorCase, failing *Session) {
	good := t.open(t.harness.World(smallPage), retrying(attempts))
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

func errorPermanent(t *trial) {
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

// checkError compares with what the fake answered to the last requests.
func (t *trial) checkError(want ErrorCase, s *Session, err error, requests int) {
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
func (t *trial) temporary() (ErrorCase, bool) {
	for _, e := range t.harness.Errors {
		if e.isTemporary() {
			return e, true
		}
	}
	return ErrorCase{}, t.needs(false, "temporary error in Harness.Errors")
}
