package providertest_test

import (
	"cmp"
	"context"
	"errors"
	"io"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/imagequery/imagequery/image"
	"github.com/imagequery/imagequery/provider"
)

// checkEndpoint refuses plain http.
func checkEndpoint(bug string, c provider.Config) error {
	u, err := url.Parse(c.Endpoint)
	if err != nil {
		return err
	}
	allowed := c.AllowHTTP && bug != "plain http is never allowed" || u.Hostname() == "127.0.0.1" || bug == "plain http is always allowed"
	if u.Scheme == "http" && !allowed {
		return &provider.Error{Kind: provider.InvalidArgument, Message: "Config.Endpoint: use https, or set AllowHTTP"}
	}
	return nil
}

// answerKey is the key of an *answered, which receives the response to an attempt.
type answerKey struct{}

type answered struct {
	answer
	complete bool
}

// attempt sends one request within the limits of the budget and the configuration, and
// reports it to the trace.
func (a *model) attempt(ctx context.Context, attempt int, action string, params url.Values, nonce string) (*provider.Page, time.Duration, *provider.Error) {
	release, err := a.acquire(ctx, action, attempt)
	if err != nil {
		return nil, 0, &provider.Error{Err: err}
	}
	defer release()
	waiting := ctx
	ctx, end := a.startSpan(ctx, action, attempt)
	a.reportAttempt(ctx, action, attempt)
	timed, cancel := ctx, context.CancelFunc(func() {})
	if !a.has("attempts have no timeout") {
		timed, cancel = context.WithTimeout(ctx, a.config.Retry.AttemptTimeout)
	}
	defer cancel()
	var got answered
	began := time.Now()
	page, wait, failure := a.once(context.WithValue(timed, answerKey{}, &got), action, params, nonce)
	if timed.Err() != nil && ctx.Err() == nil {
		page, failure = nil, &provider.Error{Kind: provider.Unavailable, Message: "no answer in time"}
		if a.has("a timeout is final") {
			failure.Kind = provider.BadResponse
		}
	}
	if a.has("responses are reported outside of the span") {
		ctx = waiting
	}
	a.reportResponse(ctx, action, attempt, began, got, failure)
	end(0, spanError(failure))
	if failure != nil && failure.Kind == provider.Throttled && !a.has("a throttle holds only one client") {
		a.config.Budget.Hold("here", action, time.Now().Add(min(wait, a.config.Retry.MaxWait)))
	}
	return page, wait, failure
}

// acquire waits for the budget.
func (a *model) acquire(ctx context.Context, action string, attempt int) (release func(), err error) {
	skip := a.has("the budget is skipped") || a.has("retries skip the budget") && attempt > 1
	if skip {
		return func() {}, nil
	}
	if a.has("the budget has another operation") {
		action = "any"
	}
	began := time.Now()
	release, waited, err := a.config.Budget.Acquire(ctx, "here", action)
	if hook := provider.ContextTrace(ctx).Throttle; hook != nil && waited > 0 && !a.has("waits for the budget are not reported") {
		hook(ctx, provider.ThrottleInfo{Provider: "model", Region: "here", Action: action, Began: began, Wait: waited})
	}
	switch {
	case err != nil:
	case a.has("slots are kept"):
		return func() {}, nil
	case a.has("slots are released early"):
		release()
	}
	return release, err
}

func (a *model) reportAttempt(ctx context.Context, action string, attempt int) {
	if a.config.Logger != nil && !a.has("the logger is ignored") {
		a.config.Logger.Debug("request", "action", action)
	}
	skip := a.has("attempts are not reported") || a.has("only the last attempt is reported") && attempt < a.config.Retry.Attempts
	if hook := provider.ContextTrace(ctx).Request; hook != nil && !skip {
		hook(a.hookContext(ctx), provider.RequestInfo{Provider: "model", Region: "here", Action: action, Attempt: attempt})
	}
}

// startSpan starts the span of an attempt.
func (a *model) startSpan(ctx context.Context, action string, attempt int) (context.Context, provider.EndSpan) {
	start := provider.ContextTrace(ctx).Start
	if start == nil || a.has("attempts are no spans") {
		return ctx, func(int, error) {}
	}
	ctx, end := start(ctx, provider.SpanInfo{Kind: provider.SpanAttempt, Provider: "model", Region: "here", Action: action, Attempt: attempt, Method: http.MethodGet})
	if a.has("failed spans do not end") {
		return ctx, func(_ int, err error) {
			if err == nil {
				end(0, nil)
			}
		}
	}
	return ctx, end
}

func spanError(failure *provider.Error) error {
	if failure == nil {
		return nil
	}
	return failure
}

func (a *model) hookContext(ctx context.Context) context.Context {
	if a.has("hooks get another context") {
		return context.Background()
	}
	return ctx
}

func (a *model) reportResponse(ctx context.Context, action string, attempt int, began time.Time, got answered, failure *provider.Error) {
	hook := provider.ContextTrace(ctx).Response
	if hook == nil || a.has("responses are not reported") {
		return
	}
	info := provider.ResponseInfo{Provider: "model", Region: "here", Action: action, Attempt: attempt, Began: began, Duration: time.Since(began), Err: failure}
	if got.complete {
		info.HTTPStatus, info.Bytes, info.RequestID = got.status, len(got.body), got.id
	}
	if a.has("responses have no request ID") {
		info.RequestID = ""
	}
	if failure != nil {
		info.Code = failure.Code
	}
	hook(ctx, info)
}

func (a *model) reportRetry(ctx context.Context, action string, attempt int, wait time.Duration, failure *provider.Error) {
	if a.has("retries report no wait") {
		wait = 0
	}
	if hook := provider.ContextTrace(ctx).Retry; hook != nil && !a.has("retries are not reported") {
		hook(ctx, provider.RetryInfo{Provider: "model", Region: "here", Action: action, Attempt: attempt, Err: failure, Wait: wait})
	}
}

// send sends a request to the cloud, or through the HTTP client of the configuration.
func (a *model) send(ctx context.Context, params url.Values) (answer, error) {
	if a.config.HTTPClient == nil {
		return a.cloud.do(ctx, params)
	}
	client := *a.config.HTTPClient
	client.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	switch {
	case a.has("the HTTP client is ignored"):
		return answer{}, errors.New("no such host")
	case a.has("the timeout of the HTTP client is ignored"):
		client.Timeout = 0
	case a.has("redirects are followed"):
		client.CheckRedirect = nil
	}
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, a.config.Endpoint+"?"+params.Encode(), nil)
	if err != nil {
		return answer{}, err
	}
	if !a.has("the user agent is ignored") {
		request.Header.Set("User-Agent", cmp.Or(a.config.UserAgent, "model"))
	}
	response, err := client.Do(request)
	if err != nil {
		return answer{}, err
	}
	defer response.Body.Close()
	body, err := io.ReadAll(response.Body)
	return answer{status: response.StatusCode, body: body}, err
}

// unshared returns copies of images that share no memory with other pages.
func (a *model) unshared(images []image.Image) []image.Image {
	out := copies(images)
	var names string
	for i := range out {
		m := &out[i]
		switch {
		case a.has("images of two pages share their tags"):
			m.Tags = images[i].Tags
		case a.has("disks are shared"):
			m.Disks = images[i].Disks
		}
	}
	if a.has("an image keeps the names of its page") {
		for _, m := range out {
			names += m.Name
		}
		for i := range out {
			m := &out[i]
			m.Name, names = names[:len(m.Name)], names[len(m.Name):]
		}
	}
	return out
}

// copies returns images that share no memory with others.
func copies(images []image.Image) []image.Image {
	out := slices.Clone(images)
	for i := range out {
		m := &out[i]
		m.Name, m.Tags, m.Disks = strings.Clone(m.Name), maps.Clone(m.Tags), slices.Clone(m.Disks)
		m.SourceSnapshots, m.Native = slices.Clone(m.SourceSnapshots), slices.Clone(m.Native)
	}
	return out
}
