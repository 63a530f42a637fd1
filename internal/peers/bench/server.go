package main

import (
	"encoding/json"
	"net"
	"net/http"
	"os"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"time"
)

// server answers listings with pages that it makes by copying, verifies nothing,
// and waits before each answer as long as it is told to.
type server struct {
	pages   map[string]*pages // by the Version of a request; "" is QingCloud
	total   atomic.Int64
	latency atomic.Int64
	buffers sync.Pool

	requests, connections, flying, peak atomic.Int64
}

// counts is what happened since the last setup.
type counts struct {
	Requests    int64 `json:"requests"`
	Connections int64 `json:"connections"` // opened
	Peak        int64 `json:"peak"`        // most requests in flight at once
}

func newServer() (*server, error) {
	s := &server{pages: map[string]*pages{}, buffers: sync.Pool{New: func() any { return new([]byte) }}}
	for _, a := range apis() {
		p, err := newPages(a)
		if err != nil {
			return nil, err
		}
		s.pages[a.version] = p
	}
	return s, nil
}

// serve runs the server in this process until its input ends, and prints its
// address.
func serve() error {
	s, err := newServer()
	if err != nil {
		return err
	}
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return err
	}
	if _, err := os.Stdout.WriteString("http://" + listener.Addr().String() + "\n"); err != nil {
		return err
	}
	go exitWithParent()
	return (&http.Server{Handler: s.handler(), ConnState: s.connection, IdleTimeout: 20 * time.Second}).Serve(listener)
}

func (s *server) handler() http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("/bench/setup", s.setup)
	mux.HandleFunc("/bench/counts", s.count)
	mux.HandleFunc("/", s.list)
	return mux
}

// exitWithParent ends the process when its standard input does.
func exitWithParent() {
	buf := make([]byte, 1)
	for {
		if _, err := os.Stdin.Read(buf); err != nil {
			os.Exit(0)
		}
	}
}

func (s *server) connection(_ net.Conn, state http.ConnState) {
	if state == http.StateNew {
		s.connections.Add(1)
	}
}

func (s *server) setup(_ http.ResponseWriter, r *http.Request) {
	total, _ := strconv.ParseInt(r.FormValue("total"), 10, 64)
	latency, _ := time.ParseDuration(r.FormValue("latency"))
	s.total.Store(total)
	s.latency.Store(int64(latency))
	for _, n := range []*atomic.Int64{&s.requests, &s.connections, &s.peak} {
		n.Store(0)
	}
}

func (s *server) count(w http.ResponseWriter, _ *http.Request) {
	_ = json.NewEncoder(w).Encode(counts{s.requests.Load(), s.connections.Load(), s.peak.Load()})
}

func (s *server) list(w http.ResponseWriter, r *http.Request) {
	s.requests.Add(1)
	s.raise(s.flying.Add(1))
	defer s.flying.Add(-1)
	_ = r.ParseForm() // parameters may travel in the query or in a form
	query := r.Form
	p := s.pages[query.Get("Version")] // QingCloud's is "1", or nothing
	if strings.HasPrefix(r.URL.Path, "/iaas") {
		p = s.pages[""]
	}
	time.Sleep(time.Duration(s.latency.Load()))
	number, size := p.at(query.Get)
	buf := s.buffers.Get().(*[]byte)
	defer s.buffers.Put(buf)
	body := p.page((*buf)[:0], number, size, int(s.total.Load()))
	*buf = body
	w.Header().Set("Content-Type", "application/json")
	w.Header().Set("Content-Length", strconv.Itoa(len(body)))
	_, _ = w.Write(body) // the client that hung up is not told
}

func (s *server) raise(flying int64) {
	for {
		peak := s.peak.Load()
		if flying <= peak || s.peak.CompareAndSwap(peak, flying) {
			return
		}
	}
}
