package qing

import (
	"cmp"
	"errors"
	"io"
	"net/http"
	"net/url"
	"strconv"
	"time"

	"github.com/imagequery/imagequery/provider"
	"github.com/imagequery/imagequery/provider/httpapi"
)

const (
	succeeded = "0"
	expired   = "1300" // the request is older than a minute, by the server's clock
	ended     = "2000" // the session of the credentials
	missing   = "2100" // no such resource
)

// codes orders the documented return codes by what they mean and what to do. The
// first range that holds a code counts.
var codes = []struct {
	from, to int
	kind     provider.Kind
	retry    httpapi.Retry
	wait     time.Duration
}{
	{from: 1200, to: 1200, kind: provider.Unauthenticated},
	{from: 1300, to: 1300, kind: provider.Unauthenticated},
	{from: 1400, to: 1400, kind: provider.PermissionDenied},
	{from: 1500, to: 1662, kind: provider.PermissionDenied},
	{from: 2000, to: 2000, kind: provider.Unauthenticated},
	{from: 2100, to: 2100, kind: provider.NotFound},
	{from: 2400, to: 2400, kind: provider.PermissionDenied},
	{from: 2500, to: 2500, kind: provider.Throttled, retry: httpapi.Always, wait: time.Minute},
	{from: 4000, to: 4005, kind: provider.PermissionDenied},
	{from: 5000, to: 5000, kind: provider.Unavailable, retry: httpapi.Always}, // internal error
	{from: 5100, to: 5100, kind: provider.Unavailable, retry: httpapi.Always}, // server busy
	{from: 5300, to: 5300, kind: provider.Unavailable, retry: httpapi.Always, wait: 5 * time.Second},
	{from: 5400, to: 5400, kind: provider.Unavailable, retry: httpapi.Always},
	{from: 5000, to: 5600, kind: provider.Unavailable},
}

// judge says whether an answer is a success, and if not, what it means. Errors
// come inside a success of HTTP, too.
func (c *Client) judge(a *httpapi.Answer, params url.Values, said provider.Error, scanErr error, used provider.Credentials) error {
	switch {
	case said.Code == missing && asksForImage(params):
		return nil
	case said.Code != "" && said.Code != succeeded:
		return c.refusal(a, said, used)
	case a.Status/100 != 2:
		return byStatus(a, said)
	case errors.Is(scanErr, io.ErrUnexpectedEOF):
		return failure(a, provider.Error{Kind: provider.Unavailable, Message: "the answer is cut off", Err: scanErr}, httpapi.Always)
	case scanErr != nil:
		return failure(a, provider.Error{Kind: provider.BadResponse, Err: scanErr}, httpapi.Always)
	}
	return nil
}

// asksForImage reports whether a listing names the image that it wants. That the
// image does not exist is an answer then: there is none.
func asksForImage(params url.Values) bool { return params.Has("images.1") }

// refusal is what a return code means.
func (c *Client) refusal(a *httpapi.Answer, said provider.Error, used provider.Credentials) *httpapi.Failure {
	f := byCode(a, said)
	if said.Code == expired && c.clock.adjust(a.Header) || said.Code == ended && c.forget(used) {
		f.Retry = httpapi.Once
	}
	return f
}

// forget drops credentials, and reports whether there can be new ones.
func (c *Client) forget(stale provider.Credentials) bool {
	cache, ok := c.credentials.(provider.Forgetter)
	if ok {
		cache.Forget(stale)
	}
	return ok
}

func byCode(a *httpapi.Answer, said provider.Error) *httpapi.Failure {
	number, _ := strconv.Atoi(said.Code)
	for _, known := range codes {
		if known.from <= number && number <= known.to {
			said.Kind = known.kind
			f := failure(a, said, known.retry)
			f.Wait = cmp.Or(f.Wait, known.wait)
			return f
		}
	}
	if a.Status != http.StatusOK {
		return byStatus(a, said)
	}
	said.Kind = provider.InvalidArgument
	return failure(a, said, httpapi.Never)
}

// byStatus is what an answer means by its status of HTTP.
func byStatus(a *httpapi.Answer, said provider.Error) *httpapi.Failure {
	said.Kind = httpapi.KindOfStatus(a.Status)
	retry := httpapi.Never
	if said.Kind == provider.Throttled || said.Kind == provider.Unavailable {
		retry = httpapi.Always
	}
	return failure(a, said, retry)
}

func failure(a *httpapi.Answer, e provider.Error, retry httpapi.Retry) *httpapi.Failure {
	e.HTTPStatus = a.Status
	return &httpapi.Failure{Err: &e, Retry: retry, Wait: httpapi.RetryAfter(a.Header)}
}
