package adaptertest_test

import (
	"crypto/tls"
	"io"
	"net/http/httptest"
	"strings"
	"time"

	"github.com/imagequery/imagequery/provider"
)

func hangCases() []hostileCase {
	return []hostileCase{
		{name: "hang before the request is read", want: lost, hangs: true, serve: func(p *peer) { p.waitForEnd() }},
		{name: "hang after the request", want: lost, hangs: true, serve: saysAndHangs("")},
		{name: "hang in the status line", want: lost, hangs: true, serve: saysAndHangs("HTTP/1.1 20")},
		{name: "hang in the headers", want: lost, hangs: true, serve: saysAndHangs("HTTP/1.1 200 OK\r\nContent-Type: appl")},
		{name: "hang after the headers", want: lost, hangs: true, serve: saysAndHangs("HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n")},
		{name: "hang in the body", want: lost, hangs: true, serve: saysAndHangs("HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n{\"a\":")},
		{name: "hang in an error's body", want: lost, hangs: true, serve: saysAndHangs("HTTP/1.1 403 Forbidden\r\nContent-Length: 100\r\n\r\n{\"a\":")},
		{name: "hang in a redirect's body", want: lost, hangs: true, serve: saysAndHangs("HTTP/1.1 302 Found\r\nLocation: /\r\nContent-Length: 100\r\n\r\n{\"a\":")},
		{name: "hang in a body without length", want: lost, hangs: true, serve: saysAndHangs("HTTP/1.1 200 OK\r\n\r\n{\"a\":")},
		{name: "hang in a chunk", want: lost, hangs: true, serve: saysAndHangs("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nff\r\n{\"a\":")},
		{name: "hang in a gzip body", want: lost, hangs: true, serve: saysAndHangs("HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: 100\r\n\r\n\x1f\x8b\x08")},
		{name: "a body that trickles", want: lost, hangs: true, serve: each(func(p *peer, _ request) {
			p.say("HTTP/1.1 200 OK\r\n\r\n")
			p.trickle(" ")
		})},
		{name: "no TLS handshake", want: lost, hangs: true, https: true, serve: func(p *peer) { p.hang() }},
	}
}

// waitForEnd waits without reading until the test ends the connection, or the
// client has closed it.
func (p *peer) waitForEnd() {
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

func resetCases() []hostileCase {
	after := func(text string) func(*peer) {
		return each(func(p *peer, _ request) {
			p.say(text)
			p.reset()
		})
	}
	return []hostileCase{
		{name: "reset at once", want: lost, serve: (*peer).reset},
		{name: "closed at once", want: lost, serve: func(*peer) {}},
		{name: "reset after the request", want: lost, serve: after("")},
		{name: "reset in the status line", want: lost, serve: after("HTTP/1.1 20")},
		{name: "reset in the headers", want: lost, serve: after("HTTP/1.1 200 OK\r\nContent-Type: appl")},
		{name: "reset after the headers", want: lost, serve: after("HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n")},
		{name: "reset in the body", want: lost, serve: after("HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n{\"a\":")},
		{name: "reset in a chunk", want: lost, serve: after("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nff\r\n{\"a\":")},
		{name: "reset in the TLS handshake", want: lost, https: true, serve: func(p *peer) {
			_, _ = io.CopyN(io.Discard, p.Conn, 5)
			p.reset()
		}},
	}
}

func connectionCases() []hostileCase {
	secondLost := func(end func(*peer)) func(*peer) {
		return func(p *peer) {
			if r, ok := p.request(); ok {
				p.say(respond200(p.honest(r)))
				if _, ok := p.request(); ok {
					end(p)
				}
			}
		}
	}
	return []hostileCase{
		{name: "closed under the next request", want: ok, twice: true, serve: secondLost(func(p *peer) { p.Close() })},
		{name: "reset under the next request", want: ok, twice: true, serve: secondLost((*peer).reset)},
		{name: "closed after each response", want: ok, twice: true, serve: func(p *peer) {
			if r, ok := p.request(); ok {
				p.say(respond200(p.honest(r)))
			}
		}},
		{name: "a response before the request", want: kinds(fine, provider.Unavailable, provider.InvalidArgument),
			credentials: kinds(fine, provider.Unavailable, provider.InvalidArgument, provider.BadResponse, provider.Unauthenticated), twice: true, serve: func(p *peer) {
				p.say(respond200(`{"Code":"Early","ret_code":5100,"message":"early"}`))
				each(func(p *peer, r request) { p.say(respond200(p.honest(r))) })(p)
			}},
		{name: "TLS on a plain port", want: lost, serve: func(p *peer) {
			_ = tls.Server(p.Conn, serverTLS).Handshake()
		}},
		{name: "a TLS alert on a plain port", want: lost, serve: says("\x15\x03\x01\x00\x02\x02\x16")},
		{name: "plain HTTP on a TLS port", want: lost, https: true, serve: func(p *peer) {
			_, _ = p.reader.ReadByte()
			p.say(respond200("{}"))
			p.closeGently()
		}},
		{name: "an untrusted certificate", want: lost, https: true, serve: func(p *peer) {
			_ = tls.Server(p.Conn, serverTLS).Handshake()
			p.hang()
		}},
		{name: "garbage on a TLS port", want: lost, https: true, serve: func(p *peer) {
			p.forever("\x16\x03\x03\xff\xff" + strings.Repeat("\xff", 4096))
		}},
	}
}

// serverTLS has a certificate that no client trusts.
var serverTLS = func() *tls.Config {
	s := httptest.NewUnstartedServer(nil)
	s.StartTLS()
	defer s.Close()
	return s.TLS
}()
