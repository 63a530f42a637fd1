package aliyun

import (
	"errors"
	"io"
	"net/http"
	"regexp"
	"strconv"
	"strings"
	"time"

	"github.com/imagequery/imagequery/provider"
	"github.com/imagequery/imagequery/provider/httpapi"
)

const expiredToken = "InvalidSecurityToken.Expired"

// judge says whether an answer is a success, and if not, what it means and what
// to do about it.
func (c *Client) judge(a *httpapi.Answer, said provider.Error, scanErr error, used provider.Credentials) error {
	e := &provider.Error{
		HTTPStatus: a.Status,
		Code:       said.Code,
		Message:    httpapi.Redact(withoutStringToSign(said.Message), used),
		RequestID:  said.RequestID,
	}
	if e.RequestID == "" {
		e.RequestID = a.Header.Get("X-Acs-Request-Id")
	}
	e.Code, e.RequestID = httpapi.Redact(e.Code, used), httpapi.Redact(e.RequestID, used)
	switch {
	case !succeeded(a.Status, said.Code):
		e.Kind = kindOf(a.Status, said.Code)
		return &httpapi.Failure{Err: e, Retry: c.retryFor(e, used), Wait: waitHint(a.Header)}
	case errors.Is(scanErr, io.ErrUnexpectedEOF):
		e.Kind, e.Message, e.Err = provider.Unavailable, "the answer is cut off", scanErr
		return &httpapi.Failure{Err: e, Retry: httpapi.Always}
	case scanErr != nil:
		e.Kind, e.Err = provider.BadResponse, scanErr
		return &httpapi.Failure{Err: e, Retry: httpapi.Always}
	}
	return nil
}

// withoutStringToSign cuts off the signed text that the server echoes.
func withoutStringToSign(message string) string {
	return stringToSignEcho.ReplaceAllString(message, "")
}

var stringToSignEcho = regexp.MustCompile(`(?is)\s*server string to sign.*`)

// succeeded reports whether an answer is a success. Some operations put a code
// into a success, too.
func succeeded(status int, code string) bool {
	return status/100 == 2 && (code == "" || code == "0" || code == strconv.Itoa(status))
}

func (c *Client) retryFor(e *provider.Error, used provider.Credentials) httpapi.Retry {
	switch {
	case e.Kind == provider.Throttled, e.Kind == provider.Unavailable:
		return httpapi.Always
	case e.Code == expiredToken:
		if cache, ok := c.credentials.(provider.Forgetter); ok {
			cache.Forget(used)
			return httpapi.Once
		}
	}
	return httpapi.Never
}

// waitHint is how long the server asks to wait, by the flow control headers of
// Alibaba Cloud or the standard one.
func waitHint(h http.Header) time.Duration {
	longest := httpapi.RetryAfter(h)
	for _, name := range []string{"X-Ratelimit-User-Api", "X-Ratelimit-User"} {
		for part := range strings.SplitSeq(h.Get(name), ",") {
			if key, value, _ := strings.Cut(part, ":"); strings.TrimSpace(key) == "TimeLeft" {
				longest = max(longest, httpapi.Wait(value, time.Millisecond))
			}
		}
	}
	return longest
}
