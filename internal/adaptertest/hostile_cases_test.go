package adaptertest_test

import (
	"bytes"
	"compress/gzip"
	"fmt"
	"io"
	"slices"
	"strings"
	"time"

	"github.com/imagequery/imagequery/provider"
)

// hostileCase is one way in which a server, or a part that the caller brings,
// misbehaves, and the outcome for the caller.
type hostileCase struct {
	name    string
	serve   func(*peer)             // nil: every response is honest
	set     func(*exercise)         // changes the client's configuration; nil: it stays
	clients func() []*hostileClient // nil: every client

	want        []provider.Kind // of an adapter, one of these; the zero Kind: a complete response
	credentials []provider.Kind // of a service of credentials; nil: as want
	panics      bool            // the caller's goroutine panics on purpose
	hangs       bool            // the client's time limit ends it
	waits       bool            // only the context ends it
	unsent      bool            // the context has ended before, and nothing may be sent
	plain       bool            // the response passes for one of plain text
	twice       bool            // a second request may receive bytes that the first one left
	https       bool
	echoes      bool // a body or header of the request comes back where net/http itself logs it
}

func kinds(k ...provider.Kind) []provider.Kind { return k }

const fine provider.Kind = 0

// The outcomes that several cases have.
var (
	lost     = kinds(provider.Unavailable)
	garbled  = kinds(provider.BadResponse)
	either   = kinds(provider.Unavailable, provider.BadResponse)
	ok       = kinds(fine)
	partly   = kinds(fine, provider.BadResponse)
	denied   = kinds(provider.Unauthenticated)
	rejected = kinds(provider.InvalidArgument)
	unread   = kinds(provider.Unauthenticated, provider.BadResponse)
	refused  = kinds(provider.Unauthenticated, provider.InvalidArgument)
)

func serverCases() []hostileCase {
	return slices.Concat(statusCases(), headerCases(), lengthCases(), chunkCases(), encodingCases(), redirectCases(),
		hangCases(), resetCases(), connectionCases(), bodyCases(), echoCases())
}

func statusCases() []hostileCase {
	status := func(line string) func(*peer) {
		return says(line + "\nContent-Length: <len>\n\n<body>")
	}
	filler := strings.Repeat("x", 1000)
	return []hostileCase{
		{name: "101 and silence", want: garbled, hangs: true, serve: hangs("HTTP/1.1 101 Switching Protocols\nConnection: Upgrade\nUpgrade: x\n\n")},
		{name: "101 with a body", want: garbled, serve: says("HTTP/1.1 101 Switching Protocols\nConnection: Upgrade\nUpgrade: x\n\n<body>")},
		{name: "101 and endless bytes", want: either, hangs: true, serve: endless("HTTP/1.1 101 Switching Protocols\n\n", filler)},
		{name: "100 and silence", want: lost, hangs: true, serve: hangs("HTTP/1.1 100 Continue\n\n")},
		{name: "100 before the response", want: ok, serve: says("HTTP/1.1 100 Continue\n\n" + honest)},
		{name: "103 before the response", want: ok, serve: says("HTTP/1.1 103 Early Hints\nLink: </x>\n\n" + honest)},
		{name: "199 and silence", want: lost, hangs: true, serve: hangs("HTTP/1.1 199 Odd\n\n")},
		{name: "endless 100", want: lost, serve: endless("", "HTTP/1.1 100 Continue\n\n")},
		{name: "endless 103 with headers", want: lost, serve: endless("", "HTTP/1.1 103 Early Hints\nLink: <"+filler+">\n\n")},
		{name: "no status line", want: lost, serve: says("<body>")},
		{name: "an empty response", want: lost, serve: says("")},
		{name: "a garbage status line", want: lost, serve: says("\x00\xff\xfe garbage\n\n")},
		{name: "a status that is no number", want: lost, serve: status("HTTP/1.1 abc OK")},
		{name: "a status of two digits", want: lost, serve: status("HTTP/1.1 99 OK")},
		{name: "a negative status", want: lost, serve: status("HTTP/1.1 -20 OK")},
		{name: "status 000", want: garbled, credentials: denied, serve: status("HTTP/1.1 000 OK")},
		{name: "status 999", want: lost, serve: status("HTTP/1.1 999 OK")},
		{name: "status 204", want: either, credentials: denied, serve: says("HTTP/1.1 204 No Content\n\n")},
		{name: "status 205 with a body", want: partly, credentials: denied, serve: status("HTTP/1.1 205 Reset Content")},
		{name: "status 206", want: partly, credentials: denied, serve: status("HTTP/1.1 206 Partial Content")},
		{name: "status 304", want: garbled, credentials: denied, serve: says("HTTP/1.1 304 Not Modified\n\n")},
		{name: "HTTP/9.9", want: kinds(fine, provider.Unavailable), serve: status("HTTP/9.9 200 OK")},
		{name: "HTTP/1.0", want: ok, serve: status("HTTP/1.0 200 OK")},
		{name: "HTTP/2 preface", want: lost, serve: says("PRI * HTTP/2.0\n\nSM\n\n")},
		{name: "bare LF", want: ok, serve: saysText(func(p *peer) string { return strings.ReplaceAll(p.fill(honest), "\r\n", "\n") })},
	}
}

func headerCases() []hostileCase {
	header := func(lines string) func(*peer) {
		return says("HTTP/1.1 200 OK\n" + lines + "Content-Length: <len>\n\n<body>")
	}
	filler := strings.Repeat("x", 4096)
	return []hostileCase{
		{name: "endless headers", want: lost, serve: endless("HTTP/1.1 200 OK\n", "X-Filler: "+filler[:1000]+"\n")},
		{name: "an endless header", want: lost, serve: endless("HTTP/1.1 200 OK\nX-Filler: ", filler)},
		{name: "an endless status line", want: lost, serve: endless("HTTP/1.1 200 ", filler)},
		{name: "headers that trickle", want: lost, hangs: true, serve: trickles("HTTP/1.1 200 OK\n", "X-Filler: xxxxx\n")},
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
	length := func(lines string) func(*peer) { return says("HTTP/1.1 200 OK\n" + lines + "\n<body>") }
	stale := func(code string) string {
		return respondWith("200 OK", "", `{"Code":"Stale","ret_code":`+code+`,"message":"stale"}`)
	}
	return []hostileCase{
		{name: "length too short", plain: true, want: either, credentials: garbled, twice: true, serve: length("Content-Length: <short>\n")},
		{name: "length too long", want: lost, serve: length("Content-Length: <long>\n")},
		{name: "length too long and silence", want: lost, hangs: true, serve: hangs("HTTP/1.1 200 OK\nContent-Length: <long>\n\n<body>")},
		{name: "length negative", want: lost, serve: length("Content-Length: -1\n")},
		{name: "length no number", want: lost, serve: length("Content-Length: many\n")},
		{name: "length beyond 64 bits", want: lost, serve: length("Content-Length: 99999999999999999999\n")},
		{name: "length of 8 EiB", want: either, serve: length("Content-Length: 9223372036854775807\n")},
		{name: "length twice, alike", want: ok, serve: length("Content-Length: <len>\nContent-Length: <len>\n")},
		{name: "length twice, different", want: lost, serve: length("Content-Length: <len>\nContent-Length: <short>\n")},
		{name: "length zero", want: either, credentials: unread, serve: says("HTTP/1.1 200 OK\nContent-Length: 0\n\n")},
		{name: "length and chunks", want: ok, serve: says("HTTP/1.1 200 OK\nContent-Length: <short>\nTransfer-Encoding: chunked\n\n<hex>\n<body>\n0\n\n")},
		{name: "bytes after the body", want: ok, twice: true, serve: says(honest + "surplus")},
		{name: "bytes after the body, kept open", want: ok, twice: true, serve: hangs(honest + "surplus")},
		{name: "two responses for one request", want: ok, twice: true, serve: hangs(honest + stale("5100"))},
		{name: "a late second response", want: kinds(fine, provider.Unavailable, provider.InvalidArgument), twice: true,
			serve: each(send(honest), pause(2*time.Millisecond), send(stale("1100")))},
		{name: "an endless body", want: garbled, serve: endless("HTTP/1.1 200 OK\n\n", strings.Repeat(" ", 64<<10))},
	}
}

func chunkCases() []hostileCase {
	const start = "HTTP/1.1 200 OK\nTransfer-Encoding: chunked\n\n"
	chunked := func(chunks string) func(*peer) { return says(start + chunks) }
	filler := strings.Repeat("x", 4096)
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
		{name: "endless chunks", want: garbled, serve: endless(start, "10000\n"+strings.Repeat(" ", 1<<16)+"\n")},
		{name: "endless small chunks", want: either, serve: endless(start, strings.Repeat("40\n"+strings.Repeat(" ", 64)+"\n", 100))},
		{name: "an endless chunk extension", want: lost, serve: endless(start+"1;", filler)},
		{name: "an endless trailer", want: lost, serve: endless(start+"<hex>\n<body>\n0\n", "X-Trailer: "+filler+"\n")},
		{name: "an unknown transfer encoding", want: lost, serve: says("HTTP/1.1 200 OK\nTransfer-Encoding: gzip, chunked\n\n<body>")},
		{name: "a trailer that never ends", want: lost, hangs: true, serve: hangs(start + "<hex>\n<body>\n0\n")},
		{name: "chunks that trickle", want: lost, hangs: true, serve: trickles(start, "1\n \n")},
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
	encoded := func(encode func(body string) string) func(*peer) {
		return saysText(func(p *peer) string {
			body := encode(p.fill("<body>"))
			return fmt.Sprintf("HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: %d\r\n\r\n%s", len(body), body)
		})
	}
	bomb := compressed(strings.Repeat(" ", 64<<20)) // before the client waits for it
	return []hostileCase{
		{name: "gzip that no request asked for", want: ok, serve: encoded(compressed)},
		{name: "a gzip bomb", want: garbled, serve: encoded(func(string) string { return bomb })},
		{name: "truncated gzip", want: either, serve: encoded(func(body string) string { return compressed(body)[:20] })},
		{name: "gzip that is none", want: append(either, fine), serve: encoded(func(body string) string { return body })},
	}
}

func redirectCases() []hostileCase {
	var all []hostileCase
	redirect := func(name, status, headers string) {
		all = append(all, hostileCase{name: name, want: garbled, credentials: denied, serve: says(respondWith(status, headers, "{}"))})
	}
	for _, status := range []string{"301 Moved", "302 Found", "303 See Other", "307 Temporary", "308 Permanent", "300 Choices"} {
		redirect(status+" to itself", status, "Location: <self>\n")
		redirect(status+" to another host", status, "Location: http://hostile.invalid/steal\n")
	}
	redirect("a redirect to nowhere", "302 Found", "Location: \n")
	redirect("a redirect to no address", "302 Found", "Location: http://[::1%25:x/\n")
	redirect("a redirect to the request", "302 Found", "Location: <target>\nReferer: <target>\n")
	return append(all, hostileCase{name: "a success with a location", want: ok,
		serve: says("HTTP/1.1 200 OK\nLocation: http://hostile.invalid/steal\nContent-Length: <len>\n\n<body>")})
}

// The places in a response at which a server may hang or reset the connection.
const (
	inStatus  = "HTTP/1.1 20"
	inHeaders = "HTTP/1.1 200 OK\nContent-Type: appl"
	inChunk   = "HTTP/1.1 200 OK\nTransfer-Encoding: chunked\n\nff\n{\"a\":"
)

// partOf returns a response whose body does not come whole.
func partOf(status, body string) string {
	return "HTTP/1.1 " + status + "\nContent-Length: 100\n\n" + body
}

func hangCases() []hostileCase {
	all := []hostileCase{
		{name: "hang before the request is read", serve: (*peer).hangUnread},
		{name: "hang after the request", serve: hangs("")},
		{name: "hang in the status line", serve: hangs(inStatus)},
		{name: "hang in the headers", serve: hangs(inHeaders)},
		{name: "hang after the headers", serve: hangs(partOf("200 OK", ""))},
		{name: "hang in the body", serve: hangs(partOf("200 OK", `{"a":`))},
		{name: "hang in an error's body", serve: hangs(partOf("403 Forbidden", `{"a":`))},
		{name: "hang in a retried error's body", serve: hangs(partOf("503 Unavailable", `{"a":`))},
		{name: "hang in a redirect's body", serve: hangs(partOf("302 Found\nLocation: /", `{"a":`))},
		{name: "hang in a body without length", serve: hangs("HTTP/1.1 200 OK\n\n{\"a\":")},
		{name: "hang in a chunk", serve: hangs(inChunk)},
		{name: "hang in a gzip body", serve: hangs(partOf("200 OK\nContent-Encoding: gzip", "\x1f\x8b\x08"))},
		{name: "a body that trickles", serve: trickles("HTTP/1.1 200 OK\n\n", " ")},
		{name: "no TLS handshake", https: true, serve: (*peer).hang},
	}
	for i := range all {
		all[i].want, all[i].hangs = lost, true
	}
	return all
}

func resetCases() []hostileCase {
	all := []hostileCase{
		{name: "reset at once", serve: (*peer).reset},
		{name: "closed at once", serve: func(*peer) {}},
		{name: "reset after the request", serve: resets("")},
		{name: "reset in the status line", serve: resets(inStatus)},
		{name: "reset in the headers", serve: resets(inHeaders)},
		{name: "reset after the headers", serve: resets(partOf("200 OK", ""))},
		{name: "reset in the body", serve: resets(partOf("200 OK", `{"a":`))},
		{name: "reset in a chunk", serve: resets(inChunk)},
		{name: "reset in the TLS handshake", https: true, serve: func(p *peer) {
			_, _ = io.CopyN(io.Discard, p, 5)
			p.reset()
		}},
		{name: "TLS on a plain port", serve: (*peer).handshake},
		{name: "a TLS alert on a plain port", serve: says("\x15\x03\x01\x00\x02\x02\x16")},
		{name: "plain HTTP on a TLS port", https: true, serve: func(p *peer) {
			_, _ = p.reader.ReadByte()
			send(respondWith("200 OK", "", "{}"))(p)
			p.closeGently()
		}},
		{name: "an untrusted certificate", https: true, serve: func(p *peer) {
			p.handshake()
			p.hang()
		}},
		{name: "garbage on a TLS port", https: true, serve: repeat("\x16\x03\x03\xff\xff" + strings.Repeat("\xff", 4096))},
	}
	for i := range all {
		all[i].want = lost
	}
	return all
}

// connectionCases send an honest response and more, or less than the next request needs.
func connectionCases() []hostileCase {
	thenOne := func(end step) func(*peer) {
		return func(p *peer) {
			if p.next() {
				send(honest)(p)
				end(p)
			}
		}
	}
	early := kinds(fine, provider.Unavailable, provider.InvalidArgument)
	return []hostileCase{
		{name: "closed under the next request", want: ok, twice: true, serve: thenOne(func(p *peer) { p.next() })},
		{name: "reset under the next request", want: ok, twice: true, serve: thenOne(func(p *peer) {
			if p.next() {
				p.reset()
			}
		})},
		{name: "closed after each response", want: ok, twice: true, serve: thenOne(func(*peer) {})},
		{name: "a response before the request", want: early, credentials: append(unread, early...), twice: true, serve: func(p *peer) {
			send(respondWith("200 OK", "", `{"Code":"Early","ret_code":5100,"message":"early"}`))(p)
			hangs(honest)(p)
		}},
	}
}

func bodyCases() []hostileCase {
	body := func(status, text string) func(*peer) {
		response := strings.ReplaceAll(respondWith(status, "", text), "\n", "\r\n")
		return saysText(func(*peer) string { return response })
	}
	message := func(text string) func(*peer) {
		return saysText(func(p *peer) string {
			return p.fill(respondWith("400 Bad Request", "", p.server.client.refusal(text)))
		})
	}
	page := "<html><head><title>502</title></head><body onload=alert(1)>Bad Gateway</body></html>"
	return []hostileCase{
		{name: "HTML with status 200", want: garbled, credentials: unread, serve: body("200 OK", page)},
		{name: "HTML with status 502", want: lost, serve: body("502 Bad Gateway", page)},
		{name: "HTML with status 403", want: kinds(provider.PermissionDenied), credentials: kinds(provider.Unauthenticated, provider.PermissionDenied),
			serve: body("403 Forbidden", page)},
		{name: "HTML with status 404", want: rejected, credentials: refused, serve: body("404 Not Found", page)},
		{name: "status 429 without words", want: kinds(provider.Throttled), credentials: kinds(provider.Unauthenticated, provider.Throttled),
			serve: body("429 Slow", "")},
		{name: "control and bidirectional characters", want: rejected, credentials: refused, serve: message(
			`a\u001b[31mred\u0007\u0000\u007f\u009b\u202eevil\u2066\u200b\ufeff\u2028b`)},
		{name: "raw bidirectional characters", want: rejected, credentials: refused, serve: message("a\u202eevil\u2066\u200b\u009b\u2028b")},
		{name: "raw control characters", want: either, credentials: append(refused, provider.BadResponse), serve: body("200 OK", "{\"Message\":\"\x1b[31m\x07\x00\"}")},
		{name: "invalid UTF-8", want: kinds(provider.InvalidArgument, provider.BadResponse), credentials: refused, serve: message("a\xff\xfe\xc0\x80b")},
		{name: "very deep JSON", want: either, credentials: unread, serve: body("200 OK", `{"Images":`+strings.Repeat("[", 2_000_000))},
		{name: "very deep and valid JSON", want: garbled, credentials: unread, serve: body("200 OK",
			strings.Repeat(`{"a":`, 200_000)+"1"+strings.Repeat("}", 200_000))},
		{name: "a list in place of an object", want: garbled, credentials: unread, serve: body("200 OK", "[1,2,3]")},
		{name: "a page of another operation", want: garbled, credentials: unread, serve: body("200 OK", `{"Rows":[],"TotalCount":"3","total_count":3}`)},
		{name: "null", plain: true, want: either, credentials: unread, serve: body("200 OK", "null")},
		{name: "a huge number", want: either, credentials: unread, serve: body("200 OK", `{"TotalCount":`+strings.Repeat("9", 1<<20)+`}`)},
	}
}

// echoCases send back what they were sent, and the secrets that they know.
func echoCases() []hostileCase {
	refused := append(refused, provider.BadResponse)
	sendRequest := sendText(func(p *peer) string { return p.request.text })
	sendRequestLine := sendText(func(p *peer) string { return p.request.line() + "\r\n\r\n" })
	late := pause(5 * time.Millisecond)
	all := []hostileCase{
		{name: "echo of the request line after the body", want: ok, serve: each(send(honest), sendRequestLine)},
		{name: "echo of the request after the body", want: ok, echoes: true, serve: each(send(honest), sendRequest)},
		{name: "late echo of the request line", want: kinds(fine, provider.Unavailable), serve: each(send(honest), late, sendRequestLine)},
		{name: "late echo of the request", want: kinds(fine, provider.Unavailable), echoes: true, serve: each(send(honest), late, sendRequest)},
	}
	for i := range all {
		all[i].twice = true
	}
	for _, c := range []struct {
		name              string
		want, credentials []provider.Kind
		form              string
	}{
		{"in an error's message", rejected, refused, "HTTP/1.1 400 Bad Request\nConnection: close\n\n<echo error>"},
		{"in the reason phrase", rejected, refused, "HTTP/1.1 400 <echo line>\nContent-Length: 2\n\n{}"},
		{"in headers", rejected, refused, "HTTP/1.1 400 Bad\nX-Acs-Request-Id: <echo line>\nX-Request-Id: <echo line>\nLocation: /?<echo line>\nContent-Length: 2\n\n{}"},
		{"in an HTML page", rejected, refused, "HTTP/1.1 400 Bad\nConnection: close\n\n<html><echo></html>"},
		{"in a page of status 200", garbled, refused, "HTTP/1.1 200 OK\nConnection: close\n\n<echo>"},
		{"in the status line", lost, nil, "<echo line>\n\n"},
		{"as a status", lost, nil, "HTTP/1.1 <echo line>\n\n"},
		{"as a version", lost, nil, "HTTP/<echo line> 200 OK\n\n"},
		{"as a bad header line", lost, nil, "HTTP/1.1 200 OK\n<echo line>\n\n"},
		{"as a length", lost, nil, "HTTP/1.1 200 OK\nContent-Length: <echo line>\n\n"},
		{"as a transfer encoding", lost, nil, "HTTP/1.1 200 OK\nTransfer-Encoding: <echo line>\n\n"},
		{"as a chunk size", lost, nil, "HTTP/1.1 200 OK\nTransfer-Encoding: chunked\n\n<echo line>\n\n"},
		{"as a trailer", append(either, fine), nil, "HTTP/1.1 200 OK\nTransfer-Encoding: chunked\n\n2\n{}\n0\n<echo line>\n\n"},
		{"in cookies", rejected, refused, "HTTP/1.1 400 Bad\nSet-Cookie: a=<echo line>; Path=/\nContent-Length: 2\n\n{}"},
		{"in a redirect", garbled, refused, "HTTP/1.1 302 Found\nLocation: http://hostile.invalid/?<echo line>\nContent-Length: 2\n\n{}"},
		{"with status 101", garbled, nil, "HTTP/1.1 101 <echo line>\nUpgrade: <echo line>\n\n<echo>"},
	} {
		all = append(all, hostileCase{name: "echo " + c.name, want: c.want, credentials: c.credentials, serve: says(c.form)})
	}
	return all
}
