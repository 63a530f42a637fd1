package httpapi_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/imagequery/imagequery/provider"
	"github.com/imagequery/imagequery/provider/httpapi"
)

type roundTrip func(*http.Request) (*http.Response, error)

func (f roundTrip) RoundTrip(r *http.Request) (*http.Response, error) { return f(r) }

// answers returns a response. Its body "ok" is a success, "garbled" a success that
// cannot be decoded, and any other body a failure of the status.
func answers(status int, body string) *http.Response {
	return &http.Response{
		StatusCode: status, Header: http.Header{}, ContentLength: int64(len(body)),
		Body: io.NopCloser(strings.NewReader(body)),
	}
}

// script is a transport that runs one step per attempt, and repeats the last step.
type script struct {
	steps []roundTrip

	mu      sync.Mutex
	queries []string
	times   []time.Time
}

func newScript(steps ...roundTrip) *script { return &script{steps: steps} }

func (s *script) RoundTrip(r *http.Request) (*http.Response, error) {
	return s.next(r)(r)
}

func (s *script) next(r *http.Request) roundTrip {
	s.mu.Lock()
	defer s.mu.Unlock()
	step := s.steps[min(len(s.queries), len(s.steps)-1)]
	s.queries = append(s.queries, r.URL.RawQuery)
	s.times = append(s.times, time.Now())
	return step
}

// sent returns the queries of the attempts so far.
func (s *script) sent() []string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.queries)
}

// waits returns the times between attempts.
func (s *script) waits() []time.Duration {
	s.mu.Lock()
	defer s.mu.Unlock()
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

// hangs responds when the request is cancelled.
func hangs(r *http.Request) (*http.Response, error) {
	<-r.Context().Done()
	return nil, r.Context().Err()
}

// hangsInside responds with a body that never ends.
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

// sender is a client whose requests a test can observe.
type sender struct{ *httpapi.Client }

func newSender(t *testing.T, transport http.RoundTripper, c provider.Config) sender {
	t.Helper()
	return senderTo(t, "https://api.example.com/iaas/", transport, c)
}

func senderTo(t *testing.T, address string, transport http.RoundTripper, c provider.Config) sender {
	t.Helper()
	if c.HTTPClient == nil {
		c.HTTPClient = &http.Client{Transport: transport}
	}
	if c.Region == "" {
		c.Region = "r1"
	}
	c.Credentials = requestCredentials{}
	var signed atomic.Int32
	client, err := httpapi.New(httpapi.API{
		Name:     "test",
		Endpoint: func(string) string { return address },
		Sign: func(a *httpapi.Attempt) error {
			a.URL.RawQuery = fmt.Sprintf("AccessKeyId=%s&Nonce=%d&Signature=top%%2Fsecret%%3D", a.Credentials.AccessKeyID.Reveal(), signed.Add(1))
			a.Hide("top/secret=")
			return nil
		},
		Classify: classify,
	}, c)
	if err != nil {
		t.Fatal(err)
	}
	return sender{client}
}

// call is a request with hooks for tests. Nil hooks are not called.
type call struct {
	action      string
	credentials func(context.Context) (provider.Credentials, error)
	read        func(body []byte)
}

func request() call { return call{action: "List"} }

// Do sends the request. A body "ok" is a response to it.
func (s sender) Do(ctx context.Context, c call) error {
	ctx = context.WithValue(ctx, requestCredentials{}, c.credentials)
	_, err := httpapi.Do(ctx, s.Client, httpapi.Request{Action: c.action}, func(body []byte) (string, httpapi.Status, error) {
		if c.read != nil {
			c.read(body)
		}
		status := httpapi.Status{Message: string(body), RequestID: "R-1"}
		if string(body) != "ok" {
			return "", status, errors.New("it is not ok")
		}
		return string(body), status, nil
	})
	return err
}

// requestCredentials are the credentials that the request itself names, or a key.
type requestCredentials struct{}

func (requestCredentials) Credentials(ctx context.Context) (provider.Credentials, error) {
	if from, _ := ctx.Value(requestCredentials{}).(func(context.Context) (provider.Credentials, error)); from != nil {
		return from(ctx)
	}
	return provider.Static("LTAIsecret", "no other secret", "").Credentials(ctx)
}

var kinds = map[int]provider.Kind{
	400: provider.Throttled, 401: provider.Unauthenticated, 403: provider.PermissionDenied,
	500: provider.Unavailable, 503: provider.Unavailable,
}

var retries = map[int]httpapi.Retry{400: httpapi.Always, 401: httpapi.Once, 500: httpapi.Always, 503: httpapi.Always}

func classify(r *httpapi.Response) httpapi.Outcome {
	if r.HTTPStatus == http.StatusOK {
		return httpapi.Outcome{}
	}
	kind := kinds[r.HTTPStatus]
	if kind == 0 {
		kind = httpapi.KindOfStatus(r.HTTPStatus)
	}
	return httpapi.Outcome{Kind: kind, Retry: retries[r.HTTPStatus], Wait: httpapi.RetryAfter(r.Header)}
}

func asError(t *testing.T, err error) *provider.Error {
	t.Helper()
	var e *provider.Error
	if !errors.As(err, &e) {
		t.Fatalf("error %v, want a *provider.Error", err)
	}
	return e
}

// isEnd checks that an error is the end of a context and has no Kind.
func isEnd(t *testing.T, err, end error) {
	t.Helper()
	if !errors.Is(err, end) {
		t.Errorf("error %v, want %v", err, end)
	}
	if kind := asError(t, err).Kind; kind != 0 {
		t.Errorf("the kind is %v, want none", kind)
	}
}

// sendPlain sends one request without signature, to whose response no body belongs.
func sendPlain(t *testing.T, transport http.RoundTripper) (string, error) {
	t.Helper()
	client, err := httpapi.New(httpapi.API{Name: "plain", Endpoint: func(string) string { return "https://api.example.com/" }}, provider.Config{
		HTTPClient: &http.Client{Transport: transport}, Retry: provider.Retry{Attempts: 1},
	})
	if err != nil {
		t.Fatal(err)
	}
	return httpapi.Do(t.Context(), client, httpapi.Request{}, func([]byte) (string, httpapi.Status, error) {
		return "", httpapi.Status{}, errors.New("not a response")
	})
}
