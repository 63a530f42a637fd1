package httpapi

import (
	"context"
	"net/http"
	"net/url"
	"time"

	"github.com/hashicorp/go-retryablehttp"

	"github.com/imagequery/imagequery/provider"
)

// Sender sends the requests of one client. It is safe for concurrent use.
type Sender struct {
	provider  string
	config    provider.Config
	endpoint  *url.URL
	transport http.RoundTripper
	jar       http.CookieJar
	timeout   time.Duration // of one attempt
	quota     quota
}

// NewSender returns a sender to an endpoint. Of an HTTP client of the user it
// takes the transport, the cookies and, for one attempt, the timeout.
func NewSender(name string, endpoint *url.URL, c provider.Config) *Sender {
	c = c.WithDefaults()
	s := &Sender{provider: name, config: c, endpoint: endpoint, transport: shared, timeout: c.Retry.AttemptTimeout}
	if user := c.HTTPClient; user != nil {
		s.jar = user.Jar
		if user.Transport != nil {
			s.transport = user.Transport
		}
		if user.Timeout > 0 {
			s.timeout = min(s.timeout, user.Timeout)
		}
	}
	return s
}

// Host is the host that the sender asks, with its port if any.
func (s *Sender) Host() string { return s.endpoint.Host }

// Path is the path that the sender asks, as it goes over the wire.
func (s *Sender) Path() string { return s.endpoint.EscapedPath() }

// Request is what to send, and how to read what comes.
type Request struct {
	Action string

	// Sign returns the signed query of one attempt.
	Sign func(context.Context) (rawQuery string, err error)

	// Read judges one answer and takes over its content. A failure that may be
	// retried is a [*Failure]; any other error is final. The answer is valid
	// only during the call, and nothing of a failed attempt may be kept.
	Read func(*Answer) error
}

// Answer is one answer, whole.
type Answer struct {
	Status int
	Header http.Header
	Body   []byte
}

// Do sends the request until it is answered or given up. The error is a
// [*provider.Error]. Where the context ended, it has no Kind.
func (s *Sender) Do(ctx context.Context, r Request) error {
	c := &call{ctx: ctx, sender: s, request: r}
	if err := c.run(); err != nil {
		return c.explain(err)
	}
	s.quota.refill(c.spent + successGain)
	return nil
}

func (c *call) run() error {
	s := c.sender
	request, err := retryablehttp.NewRequestWithContext(c.ctx, http.MethodGet, s.endpoint.String(), nil)
	if err != nil {
		return err
	}
	request.Header.Set("Accept", "application/json")
	request.Header.Set("User-Agent", s.userAgent())
	request.SetResponseHandler(c.read)
	retrier := retryablehttp.Client{
		HTTPClient:   &http.Client{Transport: c, Jar: s.jar},
		RetryMax:     s.config.Retry.Attempts - 1,
		CheckRetry:   c.checkRetry,
		Backoff:      c.backoff,
		ErrorHandler: c.giveUp,
	}
	response, err := retrier.Do(request)
	if response != nil {
		response.Body.Close()
	}
	return err
}

func (s *Sender) userAgent() string {
	const own = "imagequery"
	if s.config.UserAgent == "" {
		return own
	}
	return s.config.UserAgent + " " + own
}
