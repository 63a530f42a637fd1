package httpapi

import (
	"context"
	"errors"
	"net"
	"net/http"
	"net/http/httptrace"
	"net/url"
	"sync"
	"time"
)

// pool sends through one transport, which opens no more connections to a host
// than there are requests under way to it. By itself a transport opens another
// one whenever none is free at the moment, even if one soon will be.
type pool struct {
	transport *http.Transport
	hosts     sync.Map // of *host, by scheme, name and port
}

func newPool(t *http.Transport) *pool {
	t.DialContext = gated(t.DialContext)
	return &pool{transport: t}
}

// RoundTrip sends one request. It is under way until its answer's body is closed.
func (p *pool) RoundTrip(r *http.Request) (*http.Response, error) {
	n := p.need(r)
	n.host.add(1, 0)
	end := sync.OnceFunc(func() { n.host.add(-1, 0) })
	answer, err := p.transport.RoundTrip(r.WithContext(n.context(r.Context())))
	if err != nil {
		n.giveUp()
		end()
		return nil, err
	}
	answer.Body = &attemptBody{ReadCloser: answer.Body, done: end}
	return answer, nil
}

func (p *pool) need(r *http.Request) *need {
	n := &need{host: p.host(r.URL), patience: time.Second}
	if at, ok := r.Context().Deadline(); ok {
		n.patience = min(n.patience, time.Until(at)/4)
	}
	n.life, n.giveUp = context.WithCancel(context.Background())
	return n
}

func (p *pool) host(u *url.URL) *host {
	name := u.Scheme + "://" + u.Host
	if u.Port() == "" {
		name += map[string]string{"http": ":80", "https": ":443"}[u.Scheme]
	}
	found, ok := p.hosts.Load(name)
	if !ok {
		found, _ = p.hosts.LoadOrStore(name, &host{changed: make(chan struct{})})
	}
	return found.(*host)
}

// host counts what is under way to one host.
type host struct {
	mu                    sync.Mutex
	requests, connections int
	changed               chan struct{} // closed at the next change
}

func (h *host) add(requests, connections int) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.requests += requests
	h.connections += connections
	close(h.changed)
	h.changed = make(chan struct{})
}

// take counts one connection more if there is a request for it.
func (h *host) take() (ok bool, changed <-chan struct{}) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.connections >= h.requests {
		return false, h.changed
	}
	h.connections++
	return true, nil
}

// need is one request's need for a connection. The transport may look for one
// several times.
type need struct {
	host     *host
	patience time.Duration   // how long it waits for one that should come free, before it gets one of its own all the same
	life     context.Context // ends when the request is given up
	giveUp   context.CancelFunc
	mu       sync.Mutex
	met      chan struct{} // closed when a connection is found
}

type needKey struct{}

func (n *need) context(ctx context.Context) context.Context {
	return httptrace.WithClientTrace(context.WithValue(ctx, needKey{}, n), &httptrace.ClientTrace{
		GetConn: func(string) { n.begin() },
		GotConn: func(httptrace.GotConnInfo) { close(n.current()) },
	})
}

func (n *need) begin() {
	n.mu.Lock()
	defer n.mu.Unlock()
	n.met = make(chan struct{})
}

func (n *need) current() chan struct{} {
	n.mu.Lock()
	defer n.mu.Unlock()
	return n.met
}

var errNotNeeded = errors.New("no other connection is needed")

// wait returns when a new connection is to be opened, and an error if none is.
func (n *need) wait(ctx context.Context) error {
	met, late := n.current(), time.After(n.patience)
	for {
		ok, changed := n.host.take()
		if ok {
			return nil
		}
		select {
		case <-changed:
		case <-met:
			return errNotNeeded
		case <-n.life.Done():
			return errNotNeeded
		case <-ctx.Done():
			return ctx.Err()
		case <-late:
			n.host.add(0, 1)
			return nil
		}
	}
}

type dial = func(ctx context.Context, network, address string) (net.Conn, error)

func gated(open dial) dial {
	return func(ctx context.Context, network, address string) (net.Conn, error) {
		n := ctx.Value(needKey{}).(*need)
		if err := n.wait(ctx); err != nil {
			return nil, err
		}
		uncount := func() { n.host.add(0, -1) }
		stop := context.AfterFunc(n.life, uncount) // nobody else is to wait for what was given up
		connection, err := open(ctx, network, address)
		inTime := stop()
		switch {
		case err != nil && inTime:
			uncount()
		case err == nil && !inTime:
			n.host.add(0, 1)
		}
		if err != nil {
			return nil, err
		}
		return &counted{connection, sync.OnceFunc(uncount)}, nil
	}
}

// counted is a connection that is counted until it is closed.
type counted struct {
	net.Conn
	closed func()
}

func (c *counted) Close() error {
	defer c.closed()
	return c.Conn.Close()
}
