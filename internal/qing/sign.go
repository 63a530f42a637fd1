package qing

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"net/url"
	"strings"
)

// Sign returns the query of a request: the parameters in canonical form with
// their HMAC-SHA256 signature last. Path is the one that is sent, byte for byte.
func Sign(method, path string, params url.Values, secret string) string {
	query := escaped(params)
	mac := hmac.New(sha256.New, []byte(secret))
	mac.Write([]byte(method + "\n" + path + "\n" + query))
	signature := url.Values{"signature": {base64.StdEncoding.EncodeToString(mac.Sum(nil))}}
	return query + "&" + escaped(signature)
}

// escaped is the parameters in the order of their names' bytes, in the
// percent-encoding of RFC 3986.
func escaped(params url.Values) string {
	return strings.ReplaceAll(params.Encode(), "+", "%20")
}
