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
