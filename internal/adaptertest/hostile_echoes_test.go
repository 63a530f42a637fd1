package adaptertest_test

import (
	"encoding/json"
	"fmt"
	"html"
	"net/url"
	"regexp"
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

// echo is everything that a server can send back: the secrets that it knows, and what
// it was sent.
func (p *peer) echo() string {
	var all []string
	for _, secret := range p.server.client.secrets(p.server.exercise) {
		all = append(all, spellings(secret))
	}
	return strings.Join(append(all, spellingsOf(p.request)), " ")
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
