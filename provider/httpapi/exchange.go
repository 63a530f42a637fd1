package httpapi

import (
	"bytes"
	"context"
	"net/http"
	"time"

	"github.com/hashicorp/go-retryablehttp"

	"github.com/imagequery/imagequery/provider"
)

// exchange is one request over all its attempts. It is also the
// [http.RoundTripper] below the retrying HTTP client: it signs and sends each attempt
// and reads the complete response, so that the layers above neither see a signature
// nor wait for a body.
type exchange struct {
	ctx      context.Context // of the caller, over all attempts
	client   *Client
	request  Request
	attempts int // sent so far
	attempt  *Attempt
	sent     *sent
	span     span          // of the current attempt
	body     *bytes.Buffer // of the current response
	last     *failure
	repeated bool // a failure that is retried once has been retried
	spent    int  // cost of the retries, from the quota
}

// run sends attempts until read accepts a response or there is no retry left.
func (x *exchange) run(read func(*http.Response) error) error {
	c := x.client
	request, err := retryablehttp.NewRequestWithContext(x.ctx, http.MethodGet, c.endpoint.String(), nil)
	if err != nil {
		return err
	}
	request.Header.Set("Accept", "application/json")
	request.Header.Set("User-Agent", c.userAgent())
	request.SetResponseHandler(read)
	retrier := retryablehttp.Client{
		HTTPClient:   &http.Client{Transport: x},
		RetryMax:     c.config.Retry.Attempts - 1,
		CheckRetry:   x.checkRetry,
		Backoff:      x.backoff,
		ErrorHandler: lastError,
	}
	defer x.endSpan(errUnfinished) // after a panic
	_, err = retrier.Do(request)
	return err
}

func (c *Client) userAgent() string {
	const own = "imagequery"
	if c.config.UserAgent == "" {
		return own
	}
	return c.config.UserAgent + " " + own
}

// RoundTrip makes one attempt: it gets the credentials, waits for the budget, signs,
// sends, and reads the response whole, all within the time of one attempt but for the
// budget. A wait for credentials holds no place in the budget.
func (x *exchange) RoundTrip(base *http.Request) (*http.Response, error) {
	x.attempt = nil
	used, left, err := x.authorize()
	if err != nil {
		return nil, err
	}
	release, err := x.acquire()
	if err != nil {
		return nil, err
	}
	defer release()
	if used.expired() {
		release()
		return x.RoundTrip(base)
	}
	deadline := time.Now().Add(left)
	if err := x.sign(base.Header.Clone(), used.Credentials); err != nil {
		return nil, x.attemptError(x.ctx, err)
	}
	x.attempts++
	x.startSpan()
	ctx, cancel := context.WithDeadline(x.span.ctx, deadline)
	defer cancel()
	x.traceRequest()
	response, err := x.send(ctx, x.attempt.httpRequest(base.WithContext(x.watchConn(ctx))))
	x.sent.duration = time.Since(x.sent.began)
	if err != nil {
		err = x.attemptError(ctx, err)
		x.traceResponse(nil, err)
		return nil, err
	}
	return response, nil
}

// granted are credentials and the time at which they were received.
type granted struct {
	provider.Credentials
	at time.Time
}

// expired reports whether the credentials have expired since they were received.
// Credentials that had expired before are used: the clock may be wrong.
func (g granted) expired() bool {
	return g.Expires.After(g.at) && !g.Expires.After(time.Now())
}

// authorize returns the credentials of an attempt and the rest of its time.
func (x *exchange) authorize() (used granted, left time.Duration, err error) {
	timeout := x.client.timeout
	if x.client.api.Sign == nil {
		return granted{}, timeout, nil
	}
	began := time.Now()
	ctx, cancel := context.WithTimeout(x.ctx, timeout)
	defer cancel()
	source := x.client.credentials
	used.Credentials, err = await(ctx, func() (provider.Credentials, error) { return source.Credentials(ctx) })
	if ctx.Err() != nil {
		return granted{}, 0, x.attemptError(ctx, ctx.Err())
	}
	if err != nil {
		return granted{}, 0, x.attemptError(ctx, credentialsError(err))
	}
	if err := x.client.api.checkHome(used.Credentials, x.client.endpoint); err != nil {
		return granted{}, 0, &failure{err: asProviderError(err)}
	}
	used.at = time.Now()
	return used, timeout - used.at.Sub(began), nil
}

// acquire waits for the budget of the account and for the search.
func (x *exchange) acquire() (release func(), err error) {
	config, began := x.client.config, time.Now()
	release, waited, err := config.Budget.Acquire(x.ctx, config.Region, x.request.Action)
	x.traceThrottle(began, waited)
	return release, err
}

// sign makes the attempt.
func (x *exchange) sign(header http.Header, used provider.Credentials) error {
	x.attempt = x.newAttempt(header, used)
	sign := x.client.api.Sign
	if sign == nil {
		x.attempt.PlaceParams()
		return nil
	}
	if err := sign(x.attempt); err != nil {
		return &failure{err: asProviderError(err)}
	}
	return nil
}

// send returns a complete response whose body is in x.body. A transport that may
// ignore ctx runs on a goroutine of its own, which owns the buffer until it is done.
func (x *exchange) send(ctx context.Context, request *http.Request) (*http.Response, error) {
	transport := x.client.transport
	receive := func() (received, error) { return receive(ctx, transport, request) }
	var r received
	var err error
	if endsWithContext(transport) {
		r, err = receive()
	} else {
		r, err = await(ctx, receive)
	}
	if err != nil {
		return nil, err
	}
	x.body = r.body
	return r.response, nil
}
