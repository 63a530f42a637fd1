package providertest

import (
	"context"
	"fmt"
	"log/slog"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/imagequery/imagequery/image"
	"github.com/imagequery/imagequery/provider"
)

// budgetRequests finds requests that the budget has not admitted, and slots that are
// released too early or never.
func budgetRequests(t *checkRun) {
	t.checkHeld()
	t.checkRate()
	t.checkSlot()
}

// checkHeld holds the operation before the first request.
func (t *checkRun) checkHeld() {
	const pause = 10 * time.Minute
	budget := &provider.Budget{}
	s := t.open(t.harness.World(smallPage), provider.Config{Budget: budget})
	where, began := t.place(s), time.Now()
	budget.Hold(where.Region, where.Action, began.Add(pause))
	_, err := provider.Collect(s.Client.Do(t.context(), t.firstCall(s)))
	sent := t.sent(s, err, 1, fmt.Sprintf("the budget holds %s for %s", where.Action, pause))
	if waited := sent[0].At.Sub(began); waited < pause {
		t.failf("the budget holds %s in region %q for %s, and a request was sent after %s", where.Action, where.Region, pause, waited)
	}
}

// checkRate has requests fail under a budget of one request in many seconds.
func (t *checkRun) checkRate() {
	const each = 300 * time.Second
	c := withAttempts(attempts)
	c.Budget = &provider.Budget{PerSecond: 1 / each.Seconds(), InFlight: 1}
	s := t.failing(Failure{Times: attempts - 1, Code: t.temporary().Code}, c)
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
	c := provider.Config{Budget: &provider.Budget{InFlight: 1}, Retry: provider.Retry{Attempts: 1, AttemptTimeout: timeout}}
	hanging := t.failing(Failure{Break: BreakHang}, c)
	waited := t.waitBehind(hanging, timeout+time.Second, provider.Config{Budget: c.Budget})
	if waited < timeout {
		t.failf("the budget allows one request in flight, and a second was sent after %s, while the first took %s", waited, timeout)
	}
}

// budgetHolds has the server throttle one of two clients that share a budget.
func budgetHolds(t *checkRun) {
	const pause = 30 * time.Second
	i := slices.IndexFunc(t.harness.Errors, func(e ErrorCase) bool { return e.Kind == provider.Throttled && e.isTemporary() })
	t.requires(i >= 0, "error with the Kind Throttled in Harness.Errors")
	c := withAttempts(attempts)
	c.Budget = &provider.Budget{}
	throttled := t.failing(Failure{Times: 1, Code: t.harness.Errors[i].Code, RetryAfter: pause}, c)
	if waited := t.waitBehind(throttled, time.Hour, c); waited < pause {
		t.failf("the server asked the account to wait %s, and another client of the same budget sent a request after %s", pause, waited)
	}
}

// waitBehind has a first client list its first call for at most some time. A second
// later it has another client, with the configuration c, list the same. It returns how
// long after the beginning the other client sent its request.
func (t *checkRun) waitBehind(first *Session, most time.Duration, c provider.Config) time.Duration {
	other, call := t.open(t.harness.World(smallPage), c), t.firstCall(first)
	ctx, cancel := context.WithTimeout(t.context(), most)
	defer cancel()
	later, cancel := context.WithTimeout(t.context(), time.Hour)
	defer cancel()
	began := time.Now()
	var firstDone sync.WaitGroup
	firstDone.Go(func() { _, _ = provider.Collect(first.Client.Do(ctx, call)) })
	time.Sleep(time.Second)
	_, err := provider.Collect(other.Client.Do(later, call))
	firstDone.Wait()
	return t.sent(other, err, 1, "after another client of the same budget")[0].At.Sub(began)
}

// traced is what the hooks of one listing have reported.
type traced struct {
	mu        sync.Mutex
	requests  []provider.RequestInfo
	responses []provider.ResponseInfo
	retries   []provider.RetryInfo
	throttles []provider.ThrottleInfo
	foreign   int // calls whose context is not that of the query
	outside   int // calls for an attempt whose context is not that of its span

	started, ended atomic.Int32 // spans of attempts
}

type traceMark struct{}

type attemptMark struct{}

// start marks the contexts inside the spans of attempts.
func (out *traced) start(ctx context.Context, i provider.SpanInfo) (context.Context, provider.EndSpan) {
	if i.Kind != provider.SpanAttempt {
		return ctx, func(int, error) {}
	}
	out.started.Add(1)
	return context.WithValue(ctx, attemptMark{}, i.Attempt), func(int, error) { out.ended.Add(1) }
}

// traceCall lists the first call of the empty query with hooks.
func (t *checkRun) traceCall(s *Session) (*traced, error) {
	out := &traced{}
	ctx := provider.WithTrace(context.WithValue(t.context(), traceMark{}, out), &provider.Trace{
		Start:    out.start,
		Request:  func(ctx context.Context, i provider.RequestInfo) { note(ctx, out, &out.requests, i, i.Attempt) },
		Response: func(ctx context.Context, i provider.ResponseInfo) { note(ctx, out, &out.responses, i, i.Attempt) },
		Retry:    func(ctx context.Context, i provider.RetryInfo) { note(ctx, out, &out.retries, i, 0) },
		Throttle: func(ctx context.Context, i provider.ThrottleInfo) { note(ctx, out, &out.throttles, i, 0) },
	})
	_, err := provider.Collect(s.Client.Do(ctx, t.firstCall(s)))
	return out, err
}

// note adds what a hook reports to a list. A hook that is called within the span of an
// attempt gives its number.
func note[T any](ctx context.Context, out *traced, list *[]T, info T, attempt int) {
	out.mu.Lock()
	defer out.mu.Unlock()
	*list = append(*list, info)
	if ctx.Value(traceMark{}) != out {
		out.foreign++
	}
	if attempt > 0 && ctx.Value(attemptMark{}) != attempt {
		out.outside++
	}
}

// traceAttempts compares what the hooks report with the requests that the emulator received.
func traceAttempts(t *checkRun) {
	for _, f := range []Failure{{Times: attempts - 1, Code: t.temporary().Code}, {Times: attempts - 1, Break: BreakReset}} {
		s := t.failing(f, withAttempts(attempts))
		got, err := t.traceCall(s)
		if err != nil && f.Break != 0 {
			return // which another check is for
		}
		if err != nil {
			t.fatalf("%d failures of %d attempts: %w", attempts-1, attempts, err)
		}
		t.compareAttempts(f, s, got)
		if got.foreign > 0 {
			t.failf("%d hooks got a context without the values of the context of the query", got.foreign)
		}
		t.compareSpans(s, got)
	}
}

func (t *checkRun) compareSpans(s *Session, got *traced) {
	sent, started, ended := len(s.Requests()), int(got.started.Load()), int(got.ended.Load())
	if started != sent || ended != sent {
		t.failf("%d requests were sent, and %d spans of attempts started and %d ended: call Trace.Start for each attempt, and the function that it returns once", sent, started, ended)
	} else if got.outside > 0 {
		t.failf("%d hooks for requests and responses got a context other than the one that Trace.Start returned for the attempt", got.outside)
	}
}

func (t *checkRun) compareAttempts(f Failure, s *Session, got *traced) {
	sent, want := s.Requests(), t.place(s)
	if len(got.requests) != len(sent) || len(got.responses) != len(sent) {
		t.failf("%d requests were sent, and the hooks were called for %d requests and %d responses", len(sent), len(got.requests), len(got.responses))
		return
	}
	for i, r := range sent {
		want.Attempt = i + 1
		if i >= attempts {
			want.Attempt = 1 // of the next page
		}
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

// place describes the first call, without an attempt.
func (t *checkRun) place(s *Session) provider.RequestInfo {
	info := s.Client.Info()
	return provider.RequestInfo{Provider: info.Name, Region: info.Region, Action: t.firstCall(s).Action}
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
	e, c := t.temporary(), withAttempts(2)
	c.Budget = &provider.Budget{}
	s := t.failing(Failure{Times: 1, Code: e.Code, RetryAfter: 7 * time.Second}, c)
	where := t.place(s)
	c.Budget.Hold(where.Region, where.Action, time.Now().Add(pause))
	began := time.Now()
	got, err := t.traceCall(s)
	sent := t.sent(s, err, 2, "after one failure")
	t.compareThrottle(where, sent[0].At.Sub(began), got.throttles)
	where.Attempt = 1
	t.compareRetry(where, e, sent[1].At.Sub(sent[0].At), got.retries)
}

func (t *checkRun) compareThrottle(want provider.RequestInfo, waited time.Duration, got []provider.ThrottleInfo) {
	var total time.Duration
	for _, i := range got {
		total += i.Wait
		if is := (provider.RequestInfo{Provider: i.Provider, Region: i.Region, Action: i.Action}); is != want || i.Began.IsZero() {
			t.failf("a hook for waits got %+v, want %s, %q, %s and the time at which it began", i, want.Provider, want.Region, want.Action)
		}
	}
	if total < waited-time.Second {
		t.failf("the first request waited %s for the budget, and the hooks tell of %s", waited, total)
	}
}

func (t *checkRun) compareRetry(want provider.RequestInfo, e ErrorCase, gap time.Duration, got []provider.RetryInfo) {
	if len(got) != 1 {
		t.failf("one attempt was retried, and the hook for retries was called %d times", len(got))
		return
	}
	i := got[0]
	if is := (provider.RequestInfo{Provider: i.Provider, Region: i.Region, Action: i.Action, Attempt: i.Attempt}); is != want {
		t.failf("the hook for retries got %+v, want %+v", i, want)
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
	var log lockedBuffer
	c := withAttempts(attempts)
	c.Logger = slog.New(slog.NewJSONHandler(&log, &slog.HandlerOptions{Level: slog.LevelDebug}))
	s := t.failing(Failure{Times: attempts - 1, Code: t.temporary().Code}, c)
	if _, err := t.answer(s, image.Query{}); err != nil {
		t.failf("after %d failures: %w", attempts-1, err)
	}
	if n, records := len(s.Requests()), strings.Count(log.String(), "\n"); records < n {
		t.failf("%d requests were sent, and the log has %d records", n, records)
	}
}
