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

// misread returns the configuration that a model with a bug gives its HTTP client.
func (a *model) misread(c provider.Config) provider.Config {
	switch a.bug {
	case "plain http is always allowed":
		c.AllowHTTP = true
	case "plain http is never allowed":
		c.AllowHTTP = false
	case "the user agent is ignored":
		c.UserAgent = ""
	case "the logger is ignored":
		c.Logger = nil
	case "attempts have no timeout":
		c.Retry.AttemptTimeout = 24 * time.Hour
	case "one attempt too many":
		c.Retry.Attempts++
	case "hints have no limit":
		c.Retry.MaxWait = 24 * time.Hour
	case "the budget is skipped", "retries skip the budget":
		c.Budget = nil
	default:
		if a.admitsItself() {
			c.Budget = &provider.Budget{PerSecond: c.Budget.PerSecond}
		}
	}
	return c
}

// httpClient returns the client of a model with a bug for that of its user.
func (a *model) httpClient(user *http.Client) *http.Client {
	client := http.Client{}
	if user != nil {
		client = *user
	}
	switch a.bug {
	case "the timeout of the HTTP client is ignored":
		client.Timeout = 0
	case "the HTTP client is ignored":
		if _, ok := client.Transport.(*cloud); !ok {
			client.Transport = http.NewFileTransport(http.Dir("no such directory"))
		}
	}
	client.Transport = &connection{a, client.Transport}
	return &client
}

// connection is the transport of a model.
type connection struct {
	*model
	next http.RoundTripper
}

func (c *connection) RoundTrip(r *http.Request) (*http.Response, error) {
	c.inFlight.Add(1)
	defer c.inFlight.Add(-1)
	if c.has("redirects are followed") {
		return (&http.Client{Transport: c.next}).Do(r)
	}
	if c.timedOut.Load() && c.has("a timeout is final") {
		return answer(http.StatusBadRequest, `{"code":"gone"}`), nil
	}
	out, err := c.next.RoundTrip(r)
	ended := r.Context().Err()
	switch {
	case err == nil:
	case ended != nil:
		c.timedOut.Store(true)
	case c.has("half an answer is an empty one"):
		return answer(http.StatusOK, `{"images":[]}`), nil
	case c.has("a broken connection is final"):
		return answer(http.StatusBadGateway, `{"code":"gone"}`), nil
	}
	return out, err
}

func answer(status int, body string) *http.Response {
	return &http.Response{StatusCode: status, Header: http.Header{}, Body: io.NopCloser(strings.NewReader(body))}
}

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
	if !known {
		if r.Status.Code == "gone" {
			return httpapi.Outcome{Kind: provider.Unavailable}
		}
		return httpapi.ByStatus(r)
	}
	out := httpapi.FailureOf(kind, r.Header)
	switch {
	case a.has("one code has a wrong kind") && r.Status.Code == "forbidden":
		out.Kind = provider.Unauthenticated
	case a.has("everything is tried again"):
		out.Retry = httpapi.Always
	case a.has("hints are ignored") && kind == provider.Unavailable:
		out.Wait = 0
	case a.has("the log shows the key"):
		a.config.Logger.Info("refused", "key", canaryKey)
	case kind == provider.Throttled && a.admitsItself() && !a.has("a throttle holds only one client"):
		a.config.Budget.Hold("here", r.Attempt.Request.Action, time.Now().Add(min(out.Wait, a.config.Retry.MaxWait)))
	}
	return out
}

// admitsItself reports whether the model waits for the budget itself, in a wrong way.
func (a *model) admitsItself() bool {
	switch a.bug {
	case "retries skip the budget", "the budget has another operation", "slots are kept", "slots are released early", "a throttle holds only one client":
		return a.config.Budget != nil
	}
	return false
}

// admit waits for the budget, if the model does so itself.
func (a *model) admit(ctx context.Context, action string) (release func(), err error) {
	if !a.admitsItself() {
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

// send sends a request, and returns its page.
func (a *model) send(ctx context.Context, action string, params url.Values) (*provider.Page, error) {
	release, err := a.admit(ctx, action)
	if err != nil {
		return nil, err
	}
	defer release()
	if a.has("retries repeat the nonce") {
		params.Set("nonce", a.nonce())
	}
	late, interrupted, stop := a.endLate(ctx)
	defer stop()
	page, err := a.api.Send(a.withHooks(late), action, params, a.decode)
	if e, ok := errors.AsType[*provider.Error](err); ok {
		a.applyErrorBug(e)
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

func (a *model) applyErrorBug(e *provider.Error) {
	switch a.bug {
	case "the request ID is lost":
		e.RequestID = ""
	case "errors show the key":
		e.Message += " for " + canaryKey
	case "errors repeat what the server says":
		if e.Code != "" {
			e.Message = *a.message.Load()
		}
	}
}

// endLate returns a context that ends when ctx does, or later for a model with a bug,
// and whether a request was in flight when it did. After stop it does not end.
func (a *model) endLate(ctx context.Context) (late context.Context, interrupted *atomic.Bool, stop func() bool) {
	interrupted = &atomic.Bool{}
	late, cancel := context.WithCancel(context.WithoutCancel(ctx))
	stop = context.AfterFunc(ctx, func() {
		interrupted.Store(a.inFlight.Load() > 0)
		switch {
		case !interrupted.Load() && a.has("a wait cannot be ended"):
			return
		case interrupted.Load() && a.has("the end of a context is seen late"):
			time.Sleep(10 * time.Second)
		}
		cancel()
	})
	return late, interrupted, stop
}

// withoutHooks is a context without the hooks of a trace.
type withoutHooks struct{ context.Context }

func (withoutHooks) Value(any) any { return nil }

// withHooks returns a context with the hooks that a model with a bug calls.
func (a *model) withHooks(ctx context.Context) context.Context {
	hooks := *provider.ContextTrace(ctx)
	if hooks.Start == nil {
		return ctx
	}
	was := hooks
	hooks.Start = func(_ context.Context, i provider.SpanInfo) (context.Context, provider.EndSpan) {
		return was.Start(ctx, i)
	}
	hooks.Retry = func(_ context.Context, i provider.RetryInfo) { was.Retry(ctx, i) }
	hooks.Throttle = func(_ context.Context, i provider.ThrottleInfo) { was.Throttle(ctx, i) }
	switch a.bug {
	default:
		return ctx
	case "attempts are not reported":
		hooks.Request = nil
	case "only the last attempt is reported":
		hooks.Request = func(ctx context.Context, i provider.RequestInfo) {
			if i.Attempt == a.config.Retry.Attempts {
				was.Request(ctx, i)
			}
		}
	case "responses are not reported":
		hooks.Response = nil
	case "responses have no request ID":
		hooks.Response = func(ctx context.Context, i provider.ResponseInfo) {
			i.RequestID = ""
			was.Response(ctx, i)
		}
	case "hooks get another context":
		hooks.Request = func(_ context.Context, i provider.RequestInfo) { was.Request(context.Background(), i) }
	case "attempts are no spans":
		hooks.Start = nil
	case "failed spans do not end":
		hooks.Start = func(_ context.Context, i provider.SpanInfo) (context.Context, provider.EndSpan) {
			ctx, end := was.Start(ctx, i)
			return ctx, func(code int, err error) {
				if err == nil {
					end(code, nil)
				}
			}
		}
	case "responses are reported outside of the span":
		hooks.Response = func(_ context.Context, i provider.ResponseInfo) { was.Response(ctx, i) }
	case "retries are not reported":
		hooks.Retry = nil
	case "retries report no wait":
		hooks.Retry = func(_ context.Context, i provider.RetryInfo) {
			i.Wait = 0
			was.Retry(ctx, i)
		}
	case "waits for the budget are not reported":
		hooks.Throttle = nil
	}
	return provider.WithTrace(withoutHooks{ctx}, &hooks)
}
