// Package metadata makes clients of services that issue credentials on an instance or
// beside a program. Requests use no proxy, follow no redirect, and have connections of
// their own.
package metadata

import (
	"errors"
	"net"
	"net/http"
	"time"

	"github.com/imagequery/imagequery/provider"
	"github.com/imagequery/imagequery/provider/httpapi"
)

// New returns a client of the service at an address. Its requests are retried like
// those of an API, but within about eight seconds; a service that cannot be
// connected to within a second is not tried again. The error has the Kind
// InvalidArgument.
func New(name, address string) (*httpapi.Client, error) {
	client, err := httpapi.New(httpapi.API{
		Name:     name,
		Endpoint: func(string) string { return address },
		Classify: classify,
	}, provider.Config{
		Endpoint:   address,
		AllowHTTP:  true,
		HTTPClient: &http.Client{Transport: direct},
		Retry:      provider.Retry{Attempts: 3, AttemptTimeout: 2 * time.Second, MaxWait: time.Second},
	})
	if err != nil {
		return nil, &provider.Error{Kind: provider.InvalidArgument, Message: "its address is not one such as http://100.100.100.200/"}
	}
	return client, nil
}

// classify decides by the status, and by the code that only a refusal states. A
// refusal of any kind means that there are no credentials here.
func classify(r *httpapi.Response) httpapi.Outcome {
	out := httpapi.ByStatus(r)
	switch {
	case r.HTTPStatus == http.StatusOK && r.Status.Code == "", out.Kind == provider.Unavailable, out.Kind == provider.Throttled:
		return out
	}
	return httpapi.Outcome{Kind: provider.Unauthenticated}
}

// direct is a transport that does not reuse connections.
var direct http.RoundTripper = unproxied{&http.Transport{
	DialContext:            (&net.Dialer{Timeout: time.Second}).DialContext,
	DisableKeepAlives:      true,
	DisableCompression:     true,
	MaxResponseHeaderBytes: 64 << 10,
}}

type unproxied struct{ *http.Transport }

// RoundTrip reports a service that cannot be connected to as a final error, since a
// machine without the service would otherwise try it again and again.
func (t unproxied) RoundTrip(r *http.Request) (*http.Response, error) {
	response, err := t.Transport.RoundTrip(r)
	if failed := (*net.OpError)(nil); errors.As(err, &failed) && failed.Op == "dial" && r.Context().Err() == nil {
		return nil, &provider.Error{Kind: provider.Unavailable, Message: "it cannot be reached", Err: errors.New(failed.Error())}
	}
	return response, err
}

// IsUnreachable reports whether an error says that the address could not be connected
// to.
func IsUnreachable(err error) bool {
	e := (*provider.Error)(nil)
	return errors.As(err, &e) && e.Kind == provider.Unavailable && e.Message == "it cannot be reached"
}
