package fakecloud

import (
	"bufio"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"strconv"
	"sync"
	"syscall"
	"time"
)

// maxConnections limits the open connections of a Server.
const maxConnections = 1000

// Server serves a [Cloud] on a loopback address until it is closed.
type Server struct {
	url       string
	server    *http.Server
	authority *authority // nil without TLS
	done      chan struct{}
}

// Listen starts a Server on a loopback address such as "127.0.0.1:8080". An
// empty address means a free port of 127.0.0.1. Any other address is an error,
// since an emulator must not be reachable from a network.
//
// The Server has at most 1,000 open connections; further ones wait. The header
// and the body of a request must each arrive within 10 seconds and have at most
// 1 MiB. The caller must close the Server.
func (c *Cloud) Listen(addr string) (*Server, error) { return c.listen(addr, nil) }

// listen starts a Server, which uses TLS if it has an authority.
func (c *Cloud) listen(addr string, authority *authority) (*Server, error) {
	if addr == "" {
		addr = "127.0.0.1:0"
	}
	tcp, err := net.ResolveTCPAddr("tcp", addr)
	if err != nil {
		return nil, fmt.Errorf("fakecloud: listen: %w", err)
	}
	if !tcp.IP.IsLoopback() {
		return nil, fmt.Errorf("fakecloud: listen: %s is not a loopback address", addr)
	}
	listener, err := net.ListenTCP("tcp", tcp)
	if err != nil {
		return nil, fmt.Errorf("fakecloud: listen: %w", err)
	}
	s := &Server{
		url:       "http://" + listener.Addr().String(),
		authority: authority,
		server: &http.Server{
			Handler:           c,
			ReadHeaderTimeout: 10 * time.Second,
			IdleTimeout:       time.Minute,
			MaxHeaderBytes:    maxRequestBytes,
			ErrorLog:          slog.NewLogLogger(slog.DiscardHandler, slog.LevelError),
		},
		done: make(chan struct{}),
	}
	limited := net.Listener(&limitListener{TCPListener: listener, slots: make(chan struct{}, maxConnections), done: make(chan struct{})})
	if authority == nil {
		go s.run(limited)
		return s, nil
	}
	s.url = "https://" + listener.Addr().String()
	config := &tls.Config{GetCertificate: authority.issue, NextProtos: []string{"http/1.1"}, MinVersion: tls.VersionTLS12}
	opened := newTunnels(listener.Addr(), config)
	s.server.Handler = http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Method == http.MethodConnect {
			opened.open(w, r)
			return
		}
		c.ServeHTTP(w, r)
	})
	go s.run(tls.NewListener(limited, config), opened)
	return s, nil
}

func (s *Server) run(listeners ...net.Listener) {
	defer close(s.done)
	var wg sync.WaitGroup
	for _, listener := range listeners {
		wg.Go(func() { _ = s.server.Serve(listener) }) // always http.ErrServerClosed, after Close
	}
	wg.Wait()
}

// URL returns the endpoint of the Alibaba services, such as
// "http://127.0.0.1:8080", with https if the Server uses TLS. The endpoint of QingCloud is the path /iaas/ below
// it.
func (s *Server) URL() string { return s.url }

// Close closes the listener and the connections. It returns when the Server has
// stopped.
func (s *Server) Close() error {
	err := s.server.Close()
	<-s.done
	return err
}

// limitListener is a listener with a limited number of open connections.
type limitListener struct {
	*net.TCPListener
	slots chan struct{}
	done  chan struct{}
	once  sync.Once
}

func (l *limitListener) Accept() (net.Conn, error) {
	select {
	case l.slots <- struct{}{}:
	case <-l.done:
		return nil, net.ErrClosed
	}
	conn, err := l.AcceptTCP()
	if err != nil {
		<-l.slots
		return nil, err
	}
	return &limitedConn{TCPConn: conn, free: sync.OnceFunc(func() { <-l.slots })}, nil
}

func (l *limitListener) Close() error {
	l.once.Do(func() { close(l.done) })
	return l.TCPListener.Close()
}

// limitedConn is a connection that frees its slot when it is closed.
type limitedConn struct {
	*net.TCPConn
	free func()
}

func (s *limitedConn) Close() error {
	defer s.free()
	return s.TCPConn.Close()
}

// bodyTimeout limits how long the body of a request may take.
const bodyTimeout = 10 * time.Second

// ServeHTTP responds to one request and logs it.
func (c *Cloud) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if r.ContentLength != 0 {
		limitBodyTime(w, r)
	}
	a, err := c.respond(r)
	if err == nil {
		err = c.send(w, &a)
	}
	if err != nil {
		closeConn(w, err)
	}
}

// limitBodyTime sets a deadline for the body of the request only.
func limitBodyTime(w http.ResponseWriter, r *http.Request) {
	control := http.NewResponseController(w)
	_ = control.SetReadDeadline(time.Now().Add(bodyTimeout)) // a writer without deadlines needs none
	r.Body = &deadlineBody{ReadCloser: r.Body, done: func() { _ = control.SetReadDeadline(time.Time{}) }}
}

// deadlineBody is a request body that calls done at its end.
type deadlineBody struct {
	io.ReadCloser
	done func()
}

func (b *deadlineBody) Read(p []byte) (int, error) {
	n, err := b.ReadCloser.Read(p)
	if err != nil {
		b.done()
	}
	return n, err
}

// send writes a response. If it returns an error, the connection must end.
func (c *Cloud) send(w http.ResponseWriter, a *response) error {
	header := w.Header()
	header["Content-Type"] = nil // no guesses
	for name, values := range a.header {
		header[name] = values
	}
	if a.length >= 0 && header.Get("Content-Length") == "" {
		header.Set("Content-Length", strconv.Itoa(a.length))
	}
	w.WriteHeader(a.status)
	if a.stream != nil {
		return streamBody(w, a.stream)
	}
	b, _ := c.writers.Get().(*bufio.Writer)
	if b == nil {
		b = bufio.NewWriterSize(nil, 64<<10)
	}
	b.Reset(w)
	_, _ = a.text.WriteTo(b) // the client that hung up is not told
	_ = b.Flush()
	b.Reset(nil)
	c.writers.Put(b)
	return nil
}

// streamBody writes and flushes each piece of a stream as it arrives.
func streamBody(w http.ResponseWriter, stream io.Reader) error {
	control := http.NewResponseController(w)
	if err := control.Flush(); err != nil {
		return err
	}
	buf := make([]byte, 16<<10)
	for {
		n, err := stream.Read(buf)
		_, writeErr := w.Write(buf[:n])
		if err == nil || !errors.Is(err, io.EOF) {
			writeErr = errors.Join(writeErr, control.Flush())
		}
		switch {
		case errors.Is(err, io.EOF):
			return nil
		case err != nil:
			return err
		case writeErr != nil:
			return writeErr
		}
	}
}

// closeConn ends a connection: it resets it if err says so.
func closeConn(w http.ResponseWriter, err error) {
	if errors.Is(err, syscall.ECONNRESET) {
		if conn, _, err := http.NewResponseController(w).Hijack(); err == nil {
			if tcp, ok := conn.(interface{ SetLinger(seconds int) error }); ok {
				_ = tcp.SetLinger(0) // what cannot be reset is closed
			}
			_ = conn.Close()
			return
		}
	}
	panic(http.ErrAbortHandler)
}
