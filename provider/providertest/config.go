package providertest

import (
	"errors"
	"net/http"
	"strings"
	"sync"
	"time"

	"github.com/imagequery/imagequery/image"
	"github.com/imagequery/imagequery/provider"
)

// testEndpoint is an address that no request can reach without the transport of the
// check.
const testEndpoint = "https://images.invalid/"

// configHTTP opens clients of endpoints with plain http.
func configHTTP(t *checkRun) {
	if !t.requires(t.harness.New != nil, "Harness.New") {
		return
	}
	const plain = "http://images.invalid/"
	_, err := t.harness.New(provider.Config{Endpoint: plain})
	if !errors.Is(err, provider.InvalidArgument) {
		t.failf("Endpoint %s without AllowHTTP: error %v, want InvalidArgument", plain, err)
	} else if !strings.Contains(err.Error(), "AllowHTTP") {
		t.failf("Endpoint %s without AllowHTTP: the error does not name AllowHTTP: %w", plain, err)
	}
	for _, c := range []provider.Config{{Endpoint: plain, AllowHTTP: true}, {Endpoint: "http://127.0.0.1:1/"}, {Endpoint: testEndpoint}} {
		if _, err := t.harness.New(c); err != nil {
			t.failf("Endpoint %s with AllowHTTP %t: %w", c.Endpoint, c.AllowHTTP, err)
		}
	}
}

// recorder is a transport that records requests and has a way to respond.
type recorder struct {
	respond func(*http.Request) (*http.Response, error)

	mu   sync.Mutex
	sent []*http.Request
}

func (r *recorder) RoundTrip(request *http.Request) (*http.Response, error) {
	r.mu.Lock()
	r.sent = append(r.sent, request)
	r.mu.Unlock()
	return r.respond(request)
}

func (r *recorder) requests() []*http.Request {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.sent
}

// query runs the empty query once through the recorder.
func (t *checkRun) query(r *recorder, c provider.Config) (took time.Duration, err error) {
	if !t.requires(t.harness.New != nil, "Harness.New") {
		return 0, nil
	}
	c.Endpoint, c.Retry.Attempts = testEndpoint, 1
	if c.HTTPClient == nil {
		c.HTTPClient = &http.Client{}
	}
	c.HTTPClient.Transport = r
	client, err := t.harness.New(c)
	if err != nil {
		t.failf("Endpoint %s: %w", testEndpoint, err)
		return 0, nil
	}
	began := time.Now()
	_, err = provider.Collect(client.Images(t.context(), image.Query{}))
	return time.Since(began), err
}

func reset(*http.Request) (*http.Response, error) { return nil, errors.New("connection reset") }

func hang(r *http.Request) (*http.Response, error) {
	select {
	case <-r.Context().Done():
		return nil, r.Context().Err()
	case <-time.After(time.Hour):
		return reset(r)
	}
}

func redirect(r *http.Request) (*http.Response, error) {
	return &http.Response{StatusCode: http.StatusTemporaryRedirect, Header: http.Header{"Location": {"https://elsewhere.invalid/"}}, Body: http.NoBody, Request: r}, nil
}

// configHTTPClient has requests end in ways that only the given client can see.
func configHTTPClient(t *checkRun) {
	const timeout, most = 3 * time.Second, 30 * time.Second
	r := &recorder{respond: hang}
	took, _ := t.query(r, provider.Config{HTTPClient: &http.Client{Timeout: timeout}})
	switch {
	case t.harness.New == nil:
		return
	case len(r.requests()) == 0:
		t.failf("the transport of Config.HTTPClient received no request")
		return
	case took > most:
		t.failf("Config.HTTPClient has a Timeout of %s, and an attempt without a response took %s", timeout, took)
	}
	r = &recorder{respond: redirect}
	if _, err := t.query(r, provider.Config{}); err == nil {
		t.failf("the response is a redirect, and there was no error")
	}
	for _, request := range r.requests() {
		if request.URL.Hostname() == "elsewhere.invalid" {
			t.failf("a request followed a redirect to %s", request.URL)
		}
	}
}

func configUserAgent(t *checkRun) {
	const name = "conformance/1.0"
	r := &recorder{respond: reset}
	_, _ = t.query(r, provider.Config{UserAgent: name})
	for _, request := range r.requests() {
		if got := request.Header.Get("User-Agent"); !strings.HasPrefix(got, name) {
			t.failf("Config.UserAgent is %q, and a request has the User-Agent %q", name, got)
		}
	}
}

// configAttemptTimeout has a server respond to the first request with nothing.
func configAttemptTimeout(t *checkRun) {
	const timeout, most = 3 * time.Second, 10 * time.Second
	retry := provider.Retry{Attempts: 2, AttemptTimeout: timeout, MaxWait: most - timeout}
	s, ok := t.failing(1, Failure{Break: BreakHang}, provider.Config{Retry: retry})
	if !ok {
		return
	}
	got, err := t.answer(s, image.Query{})
	sent := s.Requests()
	if err != nil || len(sent) < 2 {
		t.failf("no response to the first of two attempts: %d requests, %d images came, error %v", len(sent), len(got), err)
		return
	}
	if gap := sent[1].At.Sub(sent[0].At); gap < timeout || gap > most {
		t.failf("Retry.AttemptTimeout is %s and Retry.MaxWait %s, and the attempt after one without a response came after %s", timeout, retry.MaxWait, gap)
	}
}
