package fakecloud

import (
	"compress/gzip"
	"context"
	"fmt"
	"io"
	"net/http"
	"strconv"
)

// Transport returns a round tripper that passes every request to the Cloud in
// this process, whatever its host and scheme. It opens no socket and starts no
// goroutine, so it works in a bubble of testing/synctest. It returns the cause
// of the context if the context of a request ends. A response body arrives as
// from a connection: a [Fault] can stop it, slow it down or cut it off. As with
// [http.Transport], a gzip body is decompressed unless the request has an
// Accept-Encoding header. It is safe for concurrent use.
func (c *Cloud) Transport() http.RoundTripper { return transport{cloud: c} }

type transport struct{ cloud *Cloud }

// RoundTrip returns the response that a server would send.
func (t transport) RoundTrip(r *http.Request) (*http.Response, error) {
	if r.Body != nil {
		defer r.Body.Close()
	}
	if err := context.Cause(r.Context()); err != nil {
		return nil, err
	}
	ctx, cancel := context.WithCancelCause(r.Context())
	a, err := t.cloud.respond(incoming(r.WithContext(ctx)))
	if cause := context.Cause(r.Context()); cause != nil {
		err = cause
	} else if err != nil {
		err = fmt.Errorf("fakecloud: the connection was closed before the response: %w", err)
	}
	if err != nil {
		cancel(err)
		return nil, err
	}
	return a.httpResponse(r, &responseBody{ctx: ctx, cancel: cancel, from: a.reader(), left: a.length}), nil
}

// incoming returns the request as a server receives it.
func incoming(r *http.Request) *http.Request {
	in := r.Clone(r.Context())
	in.Proto, in.ProtoMajor, in.ProtoMinor = "HTTP/1.1", 1, 1
	in.RequestURI = r.URL.RequestURI()
	in.RemoteAddr = "192.0.2.1:1"
	if in.Host == "" {
		in.Host = r.URL.Host
	}
	if in.Method == "" {
		in.Method = http.MethodGet
	}
	if in.Body == nil {
		in.Body = http.NoBody
	}
	return in
}

// httpResponse returns the response as a client receives it.
func (a response) httpResponse(r *http.Request, body *responseBody) *http.Response {
	resp := &http.Response{
		Status:     strconv.Itoa(a.status) + " " + http.StatusText(a.status),
		StatusCode: a.status,
		Proto:      "HTTP/1.1", ProtoMajor: 1, ProtoMinor: 1,
		Header: a.header, Body: body, ContentLength: int64(a.length), Request: r,
	}
	if a.length >= 0 {
		resp.Header.Set("Content-Length", strconv.Itoa(a.length))
	} else {
		resp.TransferEncoding = []string{"chunked"}
	}
	switch {
	case r.Method == http.MethodHead:
		body.cancel(nil)
		resp.Body = http.NoBody
	case r.Header.Get("Accept-Encoding") == "" && resp.Header.Get("Content-Encoding") == "gzip":
		resp.Header.Del("Content-Encoding")
		resp.Header.Del("Content-Length")
		resp.ContentLength, resp.Uncompressed = -1, true
		resp.Body = &inflated{packed: body}
	}
	return resp
}

// responseBody is a body that ends with the context of its request.
type responseBody struct {
	ctx    context.Context
	cancel context.CancelCauseFunc
	from   io.Reader
	left   int // bytes, if not negative
}

func (b *responseBody) Read(p []byte) (int, error) {
	const segment = 16 << 10 // so that a page takes several reads
	if err := context.Cause(b.ctx); err != nil {
		return 0, err
	}
	if b.left == 0 {
		return 0, io.EOF
	}
	p = p[:min(len(p), segment)]
	if b.left > 0 {
		p = p[:min(len(p), b.left)]
	}
	n, err := b.from.Read(p)
	if b.left > 0 {
		b.left -= n
	}
	return n, err
}

// Close ends the reads in progress.
func (b *responseBody) Close() error {
	b.cancel(http.ErrBodyReadAfterClose)
	return nil
}

// inflated decompresses a gzip body.
type inflated struct {
	packed io.ReadCloser
	plain  *gzip.Reader
}

func (b *inflated) Read(p []byte) (int, error) {
	if b.plain == nil {
		plain, err := gzip.NewReader(b.packed)
		if err != nil {
			return 0, err
		}
		b.plain = plain
	}
	return b.plain.Read(p)
}

func (b *inflated) Close() error { return b.packed.Close() }
