package fakecloud

import (
	"maps"
	"net/http"
	"net/url"
	"slices"
	"sync"
	"time"
)

// keptRequests limits the log of a Cloud.
const keptRequests = 10_000

// Request is one request that a [Cloud] received. Params and Header hold its
// credentials and signature; its JSON form does not.
type Request struct {
	Time     time.Time   // of its arrival, by the clock of the Cloud
	ID       string      // the request id of the response
	Account  string      // name of the account whose key signed it; empty until the signature is verified
	Provider string      // such as "aliyunecs", or "aliyunsts" or "aliyunlocation"; empty if no service was recognised
	Region   string      // or zone, as it was sent
	Action   string      // such as "DescribeImages", as it was sent
	Method   string      // of HTTP
	Host     string      // that it was meant for
	Path     string      // as it was sent
	Params   url.Values  // of query and form, decoded, with credentials and signature
	Header   http.Header // of HTTP
	Unknown  []string    // undocumented parameters, sorted
	Faults   []FaultKind // that acted on it
	Status   int         // of the response; 0 before the response, and if the connection ended before it
	Code     string      // the vendor's error code in the response; empty for a success
}

// Requests returns the requests since the last Reset in the order of their
// arrival, at most the latest 10,000. The caller owns the result.
func (c *Cloud) Requests() []Request { return c.log.copy() }

// Count returns how many of the requests have the action; the empty action
// matches every request.
func (c *Cloud) Count(action string) int {
	return len(c.Find(func(r Request) bool { return action == "" || r.Action == action }))
}

// Find returns the requests that match.
func (c *Cloud) Find(match func(Request) bool) []Request {
	return slices.DeleteFunc(c.Requests(), func(r Request) bool { return !match(r) })
}

// Reset clears the log. It does not clear the nonces.
func (c *Cloud) Reset() { c.log.reset() }

// requestLog keeps the latest requests. It is safe for concurrent use.
type requestLog struct {
	mu       sync.Mutex
	requests []*Request
}

// open adds a request that has no response yet.
func (l *requestLog) open(r Request) *Request {
	l.mu.Lock()
	defer l.mu.Unlock()
	if len(l.requests) >= keptRequests {
		l.requests = slices.Delete(l.requests, 0, 1)
	}
	l.requests = append(l.requests, &r)
	return &r
}

// update replaces a request in the log.
func (l *requestLog) update(logged *Request, r Request) {
	l.mu.Lock()
	defer l.mu.Unlock()
	*logged = r
}

func (l *requestLog) reset() {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.requests = nil
}

func (l *requestLog) copy() []Request {
	l.mu.Lock()
	defer l.mu.Unlock()
	out := make([]Request, len(l.requests))
	for i, r := range l.requests {
		out[i] = r.clone()
	}
	return out
}

func cloneLists(m url.Values) url.Values {
	c := maps.Clone(m)
	for name, values := range c {
		c[name] = slices.Clone(values)
	}
	return c
}
