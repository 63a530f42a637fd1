package httpapi

import (
	"errors"
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/imagequery/imagequery/provider"
)

// Status is the code, message and request ID that a response states. A zero field means
// that the body does not state it; API.RequestIDHeader can complete the request ID.
type Status struct {
	Code, Message, RequestID string
}

// Response is one complete response.
type Response struct {
	Attempt    *Attempt // the attempt that it responds to
	HTTPStatus int
	Header     http.Header
	Body       []byte // valid during the call only
	Status     Status // from Decode; Classify may complete it
	Err        error  // from Decode; Classify may clear it if a response without content is a success
}

// Outcome classifies a response. The zero Outcome is a success, unless the body could
// not be decoded.
type Outcome struct {
	Kind  provider.Kind // of the error; 0: success
	Retry Retry
	Wait  time.Duration // the wait that the server asks for; 0: none

	// Remedy is what to do about the failure, such as "pay the account's balance". If it
	// is empty, that of a PermissionDenied is the permission in API.Permissions.
	Remedy string
}

// Retry says whether a request may be sent again after a failure.
type Retry uint8

// The ways to retry. The zero value is Never.
const (
	Never   Retry = iota
	Always        // as often as the configuration allows
	Once          // once and without a wait, because Classify has removed the cause
	Refresh       // once and without a wait, after [provider.Forgetter.Forget]; never with other credentials providers
)

// ByStatus classifies a response by its HTTP status alone.
func ByStatus(r *Response) Outcome {
	if r.HTTPStatus/100 == 2 {
		return Outcome{}
	}
	return FailureOf(KindOfStatus(r.HTTPStatus), r.Header)
}

// FailureOf returns the outcome of a failure of a Kind. Throttled and Unavailable are
// retried, after the wait in the header Retry-After.
func FailureOf(kind provider.Kind, h http.Header) Outcome {
	out := Outcome{Kind: kind, Wait: RetryAfter(h)}
	if kind == provider.Throttled || kind == provider.Unavailable {
		out.Retry = Always
	}
	return out
}

// RetryAfter parses the header Retry-After, which is a number of seconds or a date. It
// returns 0 if the header is missing or malformed.
func RetryAfter(h http.Header) time.Duration {
	text := h.Get("Retry-After")
	if at, err := http.ParseTime(text); err == nil {
		return max(0, time.Until(at))
	}
	return Wait(text, time.Second)
}

// Wait parses a time to wait as a number of units. It returns 0 if the text is not a
// positive number, and at most a day.
func Wait(number string, unit time.Duration) time.Duration {
	const most = 24 * time.Hour
	n, err := strconv.ParseFloat(strings.TrimSpace(number), 64)
	if err != nil && !errors.Is(err, strconv.ErrRange) || !(n > 0) {
		return 0
	}
	return time.Duration(min(n*float64(unit), float64(most)))
}

// KindOfStatus returns the Kind of an HTTP status, for bodies that state no code:
// Unauthenticated for 401, PermissionDenied for 403, Throttled for 429, Unavailable for
// 408 and for 500 and above, InvalidArgument for other statuses from 400 on, and
// BadResponse below 400.
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
