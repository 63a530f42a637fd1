package adaptertest_test

import (
	"crypto/tls"
	"io"
	"net"
	"net/http/httptest"
	"strings"
	"time"
)

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

// send sends a form.
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

// trickles sends a form, and then a text byte by byte, again and again, until the
// client has gone.
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
	if half, ok := p.Conn.(interface{ CloseWrite() error }); ok {
		_ = half.CloseWrite()
		_ = p.SetReadDeadline(time.Now().Add(time.Second))
		p.hang()
	}
}

// hang waits until the client, or the test, ends the connection.
func (p *peer) hang() {
	p.server.exercise.reached()
	_, _ = io.Copy(io.Discard, p.Conn)
}

// hangUnread waits as hang does, but leaves most of the request in the socket.
func (p *peer) hangUnread() {
	p.server.exercise.reached()
	one := make([]byte, 1)
	for {
		_ = p.SetReadDeadline(time.Now().Add(20 * time.Millisecond))
		time.Sleep(10 * time.Millisecond)
		if _, err := p.Conn.Read(one); err != nil && !isTimeout(err) {
			return
		}
	}
}

func isTimeout(err error) bool {
	timeout, ok := err.(interface{ Timeout() bool })
	return ok && timeout.Timeout()
}

// reset ends the connection with a TCP reset.
func (p *peer) reset() {
	if connection, ok := p.Conn.(*net.TCPConn); ok {
		_ = connection.SetLinger(0)
	}
	p.Close()
}

// handshake offers a certificate that no client trusts.
func (p *peer) handshake() { _ = tls.Server(p.Conn, serverTLS).Handshake() }

var serverTLS = func() *tls.Config {
	s := httptest.NewUnstartedServer(nil)
	s.StartTLS()
	defer s.Close()
	return s.TLS
}()
