package adaptertest

import (
	"bytes"
	"io"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"sync"
	"testing"
	"time"

	"github.com/imagequery/imagequery/fakecloud"
	"github.com/imagequery/imagequery/image"
	"github.com/imagequery/imagequery/provider"
	"github.com/imagequery/imagequery/provider/providertest"
)

// emulator is a fakecloud with faults. It is the transport of the client, so that
// it can log requests and edit response bodies. Everything but log is set before
// the first request.
type emulator struct {
	service service
	t       testing.TB
	reading reading
	cloud   *fakecloud.Cloud

	faults       []fakecloud.Fault
	edit         func(body []byte) []byte // nil: bodies stay as they are
	replacement  *fakecloud.Cloud         // nil: the first cloud stays
	replaceAfter int                      // requests

	mu  sync.Mutex
	log []providertest.Request
}

// session is the session of a client of the emulator.
func (e *emulator) session(client *provider.Client) *providertest.Session {
	return &providertest.Session{
		Client:     client,
		Secrets:    []string{keyID, keySecret, keyToken},
		Hidden:     e.service.hidden,
		Requests:   e.requests,
		Fail:       func(f providertest.Failure) { e.addFaults(e.service.fault(f)) },
		AddToTotal: func(n int) { e.addFaults(fakecloud.Fault{Do: fakecloud.TotalAdd, Count: n}) },
		OmitTotal:  func() { e.addFaults(fakecloud.Fault{Do: fakecloud.TotalMissing}) },
		Cap:        func(size int) { e.addFaults(fakecloud.Fault{Do: fakecloud.PageClamp, Count: size}) },
		Repeat:     func() { e.addFaults(fakecloud.Fault{Do: fakecloud.PageFirst}) },
		Ignore:     func(params ...string) { e.addFaults(fakecloud.Fault{Do: fakecloud.IgnoreParams, Names: params}) },
		Replace:    e.replace,
		EditBody:   func(change func([]byte) []byte) { e.edit = change },
	}
}

func (e *emulator) addFaults(faults ...fakecloud.Fault) {
	e.faults = append(e.faults, faults...)
	if err := e.cloud.SetFaults(e.faults...); err != nil {
		e.t.Fatal(err)
	}
}

// fault returns the fault that makes requests fail in that way.
func (s service) fault(f providertest.Failure) fakecloud.Fault {
	out, ok := map[providertest.Break]fakecloud.Fault{
		providertest.BreakReset:   {Do: fakecloud.Reset},
		providertest.BreakHang:    {Do: fakecloud.Hang},
		providertest.BreakGateway: {Do: fakecloud.HTMLPage},
		providertest.BreakCut:     {Do: fakecloud.Truncate, Bytes: -2},
		providertest.BreakShort:   {Do: fakecloud.ShortBody, Bytes: -2},
	}[f.Break]
	if !ok {
		out = fakecloud.Fault{Do: fakecloud.ServerError, Status: s.httpStatus(f.Code), Code: f.Code, Message: f.Message, RetryAfter: f.RetryAfter}
	}
	out.From, out.Times = f.From, f.Times
	return out
}

// replace has another cloud respond after some requests.
func (e *emulator) replace(after int, world []image.Image) {
	e.replacement, e.replaceAfter = e.service.cloud(e.t, e.reading, world), after
}

func (e *emulator) requests() []providertest.Request {
	e.mu.Lock()
	defer e.mu.Unlock()
	return slices.Clone(e.log)
}

// RoundTrip logs the request and has the cloud respond to it.
func (e *emulator) RoundTrip(r *http.Request) (*http.Response, error) {
	n := e.logRequest(Params(r))
	cloud := e.cloud
	if e.replacement != nil && n >= e.replaceAfter {
		cloud = e.replacement
	}
	resp, err := cloud.Transport().RoundTrip(r)
	if err != nil {
		return nil, err
	}
	e.logID(n, resp.Header.Get("X-Acs-Request-Id"))
	if e.edit == nil {
		return resp, nil
	}
	body, err := io.ReadAll(resp.Body)
	if err != nil {
		return nil, err
	}
	body = e.edit(body)
	resp.Body, resp.ContentLength = io.NopCloser(bytes.NewReader(body)), int64(len(body))
	resp.Header.Set("Content-Length", strconv.Itoa(len(body)))
	return resp, nil
}

// logRequest returns the index of the request in the log.
func (e *emulator) logRequest(params url.Values) int {
	e.mu.Lock()
	defer e.mu.Unlock()
	if len(e.log)%1000 == 999 {
		e.cloud.Reset() // this log is the one that is read
	}
	e.log = append(e.log, providertest.Request{Action: params.Get(e.service.dialect.action), Params: params, At: time.Now()})
	return len(e.log) - 1
}

func (e *emulator) logID(n int, id string) {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.log[n].ID = id
}
