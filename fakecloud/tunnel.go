package fakecloud

import (
	"bufio"
	"crypto/tls"
	"net"
	"net/http"
	"sync"
)

// tunnels is a listener whose connections are those that clients open with CONNECT.
// The client of a proxy so reaches the hosts of the vendors.
type tunnels struct {
	addr  net.Addr
	tls   *tls.Config
	conns chan net.Conn
	done  chan struct{}
	once  sync.Once
}

func newTunnels(addr net.Addr, config *tls.Config) *tunnels {
	return &tunnels{addr: addr, tls: config, conns: make(chan net.Conn), done: make(chan struct{})}
}

func (t *tunnels) Accept() (net.Conn, error) {
	select {
	case conn := <-t.conns:
		return conn, nil
	case <-t.done:
		return nil, net.ErrClosed
	}
}

func (t *tunnels) Close() error {
	t.once.Do(func() { close(t.done) })
	return nil
}

func (t *tunnels) Addr() net.Addr { return t.addr }

// open turns the connection of a CONNECT request into one to the host that it names.
func (t *tunnels) open(w http.ResponseWriter, r *http.Request) {
	if host, _, err := net.SplitHostPort(r.Host); err != nil || !isVendorHost(host) {
		http.Error(w, "fakecloud: "+r.Host+" is not a host of a vendor", http.StatusForbidden)
		return
	}
	conn, buffered, err := http.NewResponseController(w).Hijack()
	if err != nil {
		http.Error(w, "fakecloud: this connection cannot be a tunnel", http.StatusInternalServerError)
		return
	}
	if _, err := conn.Write([]byte("HTTP/1.1 200 Connection established\r\n\r\n")); err != nil {
		_ = conn.Close()
		return
	}
	select {
	case t.conns <- tls.Server(&bufferedConn{Conn: conn, reader: buffered.Reader}, t.tls):
	case <-t.done:
		_ = conn.Close()
	}
}

// bufferedConn is a connection of which a part was read already.
type bufferedConn struct {
	net.Conn
	reader *bufio.Reader
}

func (c *bufferedConn) Read(p []byte) (int, error) { return c.reader.Read(p) }
