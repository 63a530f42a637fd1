package adaptertest_test

import (
	"bytes"
	"compress/gzip"
	"fmt"
	"io"
	"strings"
	"time"

	"github.com/imagequery/imagequery/provider"
)

// hostileCase is one way in which a server misbehaves, and what becomes of it.
type hostileCase struct {
	name  string
	serve func(*peer)

	want        []provider.Kind // of an adapter, one of these; the zero Kind: a complete response
	credentials []provider.Kind // of a service of credentials; nil: as want
	hangs       bool            // the client's time limit ends it
	plain       bool            // the response passes for one of plain text
	twice       bool            // a second request may receive bytes that the first one left
	https       bool
	echoes      bool // a body or header of the request comes back where net/http itself logs it
}

func kinds(k ...provider.Kind) []provider.Kind { return k }

const fine provider.Kind = 0

var (
	lost    = kinds(provider.Unavailable)
	garbled = kinds(provider.BadResponse)
	either  = kinds(provider.Unavailable, provider.BadResponse)
	ok      = kinds(fine)
	denied  = kinds(provider.Unauthenticated)
)

func hostileCases() []hostileCase {
	var all []hostileCase
	for _, part := range [][]hostileCase{
		statusCases(), headerCases(), lengthCases(), chunkCases(), encodingCases(), redirectCases(),
		hangCases(), resetCases(), connectionCases(), bodyCases(), echoCases(),
	} {
		all = append(all, part...)
	}
	return all
}

// each handles every request of a connection.
func each(answer func(p *peer, r request)) func(*peer) {
	return func(p *peer) {
		for {
			r, ok := p.request()
			if !ok {
				return
			}
			answer(p, r)
		}
	}
}

// says sends a text for every request, then ends the connection.
func says(text string) func(*peer) {
	return saysOf(func(*peer, request) string { return text })
}

func saysOf(text func(p *peer, r request) string) func(*peer) {
	return func(p *peer) {
		if r, ok := p.request(); ok {
			p.say(text(p, r))
			p.closeGently()
		}
	}
}

// closeGently lets the client read what was sent before the connection ends.
func (p *peer) closeGently() {
	if half, ok := p.Conn.(interface{ CloseWrite() error }); ok {
		_ = half.CloseWrite()
		_ = p.SetReadDeadline(time.Now().Add(time.Second))
		p.hang()
	}
}

// saysAndHangs sends a text, and keeps the connection.
func saysAndHangs(text string) func(*peer) {
	return each(func(p *peer, _ request) { p.say(text) })
}

// wrapped is an honest body in a response of another form.
func wrapped(form string) func(*peer) {
	return saysOf(func(p *peer, r request) string {
		body := p.honest(r)
		return strings.NewReplacer("<body>", body, "<len>", fmt.Sprint(len(body)), "<hex>", fmt.Sprintf("%x", len(body)),
			"<short>", fmt.Sprint(len(body)-3), "<long>", fmt.Sprint(len(body)+3), "\n", "\r\n").Replace(form)
	})
}

func statusCases() []hostileCase {
	status := func(line string) func(*peer) {
		return wrapped(line + "\nContent-Length: <len>\n\n<body>")
	}
	return []hostileCase{
		{name: "101 and silence", want: garbled, hangs: true, serve: saysAndHangs("HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: x\r\n\r\n")},
		{name: "101 with a body", want: garbled, serve: wrapped("HTTP/1.1 101 Switching Protocols\nConnection: Upgrade\nUpgrade: x\n\n<body>")},
		{name: "101 and endless bytes", want: either, hangs: true, serve: each(func(p *peer, _ request) {
			p.say("HTTP/1.1 101 Switching Protocols\r\n\r\n")
			p.forever(strings.Repeat("x", 4096))
		})},
		{name: "100 and silence", want: lost, hangs: true, serve: saysAndHangs("HTTP/1.1 100 Continue\r\n\r\n")},
		{name: "100 before the response", want: ok, serve: wrapped("HTTP/1.1 100 Continue\n\nHTTP/1.1 200 OK\nContent-Length: <len>\n\n<body>")},
		{name: "103 before the response", want: ok, serve: wrapped("HTTP/1.1 103 Early Hints\nLink: </x>\n\nHTTP/1.1 200 OK\nContent-Length: <len>\n\n<body>")},
		{name: "199 and silence", want: lost, hangs: true, serve: saysAndHangs("HTTP/1.1 199 Odd\r\n\r\n")},
		{name: "endless 100", want: lost, serve: each(func(p *peer, _ request) { p.forever("HTTP/1.1 100 Continue\r\n\r\n") })},
		{name: "endless 103 with headers", want: lost, serve: each(func(p *peer, _ request) {
			p.forever("HTTP/1.1 103 Early Hints\r\nLink: <" + strings.Repeat("x", 1000) + ">\r\n\r\n")
		})},
		{name: "no status line", want: lost, serve: wrapped("<body>")},
		{name: "an empty response", want: lost, serve: says("")},
		{name: "a garbage status line", want: lost, serve: says("\x00\xff\xfe garbage\r\n\r\n")},
		{name: "a status that is no number", want: lost, serve: status("HTTP/1.1 abc OK")},
		{name: "a status of two digits", want: lost, serve: status("HTTP/1.1 99 OK")},
		{name: "a negative status", want: lost, serve: status("HTTP/1.1 -20 OK")},
		{name: "status 000", want: garbled, credentials: denied, serve: status("HTTP/1.1 000 OK")},
		{name: "status 999", want: lost, serve: status("HTTP/1.1 999 OK")},
		{name: "status 204", want: either, credentials: denied, serve: says("HTTP/1.1 204 No Content\r\n\r\n")},
		{name: "status 205 with a body", want: kinds(fine, provider.BadResponse), credentials: denied, serve: status("HTTP/1.1 205 Reset Content")},
		{name: "status 206", want: kinds(fine, provider.BadResponse), credentials: denied, serve: status("HTTP/1.1 206 Partial Content")},
		{name: "status 304", want: garbled, credentials: denied, serve: says("HTTP/1.1 304 Not Modified\r\n\r\n")},
		{name: "HTTP/9.9", want: kinds(fine, provider.Unavailable), serve: status("HTTP/9.9 200 OK")},
		{name: "HTTP/1.0", want: ok, serve: status("HTTP/1.0 200 OK")},
		{name: "HTTP/2 preface", want: lost, serve: says("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n")},
		{name: "bare LF", want: ok, serve: saysOf(func(p *peer, r request) string {
			return strings.ReplaceAll(respond200(p.honest(r)), "\r\n", "\n")
		})},
	}
}

func headerCases() []hostileCase {
	header := func(lines string) func(*peer) {
		return wrapped("HTTP/1.1 200 OK\n" + lines + "Content-Length: <len>\n\n<body>")
	}
	return []hostileCase{
		{name: "endless headers", want: lost, serve: each(func(p *peer, _ request) {
			p.say("HTTP/1.1 200 OK\r\n")
			p.forever("X-Filler: " + strings.Repeat("x", 1000) + "\r\n")
		})},
		{name: "an endless header", want: lost, serve: each(func(p *peer, _ request) {
			p.say("HTTP/1.1 200 OK\r\nX-Filler: ")
			p.forever(strings.Repeat("x", 4096))
		})},
		{name: "an endless status line", want: lost, serve: each(func(p *peer, _ request) {
			p.say("HTTP/1.1 200 ")
			p.forever(strings.Repeat("x", 4096))
		})},
		{name: "headers that trickle", want: lost, hangs: true, serve: each(func(p *peer, _ request) {
			p.trickle("HTTP/1.1 200 OK\r\n" + strings.Repeat("X-Filler: xxxxx\r\n", 1000))
		})},
		{name: "a header without colon", want: lost, serve: header("no colon here\n")},
		{name: "a header with a NUL", want: lost, serve: header("X-A: a\x00b\n")},
		{name: "a folded header", want: kinds(fine, provider.Unavailable), serve: header("X-A: a\n  b\n")},
		{name: "hostile cookies", want: ok, serve: header("Set-Cookie: =;;;=\nSet-Cookie: a=\xff\xfe; Domain=.com; Path=/\nSet-Cookie: " +
			strings.Repeat("c", 8000) + "=1; Max-Age=-99999999999999999999\n")},
		{name: "a cookie with a control character", want: lost, serve: header("Set-Cookie: a=\x7f\n")},
		{name: "hostile dates", want: ok, serve: header("Date: " + strings.Repeat("9", 1000) + "\nRetry-After: -1e999\nAge: x\n")},
	}
}

func lengthCases() []hostileCase {
	length := func(lines string) func(*peer) { return wrapped("HTTP/1.1 200 OK\n" + lines + "\n<body>") }
	return []hostileCase{
		{name: "length too short", plain: true, want: either, credentials: garbled, twice: true, serve: length("Content-Length: <short>\n")},
		{name: "length too long", want: lost, serve: length("Content-Length: <long>\n")},
		{name: "length too long and silence", want: lost, hangs: true, serve: each(func(p *peer, r request) {
			p.sayf("HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n%s", len(p.honest(r))+1, p.honest(r))
		})},
		{name: "length negative", want: lost, serve: length("Content-Length: -1\n")},
		{name: "length no number", want: lost, serve: length("Content-Length: many\n")},
		{name: "length beyond 64 bits", want: lost, serve: length("Content-Length: 99999999999999999999\n")},
		{name: "length of 8 EiB", want: either, serve: length("Content-Length: 9223372036854775807\n")},
		{name: "length twice, alike", want: ok, serve: length("Content-Length: <len>\nContent-Length: <len>\n")},
		{name: "length twice, different", want: lost, serve: length("Content-Length: <len>\nContent-Length: <short>\n")},
		{name: "length zero", want: either, credentials: kinds(provider.BadResponse, provider.Unauthenticated), serve: says("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n")},
		{name: "length and chunks", want: ok, serve: wrapped("HTTP/1.1 200 OK\nContent-Length: <short>\nTransfer-Encoding: chunked\n\n<hex>\n<body>\n0\n\n")},
		{name: "bytes after the body", want: ok, twice: true, serve: wrapped("HTTP/1.1 200 OK\nContent-Length: <len>\n\n<body>surplus")},
		{name: "bytes after the body, kept open", want: ok, twice: true, serve: each(func(p *peer, r request) {
			p.say(respond200(p.honest(r)) + "surplus")
		})},
		{name: "two responses for one request", want: ok, twice: true, serve: each(func(p *peer, r request) {
			p.say(respond200(p.honest(r)) + respond200(`{"Code":"Stale","ret_code":5100,"message":"stale"}`))
		})},
		{name: "a late second response", want: kinds(fine, provider.Unavailable, provider.InvalidArgument), twice: true, serve: each(func(p *peer, r request) {
			p.say(respond200(p.honest(r)))
			time.Sleep(2 * time.Millisecond)
			p.say(respond200(`{"Code":"Stale","ret_code":1100,"message":"stale"}`))
		})},
		{name: "an endless body", want: garbled, serve: each(func(p *peer, _ request) {
			p.say("HTTP/1.1 200 OK\r\n\r\n")
			p.forever(strings.Repeat(" ", 64<<10))
		})},
	}
}

func chunkCases() []hostileCase {
	chunked := func(chunks string) func(*peer) {
		return wrapped("HTTP/1.1 200 OK\nTransfer-Encoding: chunked\n\n" + chunks)
	}
	start := "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
	return []hostileCase{
		{name: "chunks", want: ok, serve: chunked("<hex>\n<body>\n0\n\n")},
		{name: "chunks with a trailer", want: ok, serve: chunked("<hex>\n<body>\n0\nX-Trailer: t\n\n")},
		{name: "bytes after the chunks", want: ok, twice: true, serve: chunked("<hex>\n<body>\n0\n\nsurplus")},
		{name: "a chunk size that is no number", want: lost, serve: chunked("xyz\n<body>\n0\n\n")},
		{name: "a negative chunk size", want: lost, serve: chunked("-5\n<body>\n0\n\n")},
		{name: "a chunk size beyond 64 bits", want: lost, serve: chunked("fffffffffffffffff\n<body>\n0\n\n")},
		{name: "a chunk of 8 EiB", want: lost, serve: chunked("7fffffffffffffff\n<body>\n0\n\n")},
		{name: "no CRLF after a chunk", want: lost, serve: chunked("<hex>\n<body>0\n\n")},
		{name: "no last chunk", want: lost, serve: chunked("<hex>\n<body>\n")},
		{name: "endless chunks", want: garbled, serve: each(func(p *peer, _ request) {
			p.say(start)
			p.forever("10000\r\n" + strings.Repeat(" ", 1<<16) + "\r\n")
		})},
		{name: "endless small chunks", want: either, serve: each(func(p *peer, _ request) {
			p.say(start)
			p.forever(strings.Repeat("8\r\n        \r\n", 1000))
		})},
		{name: "an endless chunk extension", want: lost, serve: each(func(p *peer, _ request) {
			p.say(start + "1;")
			p.forever(strings.Repeat("x", 4096))
		})},
		{name: "an endless trailer", want: lost, serve: each(func(p *peer, r request) {
			p.sayf("%s%x\r\n%s\r\n0\r\n", start, len(p.honest(r)), p.honest(r))
			p.forever("X-Trailer: " + strings.Repeat("x", 4096) + "\r\n")
		})},
		{name: "an unknown transfer encoding", want: lost, serve: wrapped("HTTP/1.1 200 OK\nTransfer-Encoding: gzip, chunked\n\n<body>")},
		{name: "a trailer that never ends", want: lost, hangs: true, serve: each(func(p *peer, r request) {
			p.sayf("%s%x\r\n%s\r\n0\r\n", start, len(p.honest(r)), p.honest(r))
		})},
		{name: "chunks that trickle", want: lost, hangs: true, serve: each(func(p *peer, _ request) {
			p.say(start)
			p.trickle("1\r\n \r\n")
		})},
	}
}

func compressed(text string) string {
	var b bytes.Buffer
	w := gzip.NewWriter(&b)
	_, _ = io.WriteString(w, text)
	_ = w.Close()
	return b.String()
}

func encodingCases() []hostileCase {
	encoded := func(body func(p *peer, r request) string) func(*peer) {
		return saysOf(func(p *peer, r request) string {
			return respondWith("200 OK", "Content-Encoding: gzip\r\n", body(p, r))
		})
	}
	bomb := compressed(strings.Repeat(" ", 64<<20))
	return []hostileCase{
		{name: "gzip that nobody asked for", want: kinds(fine), serve: encoded(func(p *peer, r request) string { return compressed(p.honest(r)) })},
		{name: "a gzip bomb", want: garbled, serve: encoded(func(*peer, request) string { return bomb })},
		{name: "truncated gzip", want: either, serve: encoded(func(p *peer, r request) string {
			return compressed(p.honest(r))[:20]
		})},
		{name: "gzip that is none", want: kinds(fine, provider.BadResponse, provider.Unavailable), serve: encoded(func(p *peer, r request) string { return p.honest(r) })},
	}
}

func redirectCases() []hostileCase {
	redirect := func(status, location string) func(*peer) {
		return saysOf(func(p *peer, _ request) string {
			location := strings.ReplaceAll(location, "<self>", "http://"+p.server.address())
			return respondWith(status, "Location: "+location+"\r\n", "{}")
		})
	}
	var all []hostileCase
	for _, status := range []string{"301 Moved", "302 Found", "303 See Other", "307 Temporary", "308 Permanent", "300 Choices"} {
		all = append(all,
			hostileCase{name: status + " to itself", want: garbled, credentials: denied, serve: redirect(status, "<self>/")},
			hostileCase{name: status + " to another host", want: garbled, credentials: denied, serve: redirect(status, "http://hostile.invalid/steal")})
	}
	return append(all,
		hostileCase{name: "a redirect to nowhere", want: garbled, credentials: denied, serve: redirect("302 Found", "")},
		hostileCase{name: "a redirect to no address", want: garbled, credentials: denied, serve: redirect("302 Found", "http://[::1%25:x/")},
		hostileCase{name: "a redirect to the request", want: garbled, credentials: denied, serve: saysOf(func(_ *peer, r request) string {
			return respondWith("302 Found", "Location: "+r.target()+"\r\nReferer: "+r.target()+"\r\n", "{}")
		})},
		hostileCase{name: "a success with a location", want: ok, serve: wrapped("HTTP/1.1 200 OK\nLocation: http://hostile.invalid/steal\nContent-Length: <len>\n\n<body>")},
	)
}

func bodyCases() []hostileCase {
	body := func(status, text string) func(*peer) { return says(respondWith(status, "", text)) }
	message := func(text string) func(*peer) {
		return saysOf(func(p *peer, _ request) string {
			return respondWith("400 Bad Request", "", p.server.client.refusal(text))
		})
	}
	page := "<html><head><title>502</title></head><body onload=alert(1)>Bad Gateway</body></html>"
	rejected := kinds(provider.InvalidArgument)
	return []hostileCase{
		{name: "HTML with status 200", want: garbled, credentials: kinds(provider.BadResponse, provider.Unauthenticated), serve: body("200 OK", page)},
		{name: "HTML with status 502", want: lost, serve: body("502 Bad Gateway", page)},
		{name: "HTML with status 403", want: kinds(provider.PermissionDenied), credentials: kinds(provider.Unauthenticated, provider.PermissionDenied), serve: body("403 Forbidden", page)},
		{name: "HTML with status 404", want: rejected, credentials: kinds(provider.Unauthenticated, provider.InvalidArgument), serve: body("404 Not Found", page)},
		{name: "status 429 without words", want: kinds(provider.Throttled), credentials: kinds(provider.Unauthenticated, provider.Throttled), serve: body("429 Slow", "")},
		{name: "control and bidirectional characters", want: rejected, credentials: kinds(provider.Unauthenticated, provider.InvalidArgument), serve: message(
			`a\u001b[31mred\u0007\u0000\u007f\u009b\u202eevil\u2066\u200b\ufeff\u2028b`)},
		{name: "raw bidirectional characters", want: rejected, credentials: kinds(provider.Unauthenticated, provider.InvalidArgument), serve: message(
			"a\u202eevil\u2066\u200b\u009b\u2028b")},
		{name: "raw control characters", want: either, credentials: kinds(provider.Unauthenticated, provider.InvalidArgument, provider.BadResponse), serve: body("200 OK", "{\"Message\":\"\x1b[31m\x07\x00\"}")},
		{name: "invalid UTF-8", want: kinds(provider.InvalidArgument, provider.BadResponse), credentials: kinds(provider.Unauthenticated, provider.InvalidArgument), serve: message("a\xff\xfe\xc0\x80b")},
		{name: "very deep JSON", want: either, credentials: kinds(provider.Unauthenticated, provider.BadResponse), serve: body("200 OK", `{"Images":`+strings.Repeat("[", 2_000_000))},
		{name: "very deep and valid JSON", want: garbled, credentials: kinds(provider.Unauthenticated, provider.BadResponse), serve: body("200 OK",
			strings.Repeat(`{"a":`, 200_000)+"1"+strings.Repeat("}", 200_000))},
		{name: "a list in place of an object", want: garbled, credentials: kinds(provider.BadResponse, provider.Unauthenticated), serve: body("200 OK", "[1,2,3]")},
		{name: "null", plain: true, want: either, credentials: kinds(provider.BadResponse, provider.Unauthenticated), serve: body("200 OK", "null")},
		{name: "a huge number", want: either, credentials: kinds(provider.BadResponse, provider.Unauthenticated), serve: body("200 OK", `{"TotalCount":`+strings.Repeat("9", 1<<20)+`}`)},
	}
}
