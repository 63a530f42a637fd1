package adaptertest_test

import (
	"bufio"
	"fmt"
	"io"
	"net"
	"net/textproto"
	"regexp"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"
)

// hostileServer is a TCP server on loopback. It hands every connection to a
// function that may break every rule of HTTP.
type hostileServer struct {
	listener net.Listener
	serve    func(*peer)
	client   *hostileClient
	secrets  []string // that the server knows although it is not sent them
	tasks    sync.WaitGroup

	mu         sync.Mutex
	closed     bool
	peers      []*peer
	requests   []request
	signatures []string
}

func newHostileServer(t testing.TB, client *hostileClient, serve func(*peer), secrets ...string) *hostileServer {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	s := &hostileServer{listener: listener, serve: serve, client: client, secrets: secrets}
	s.tasks.Go(s.accept)
	return s
}

func (s *hostileServer) address() string { return s.listener.Addr().String() }

func (s *hostileServer) accept() {
	for {
		connection, err := s.listener.Accept()
		if err != nil {
			return
		}
		if p := s.admit(connection); p != nil {
			s.tasks.Go(func() {
				defer p.Close()
				s.serve(p)
			})
		}
	}
}

// admit returns nil if the server is closed.
func (s *hostileServer) admit(connection net.Conn) *peer {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.closed {
		connection.Close()
		return nil
	}
	p := &peer{Conn: connection, server: s, reader: bufio.NewReader(connection), number: len(s.peers) + 1}
	s.peers = append(s.peers, p)
	return p
}

// close ends all connections, and returns when the server has no goroutines.
func (s *hostileServer) close() {
	s.listener.Close()
	s.mu.Lock()
	s.closed = true
	for _, p := range s.peers {
		p.Close()
	}
	s.mu.Unlock()
	s.tasks.Wait()
}

func (s *hostileServer) record(r request) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.requests = append(s.requests, r)
	for _, found := range signaturePattern.FindAllStringSubmatch(r.text(), -1) {
		s.signatures = append(s.signatures, found[1])
	}
}

var signaturePattern = regexp.MustCompile(`(?i)[?&, ]signature=([^&\s,]+)`)

// sent returns the signatures that the server was sent, as they were sent.
func (s *hostileServer) sent() []string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return append([]string(nil), s.signatures...)
}

// spelledSecrets are all spellings of the secrets that the server knows.
func (s *hostileServer) spelledSecrets() string {
	var all []string
	for _, secret := range s.secrets {
		all = append(all, spellings(secret))
	}
	return strings.Join(all, " ")
}

func (s *hostileServer) count() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return len(s.requests)
}

// request is one request as it was received.
type request struct{ line, header, body string }

func (r request) text() string { return r.line + "\r\n" + r.header + "\r\n" + r.body }

func (r request) method() string {
	method, _, _ := strings.Cut(r.line, " ")
	return method
}

// target is the path and the query.
func (r request) target() string {
	if parts := strings.Fields(r.line); len(parts) > 1 {
		return parts[1]
	}
	return ""
}

// peer is one connection to a hostile server. Writes to it ignore errors: the
// client may have gone.
type peer struct {
	net.Conn
	server *hostileServer
	reader *bufio.Reader
	number int // of the connection, from 1
}

// request reads the next request that the server is hostile to, and gives those
// before it an honest response. It ends the goroutine when the client has gone.
func (p *peer) request() (request, bool) {
	for {
		r, err := p.read()
		if err != nil {
			return request{}, false
		}
		p.server.record(r)
		if p.server.client.hostileTo(r) {
			return r, true
		}
		p.say(respond200(p.server.client.body(r)))
	}
}

func (p *peer) read() (r request, err error) {
	lines := textproto.NewReader(p.reader)
	if r.line, err = lines.ReadLine(); err != nil {
		return r, err
	}
	length := 0
	for {
		line, err := lines.ReadLine()
		if err != nil {
			return r, err
		}
		if line == "" {
			break
		}
		r.header += line + "\r\n"
		if name, value, _ := strings.Cut(line, ":"); strings.EqualFold(name, "Content-Length") {
			length, _ = strconv.Atoi(strings.TrimSpace(value))
		}
	}
	body := make([]byte, length)
	_, err = io.ReadFull(p.reader, body)
	r.body = string(body)
	return r, err
}

// honest is the body of an honest response.
func (p *peer) honest(r request) string { return p.server.client.body(r) }

func (p *peer) say(text string) bool {
	_, err := io.WriteString(p, text)
	return err == nil
}

func (p *peer) sayf(format string, args ...any) bool { return p.say(fmt.Sprintf(format, args...)) }

// forever repeats a text until the client has gone.
func (p *peer) forever(text string) {
	for p.say(text) {
	}
}

// trickle sends a text byte by byte, again and again, until the client has gone.
func (p *peer) trickle(text string) {
	tick := time.NewTicker(5 * time.Millisecond)
	defer tick.Stop()
	for i := 0; p.say(text[i%len(text) : i%len(text)+1]); i++ {
		<-tick.C
	}
}

// hang waits until the client, or the test, ends the connection.
func (p *peer) hang() { _, _ = io.Copy(io.Discard, p.Conn) }

// reset ends the connection with a TCP reset.
func (p *peer) reset() {
	if connection, ok := p.Conn.(*net.TCPConn); ok {
		_ = connection.SetLinger(0)
	}
	p.Close()
}

func respond200(body string) string { return respondWith("200 OK", "", body) }

// respondWith is a complete response. Each line of headers ends in CRLF.
func respondWith(status, headers, body string) string {
	return fmt.Sprintf("HTTP/1.1 %s\r\nContent-Type: application/json\r\n%sContent-Length: %d\r\n\r\n%s", status, headers, len(body), body)
}
