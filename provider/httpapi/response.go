package httpapi

import (
	"errors"
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/imagequery/imagequery/provider"
)

// Status is what a body states about itself.
type Status struct {
	Code, Message, RequestID string
}

// Response is one complete response.
type Response struct {
	Attempt    *Attempt // that it answers
	HTTPStatus int
	Header     http.Header
	Body       []byte // valid during the call only
	Status     Status // from Decode; Classify may complete it
	Err        error  // from Decode; Classify may clear it where a response without content is a success
}

// Outcome is what a response means. The zero Outcome is a success, unless the
// body could not be decoded.
type Outcome struct {
	Kind  provider.Kind // of the error; 0: success
	Retry Retry
	Wait  time.Duration // that the server asks for; 0: it did not say
}

// Retry says whether a request may be sent again after a failure.
type Retry uint8

// What may be done after a failure.
const (
	Never   Retry = iota
	Always        // as often as the configuration allows
	Once          // at once, since Classify has removed the cause; a second time is final
	Refresh       // like Once if the credentials provider is a [provider.Forgetter], which is told to forget the credentials; else never
)

// ByStatus classifies a response by its HTTP status alone.
func ByStatus(r *Response) Outcome {
	if r.HTTPStatus/100 == 2 {
		return Outcome{}
	}
	return FailureOf(KindOfStatus(r.HTTPStatus), r.Header)
}

// FailureOf is the outcome of a failure of a Kind: Throttled and Unavailable are
// retried, after what the Retry-After header asks for.
func FailureOf(kind provider.Kind, h http.Header) Outcome {
	out := Outcome{Kind: kind, Wait: RetryAfter(h)}
	if kind == provider.Throttled || kind == provider.Unavailable {
		out.Retry = Always
	}
	return out
}

// RetryAfter is what the header of that name asks for, in seconds or as a date;
// 0 if it says nothing.
func RetryAfter(h http.Header) time.Duration {
	text := h.Get("Retry-After")
	if at, err := http.ParseTime(text); err == nil {
		return max(0, time.Until(at))
	}
	return Wait(text, time.Second)
}

// Wait parses a number of units that a server asks to wait. It is 0 if the text is
// no positive number, and at most a day.
func Wait(number string, unit time.Duration) time.Duration {
	const most = 24 * time.Hour
	n, err := strconv.ParseFloat(strings.TrimSpace(number), 64)
	if err != nil && !errors.Is(err, strconv.ErrRange) || !(n > 0) {
		return 0
	}
	return time.Duration(min(n*float64(unit), float64(most)))
}

// KindOfStatus is what an HTTP status means where the body does not say.
func KindOfStatus(status int) provider.Kind {
	switch {
	case status == http.StatusTooManyRequests:
		return provider.Throttled
	case status >= 500, status == http.StatusRequestTimeout:
		return provider.Unavailable
	case status == http.StatusUnauthorized:
		return provider.Unauthenticated
	case status == http.StatusForbidden:
		return provider.PermissionDenied
	case status >= 400:
		return provider.InvalidArgument
	default:
		return provider.BadResponse
	}
}
