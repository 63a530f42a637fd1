package httpapi

import (
	"bytes"
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"strings"
	"time"

	"github.com/imagequery/imagequery/provider"
)

// failure is one failed attempt.
type failure struct {
	err   *provider.Error
	retry Retry
	wait  time.Duration // the wait that the server asks for; 0: none
}

func (f *failure) Error() string { return f.err.Error() }

func (f *failure) Unwrap() error { return f.err }

// classify returns the failure of a response, or nil for a success.
func (x *exchange) classify(r *Response) error {
	out := x.client.api.Classify(r)
	r.Status.RequestID = cmp.Or(r.Status.RequestID, r.Header.Get(x.client.api.RequestIDHeader))
	e := &provider.Error{Kind: out.Kind, HTTPStatus: r.HTTPStatus, Code: r.Status.Code, Message: r.Status.Message, RequestID: r.Status.RequestID, Remedy: out.Remedy}
	foreign := ""
	switch {
	case out.Kind != 0 && r.Status.Code == "" && r.Status.Message == "":
		foreign = x.foreignPage(r)
		e.Message = foreign
	case out.Kind != 0:
	case r.Err == nil:
		return nil
	case errors.Is(r.Err, io.ErrUnexpectedEOF):
		e.Kind, e.Code, e.Message, e.Err = provider.Unavailable, "", "the response is truncated", r.Err
		out.Retry = Always
	default: // the code is that of a success
		e.Kind, e.Code, e.Message, e.Err = provider.BadResponse, "", x.foreignPage(r), r.Err
		out.Retry = Always
	}
	if permission := x.client.api.Permissions[x.request.Action]; permission != "" && e.Kind == provider.PermissionDenied && foreign == "" && e.Remedy == "" {
		e.Remedy = "grant " + permission
	}
	x.redactError(e)
	return &failure{err: e, retry: x.refreshed(out.Retry), wait: out.Wait}
}

// foreignPage says that a response plainly comes from no API, or returns "".
func (x *exchange) foreignPage(r *Response) string {
	kind := r.Header.Get("Content-Type")
	switch {
	case isRedirect(r.HTTPStatus):
		return fmt.Sprintf("the response of %s is a redirect, which is not followed: check the endpoint, its path, and any proxy before it", x.client.Host())
	case isPage(kind, r.Body):
		return fmt.Sprintf("the response of %s is a page (content type %q), not one of the API: check the endpoint, its path, and any proxy before it", x.client.Host(), kind)
	case len(r.Body) == 0 && (r.HTTPStatus == 400 || r.HTTPStatus == 404 || r.HTTPStatus == 405):
		return fmt.Sprintf("the response of %s is empty (content type %q), so it may not come from the API: check the endpoint, its path, and any proxy before it", x.client.Host(), kind)
	}
	return ""
}

func isRedirect(status int) bool {
	return status >= 301 && status <= 303 || status == 307 || status == 308
}

// isPage reports whether a body is HTML.
func isPage(contentType string, body []byte) bool {
	media, _, _ := strings.Cut(contentType, ";")
	start := bytes.ToLower(bytes.TrimSpace(body[:min(len(body), 512)]))
	return strings.EqualFold(strings.TrimSpace(media), "text/html") || bytes.HasPrefix(start, []byte("<!doctype html")) || bytes.HasPrefix(start, []byte("<html"))
}

// refreshed drops stale credentials, and reports whether new ones are possible.
func (x *exchange) refreshed(r Retry) Retry {
	if r != Refresh {
		return r
	}
	cache, ok := x.client.credentials.(provider.Forgetter)
	if !ok {
		return Never
	}
	cache.Forget(x.attempt.Credentials)
	return Once
}

// credentialsError returns the error of a request without credentials.
func credentialsError(err error) error {
	if known := (*provider.Error)(nil); errors.As(err, &known) {
		return err
	}
	return &provider.Error{Kind: provider.Unauthenticated, Message: "no credentials", Err: err}
}

func asProviderError(err error) *provider.Error {
	if known := (*provider.Error)(nil); errors.As(err, &known) {
		return known
	}
	return &provider.Error{Kind: provider.InvalidArgument, Message: "the request cannot be signed", Err: err}
}

// attemptError returns the error of an attempt without a complete response.
func (x *exchange) attemptError(ctx context.Context, err error) error {
	if end := ended(x.ctx); end != nil {
		return end
	}
	if ctx.Err() != nil {
		return &failure{retry: Always, err: &provider.Error{
			Kind: provider.Unavailable, Message: fmt.Sprintf("no complete response within %s", x.client.timeout),
		}}
	}
	if known := (*failure)(nil); errors.As(err, &known) {
		return known
	}
	if known := (*provider.Error)(nil); errors.As(err, &known) {
		return err
	}
	return &failure{retry: Always, err: &provider.Error{
		Kind: provider.Unavailable, Message: "no complete response", Err: x.attempt.transportCause(err),
	}}
}

// ended returns the error of a context that has ended, or nil. The timer of a
// connection can fire shortly before that of the context. Then ended waits for the
// context, so that the layers above see the end of the context.
func ended(ctx context.Context) error {
	if at, ok := ctx.Deadline(); ok && ctx.Err() == nil && !time.Now().Before(at) {
		select {
		case <-ctx.Done():
		case <-time.After(time.Second): // a context that does not end at its deadline
			return context.DeadlineExceeded
		}
	}
	return ctx.Err()
}

// finalError returns the error for the caller. Errors are completed here only.
func (x *exchange) finalError(err error) *provider.Error { return x.placed(x.meaning(err)) }

// placed returns an error with its provider, region, action and attempts.
func (x *exchange) placed(e provider.Error) *provider.Error {
	e.Provider, e.Region, e.Action, e.Attempts = x.client.api.Name, x.client.config.Region, x.request.Action, x.attempts
	return &e
}

func (x *exchange) meaning(err error) provider.Error {
	if end := ended(x.ctx); end != nil && isContextEnd(err) {
		return x.interrupted(end)
	}
	e := provider.Error{Err: err}
	if known := (*provider.Error)(nil); errors.As(err, &known) {
		e = *known
	}
	e.Kind = cmp.Or(e.Kind, provider.Unavailable)
	e.Err = sanitize(e.Err)
	return e
}

// interrupted returns the error of a request whose context ended, with the last
// failure before the end.
func (x *exchange) interrupted(end error) provider.Error {
	switch cause := context.Cause(x.ctx); {
	case errors.Is(cause, context.DeadlineExceeded): // of a search, or of a caller
		end = cause
	case cause != nil && !errors.Is(end, cause):
		end = fmt.Errorf("%w: %w", end, cause)
	}
	if x.last == nil {
		return provider.Error{Err: end}
	}
	last := *x.last.err
	last.RequestID = "" // the text of the whole error has it
	return provider.Error{Err: fmt.Errorf("%w, after: %s", end, last.Error()), RequestID: x.last.err.RequestID}
}

// sanitize removes addresses from an error. It also makes sure that the error does not
// match the end of the caller's context, as the timeouts of dialers and credentials
// providers would.
func sanitize(err error) error {
	if err = withoutAddress(err); err != nil && isContextEnd(err) {
		return errors.New(err.Error())
	}
	return err
}
