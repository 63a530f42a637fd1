package httpapi

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"net/url"
	"slices"
	"strings"

	"github.com/imagequery/imagequery/provider"
)

// explain says what the error of a call means to a user.
func (c *call) explain(err error) *provider.Error { return c.located(c.meaning(err)) }

// located is an error with where it happened.
func (c *call) located(e provider.Error) *provider.Error {
	s := c.sender
	e.Provider, e.Region, e.Action, e.Attempts = s.provider, s.config.Region, c.request.Action, c.attempts
	return &e
}

func (c *call) meaning(err error) provider.Error {
	if end := ended(c.ctx); end != nil && isContextEnd(err) {
		return c.interrupted(end)
	}
	e := provider.Error{Err: err}
	if known := (*provider.Error)(nil); errors.As(err, &known) {
		e = *known
	}
	e.Kind = cmp.Or(e.Kind, provider.Unavailable)
	e.Err = own(e.Err)
	return e
}

// interrupted is the error of a call whose context ended, with what the server
// said before that.
func (c *call) interrupted(end error) provider.Error {
	if cause := context.Cause(c.ctx); cause != nil && !errors.Is(end, cause) {
		end = fmt.Errorf("%w: %w", end, cause)
	}
	if c.last == nil {
		return provider.Error{Err: end}
	}
	return provider.Error{Err: fmt.Errorf("%w, after: %s", end, c.last.Err.Error()), RequestID: c.last.Err.RequestID}
}

// own is an error without addresses that does not pass for the end of the
// caller's context, as the timeouts of dialers and of credentials providers do.
func own(err error) error {
	if err = withoutAddress(err); err != nil && isContextEnd(err) {
		return errors.New(err.Error())
	}
	return err
}

func isContextEnd(err error) bool {
	return errors.Is(err, context.Canceled) || errors.Is(err, context.DeadlineExceeded)
}

// withoutQuery is an error that shows nothing of a signed query: transports like
// to put addresses into their errors, in a [url.Error] or as text.
func withoutQuery(err error, query string) error {
	err = withoutAddress(err)
	text := err.Error()
	for pair := range strings.SplitSeq(query, "&") {
		if pair != "" && shows(text, pair) {
			return errors.New("the transport failed, and its words show the signed address")
		}
	}
	return err
}

// shows reports whether a text has a parameter as it was sent, or the value of a
// secret one in any form.
func shows(text, pair string) bool {
	if strings.Contains(text, pair) {
		return true
	}
	name, value, _ := strings.Cut(pair, "=")
	if value == "" || !slices.Contains(secretParameters, name) {
		return false
	}
	plain, err := url.QueryUnescape(value)
	return strings.Contains(text, value) || err == nil && strings.Contains(text, plain)
}

// secretParameters are those of all wire families.
var secretParameters = []string{"AccessKeyId", "SecurityToken", "Signature", "access_key_id", "token", "signature"}

func withoutAddress(err error) error {
	var wrapped *url.Error
	for errors.As(err, &wrapped) {
		err = wrapped.Err
	}
	return err
}
