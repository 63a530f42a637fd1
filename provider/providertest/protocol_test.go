package providertest_test

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"maps"
	"net/http"
	"net/url"
	"strings"
	"sync/atomic"
	"time"

	"github.com/imagequery/imagequery/provider"
	"github.com/imagequery/imagequery/provider/httpapi"
)

// sign adds the parameters of the protocol.
func (a *model) sign(attempt *httpapi.Attempt) error {
	params, now := maps.Clone(attempt.Request.Params), time.Now().UTC().Format(time.RFC3339)
	nonce := cmp.Or(params.Get("nonce"), a.nonce())
	signature := fmt.Sprintf("signature of %s at %s with a secret", nonce, now)
	attempt.Hide(signature)
	maps.Copy(params, url.Values{
		"action": {attempt.Request.Action}, "key": {attempt.Credentials.AccessKeyID.Reveal()},
		"nonce": {nonce}, "stamp": {now}, "signature": {signature},
	})
	attempt.URL.RawQuery = params.Encode()
	return nil
}

func (a *model) nonce() string { return fmt.Sprint(a.nonces.Add(1)) }

var kinds = map[string]provider.Kind{
	"busy": provider.Unavailable, "slow down": provider.Throttled, "bad key": provider.Unauthenticated,
	"forbidden": provider.PermissionDenied, "bad request": provider.InvalidArgument,
}

// classify decides by the code of an error.
func (a *model) classify(r *httpapi.Response) httpapi.Outcome {
	kind, known := kinds[r.Status.Code]
	switch {
	case r.Status.Code == "gone": // the answer of a faulty transport
		return httpapi.Outcome{Kind: provider.Unavailable}
	case !known:
		return httpapi.ByStatus(r)
	}
	out := httpapi.FailureOf(kind, r.Header)
	if a.outcome != nil {
		a.outcome(a, r, &out)
	}
	if a.ownBudget && kind == provider.Throttled && !a.has("a throttle holds only one client") {
		a.config.Budget.Hold("here", r.Attempt.Request.Action, time.Now().Add(min(out.Wait, a.config.Retry.MaxWait)))
	}
	return out
}

// send sends a request, and returns its page.
func (a *model) send(ctx context.Context, action string, params url.Values) (*provider.Page, error) {
	release, err := a.admit(ctx, action)
	if err != nil {
		return nil, err
	}
	defer release()
	late, interrupted, stop := a.endLate(ctx)
	defer stop()
	page, err := a.api.Send(a.withHooks(late), action, params, a.decode)
	if e, ok := errors.AsType[*provider.Error](err); ok && a.failure != nil {
		a.failure(a, e)
	}
	switch {
	case err == nil || ctx.Err() == nil:
		return page, err
	case interrupted.Load() && a.has("the end of a context is taken for a failure"):
		return nil, &provider.Error{Kind: provider.BadResponse, Message: "gone"}
	default:
		return nil, &provider.Error{Err: ctx.Err()}
	}
}

// admit waits for the budget, if the model does so itself.
func (a *model) admit(ctx context.Context, action string) (release func(), err error) {
	if !a.ownBudget {
		return func() {}, nil
	}
	if a.has("the budget has another operation") {
		action = "any"
	}
	began := time.Now()
	release, waited, err := a.config.Budget.Acquire(ctx, "here", action)
	if hook := provider.ContextTrace(ctx).Throttle; hook != nil && waited > 0 {
		hook(ctx, provider.ThrottleInfo{Provider: "model", Region: "here", Action: action, Began: began, Wait: waited})
	}
	switch {
	case err != nil:
		return nil, &provider.Error{Err: err}
	case a.has("slots are kept"):
		return func() {}, nil
	case a.has("slots are released early"):
		release()
	}
	return release, nil
}

// endLate returns a context that ends when ctx does, or later for a model with a fault,
// and whether a request was in flight when it did. After stop it does not end.
func (a *model) endLate(ctx context.Context) (late context.Context, interrupted *atomic.Bool, stop func() bool) {
	interrupted = &atomic.Bool{}
	if a.late == nil {
		return ctx, interrupted, func() bool { return true }
	}
	late, cancel := context.WithCancel(context.WithoutCancel(ctx))
	stop = context.AfterFunc(ctx, func() {
		interrupted.Store(a.inFlight.Load() > 0)
		if a.late(interrupted.Load()) {
			cancel()
		}
	})
	return late, interrupted, stop
}

// withoutHooks is a context without the hooks of a trace.
type withoutHooks struct{ context.Context }

func (withoutHooks) Value(any) any { return nil }

// withHooks returns a context with the hooks that a model with a fault calls.
func (a *model) withHooks(ctx context.Context) context.Context {
	was := provider.ContextTrace(ctx)
	if a.hooks == nil || was.Start == nil {
		return ctx
	}
	hooks := *was
	hooks.Start = func(_ context.Context, i provider.SpanInfo) (context.Context, provider.EndSpan) {
		return was.Start(ctx, i)
	}
	hooks.Retry = func(_ context.Context, i provider.RetryInfo) { was.Retry(ctx, i) }
	hooks.Throttle = func(_ context.Context, i provider.ThrottleInfo) { was.Throttle(ctx, i) }
	a.hooks(ctx, was, &hooks)
	return provider.WithTrace(withoutHooks{ctx}, &hooks)
}

// RoundTrip makes the model the transport of its requests.
func (a *model) RoundTrip(r *http.Request) (*http.Response, error) {
	a.inFlight.Add(1)
	defer a.inFlight.Add(-1)
	if a.transport != nil {
		return a.transport(a, r)
	}
	return a.next.RoundTrip(r)
}

// insteadOfError is a transport that responds where the connection breaks.
func insteadOfError(status int, body string) func(*model, *http.Request) (*http.Response, error) {
	return func(a *model, r *http.Request) (*http.Response, error) {
		out, err := a.next.RoundTrip(r)
		if err != nil && r.Context().Err() == nil {
			return answer(status, body), nil
		}
		return out, err
	}
}

func answer(status int, body string) *http.Response {
	return &http.Response{StatusCode: status, Header: http.Header{}, Body: io.NopCloser(strings.NewReader(body))}
}

// ask sends a request that is of no use.
func (a *model) ask() {
	client := http.Client{Transport: a.cloud, Timeout: time.Hour}
	if response, err := client.Get("https://model.invalid/?action=list"); err == nil {
		response.Body.Close()
	}
}
