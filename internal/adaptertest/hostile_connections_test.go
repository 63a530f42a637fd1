package adaptertest_test

import (
	"encoding/json"
	"fmt"
	"html"
	"io"
	"net/url"
	"regexp"
	"strings"
	"time"

	"github.com/imagequery/imagequery/provider"
)

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

// spellings are the forms in which a server may spell a secret.
func spellings(plain string) string {
	once := url.QueryEscape(plain)
	rfc := strings.ReplaceAll(once, "+", "%20")
	return strings.Join([]string{
		plain, once, rfc, lowerEscapes(rfc), url.PathEscape(plain),
		url.QueryEscape(rfc), url.QueryEscape(lowerEscapes(rfc)), lowerEscapes(url.QueryEscape(rfc)),
		html.EscapeString(plain), jsonEscapes(plain), goEscapes(plain),
	}, " ")
}

// goEscapes spells a text as encoding/json does.
func goEscapes(text string) string {
	quoted, _ := json.Marshal(text)
	return string(quoted[1 : len(quoted)-1])
}

// spellingsOf are those of all that a request has, which is percent-encoded.
func spellingsOf(r request) string {
	text := oneLineOf(r.text)
	plain, err := url.QueryUnescape(text)
	if err != nil {
		plain = text
	}
	return strings.Join([]string{text, plain, url.QueryEscape(text), html.EscapeString(plain), goEscapes(plain)}, " ")
}

var (
	percentPattern = regexp.MustCompile(`%[0-9A-F]{2}`)
	symbolPattern  = regexp.MustCompile(`[^0-9A-Za-z_]`)
)

// lowerEscapes spells percent-encoding in lower case.
func lowerEscapes(text string) string {
	return percentPattern.ReplaceAllStringFunc(text, strings.ToLower)
}

// jsonEscapes escapes all characters but letters and digits, as JSON allows.
func jsonEscapes(text string) string {
	return symbolPattern.ReplaceAllStringFunc(text, func(symbol string) string { return fmt.Sprintf(`\u%04x`, []rune(symbol)[0]) })
}

// inJSONText makes a text fit between the quotes of a JSON string.
func inJSONText(text string) string {
	return strings.NewReplacer(`\`, `\\`, `"`, `\"`, "\r\n", `\n`, "\n", `\n`, "\x00", "").Replace(text)
}

// oneLineOf makes a text fit into a header.
func oneLineOf(text string) string { return strings.NewReplacer("\r", " ", "\n", " ").Replace(text) }

// echo is everything that a server can send back: the secrets that it knows, and what it was sent.
func (p *peer) echo() string {
	all := []string{spellingsOf(p.request)}
	if !p.server.client.metadata {
		for _, secret := range p.server.exercise.secrets() {
			all = append(all, spellings(secret))
		}
	}
	return strings.Join(all, " ")
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
