package qing

import (
	"cmp"
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

// codes maps the documented return codes to Kinds and retries. The first range with a
// code counts.
var codes = []struct {
	from, to int
	kind     provider.Kind
	retry    httpapi.Retry
	wait     time.Duration
	remedy   string // empty: that of the Kind
}{
	{from: 1200, to: 1200, kind: provider.Unauthenticated},
	{from: 1300, to: 1300, kind: provider.Unauthenticated},
	{from: 1400, to: 1400, kind: provider.PermissionDenied},
	{from: 1500, to: 1662, kind: provider.PermissionDenied, remedy: "check the state of the account in the provider's console"},
	{from: 2000, to: 2000, kind: provider.Unauthenticated},
	{from: 2100, to: 2100, kind: provider.NotFound},
	{from: 2400, to: 2400, kind: provider.PermissionDenied, remedy: "pay the account's balance"},
	{from: 2500, to: 2500, kind: provider.Throttled, retry: httpapi.Always, wait: time.Minute},
	{from: 4000, to: 4005, kind: provider.PermissionDenied, remedy: "check the license of the cloud"},
	{from: 5000, to: 5000, kind: provider.Unavailable, retry: httpapi.Always}, // internal error
	{from: 5100, to: 5100, kind: provider.Unavailable, retry: httpapi.Always}, // server busy
	{from: 5300, to: 5300, kind: provider.Unavailable, retry: httpapi.Always, wait: 5 * time.Second},
	{from: 5400, to: 5400, kind: provider.Unavailable, retry: httpapi.Always},
	{from: 5000, to: 5600, kind: provider.Unavailable},
}

// classify classifies a response by its code. Errors have the HTTP status of a success,
// too.
func (p *protocol) classify(r *httpapi.Response) httpapi.Outcome {
	switch code := r.Status.Code; {
	case code == missing && asksForImage(r.Attempt.Request.Params):
		r.Err = nil
		return httpapi.Outcome{}
	case code != "" && code != succeeded:
		return p.refusal(r)
	default:
		return httpapi.ByStatus(r)
	}
}

// asksForImage reports whether a listing names the image that it wants. That the
// image does not exist is then an empty listing.
func asksForImage(params url.Values) bool { return params.Has("images.1") }

// refusal classifies a return code.
func (p *protocol) refusal(r *httpapi.Response) httpapi.Outcome {
	out := byCode(r)
	switch {
	case r.Status.Code == expired && p.clock.adjust(r.Header):
		out.Retry = httpapi.Once
	case r.Status.Code == ended:
		out.Retry = httpapi.Refresh
	}
	return out
}

func byCode(r *httpapi.Response) httpapi.Outcome {
	number, _ := strconv.Atoi(r.Status.Code)
	for _, known := range codes {
		if known.from <= number && number <= known.to {
			return httpapi.Outcome{Kind: known.kind, Retry: known.retry, Wait: cmp.Or(httpapi.RetryAfter(r.Header), known.wait), Remedy: known.remedy}
		}
	}
	if r.HTTPStatus != http.StatusOK {
		return httpapi.FailureOf(httpapi.KindOfStatus(r.HTTPStatus), r.Header)
	}
	return httpapi.Outcome{Kind: provider.InvalidArgument, Wait: httpapi.RetryAfter(r.Header)}
}
