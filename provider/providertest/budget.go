package providertest

import (
	"context"
	"slices"
	"time"

	"github.com/imagequery/imagequery/image"
	"github.com/imagequery/imagequery/provider"
)

// budgetRequests finds requests that the budget has not admitted, and slots that are
// released too early or never.
func budgetRequests(t *checkRun) {
	e, ok := t.temporary()
	if !ok {
		return
	}
	t.checkHeld()
	t.checkRate(e)
	t.checkSlot()
}

// checkHeld holds the operation before the first request.
func (t *checkRun) checkHeld() {
	const pause = 10 * time.Minute
	budget := &provider.Budget{}
	s := t.open(t.harness.World(smallPage), provider.Config{Budget: budget})
	call, ok := t.firstCall(s)
	if !ok {
		return
	}
	began := time.Now()
	budget.Hold(s.Client.Info().Region, call.Action, began.Add(pause))
	_, err := provider.Collect(s.Client.Do(t.context(), call))
	sent := s.Requests()
	if err != nil || len(sent) == 0 {
		t.failf("the budget holds %s for %s: %d requests, error %v", call.Action, pause, len(sent), err)
		return
	}
	if waited := sent[0].At.Sub(began); waited < pause {
		t.failf("the budget holds %s in region %q for %s, and a request was sent after %s", call.Action, s.Client.Info().Region, pause, waited)
	}
}

// checkRate has requests fail under a budget of one request in many seconds.
func (t *checkRun) checkRate(e ErrorCase) {
	const each = 300 * time.Second
	budget := &provider.Budget{PerSecond: 1 / each.Seconds(), InFlight: 1}
	c := withAttempts(attempts)
	c.Budget = budget
	s, ok := t.failing(attempts-1, Failure{Code: e.Code}, c)
	if !ok {
		return
	}
	ctx, cancel := context.WithTimeout(t.context(), 100*each)
	defer cancel()
	if _, err := provider.Collect(s.Client.Images(ctx, image.Query{})); err != nil {
		t.failf("under a budget of one request each %s: %w", each, err)
	}
	sent := s.Requests()
	for i := 1; i < len(sent); i++ {
		if gap := sent[i].At.Sub(sent[i-1].At); gap < each-time.Second {
			t.failf("under a budget of one request each %s, request %d was sent %s after the one before", each, i+1, gap)
		}
	}
}

// checkSlot has a request hang under a budget of one request in flight.
func (t *checkRun) checkSlot() {
	const timeout = 10 * time.Second
	budget := &provider.Budget{InFlight: 1}
	c := provider.Config{Budget: budget, Retry: provider.Retry{Attempts: 1, AttemptTimeout: timeout}}
	hanging, ok := t.failing(always, Failure{Break: BreakHang}, c)
	if !ok {
		return
	}
	s := t.open(t.harness.World(smallPage), provider.Config{Budget: budget})
	ctx, cancel := context.WithTimeout(t.context(), timeout+time.Second)
	defer cancel()
	began := time.Now()
	done := make(chan struct{})
	go func() {
		defer close(done)
		call, _ := t.firstCall(hanging)
		_, _ = provider.Collect(hanging.Client.Do(ctx, call))
	}()
	time.Sleep(time.Second)
	later, cancel := context.WithTimeout(t.context(), time.Hour)
	defer cancel()
	_, err := provider.Collect(s.Client.Images(later, image.Query{}))
	<-done
	sent := s.Requests()
	if err != nil || len(sent) == 0 {
		t.failf("after a request of the same budget has failed: %d requests, error %v", len(sent), err)
		return
	}
	if waited := sent[0].At.Sub(began); waited < timeout {
		t.failf("the budget allows one request in flight, and a second was sent after %s, while the first took %s", waited, timeout)
	}
}

// budgetHolds has the server throttle one of two clients that share a budget.
func budgetHolds(t *checkRun) {
	const pause = 30 * time.Second
	i := slices.IndexFunc(t.harness.Errors, func(e ErrorCase) bool { return e.Kind == provider.Throttled && e.isTemporary() })
	if !t.requires(i >= 0, "error with the Kind Throttled in Harness.Errors") {
		return
	}
	c := withAttempts(attempts)
	c.Budget = &provider.Budget{}
	throttled, ok := t.failing(1, Failure{Code: t.harness.Errors[i].Code, RetryAfter: pause}, c)
	if !ok {
		return
	}
	other := t.open(t.harness.World(smallPage), c)
	call, ok := t.firstCall(throttled)
	if !ok {
		return
	}
	began := time.Now()
	done := make(chan struct{})
	go func() {
		defer close(done)
		_, _ = provider.Collect(throttled.Client.Do(t.context(), call))
	}()
	time.Sleep(time.Second)
	_, err := provider.Collect(other.Client.Do(t.context(), call))
	<-done
	sent := other.Requests()
	if err != nil || len(sent) == 0 {
		t.failf("after a throttle of the account: %d requests, error %v", len(sent), err)
		return
	}
	if waited := sent[0].At.Sub(began); waited < pause {
		t.failf("the server asked the account to wait %s, and another client of the same budget sent %s after %s", pause, call.Action, waited)
	}
}

// firstCall returns the first call of the empty query.
func (t *checkRun) firstCall(s *Session) (provider.Call, bool) {
	plan, err := s.Client.Explain(image.Query{})
	if err != nil || len(plan.Calls) == 0 {
		t.failf("the plan of the empty query has no call, error %v", err)
		return provider.Call{}, false
	}
	return plan.Calls[0], true
}
