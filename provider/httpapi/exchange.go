package httpapi

import (
	"bytes"
	"context"
	"errors"
	"net/http"
	"time"

	"github.com/hashicorp/go-retryablehttp"

	"github.com/imagequery/imagequery/provider"
)

// exchange is one request over all its attempts. It is also the
// [http.RoundTripper] below the retrying HTTP client: each attempt is signed, sent
// and read whole there, so that the layers above never see a signature, and never
// wait for a body.
type exchange struct {
	ctx      context.Context // of the caller, over all attempts
	client   *Client
	request  Request
	attempts int // sent so far
	attempt  *Attempt
	body     *bytes.Buffer // of the current response
	last     *failure
	repeated bool // a failure that is retried once has been retried
	spent    int  // from the quota
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
		HTTPClient:   &http.Client{Transport: x, Jar: c.jar},
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
	response, err := x.send(ctx, x.attempt.httpRequest(base.WithContext(ctx)))
	if err != nil {
		return nil, x.attemptError(ctx, err)
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
	used, err := x.client.credentials.Credentials(ctx)
	if ctx.Err() != nil {
		return ctx.Err()
	}
	if err != nil {
		return credentialsError(err)
	}
	x.attempt = x.newAttempt(header, used)
	if err := api.Sign(x.attempt); err != nil {
		return &failure{err: asProviderError(err)}
	}
	return nil
}

// send returns a complete response whose body is in x.body.
func (x *exchange) send(ctx context.Context, request *http.Request) (*http.Response, error) {
	response, err := x.client.transport.RoundTrip(request)
	switch {
	case err != nil:
		return nil, err
	case response == nil:
		return nil, errors.New("the transport returned nothing")
	case response.Body == nil:
		response.Body = http.NoBody
	}
	x.body = buffers.Get().(*bytes.Buffer)
	if err := readBody(x.body, response); err != nil {
		x.releaseBody()
		return nil, err
	}
	return complete(response), nil
}

// complete is the response without its body, which has been read. It has no
// Location either, so that the HTTP client returns a redirect like any response.
func complete(response *http.Response) *http.Response {
	out := *response
	out.Body = http.NoBody
	if out.Header.Get("Location") != "" {
		out.Header = out.Header.Clone()
		out.Header.Del("Location")
	}
	return &out
}
