package aliyun

import (
	"maps"
	"slices"
	"strings"

	"github.com/aliyun/alibaba-cloud-sdk-go/sdk/utils"
)

// Sign returns the query of an RPC request: the parameters in canonical form
// with their HMAC-SHA1 signature last.
func Sign(method string, params map[string]string, secret string) string {
	keys := slices.AppendSeq(make([]string, 0, len(params)), maps.Keys(params))
	slices.Sort(keys)
	var canonical strings.Builder
	canonical.Grow(usualQuery)
	for i, key := range keys {
		if i > 0 {
			canonical.WriteByte('&')
		}
		escape(&canonical, key)
		canonical.WriteByte('=')
		escape(&canonical, params[key])
	}
	query := canonical.String()
	canonical.WriteString("&Signature=")
	escape(&canonical, utils.ShaHmac1(stringToSign(method, query), secret+"&"))
	return canonical.String()
}

// usualQuery is about how long a signed query is.
const usualQuery = 768

func stringToSign(method, query string) string {
	var b strings.Builder
	b.Grow(usualQuery)
	b.WriteString(method + "&%2F&")
	escape(&b, query)
	return b.String()
}

// escape writes text in the percent-encoding of RFC 3986.
func escape(b *strings.Builder, text string) {
	const hex = "0123456789ABCDEF"
	for i := range len(text) {
		c := text[i]
		if isUnreserved(c) {
			b.WriteByte(c)
			continue
		}
		b.WriteByte('%')
		b.WriteByte(hex[c>>4])
		b.WriteByte(hex[c&15])
	}
}

func isUnreserved(c byte) bool {
	return 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z' || '0' <= c && c <= '9' ||
		c == '-' || c == '_' || c == '.' || c == '~'
}
