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

// RoundTrip makes one attempt. It waits for the budget, signs, sends, and reads the
// response whole, all within the time of one attempt but for the budget.
func (x *exchange) RoundTrip(base *http.Request) (*http.Response, error) {
	release, err := x.acquire()
	if err != nil {
		return nil, err
	}
	defer release()
	ctx, cancel := context.WithTimeout(x.ctx, x.client.timeout)
	defer cancel()
	x.attempt = nil
	if err := x.sign(ctx, base.Header.Clone()); err != nil {
		return nil, x.attemptError(ctx, err)
	}
	x.attempts++
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

// acquire waits for the budget of the account.
func (x *exchange) acquire() (release func(), err error) {
	budget, region := x.client.config.Budget, x.client.config.Region
	if err := x.ctx.Err(); err != nil {
		return nil, err
	}
	if release, ok := budget.TryAcquire(region, x.request.Action); ok {
		return release, nil
	}
	began := time.Now()
	release, err = budget.Acquire(x.ctx, region, x.request.Action)
	x.traceThrottle(began, time.Since(began))
	return release, err
}

// sign makes the attempt, with credentials where the API has a signature.
func (x *exchange) sign(ctx context.Context, header http.Header) error {
	api := x.client.api
	if api.Sign == nil {
		x.attempt = x.newAttempt(header, provider.Credentials{})
		x.attempt.PlaceParams()
		return nil
	}
	source := x.client.credentials
	used, err := await(ctx, func() (provider.Credentials, error) { return source.Credentials(ctx) })
	if ctx.Err() != nil {
		return ctx.Err()
	}
	if err != nil {
		return credentialsError(err)
	}
	if err := api.checkHome(used, x.client.endpoint); err != nil {
		return &failure{err: asProviderError(err)}
	}
	x.attempt = x.newAttempt(header, used)
	if err := api.Sign(x.attempt); err != nil {
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
