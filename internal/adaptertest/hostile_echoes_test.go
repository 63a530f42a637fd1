package adaptertest_test

import (
	"encoding/json"
	"fmt"
	"html"
	"net/url"
	"strings"
	"time"

	"github.com/imagequery/imagequery/provider"
)

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
	text := oneLineOf(r.text())
	plain, err := url.QueryUnescape(text)
	if err != nil {
		plain = text
	}
	return strings.Join([]string{text, plain, url.QueryEscape(text), html.EscapeString(plain), goEscapes(plain)}, " ")
}

// lowerEscapes spells percent-encoding in lower case.
func lowerEscapes(text string) string {
	var b strings.Builder
	for i := 0; i < len(text); i++ {
		if text[i] == '%' && i+2 < len(text) {
			b.WriteString(strings.ToLower(text[i : i+3]))
			i += 2
			continue
		}
		b.WriteByte(text[i])
	}
	return b.String()
}

// jsonEscapes escapes all characters but letters and digits, as JSON allows.
func jsonEscapes(text string) string {
	var b strings.Builder
	for _, r := range text {
		if r < 0x80 && (r == '_' || '0' <= r && r <= '9' || 'A' <= r && r <= 'Z' || 'a' <= r && r <= 'z') {
			b.WriteRune(r)
		} else {
			fmt.Fprintf(&b, `\u%04x`, r)
		}
	}
	return b.String()
}

// inJSON makes a text fit between the quotes of a JSON string.
func inJSONText(text string) string {
	return strings.NewReplacer(`\`, `\\`, `"`, `\"`, "\r\n", `\n`, "\n", `\n`, "\x00", "").Replace(text)
}

// oneLineOf makes a text fit into a header.
func oneLineOf(text string) string { return strings.NewReplacer("\r", " ", "\n", " ").Replace(text) }

// echoCases send back what they were sent, and the secrets that they know.
func echoCases() []hostileCase {
	rejected := kinds(provider.InvalidArgument)
	refused := kinds(provider.Unauthenticated, provider.InvalidArgument, provider.BadResponse)
	everything := func(p *peer, r request) string {
		return p.server.spelledSecrets() + " " + spellingsOf(r)
	}
	echo := func(form string) func(*peer) {
		return saysOf(func(p *peer, r request) string {
			all := everything(p, r)
			body := p.server.client.refusal(inJSONText(all))
			return strings.NewReplacer("<line>", oneLineOf(all), "<body>", body, "<len>", fmt.Sprint(len(body)), "<text>", all, "\n", "\r\n").Replace(form)
		})
	}
	echoes := []hostileCase{
		{name: "echo in an error's message", want: rejected, credentials: refused, serve: echo("HTTP/1.1 400 Bad Request\nContent-Length: <len>\n\n<body>")},
		{name: "echo in the reason phrase", want: rejected, credentials: refused, serve: echo("HTTP/1.1 400 <line>\nContent-Length: 2\n\n{}")},
		{name: "echo in headers", want: rejected, credentials: refused, serve: echo("HTTP/1.1 400 Bad\nX-Acs-Request-Id: <line>\nX-Request-Id: <line>\nLocation: /?<line>\nContent-Length: 2\n\n{}")},
		{name: "echo in an HTML page", want: rejected, credentials: refused, serve: echo("HTTP/1.1 400 Bad\nConnection: close\n\n<html><text></html>")},
		{name: "echo in a page of status 200", want: garbled, credentials: refused, serve: echo("HTTP/1.1 200 OK\nConnection: close\n\n<text>")},
		{name: "echo in the status line", want: lost, serve: echo("<line>\n\n")},
		{name: "echo as a status", want: lost, serve: echo("HTTP/1.1 <line>\n\n")},
		{name: "echo as a version", want: lost, serve: echo("HTTP/<line> 200 OK\n\n")},
		{name: "echo as a bad header line", want: lost, serve: echo("HTTP/1.1 200 OK\n<line>\n\n")},
		{name: "echo as a length", want: lost, serve: echo("HTTP/1.1 200 OK\nContent-Length: <line>\n\n")},
		{name: "echo as a transfer encoding", want: lost, serve: echo("HTTP/1.1 200 OK\nTransfer-Encoding: <line>\n\n")},
		{name: "echo as a chunk size", want: lost, serve: echo("HTTP/1.1 200 OK\nTransfer-Encoding: chunked\n\n<line>\n\n")},
		{name: "echo as a trailer", want: kinds(provider.Unavailable, provider.BadResponse, fine), serve: echo("HTTP/1.1 200 OK\nTransfer-Encoding: chunked\n\n2\n{}\n0\n<line>\n\n")},
		{name: "echo in cookies", want: rejected, credentials: refused, serve: echo("HTTP/1.1 400 Bad\nSet-Cookie: a=<line>; Path=/\nContent-Length: 2\n\n{}")},
		{name: "echo in a redirect", want: garbled, credentials: refused, serve: echo("HTTP/1.1 302 Found\nLocation: http://hostile.invalid/?<line>\nContent-Length: 2\n\n{}")},
		{name: "echo with status 101", want: garbled, serve: echo("HTTP/1.1 101 <line>\nUpgrade: <line>\n\n<text>")},
		{name: "echo of the request line after the body", want: ok, twice: true, serve: each(func(p *peer, r request) {
			p.say(respond200(p.honest(r)) + r.line)
		})},
		{name: "echo of the request after the body", want: ok, twice: true, echoes: true, serve: each(func(p *peer, r request) {
			p.say(respond200(p.honest(r)) + r.text())
		})},
		{name: "late echo of the request line", want: kinds(fine, provider.Unavailable), twice: true, serve: each(func(p *peer, r request) {
			p.say(respond200(p.honest(r)))
			time.Sleep(5 * time.Millisecond)
			p.say(r.line + "\r\n\r\n")
		})},
		{name: "late echo of the request", want: kinds(fine, provider.Unavailable), twice: true, echoes: true, serve: each(func(p *peer, r request) {
			p.say(respond200(p.honest(r)))
			time.Sleep(5 * time.Millisecond)
			p.say(r.text())
		})},
	}
	return echoes
}
