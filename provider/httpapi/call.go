package httpapi

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"sync"
	"time"

	"github.com/imagequery/imagequery/provider"
)

// maxBody bounds one answer. The largest documented page is far below.
const maxBody = 16 << 20

// call is one request on its way, over all its attempts. It is also the
// [http.RoundTripper] of that request, which signs below the HTTP client.
type call struct {
	ctx      context.Context // of the caller, over all attempts
	sender   *Sender
	request  Request
	attempts int             // sent so far
	attempt  context.Context // of the attempt under way
	query    string          // of the attempt under way, signed
	last     *Failure
	repeated bool // a failure of the kind Once has been retried
	spent    int  // from the quota
}

// RoundTrip sends one attempt: it waits for the budget, signs, and bounds the
// time until the body is closed.
func (c *call) RoundTrip(unsigned *http.Request) (response *http.Response, err error) {
	s := c.sender
	release, err := c.acquire()
	if err != nil {
		return nil, err
	}
	attempt, cancel := context.WithTimeout(c.ctx, s.timeout)
	c.attempt = attempt
	done := sync.OnceFunc(func() { cancel(); release() })
	defer func() {
		if response == nil {
			done()
		}
	}()
	if err := c.sign(); err != nil {
		return nil, err
	}
	signed := unsigned.Clone(attempt)
	signed.URL.RawQuery = c.query
	c.attempts++
	c.sending()
	answer, err := s.transport.RoundTrip(signed)
	switch {
	case err != nil:
		return nil, c.noAnswer(err)
	case answer == nil:
		return nil, c.noAnswer(errors.New("the transport returned nothing"))
	case answer.Body == nil:
		answer.Body = http.NoBody
	}
	withoutRedirect(answer)
	answer.Body = &attemptBody{ReadCloser: answer.Body, done: done}
	return answer, nil
}

// acquire waits for the budget of the account.
func (c *call) acquire() (release func(), err error) {
	budget, region := c.sender.config.Budget, c.sender.config.Region
	if err := c.ctx.Err(); err != nil {
		return nil, err
	}
	if release, ok := budget.TryAcquire(region, c.request.Action); ok {
		return release, nil
	}
	began := time.Now()
	release, err = budget.Acquire(c.ctx, region, c.request.Action)
	c.held(began, time.Since(began))
	return release, err
}

func (c *call) sign() (err error) {
	c.query, err = c.request.Sign(c.attempt)
	if c.attempt.Err() != nil {
		return c.noAnswer(errors.New("not signed"))
	}
	return err
}

// withoutRedirect takes away the address of a redirect, so that the HTTP client
// hands it out as an answer like any other.
func withoutRedirect(answer *http.Response) {
	if answer.Header.Get("Location") != "" {
		answer.Header.Del("Location")
	}
}

type attemptBody struct {
	io.ReadCloser
	done func()
}

func (b *attemptBody) Close() error {
	defer b.done()
	return b.ReadCloser.Close()
}

var bodies = sync.Pool{New: func() any { return new(bytes.Buffer) }}

// read takes in one whole answer and hands it to the request's Read.
func (c *call) read(response *http.Response) error {
	body := bodies.Get().(*bytes.Buffer)
	defer putBack(body)
	if err := c.takeIn(body, response); err != nil {
		return err
	}
	return c.request.Read(&Answer{Status: response.StatusCode, Header: response.Header, Body: body.Bytes()})
}

func (c *call) takeIn(body *bytes.Buffer, response *http.Response) error {
	defer response.Body.Close()
	if n := response.ContentLength; n > 0 && n <= maxBody {
		body.Grow(int(n) + bytes.MinRead)
	}
	_, err := body.ReadFrom(io.LimitReader(response.Body, maxBody+1))
	switch {
	case body.Len() > maxBody:
		return &Failure{Err: &provider.Error{
			Kind: provider.BadResponse, HTTPStatus: response.StatusCode,
			Message: fmt.Sprintf("the answer is longer than %d MiB", maxBody>>20),
		}}
	case err != nil:
		return c.noAnswer(err)
	}
	return nil
}

func putBack(body *bytes.Buffer) {
	const usual = 1 << 20
	if body.Cap() <= usual {
		body.Reset()
		bodies.Put(body)
	}
}

// noAnswer is why no whole answer came.
func (c *call) noAnswer(err error) error {
	if end := ended(c.ctx); end != nil {
		return end
	}
	if c.attempt.Err() != nil {
		err = fmt.Errorf("gave up after %s", c.sender.timeout)
	}
	return &Failure{Retry: Always, Err: &provider.Error{
		Kind: provider.Unavailable, Message: "no complete answer", Err: withoutQuery(err, c.query),
	}}
}

// ended is the error of a context that has ended. A connection may notice its
// deadline a moment before the context does.
func ended(ctx context.Context) error {
	if at, ok := ctx.Deadline(); ok && ctx.Err() == nil && !time.Now().Before(at) {
		return context.DeadlineExceeded
	}
	return ctx.Err()
}
