package httpapi_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/imagequery/imagequery/provider"
	"github.com/imagequery/imagequery/provider/httpapi"
)

type roundTrip func(*http.Request) (*http.Response, error)

func (f roundTrip) RoundTrip(r *http.Request) (*http.Response, error) { return f(r) }

// answers is what a server says. "ok" is a success, "garbled" a success that
// cannot be understood, and any other text a failure of the status.
func answers(status int, body string) *http.Response {
	return &http.Response{
		StatusCode: status, Header: http.Header{}, ContentLength: int64(len(body)),
		Body: io.NopCloser(strings.NewReader(body)),
	}
}

// script is a transport that goes through its steps, one for each attempt, and
// repeats the last one.
type script struct {
	steps   []roundTrip
	queries []string
	times   []time.Time
}

func newScript(steps ...roundTrip) *script { return &script{steps: steps} }

func (s *script) RoundTrip(r *http.Request) (*http.Response, error) {
	step := s.steps[min(len(s.queries), len(s.steps)-1)]
	s.queries = append(s.queries, r.URL.RawQuery)
	s.times = append(s.times, time.Now())
	return step(r)
}

// waits are the times between attempts.
func (s *script) waits() []time.Duration {
	var out []time.Duration
	for i := 1; i < len(s.times); i++ {
		out = append(out, s.times[i].Sub(s.times[i-1]))
	}
	return out
}

func says(status int, body string) roundTrip {
	return func(*http.Request) (*http.Response, error) { return answers(status, body), nil }
}

func fails(err error) roundTrip {
	return func(*http.Request) (*http.Response, error) { return nil, err }
}

// hangs answers when the request is given up.
func hangs(r *http.Request) (*http.Response, error) {
	<-r.Context().Done()
	return nil, r.Context().Err()
}

// hangsInside answers with a body that never ends.
func hangsInside(r *http.Request) (*http.Response, error) {
	response := answers(http.StatusOK, "")
	response.ContentLength = -1
	response.Body = io.NopCloser(io.MultiReader(strings.NewReader("o"), reader(func([]byte) (int, error) {
		<-r.Context().Done()
		return 0, r.Context().Err()
	})))
	return response, nil
}

type reader func([]byte) (int, error)

func (f reader) Read(p []byte) (int, error) { return f(p) }

func newSender(t *testing.T, transport http.RoundTripper, c provider.Config) *httpapi.Sender {
	t.Helper()
	return senderTo(t, "https://api.example.com/iaas/", transport, c)
}

func senderTo(t *testing.T, address string, transport http.RoundTripper, c provider.Config) *httpapi.Sender {
	t.Helper()
	endpoint, err := url.Parse(address)
	if err != nil {
		t.Fatal(err)
	}
	if c.HTTPClient == nil {
		c.HTTPClient = &http.Client{Transport: transport}
	}
	if c.Region == "" {
		c.Region = "r1"
	}
	return httpapi.NewSender("test", endpoint, c)
}

// request is signed with a number that is new each time.
func request() httpapi.Request {
	signed := 0
	return httpapi.Request{
		Action: "List",
		Sign: func(context.Context) (string, error) {
			signed++
			return fmt.Sprintf("AccessKeyId=LTAIsecret&Nonce=%d&Signature=top%%2Fsecret%%3D", signed), nil
		},
		Read: judge,
	}
}

var kinds = map[int]provider.Kind{
	400: provider.Throttled, 401: provider.Unauthenticated, 403: provider.PermissionDenied,
	500: provider.Unavailable, 503: provider.Unavailable,
}

var retries = map[int]httpapi.Retry{400: httpapi.Always, 401: httpapi.Once, 500: httpapi.Always, 503: httpapi.Always}

func judge(a *httpapi.Answer) error {
	e := &provider.Error{HTTPStatus: a.Status, Message: string(a.Body), RequestID: "R-1"}
	switch {
	case a.Status != http.StatusOK:
		e.Kind = kinds[a.Status]
		return &httpapi.Failure{Err: e, Retry: retries[a.Status], Wait: httpapi.RetryAfter(a.Header)}
	case string(a.Body) != "ok":
		e.Kind = provider.BadResponse
		return &httpapi.Failure{Err: e, Retry: httpapi.Always}
	}
	return nil
}

func asError(t *testing.T, err error) *provider.Error {
	t.Helper()
	var e *provider.Error
	if !errors.As(err, &e) {
		t.Fatalf("error %v, want a *provider.Error", err)
	}
	return e
}

// isEnd checks that an error is the end of a context and nothing else.
func isEnd(t *testing.T, err, end error) {
	t.Helper()
	if !errors.Is(err, end) {
		t.Errorf("error %v, want %v", err, end)
	}
	if kind := asError(t, err).Kind; kind != 0 {
		t.Errorf("the kind is %v, want none", kind)
	}
}
