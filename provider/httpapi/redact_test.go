package httpapi_test

import (
	"crypto/x509"
	"encoding/json"
	"errors"
	"fmt"
	"html"
	"io"
	"net"
	"net/http"
	"net/url"
	"strings"
	"syscall"
	"testing"
	"testing/synctest"

	"github.com/imagequery/imagequery/provider"
	"github.com/imagequery/imagequery/provider/httpapi"
)

func TestRedactRemovesEchoedRequests(t *testing.T) {
	used := provider.Credentials{
		AccessKeyID: provider.NewSecret("canary-id"), AccessKeySecret: provider.NewSecret("canary+secret/"), Token: provider.NewSecret("canary=token"),
	}
	for _, echo := range []string{
		"https://ecs.example.com/?AccessKeyId=canary-id&SignatureNonce=canarynonce&Signature=canarysig%3D&Version=1",
		"GET&%2F&AccessKeyId%3Dcanary-id%26SecurityToken%3Dcanary%253Dtoken%26SignatureNonce%3Dcanarynonce",
		"signature=canarysig access_key_id=canary-id",
		"your secret canary+secret/ or canary%2Bsecret%2F",
	} {
		if got := httpapi.Redact(echo, used); strings.Contains(got, "canary") {
			t.Errorf("%s became %s", echo, got)
		}
	}
	if got := httpapi.Redact("SignatureMethod=HMAC-SHA1 is unknown", used); got != "SignatureMethod=HMAC-SHA1 is unknown" {
		t.Errorf("%s", got)
	}
}

// Texts that cannot hold a secret are returned without a search. These can.
func TestRedactSearchesEveryTextThatMayHoldASecret(t *testing.T) {
	for _, test := range []struct{ secret, text, want string }{
		{"++//==", "the secret %2b%2b%2F%2F%3d%3d", "the secret [redacted]"},
		{"canary", "\u017fIGNATURE=abc of another request", "\u017fIGNATURE=[redacted] of another request"},
		{"abc", "key=abc&abc", "key=[redacted]&abc"},
		{"a+canary", "a%2Bcanary", "[redacted]"},
	} {
		used := provider.Credentials{AccessKeySecret: provider.NewSecret(test.secret)}
		if got := httpapi.Redact(test.text, used); got != test.want {
			t.Errorf("%s in %q: %q, want %q", test.secret, test.text, got, test.want)
		}
	}
}

func TestRedactFindsEverySpelling(t *testing.T) {
	const secret = "canary+/=<&\"'>\\ canary"
	used := provider.Credentials{AccessKeySecret: provider.NewSecret(secret)}
	once := url.QueryEscape(secret)
	inJSON, err := json.Marshal(secret)
	if err != nil {
		t.Fatal(err)
	}
	text := strings.Trim(string(inJSON), `"`)
	for name, spelling := range map[string]string{
		"plain": secret, "percent": once, "percent, lower case": strings.ToLower(once), "percent 20": strings.ReplaceAll(once, "+", "%20"),
		"mixed case": strings.Replace(once, "%2B", "%2b", 1), "double": url.QueryEscape(once), "double, lower case": strings.ToLower(url.QueryEscape(once)),
		"HTML": html.EscapeString(secret), "JSON": text, "JSON with escaped slashes": strings.ReplaceAll(text, "/", `\/`),
		"JSON in JSON": strings.ReplaceAll(text, `\`, `\\`),
	} {
		if got := httpapi.Redact("a "+spelling+" b", used); got != "a [redacted] b" {
			t.Errorf("%s: %q became %q", name, spelling, got)
		}
	}
}

// Replaced text is not redacted again, the longer of two overlapping secrets is
// replaced, and a short secret within a word is not.
func TestRedactIsOnePass(t *testing.T) {
	for _, test := range []struct{ id, secret, text, want string }{
		{"sample-prod-key", "sample-prod-key-secret", "sample-prod-key-secret, sample-prod-key", "[redacted], [redacted]"},
		{"redacted", "another", "another redacted", "[redacted] [redacted]"},
		{"id", "secret-key", "InvalidParameter: id is invalid", "InvalidParameter: id is invalid"},
		{"id", "secret-key", "AccessKeyId=id&Other=idle&Last=id", "AccessKeyId=[redacted]&Other=idle&Last=[redacted]"},
		{"id", "secret-key", "AccessKeyId%3Did%26Other%3Didle", "AccessKeyId%3D[redacted]%26Other%3Didle"},
	} {
		used := provider.Credentials{AccessKeyID: provider.NewSecret(test.id), AccessKeySecret: provider.NewSecret(test.secret)}
		if got := httpapi.Redact(test.text, used); got != test.want {
			t.Errorf("%q with the keys %q and %q became %q, want %q", test.text, test.id, test.secret, got, test.want)
		}
	}
	if got := httpapi.Redact(strings.Repeat("canary", 1<<20), provider.Credentials{}); strings.Contains(got, "canary") || len(got) > 100 {
		t.Errorf("a text of 6 MiB became one of %d bytes", len(got))
	}
}

// temporary is an error of a transport with all of a request in it.
type temporary struct {
	Request *http.Request
	err     error
}

func (e *temporary) Error() string   { return fmt.Sprintf("%s: %v", e.Request.URL, e.err) }
func (e *temporary) Unwrap() error   { return e.err }
func (e *temporary) Timeout() bool   { return errors.Is(e.err, syscall.ETIMEDOUT) }
func (e *temporary) Temporary() bool { return false }

func TestTransportErrorsKeepTheirCauses(t *testing.T) {
	for name, test := range map[string]struct {
		err  error
		same func(error) bool
	}{
		"refused":     {syscall.ECONNREFUSED, func(err error) bool { return errors.Is(err, syscall.ECONNREFUSED) }},
		"closed":      {net.ErrClosed, func(err error) bool { return errors.Is(err, net.ErrClosed) }},
		"end of file": {io.ErrUnexpectedEOF, func(err error) bool { return errors.Is(err, io.ErrUnexpectedEOF) }},
		"timeout": {syscall.ETIMEDOUT, func(err error) bool {
			e, ok := errors.AsType[net.Error](err)
			return ok && e.Timeout()
		}},
		"no such host": {&net.DNSError{Err: "no such host", Name: "h.example", IsNotFound: true}, func(err error) bool {
			e, ok := errors.AsType[*net.DNSError](err)
			return ok && e.IsNotFound && e.Name == "h.example"
		}},
		"unknown authority": {x509.UnknownAuthorityError{}, func(err error) bool {
			_, ok := errors.AsType[x509.UnknownAuthorityError](err)
			return ok
		}},
		"another host": {x509.HostnameError{Certificate: new(x509.Certificate), Host: "h.example"}, func(err error) bool {
			e, ok := errors.AsType[x509.HostnameError](err)
			return ok && e.Host == "h.example" && e.Error() != ""
		}},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				fail := func(r *http.Request) (*http.Response, error) { return nil, &temporary{r, test.err} }
				err := newSender(t, roundTrip(fail), provider.Config{}).Do(t.Context(), request())
				if !errors.Is(err, provider.Unavailable) || !test.same(err) {
					t.Errorf("the error %v has lost its cause", err)
				}
				if e, ok := errors.AsType[*temporary](err); ok {
					t.Errorf("the error of the transport is kept: %v", e)
				}
				showsNoAddress(t, err)
			})
		})
	}
}
