package fakecloud

import (
	"crypto/hmac"
	"crypto/sha1"
	"crypto/sha256"
	"encoding/base64"
	"hash"
	"maps"
	"slices"
	"strings"
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

// rpcStringToSign is what an Alibaba client signs, version 1.0 of the RPC style.
func rpcStringToSign(method string, p params) string {
	var b strings.Builder
	b.WriteString(method + "&%2F&")
	percentEncode(&b, canonical(p, "Signature"))
	return b.String()
}

// rpcSignature is the HMAC-SHA1 of a string to sign.
func rpcSignature(secret, stringToSign string) string {
	return mac(sha1.New, secret+"&", stringToSign)
}

// qingStringToSign is what a QingCloud client signs; the path is as it was sent.
func qingStringToSign(method, path string, p params) string {
	return method + "\n" + path + "\n" + canonical(p, "signature")
}

// qingSignature is the HMAC of a string to sign by the method named in the
// request; any method but HmacSHA1 is HmacSHA256.
func qingSignature(method, secret, stringToSign string) string {
	if method == "HmacSHA1" {
		return mac(sha1.New, secret, stringToSign)
	}
	return mac(sha256.New, secret, stringToSign)
}

func mac(h func() hash.Hash, key, text string) string {
	m := hmac.New(h, []byte(key))
	m.Write([]byte(text))
	return base64.StdEncoding.EncodeToString(m.Sum(nil))
}

// sameSignature compares in constant time.
func sameSignature(a, b string) bool { return hmac.Equal([]byte(a), []byte(b)) }
