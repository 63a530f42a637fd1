package adaptertest

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/imagequery/imagequery/fakecloud"
	"github.com/imagequery/imagequery/image"
	"github.com/imagequery/imagequery/provider/providertest"
)

// fake is the way to a fakecloud, on which requests and answers can be changed.
// How is set before the first request.
type fake struct {
	service service
	reading reading
	t       testing.TB

	edits        []func(url.Values) // of requests
	script       func(n int) *providertest.Failure
	total        func(real int) int
	mangle       func([]byte) []byte
	replaceAfter int
	replacement  []image.Image

	mu    sync.Mutex
	cloud *fakecloud.Cloud
	log   []providertest.Request
}

func (f *fake) serve(world []image.Image) { f.cloud = f.service.cloud(f.t, f.reading, world) }

func (f *fake) requests() []providertest.Request {
	f.mu.Lock()
	defer f.mu.Unlock()
	return slices.Clone(f.log)
}

// RoundTrip keeps the request, and answers it.
func (f *fake) RoundTrip(r *http.Request) (*http.Response, error) {
	if err := context.Cause(r.Context()); err != nil {
		return nil, err
	}
	n, cloud := f.arrived(r)
	var failure providertest.Failure
	if f.script != nil {
		if given := f.script(n); given != nil {
			failure = *given
		}
	}
	switch {
	case failure.Break == providertest.BreakReset:
		return nil, errors.New("connection reset by peer")
	case failure.Break == providertest.BreakHang:
		select {
		case <-r.Context().Done():
			return nil, context.Cause(r.Context())
		case <-time.After(time.Hour):
			return nil, errors.New("connection timed out")
		}
	case failure.Break == providertest.BreakGateway:
		return respond(r, http.StatusBadGateway, http.Header{"Content-Type": {"text/html"}}, []byte("<html>502 Bad Gateway</html>")), nil
	case failure.Code != "":
		return f.refuse(r, n, failure), nil
	}
	response, err := cloud.Transport().RoundTrip(f.edited(r))
	if err != nil {
		return nil, err
	}
	f.answered(n, response.Header.Get("X-Acs-Request-Id"))
	return f.changed(r, response, failure.Break)
}

func (f *fake) arrived(r *http.Request) (n int, cloud *fakecloud.Cloud) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.replacement != nil && len(f.log) == f.replaceAfter {
		f.serve(f.replacement)
	}
	if len(f.log)%1000 == 999 {
		f.cloud.Reset() // nobody reads its log
	}
	params := r.URL.Query()
	f.log = append(f.log, providertest.Request{Action: params.Get(f.service.dialect.action), Params: params, At: time.Now()})
	return len(f.log), f.cloud
}

func (f *fake) answered(n int, id string) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.log[n-1].ID = id
}

// edited is the request with changed parameters, and signed again.
func (f *fake) edited(r *http.Request) *http.Request {
	if len(f.edits) == 0 {
		return r
	}
	params := r.URL.Query()
	for _, edit := range f.edits {
		edit(params)
	}
	out := r.Clone(r.Context())
	out.URL.RawQuery = f.service.dialect.sign(r, params)
	return out
}

func without(names []string) func(url.Values) {
	return func(params url.Values) {
		for _, name := range names {
			params.Del(name)
		}
	}
}

func (f *fake) refuse(r *http.Request, n int, failure providertest.Failure) *http.Response {
	id := fmt.Sprintf("refused-%d", n)
	if !f.service.dialect.hasIDs {
		id = ""
	}
	f.answered(n, id)
	status := http.StatusOK
	for _, e := range f.service.errors {
		if e.Code == failure.Code {
			status = e.status
		}
	}
	header := http.Header{"Content-Type": {"application/json"}, "Date": {time.Now().UTC().Format(http.TimeFormat)}}
	if failure.RetryAfter > 0 {
		header.Set("Retry-After", strconv.Itoa(int(failure.RetryAfter/time.Second)))
	}
	return respond(r, status, header, f.service.dialect.refusal(failure.Code, failure.Message, id))
}

// changed is the answer as it leaves the fake.
func (f *fake) changed(r *http.Request, response *http.Response, how providertest.Break) (*http.Response, error) {
	if f.total == nil && f.mangle == nil && how == 0 {
		return response, nil
	}
	body, err := io.ReadAll(response.Body)
	if err != nil {
		return nil, err
	}
	if f.total != nil {
		body = withTotal(body, f.service.dialect.total, f.total)
	}
	if f.mangle != nil {
		body = f.mangle(body)
	}
	switch how {
	case providertest.BreakShort:
		body = body[:len(body)/2]
	case providertest.BreakCut:
		cut := respond(r, response.StatusCode, response.Header, body)
		cut.Body = io.NopCloser(io.MultiReader(bytes.NewReader(body[:len(body)/2]), cutOff{}))
		return cut, nil
	}
	return respond(r, response.StatusCode, response.Header, body), nil
}

// cutOff is where a connection ends too early.
type cutOff struct{}

func (cutOff) Read([]byte) (int, error) { return 0, io.ErrUnexpectedEOF }

// withTotal changes the total that an answer states, in the type that it has.
func withTotal(body []byte, name string, state func(int) int) []byte {
	var fields map[string]json.RawMessage
	if json.Unmarshal(body, &fields) != nil || fields[name] == nil {
		return body
	}
	text := string(fields[name])
	real, _ := strconv.Atoi(strings.Trim(text, `"`))
	stated := strconv.Itoa(state(real))
	switch {
	case stated == "0":
		delete(fields, name)
	case strings.HasPrefix(text, `"`):
		fields[name] = json.RawMessage(`"` + stated + `"`)
	default:
		fields[name] = json.RawMessage(stated)
	}
	out, _ := json.Marshal(fields)
	return out
}

func respond(r *http.Request, status int, header http.Header, body []byte) *http.Response {
	return &http.Response{
		Status: strconv.Itoa(status) + " " + http.StatusText(status), StatusCode: status,
		Proto: "HTTP/1.1", ProtoMajor: 1, ProtoMinor: 1,
		Header: header, Body: io.NopCloser(bytes.NewReader(body)), ContentLength: int64(len(body)), Request: r,
	}
}
