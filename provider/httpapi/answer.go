package httpapi

import (
	"errors"
	"net/http"
	"net/url"
	"regexp"
	"strconv"
	"strings"
	"time"

	"github.com/imagequery/imagequery/provider"
)

// RetryAfter is what the header of that name asks for, in seconds or as a date;
// 0 if it says nothing.
func RetryAfter(h http.Header) time.Duration {
	text := h.Get("Retry-After")
	if at, err := http.ParseTime(text); err == nil {
		return max(0, time.Until(at))
	}
	return Wait(text, time.Second)
}

// Wait is a number of units that a server asks to wait; 0 if it is no number,
// and a day if it is more than that.
func Wait(number string, unit time.Duration) time.Duration {
	const most = 24 * time.Hour
	n, err := strconv.ParseFloat(strings.TrimSpace(number), 64)
	if err != nil && !errors.Is(err, strconv.ErrRange) || !(n > 0) {
		return 0
	}
	return time.Duration(min(n*float64(unit), float64(most)))
}

// KindOfStatus is what a status of HTTP means where the body does not say.
func KindOfStatus(status int) provider.Kind {
	switch {
	case status == http.StatusTooManyRequests:
		return provider.Throttled
	case status >= 500, status == http.StatusRequestTimeout:
		return provider.Unavailable
	case status == http.StatusUnauthorized:
		return provider.Unauthenticated
	case status == http.StatusForbidden:
		return provider.PermissionDenied
	case status >= 400:
		return provider.InvalidArgument
	default:
		return provider.BadResponse
	}
}

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
