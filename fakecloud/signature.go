package fakecloud

import (
	"crypto/hmac"
	"crypto/sha1"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"hash"
	"maps"
	"net/http"
	"slices"
	"strings"
	"sync"
	"time"
)

// canonical joins all parameters but the signature itself, sorted by the bytes of
// their names.
func canonical(p params, signature string) string {
	var b strings.Builder
	for _, name := range slices.Sorted(maps.Keys(p)) {
		if name == signature {
			continue
		}
		if b.Len() > 0 {
			b.WriteByte('&')
		}
		percentEncode(&b, name)
		b.WriteByte('=')
		percentEncode(&b, p[name])
	}
	return b.String()
}

// percentEncode writes text as RFC 3986 encodes everything but unreserved bytes.
func percentEncode(b *strings.Builder, text string) {
	const digits = "0123456789ABCDEF"
	for i := range len(text) {
		c := text[i]
		switch {
		case 'A' <= c && c <= 'Z', 'a' <= c && c <= 'z', '0' <= c && c <= '9', strings.IndexByte("-_.~", c) >= 0:
			b.WriteByte(c)
		default:
			b.WriteByte('%')
			b.WriteByte(digits[c>>4])
			b.WriteByte(digits[c&15])
		}
	}
}

// rpcStringToSign returns the string to sign of version 1.0 of the RPC style.
func rpcStringToSign(method string, p params) string {
	var b strings.Builder
	b.WriteString(method + "&%2F&")
	percentEncode(&b, canonical(p, "Signature"))
	return b.String()
}

// rpcSignature is the HMAC-SHA1 of a string to sign.
func rpcSignature(secret, stringToSign string) string {
	return hmacBase64(sha1.New, secret+"&", stringToSign)
}

// qingStringToSign returns QingCloud's string to sign. The path must be as it was sent.
func qingStringToSign(method, path string, p params) string {
	return method + "\n" + path + "\n" + canonical(p, "signature")
}

// qingSignature is the HMAC of a string to sign by the method named in the
// request; any method but HmacSHA1 is HmacSHA256.
func qingSignature(method, secret, stringToSign string) string {
	if method == "HmacSHA1" {
		return hmacBase64(sha1.New, secret, stringToSign)
	}
	return hmacBase64(sha256.New, secret, stringToSign)
}

func hmacBase64(h func() hash.Hash, key, text string) string {
	m := hmac.New(h, []byte(key))
	m.Write([]byte(text))
	return base64.StdEncoding.EncodeToString(m.Sum(nil))
}

// sameSignature compares in constant time.
func sameSignature(a, b string) bool { return hmac.Equal([]byte(a), []byte(b)) }

// schemeV3 begins the header Authorization of the newer dialect. Its absence alone
// tells the older one: clients of both send x-acs-action.
const schemeV3 = "ACS3-HMAC-SHA256"

// signedV3 are the headers that a signature of the newer dialect must cover.
func signedV3() []string {
	return []string{"host", "x-acs-action", "x-acs-content-sha256", "x-acs-date", "x-acs-signature-nonce", "x-acs-version"}
}

func isV3(r *http.Request) bool {
	scheme, _, _ := strings.Cut(r.Header.Get("Authorization"), " ")
	return scheme == schemeV3
}

// readV3 reads the common values of a request with ACS3-HMAC-SHA256 from its headers.
// Only the parameter Format can select XML.
func readV3(h http.Header, p params) rpcRequest {
	parts := map[string]string{}
	_, list, _ := strings.Cut(h.Get("Authorization"), " ")
	for part := range strings.SplitSeq(list, ",") {
		name, value, _ := strings.Cut(strings.TrimSpace(part), "=")
		parts[name] = value
	}
	return rpcRequest{
		v3: true, action: h.Get("x-acs-action"), version: h.Get("x-acs-version"), keyID: parts["Credential"],
		token: h.Get("x-acs-security-token"), nonce: h.Get("x-acs-signature-nonce"), timestamp: h.Get("x-acs-date"),
		signature: parts["Signature"], signed: strings.Split(parts["SignedHeaders"], ";"), xml: strings.EqualFold(p["Format"], "XML"),
	}
}

// checkV3 checks that a signature covers the required headers, and verifies it.
func (x *exchange) checkV3(secret string) error {
	h := x.http.Header
	must := signedV3()
	for _, name := range []string{"x-acs-security-token", "x-acs-accesskey-id"} {
		if h.Get(name) != "" {
			must = append(must, name)
		}
	}
	for _, name := range must {
		if !slices.Contains(x.rpc.signed, name) {
			return newAPIError(http.StatusBadRequest, "IncompleteSignature", "The signature does not cover the header %s.", name)
		}
	}
	if h.Get("x-acs-content-sha256") != hexSHA256(x.rpc.body) {
		return newAPIError(http.StatusBadRequest, "InvalidParameter", "The header x-acs-content-sha256 is not that of the body.")
	}
	request := canonicalV3(x.http, x.params, x.rpc.signed)
	toSign := schemeV3 + "\n" + hexSHA256([]byte(request))
	if sameSignature(x.rpc.signature, signatureV3(secret, toSign)) {
		return nil
	}
	return signatureError(toSign + ", server canonical request is:" + request)
}

// canonicalV3 is the request as a client of the newer dialect signs it, with the
// headers that it lists. Parameters of a form are in the body, not in the query.
func canonicalV3(r *http.Request, p params, signed []string) string {
	if hasForm(r) {
		query, _ := parsePairs(r.URL.RawQuery)
		p = firstValues(query)
	}
	path := r.URL.EscapedPath()
	if path == "" {
		path = "/"
	}
	var b strings.Builder
	b.WriteString(r.Method + "\n" + path + "\n" + canonical(p, "") + "\n")
	for _, name := range signed {
		value := strings.Join(r.Header.Values(name), ",")
		if name == "host" {
			value = r.Host
		}
		b.WriteString(name + ":" + strings.TrimSpace(value) + "\n")
	}
	b.WriteString("\n" + strings.Join(signed, ";") + "\n" + r.Header.Get("x-acs-content-sha256"))
	return b.String()
}

func signatureV3(secret, toSign string) string {
	m := hmac.New(sha256.New, []byte(secret))
	m.Write([]byte(toSign))
	return hex.EncodeToString(m.Sum(nil))
}

func hexSHA256(text []byte) string {
	sum := sha256.Sum256(text)
	return hex.EncodeToString(sum[:])
}

// nonceCache remembers the nonces of signed requests for as long as their
// timestamps would be accepted. It is safe for concurrent use.
type nonceCache struct {
	mu    sync.Mutex
	until map[nonce]time.Time
	swept time.Time
}

type nonce struct{ key, text string }

// use reports whether the nonce is new, and remembers it until the given time.
func (m *nonceCache) use(n nonce, now, until time.Time) bool {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.sweep(now)
	if known, used := m.until[n]; used && !now.After(known) {
		return false
	}
	if m.until == nil {
		m.until = map[nonce]time.Time{}
	}
	m.until[n] = until
	return true
}

// sweep forgets, once a minute, what no longer matters.
func (m *nonceCache) sweep(now time.Time) {
	if age := now.Sub(m.swept); 0 <= age && age < time.Minute {
		return
	}
	m.swept = now
	for n, until := range m.until {
		if now.After(until) {
			delete(m.until, n)
		}
	}
}
