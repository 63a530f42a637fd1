package fakecloud

import (
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"sync"
	"time"
)

// maxConnections are served at a time.
const maxConnections = 1000

// Server serves a [Cloud] on a loopback address until it is closed.
type Server struct {
	url    string
	server *http.Server
	done   chan struct{}
}

// Listen starts to serve on a loopback address such as "127.0.0.1:8080"; an empty
// one is a free port of 127.0.0.1. Any other address is refused, because a fake
// has no business on a network. Whatever comes over a connection, the Server stays
// up: at most 1,000 connections are served at a time, the others wait; headers must
// come within 10 seconds and bodies too, and neither may be larger than 1 MiB. Close
// the Server in the end.
func (c *Cloud) Listen(addr string) (*Server, error) {
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
		url: "http://" + listener.Addr().String(),
		server: &http.Server{
			Handler:           c,
			ReadHeaderTimeout: 10 * time.Second,
			IdleTimeout:       time.Minute,
			MaxHeaderBytes:    maxRequestBytes,
			ErrorLog:          slog.NewLogLogger(slog.DiscardHandler, slog.LevelError),
		},
		done: make(chan struct{}),
	}
	go s.run(&bounded{TCPListener: listener, slots: make(chan struct{}, maxConnections), done: make(chan struct{})})
	return s, nil
}

func (s *Server) run(listener net.Listener) {
	defer close(s.done)
	_ = s.server.Serve(listener) // always the error that Close asked for
}

// URL is where the Alibaba services are, such as "http://127.0.0.1:8080".
// QingCloud is at the path /iaas/ below it.
func (s *Server) URL() string { return s.url }

// Close ends the listener and its connections, and waits for the listener.
func (s *Server) Close() error {
	err := s.server.Close()
	<-s.done
	return err
}

// bounded is a listener that has so many open connections and no more.
type bounded struct {
	*net.TCPListener
	slots chan struct{}
	done  chan struct{}
	once  sync.Once
}

func (l *bounded) Accept() (net.Conn, error) {
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
	return &slot{TCPConn: conn, free: sync.OnceFunc(func() { <-l.slots })}, nil
}

func (l *bounded) Close() error {
	l.once.Do(func() { close(l.done) })
	return l.TCPListener.Close()
}

// slot is a connection that makes room when it is closed.
type slot struct {
	*net.TCPConn
	free func()
}

func (s *slot) Close() error {
	defer s.free()
	return s.TCPConn.Close()
}
