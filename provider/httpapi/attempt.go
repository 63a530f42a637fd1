package httpapi

import (
	"bytes"
	"io"
	"net/http"
	"net/url"
	"strings"

	"github.com/imagequery/imagequery/provider"
)

// Attempt is one attempt of a request before it is sent. API.Sign completes it;
// the fields of Request are read-only.
type Attempt struct {
	Request     Request
	Credentials provider.Credentials // zero for an API without Sign

	Method string      // GET if it is still empty when the attempt is sent
	URL    *url.URL    // the endpoint with the path of the request; the attempt's own
	Header http.Header // the attempt's own
	Body   []byte

	hidden   []string
	redactor func(text string) string // of the secrets so far; nil: not made yet
}

// SetForm makes the attempt a POST with an encoded form as its body.
func (a *Attempt) SetForm(encoded string) {
	a.Method = http.MethodPost
	a.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	a.Body = []byte(encoded)
}

// PlaceParams puts the parameters of the request into the query of a GET (or of a
// request without method), and into the form of any other method.
func (a *Attempt) PlaceParams() {
	switch encoded := a.Request.Params.Encode(); {
	case encoded == "":
	case a.Method == "" || a.Method == http.MethodGet:
		a.URL.RawQuery = encoded
	default:
		method := a.Method
		a.SetForm(encoded)
		a.Method = method
	}
}

// Hide redacts a text, such as a signature, in errors, logs and traces of the attempt.
// The credentials are always redacted.
func (a *Attempt) Hide(text string) {
	a.hidden = append(a.hidden, text)
	a.redactor = nil
}

// Bearer is an API.Sign that sends Credentials.Token as a bearer token (RFC 6750).
func Bearer(a *Attempt) error { return a.placeToken("Authorization", "Bearer ") }

// TokenHeader returns an API.Sign that sends Credentials.Token as it is in a header, such
// as "X-Auth-Token".
func TokenHeader(name string) func(*Attempt) error {
	return func(a *Attempt) error { return a.placeToken(name, "") }
}

func (a *Attempt) placeToken(header, prefix string) error {
	if a.Credentials.Token.IsZero() {
		return &provider.Error{Kind: provider.Unauthenticated, Message: "the credentials have no token"}
	}
	if err := a.Credentials.Validate(); err != nil {
		return err
	}
	a.PlaceParams()
	a.Header.Set(header, prefix+a.Credentials.Token.Reveal())
	return nil
}

// newAttempt prepares an attempt up to its signature.
func (x *exchange) newAttempt(header http.Header, used provider.Credentials) *Attempt {
	a := &Attempt{Request: x.request, Credentials: used, Method: x.request.Method, Header: header}
	at := *x.client.endpoint
	if path := x.request.Path; path != "" {
		at = *at.JoinPath(path)
		if strings.HasSuffix(path, "/") && !strings.HasSuffix(at.Path, "/") {
			at.Path += "/"
		}
	}
	a.URL = &at
	for name, values := range x.request.Header {
		a.Header[http.CanonicalHeaderKey(name)] = values
	}
	return a
}

// httpRequest returns the request for the transport, which is not changed afterwards.
func (a *Attempt) httpRequest(base *http.Request) *http.Request {
	out := *base
	out.Method, out.URL, out.Header = a.Method, a.URL, a.Header
	if out.Method == "" {
		out.Method = http.MethodGet
	}
	if len(a.Body) == 0 {
		return &out
	}
	body := a.Body
	out.ContentLength = int64(len(body))
	out.GetBody = func() (io.ReadCloser, error) { return io.NopCloser(bytes.NewReader(body)), nil }
	out.Body, _ = out.GetBody()
	// An empty list is not sent. It lets net/http replay the request on another
	// connection if the server has just closed the one it chose.
	if _, ok := out.Header["X-Idempotency-Key"]; !ok {
		out.Header["X-Idempotency-Key"] = []string{}
	}
	return &out
}
