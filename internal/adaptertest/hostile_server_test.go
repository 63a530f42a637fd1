package adaptertest_test

import (
	"bufio"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"os"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"
)

// hostileServer is a TCP server on loopback. It hands every connection to a
// function that may break every rule of HTTP.
type hostileServer struct {
	listener *net.TCPListener
	serve    func(*peer)
	client   *hostileClient
	exercise *exercise
	tasks    sync.WaitGroup

	mu         sync.Mutex
	closed     bool
	peers      []*peer
	requests   int
	signatures []string
}

// newHostileServer returns a server for an exercise, whose endpoint it sets.
func newHostileServer(t testing.TB, client *hostileClient, v *exercise, serve func(*peer)) *hostileServer {
	t.Helper()
	listener, err := net.ListenTCP("tcp", &net.TCPAddr{IP: net.IPv4(127, 0, 0, 1)})
	if err != nil {
		t.Fatal(err)
	}
	s := &hostileServer{listener: listener, serve: serve, client: client, exercise: v}
	v.endpoint = "http://" + listener.Addr().String() + "/"
	s.tasks.Go(s.accept)
	return s
}

func (s *hostileServer) accept() {
	for {
		connection, err := s.listener.AcceptTCP()
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
func (s *hostileServer) admit(connection *net.TCPConn) *peer {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.closed {
		connection.Close()
		return nil
	}
	p := &peer{TCPConn: connection, server: s, reader: bufio.NewReader(connection)}
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
	s.requests++
	for _, found := range signaturePattern.FindAllStringSubmatch(r.text, -1) {
		s.signatures = append(s.signatures, found[1])
	}
}

var signaturePattern = regexp.MustCompile(`(?i)[?&, ]signature=([^&\s,]+)`)

// received returns the number of requests, and their signatures as they were sent.
func (s *hostileServer) received() (requests int, signatures []string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.requests, slices.Clone(s.signatures)
}

// request is one request, with its text as it was received. The zero request stands for none.
type request struct {
	http.Request
	text string
}

func (r request) line() string { return r.Method + " " + r.RequestURI + " " + r.Proto }

func readRequest(from *bufio.Reader) (request, error) {
	r, err := http.ReadRequest(from)
	if err != nil {
		return request{}, err
	}
	text, err := httputil.DumpRequest(r, true)
	return request{*r, string(text)}, err
}

// peer is one connection to a hostile server. Writes to it ignore errors: the client may have gone.
type peer struct {
	*net.TCPConn
	server  *hostileServer
	reader  *bufio.Reader
	request request // the last one that next has read
}

// next reads the next request that the server is hostile to, and gives those before it
// an honest response. It returns false when the client has gone.
func (p *peer) next() bool {
	for {
		r, err := readRequest(p.reader)
		if err != nil {
			return false
		}
		p.server.record(r)
		p.request = r
		if hostile := p.server.client.hostile; hostile == nil || hostile(r) {
			return true
		}
		_, _ = io.WriteString(p, p.fill(honest))
	}
}

// say sends a text, and reports whether the client still takes it. The exercise has
// then reached the place that its case is about.
func (p *peer) say(text string) bool {
	_, err := io.WriteString(p, text)
	p.server.exercise.reached()
	return err == nil
}

// fill returns a form with CRLF at the ends of lines, and with values in place of the
// words in angle brackets.
func (p *peer) fill(form string) string {
	body := p.server.client.body(p.request)
	values := []string{
		"\n", "\r\n", "<body>", body, "<len>", fmt.Sprint(len(body)), "<hex>", fmt.Sprintf("%x", len(body)),
		"<short>", fmt.Sprint(len(body) - 3), "<long>", fmt.Sprint(len(body) + 3),
		"<self>", p.server.exercise.endpoint, "<target>", p.request.RequestURI,
	}
	if strings.Contains(form, "<echo") {
		text := p.echo()
		values = append(values, "<echo>", text, "<echo line>", oneLineOf(text), "<echo error>", p.server.client.refusal(inJSONText(text)))
	}
	return strings.NewReplacer(values...).Replace(form)
}

// honest is a form of the response that the client expects.
const honest = "HTTP/1.1 200 OK\nContent-Type: application/json\nSet-Cookie: a=b\nContent-Length: <len>\n\n<body>"

// respondWith is a form of a response. Each line of headers ends in a line feed.
func respondWith(status, headers, body string) string {
	return fmt.Sprintf("HTTP/1.1 %s\nContent-Type: application/json\n%sContent-Length: %d\n\n%s", status, headers, len(body), body)
}

// step is a part of the response to a request.
type step func(*peer)

// each takes the steps for every request of a connection.
func each(steps ...step) func(*peer) {
	return func(p *peer) {
		for p.next() {
			for _, take := range steps {
				take(p)
			}
		}
	}
}

func send(form string) step { return func(p *peer) { p.say(p.fill(form)) } }

// sendText sends a text that depends on the request, or is too long for a form.
func sendText(text func(*peer) string) step { return func(p *peer) { p.say(text(p)) } }

func pause(d time.Duration) step { return func(*peer) { time.Sleep(d) } }

// says sends a form for one request, then ends the connection.
func says(form string) func(*peer) { return each(send(form), (*peer).closeGently) }

func saysText(text func(*peer) string) func(*peer) { return each(sendText(text), (*peer).closeGently) }

// hangs sends a form, and keeps the connection.
func hangs(form string) func(*peer) { return each(send(form)) }

// resets sends a form, and resets the connection.
func resets(form string) func(*peer) { return each(send(form), (*peer).reset) }

// endless sends a form, and then repeats a text until the client has gone.
func endless(form, text string) func(*peer) { return each(send(form), repeat(text)) }

func repeat(text string) step {
	text = strings.ReplaceAll(text, "\n", "\r\n")
	return func(p *peer) {
		for p.say(text) {
		}
	}
}

// trickles sends a form, and then a text byte by byte, again and again, until the client has gone.
func trickles(form, text string) func(*peer) {
	text = strings.ReplaceAll(text, "\n", "\r\n")
	return each(send(form), func(p *peer) {
		tick := time.NewTicker(5 * time.Millisecond)
		defer tick.Stop()
		for i := 0; p.say(text[i%len(text) : i%len(text)+1]); i++ {
			<-tick.C
		}
	})
}

// closeGently lets the client read what was sent before the connection ends.
func (p *peer) closeGently() {
	_ = p.CloseWrite()
	_ = p.SetReadDeadline(time.Now().Add(time.Second))
	p.hang()
}

// hang waits until the client, or the test, ends the connection.
func (p *peer) hang() {
	p.server.exercise.reached()
	_, _ = io.Copy(io.Discard, p.TCPConn)
}

// hangUnread waits as hang does, but leaves most of the request in the socket.
func (p *peer) hangUnread() {
	p.server.exercise.reached()
	one := make([]byte, 1)
	for {
		_ = p.SetReadDeadline(time.Now().Add(20 * time.Millisecond))
		time.Sleep(10 * time.Millisecond)
		if _, err := p.Read(one); err != nil && !errors.Is(err, os.ErrDeadlineExceeded) {
			return
		}
	}
}

// reset ends the connection with a TCP reset.
func (p *peer) reset() {
	_ = p.SetLinger(0)
	p.Close()
}

// handshake offers a certificate that no client trusts.
func (p *peer) handshake() { _ = tls.Server(p, serverTLS).Handshake() }

var serverTLS = func() *tls.Config {
	s := httptest.NewUnstartedServer(nil)
	s.StartTLS()
	defer s.Close()
	return s.TLS
}()
