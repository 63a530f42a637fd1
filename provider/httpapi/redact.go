package httpapi

import (
	"net/url"
	"regexp"
	"strings"

	"github.com/imagequery/imagequery/provider"
)

// Redact takes the credentials and the signature of a request out of a text that
// came back, where they may be percent-encoded, even twice, as in the text that
// is signed.
func Redact(text string, used provider.Credentials) string {
	for _, secret := range []provider.Secret{used.AccessKeyID, used.AccessKeySecret, used.Token} {
		plain := secret.Reveal()
		if plain == "" {
			continue
		}
		once := escape(plain)
		for _, form := range []string{escape(once), once, url.QueryEscape(plain), plain} {
			text = strings.ReplaceAll(text, form, secret.String())
		}
	}
	return signatures.ReplaceAllString(text, "$1[redacted]")
}

// signatures finds what an echoed address says of signatures and nonces, encoded
// or not.
var signatures = regexp.MustCompile(`(?i)(signature(?:nonce)?(?:=|%3D|%253D))[^&\s"'<>]*`)

func escape(text string) string { return strings.ReplaceAll(url.QueryEscape(text), "+", "%20") }
