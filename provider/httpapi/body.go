package httpapi

import (
	"bytes"
	"compress/flate"
	"compress/gzip"
	"compress/zlib"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"sync"
	"sync/atomic"

	"github.com/imagequery/imagequery/provider"
)

// maxBody bounds one body. The largest documented page is far below.
const maxBody = 16 << 20

var buffers = sync.Pool{New: func() any { return new(bytes.Buffer) }}

// received is a response and its complete body.
type received struct {
	response *http.Response // without body
	body     *bytes.Buffer
}

// receive sends a request and reads the complete response. The end of ctx closes the
// body, which ends a read that ignores ctx. A response that arrives after the end of
// ctx is closed.
func receive(ctx context.Context, transport http.RoundTripper, request *http.Request) (received, error) {
	response, err := transport.RoundTrip(request)
	if response != nil && response.Body != nil {
		body := &closeOnce{Closer: response.Body}
		defer body.close()
		defer context.AfterFunc(ctx, body.close)()
	}
	switch {
	case err != nil:
		return received{}, err
	case response == nil:
		return received{}, errors.New("the transport returned nothing")
	case response.StatusCode < 200:
		return received{}, interim(response.StatusCode)
	}
	into := buffers.Get().(*bytes.Buffer)
	if err := readBody(ctx, into, response); err != nil {
		releaseBuffer(into)
		return received{}, err
	}
	return received{complete(response), into}, nil
}

// interim returns the error of a 1xx status in place of a final response. A response
// with status 101 has no body but a connection of another protocol, which the end of a
// context does not close.
func interim(status int) error {
	return &failure{err: &provider.Error{
		Kind: provider.BadResponse, HTTPStatus: status,
		Message: "the server switched to another protocol or sent no final response; check the endpoint and any proxy before it",
	}}
}

// closeOnce closes a body once, from any goroutine, and waits for no other close.
type closeOnce struct {
	io.Closer
	closed atomic.Bool
}

func (c *closeOnce) close() {
	if c.closed.CompareAndSwap(false, true) {
		_ = c.Close()
	}
}

// untilEnd reads until ctx ends. A body that returns no bytes and no error could
// otherwise be read for ever.
type untilEnd struct {
	io.Reader
	ctx context.Context
}

func (r untilEnd) Read(p []byte) (int, error) {
	if err := r.ctx.Err(); err != nil {
		return 0, err
	}
	return r.Reader.Read(p)
}

// readBody reads the body of a response within bounds.
func readBody(ctx context.Context, into *bytes.Buffer, response *http.Response) error {
	if response.Body == nil {
		return nil
	}
	if n := response.ContentLength; n > 0 && n <= maxBody {
		into.Grow(int(n) + bytes.MinRead)
	}
	body, err := decoded(untilEnd{response.Body, ctx}, response.Header)
	if err == nil {
		_, err = into.ReadFrom(io.LimitReader(body, maxBody+1))
	}
	if into.Len() > maxBody {
		return &failure{err: &provider.Error{
			Kind: provider.BadResponse, HTTPStatus: response.StatusCode,
			Message: fmt.Sprintf("the response is longer than %d MiB", maxBody>>20),
		}}
	}
	if isCorrupt(err) {
		return &failure{retry: Always, err: &provider.Error{
			Kind: provider.BadResponse, HTTPStatus: response.StatusCode, Message: "the body is not what its Content-Encoding says", Err: err,
		}}
	}
	return err
}

// isCorrupt reports whether an error is one of decompression.
func isCorrupt(err error) bool {
	_, corrupt := errors.AsType[flate.CorruptInputError](err)
	return corrupt || errors.Is(err, gzip.ErrHeader) || errors.Is(err, gzip.ErrChecksum) || errors.Is(err, zlib.ErrHeader) || errors.Is(err, zlib.ErrChecksum) || errors.Is(err, zlib.ErrDictionary)
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

// releaseBody returns the buffer of the current response to the pool.
func (x *exchange) releaseBody() {
	if x.body != nil {
		releaseBuffer(x.body)
		x.body = nil
	}
}

// releaseBuffer returns a buffer to the pool, unless it has become unusually large.
func releaseBuffer(b *bytes.Buffer) {
	const usual = 1 << 20
	if b.Cap() <= usual {
		b.Reset()
		buffers.Put(b)
	}
}
