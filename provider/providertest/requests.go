package providertest

import (
	"bytes"
	"context"
	"fmt"
	"log/slog"
	"slices"
	"sync"
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

// traced is what the hooks of one listing have reported.
type traced struct {
	mu        sync.Mutex
	requests  []provider.RequestInfo
	responses []provider.ResponseInfo
	retries   []provider.RetryInfo
	throttles []provider.ThrottleInfo
	foreign   int // calls whose context is not that of the query
	started   int // spans of attempts
	ended     int
	outside   int // calls for an attempt whose context is not that of its span
}

type traceMark struct{}

type attemptMark struct{}

// start marks the contexts inside the spans of attempts.
func (out *traced) start(ctx context.Context, i provider.SpanInfo) (context.Context, provider.EndSpan) {
	if i.Kind != provider.SpanAttempt {
		return ctx, func(int, error) {}
	}
	out.add(&out.started)
	return context.WithValue(ctx, attemptMark{}, i.Attempt), func(int, error) { out.add(&out.ended) }
}

func (out *traced) add(count *int) {
	out.mu.Lock()
	defer out.mu.Unlock()
	*count++
}

// inSpan counts a call for an attempt whose context is not that of its span.
func (out *traced) inSpan(ctx context.Context, attempt int) {
	if ctx.Value(attemptMark{}) != attempt {
		out.add(&out.outside)
	}
}

// traceCall lists the first call of the empty query with hooks.
func (t *checkRun) traceCall(s *Session) (*traced, provider.Call, error) {
	call, ok := t.firstCall(s)
	if !ok {
		return nil, call, nil
	}
	out := &traced{}
	ctx := provider.WithTrace(context.WithValue(t.context(), traceMark{}, out), &provider.Trace{
		Start: out.start,
		Request: func(ctx context.Context, i provider.RequestInfo) {
			out.inSpan(ctx, i.Attempt)
			note(ctx, out, &out.requests, i)
		},
		Response: func(ctx context.Context, i provider.ResponseInfo) {
			out.inSpan(ctx, i.Attempt)
			note(ctx, out, &out.responses, i)
		},
		Retry:    func(ctx context.Context, i provider.RetryInfo) { note(ctx, out, &out.retries, i) },
		Throttle: func(ctx context.Context, i provider.ThrottleInfo) { note(ctx, out, &out.throttles, i) },
	})
	_, err := provider.Collect(s.Client.Do(ctx, call))
	return out, call, err
}

func note[T any](ctx context.Context, out *traced, list *[]T, info T) {
	out.mu.Lock()
	defer out.mu.Unlock()
	*list = append(*list, info)
	if ctx.Value(traceMark{}) != out {
		out.foreign++
	}
}

// traceAttempts compares what the hooks report with the requests that the emulator
// received.
func traceAttempts(t *checkRun) {
	e, ok := t.temporary()
	if !ok {
		return
	}
	for _, f := range []Failure{{Code: e.Code}, {Break: BreakReset}} {
		s, ok := t.failing(attempts-1, f, withAttempts(attempts))
		if !ok {
			return
		}
		got, call, err := t.traceCall(s)
		if err != nil && f.Break != 0 {
			return // which another check is for
		}
		if got == nil || err != nil {
			t.failf("%d failures of %d attempts: %w", attempts-1, attempts, err)
			return
		}
		t.compareAttempts(f, s, call.Action, got)
		if got.foreign > 0 {
			t.failf("%d hooks got a context without the values of the context of the query", got.foreign)
		}
		t.compareSpans(s, got)
	}
}

// compareSpans compares the spans of attempts with the requests.
func (t *checkRun) compareSpans(s *Session, got *traced) {
	if sent := len(s.Requests()); got.started != sent || got.ended != sent {
		t.failf("%d requests were sent, and %d spans of attempts started and %d ended: call Trace.Start for each attempt, and the function that it returns once", sent, got.started, got.ended)
		return
	}
	if got.outside > 0 {
		t.failf("%d hooks for requests and responses got a context other than the one that Trace.Start returned for the attempt", got.outside)
	}
}

func (t *checkRun) compareAttempts(f Failure, s *Session, action string, got *traced) {
	sent, info := s.Requests(), s.Client.Info()
	if len(got.requests) != len(sent) || len(got.responses) != len(sent) {
		t.failf("%d requests were sent, and the hooks were called for %d requests and %d responses", len(sent), len(got.requests), len(got.responses))
		return
	}
	for i, r := range sent {
		attempt := i + 1
		if i >= attempts {
			attempt = 1 // of the next page
		}
		want := provider.RequestInfo{Provider: info.Name, Region: info.Region, Action: action, Attempt: attempt}
		if got.requests[i] != want {
			t.failf("the hook for request %d got %+v, want %+v", i+1, got.requests[i], want)
		}
		response := got.responses[i]
		if is := (provider.RequestInfo{Provider: response.Provider, Region: response.Region, Action: response.Action, Attempt: response.Attempt}); is != want {
			t.failf("the hook for response %d got %+v, want %+v", i+1, is, want)
		}
		if !response.Began.Equal(r.At) {
			t.failf("the hook for response %d says that the attempt began at %s, and it was sent at %s", i+1, response.Began, r.At)
		}
		if problem := responseProblem(f, i < attempts-1, r, response); problem != "" {
			t.failf("the hook for response %d got %+v: %s", i+1, response, problem)
		}
	}
}

// responseProblem says what is wrong with the report of a response.
func responseProblem(f Failure, failed bool, r Request, got provider.ResponseInfo) string {
	complete := !failed || f.Break == 0
	switch {
	case (got.Err != nil) != failed:
		return fmt.Sprintf("the attempt failed: %t", failed)
	case (got.HTTPStatus != 0) != complete || (got.Bytes > 0) != complete:
		return fmt.Sprintf("a complete response came: %t", complete)
	case failed && got.Code != f.Code:
		return fmt.Sprintf("the code was %q", f.Code)
	case complete && got.RequestID != r.ID:
		return fmt.Sprintf("the request ID was %q", r.ID)
	}
	return ""
}

// traceWaits compares the reported waits with the times of the requests.
func traceWaits(t *checkRun) {
	const pause = 10 * time.Minute
	e, ok := t.temporary()
	if !ok {
		return
	}
	c := withAttempts(2)
	c.Budget = &provider.Budget{}
	s, ok := t.failing(1, Failure{Code: e.Code, RetryAfter: 7 * time.Second}, c)
	if !ok {
		return
	}
	call, ok := t.firstCall(s)
	if !ok {
		return
	}
	c.Budget.Hold(s.Client.Info().Region, call.Action, time.Now().Add(pause))
	began := time.Now()
	got, _, err := t.traceCall(s)
	sent := s.Requests()
	if err != nil || len(sent) < 2 {
		t.failf("after one failure: %d requests, error %v", len(sent), err)
		return
	}
	t.compareThrottle(s, call.Action, sent[0].At.Sub(began), got.throttles)
	t.compareRetry(e, s, call.Action, sent[1].At.Sub(sent[0].At), got.retries)
}

func (t *checkRun) compareThrottle(s *Session, action string, waited time.Duration, got []provider.ThrottleInfo) {
	var total time.Duration
	for _, i := range got {
		total += i.Wait
		if i.Provider != s.Client.Info().Name || i.Region != s.Client.Info().Region || i.Action != action || i.Began.IsZero() {
			t.failf("a hook for waits got %+v, want %s, %q, %s and the time at which it began", i, s.Client.Info().Name, s.Client.Info().Region, action)
		}
	}
	if total < waited-time.Second {
		t.failf("the first request waited %s for the budget, and the hooks tell of %s", waited, total)
	}
}

func (t *checkRun) compareRetry(e ErrorCase, s *Session, action string, gap time.Duration, got []provider.RetryInfo) {
	if len(got) != 1 {
		t.failf("one attempt was retried, and the hook for retries was called %d times", len(got))
		return
	}
	i := got[0]
	if i.Provider != s.Client.Info().Name || i.Region != s.Client.Info().Region || i.Action != action || i.Attempt != 1 {
		t.failf("the hook for retries got %+v, want attempt 1 of %s", i, action)
	}
	if i.Err == nil || i.Err.Kind != e.Kind || i.Err.Code != e.Code {
		t.failf("the hook for retries got the error %v, want the code %s", i.Err, e.Code)
	}
	if i.Wait > gap || i.Wait < gap-time.Second {
		t.failf("the hook for retries tells of a wait of %s, and the next attempt came after %s", i.Wait, gap)
	}
}

// configLogger counts the records about attempts.
func configLogger(t *checkRun) {
	e, ok := t.temporary()
	if !ok {
		return
	}
	var log lockedBuffer
	c := withAttempts(attempts)
	c.Logger = slog.New(slog.NewJSONHandler(&log, &slog.HandlerOptions{Level: slog.LevelDebug}))
	s, ok := t.failing(attempts-1, Failure{Code: e.Code}, c)
	if !ok {
		return
	}
	if _, err := t.answer(s, image.Query{}); err != nil {
		t.failf("after %d failures: %w", attempts-1, err)
	}
	records := bytes.Count([]byte(log.String()), []byte("\n"))
	if n := len(s.Requests()); records < n {
		t.failf("%d requests were sent, and the log has %d records", n, records)
	}
}
