package providertest_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/url"
	"time"

	"github.com/imagequery/imagequery/provider"
)

// signed are the parameters with those of the protocol.
func (a *model) signed(action string, params url.Values, nonce string) url.Values {
	out := url.Values{"action": {action}, "key": {canaryID}, "nonce": {nonce}, "stamp": {time.Now().UTC().Format(time.RFC3339)}}
	for name, values := range params {
		out[name] = values
	}
	out.Set("signature", fmt.Sprintf("signature of %s at %s with a secret", nonce, out.Get("stamp")))
	return out
}

func (a *model) nonce() string { return fmt.Sprint(a.nonces.Add(1)) }

// try sends until a response comes or nothing more may be done.
func (a *model) try(ctx context.Context, action string, params url.Values) (*provider.Page, error) {
	allowed := a.config.Retry.Attempts
	if a.has("one attempt too many") {
		allowed++
	}
	nonce := a.nonce()
	for attempt := 1; ; attempt++ {
		if attempt > 1 && !a.has("retries repeat the nonce") {
			nonce = a.nonce()
		}
		page, wait, failure := a.attempt(ctx, attempt, action, params, nonce)
		if failure == nil {
			return page, nil
		}
		failure.Attempts = attempt
		if failure.Kind == 0 {
			a.endsLate(ctx)
			return nil, failure
		}
		if attempt >= allowed || !a.mayRetry(failure) {
			return nil, failure
		}
		if err := a.wait(ctx, action, attempt, wait, failure); err != nil {
			return nil, &provider.Error{Err: err}
		}
	}
}

func (a *model) endsLate(ctx context.Context) {
	if a.has("the end of a context is seen late") && ctx.Err() != nil {
		time.Sleep(10 * time.Second)
	}
}

func (a *model) mayRetry(e *provider.Error) bool {
	switch e.Kind {
	case provider.Throttled:
		return true
	case provider.Unavailable:
		return e.Message != "no answer" || !a.has("a broken connection is final")
	default:
		return a.has("everything is tried again")
	}
}

func (a *model) wait(ctx context.Context, action string, attempt int, hint time.Duration, failure *provider.Error) error {
	wait := max(hint, time.Second<<attempt)
	if a.has("hints are ignored") {
		wait = 100 * time.Millisecond
	}
	if !a.has("hints have no limit") {
		wait = min(wait, a.config.Retry.MaxWait)
	}
	a.reportRetry(ctx, action, attempt, wait, failure)
	if a.has("a wait cannot be ended") {
		time.Sleep(wait)
		return ctx.Err()
	}
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-time.After(wait):
		return nil
	}
}

// once sends one request and reads its response.
func (a *model) once(ctx context.Context, action string, params url.Values, nonce string) (*provider.Page, time.Duration, *provider.Error) {
	answer, err := a.send(ctx, a.signed(action, params, nonce))
	if reported := ctx.Value(answerKey{}); reported != nil {
		*reported.(*answered) = answered{answer, err == nil}
	}
	switch {
	case err != nil && ctx.Err() != nil:
		if a.has("the end of a context is taken for a failure") {
			return nil, 0, &provider.Error{Kind: provider.BadResponse, Message: "gone"}
		}
		return nil, 0, &provider.Error{Err: ctx.Err()}
	case err != nil && a.has("half an answer is an empty one"):
		return &provider.Page{}, 0, nil
	case err != nil:
		return nil, 0, &provider.Error{Kind: provider.Unavailable, Message: "no answer", Err: err}
	case answer.status == 400:
		return nil, answer.retryAfter, a.refusal(answer)
	case answer.status != 200:
		return nil, 0, &provider.Error{Kind: provider.Unavailable, HTTPStatus: answer.status, Message: "no JSON"}
	case len(answer.body) > 1<<20 && !a.has("answers may have any length"):
		return nil, 0, &provider.Error{Kind: provider.BadResponse, Message: "the answer is too long"}
	}
	page, err := a.parse(answer.body)
	if err != nil {
		return nil, 0, unreadable(answer.body, err)
	}
	page.RequestID = answer.id
	return page, 0, nil
}

// unreadable is a truncated response, or one that is no answer at all.
func unreadable(body []byte, err error) *provider.Error {
	var syntax *json.SyntaxError
	if errors.As(err, &syntax) && syntax.Offset >= int64(len(bytes.TrimSpace(body))) {
		return &provider.Error{Kind: provider.Unavailable, Message: "cut off", Err: err}
	}
	return &provider.Error{Kind: provider.BadResponse, Err: err}
}

// refusal is what an error code means.
func (a *model) refusal(answer answer) *provider.Error {
	var body struct {
		Code, Message string
	}
	if err := json.Unmarshal(answer.body, &body); err != nil {
		return &provider.Error{Kind: provider.BadResponse, Err: err}
	}
	e := &provider.Error{
		HTTPStatus: answer.status, Code: body.Code, Message: "refused", RequestID: answer.id,
		Kind: map[string]provider.Kind{
			"busy": provider.Unavailable, "slow down": provider.Throttled, "bad key": provider.Unauthenticated,
			"forbidden": provider.PermissionDenied, "bad request": provider.InvalidArgument,
		}[body.Code],
	}
	switch {
	case a.has("the request ID is lost"):
		e.RequestID = ""
	case a.has("one code has a wrong kind") && body.Code == "forbidden":
		e.Kind = provider.Unauthenticated
	case a.has("errors show the key"):
		e.Message = "refused for " + canaryKey
	case a.has("errors repeat what the server says"):
		e.Message = body.Message
	case a.has("the log shows the key") && a.config.Logger != nil:
		a.config.Logger.Info("refused", "key", canaryKey)
	}
	return e
}
