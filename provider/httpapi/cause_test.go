package httpapi_test

import (
	"context"
	"crypto/x509"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"os"
	"strings"
	"syscall"
	"testing"

	"github.com/imagequery/imagequery/provider"
)

// addressError is an error whose value holds the signed request.
type addressError struct {
	Address string
	Inner   error
}

func (e *addressError) Error() string { return "carrier lost: " + e.Inner.Error() }

func (e *addressError) Unwrap() error { return e.Inner }

// A copy keeps the causes that callers test for. The original could hold the request.
func TestErrorsOfTransportsAreCopied(t *testing.T) {
	isTimeout := func(err error) bool {
		timeout, ok := errors.AsType[net.Error](err)
		return ok && timeout.Timeout()
	}
	is := func(want error) func(error) bool { return func(err error) bool { return errors.Is(err, want) } }
	for name, test := range map[string]struct {
		inner error
		kept  func(error) bool
	}{
		"reset":           {&net.OpError{Op: "read", Err: os.NewSyscallError("read", syscall.ECONNRESET)}, is(syscall.ECONNRESET)},
		"refused":         {&net.OpError{Op: "dial", Err: os.NewSyscallError("connect", syscall.ECONNREFUSED)}, is(syscall.ECONNREFUSED)},
		"end":             {io.EOF, is(io.EOF)},
		"truncated":       {io.ErrUnexpectedEOF, is(io.ErrUnexpectedEOF)},
		"closed":          {net.ErrClosed, is(net.ErrClosed)},
		"timeout":         {&net.DNSError{Err: "timeout", Name: "api.example.com", IsTimeout: true}, isTimeout},
		"own deadline":    {os.ErrDeadlineExceeded, isTimeout},
		"dialer's":        {context.DeadlineExceeded, isTimeout},
		"unknown issuer":  {x509.UnknownAuthorityError{}, func(err error) bool { _, ok := errors.AsType[x509.UnknownAuthorityError](err); return ok }},
		"wrong host":      {x509.HostnameError{Certificate: &x509.Certificate{}, Host: "api.example.com"}, func(err error) bool { _, ok := errors.AsType[x509.HostnameError](err); return ok }},
		"out of validity": {x509.CertificateInvalidError{Cert: &x509.Certificate{}, Reason: x509.Expired}, func(err error) bool { _, ok := errors.AsType[x509.CertificateInvalidError](err); return ok }},
	} {
		t.Run(name, func(t *testing.T) {
			err := newSender(t, roundTrip(func(r *http.Request) (*http.Response, error) {
				return nil, &url.Error{Op: "Get", URL: r.URL.String(), Err: &addressError{r.URL.String(), test.inner}}
			}), provider.Config{Retry: provider.Retry{Attempts: 1}}).Do(t.Context(), request())
			if !errors.Is(err, provider.Unavailable) || !test.kept(err) || !strings.Contains(err.Error(), strings.TrimSpace(test.inner.Error())) {
				t.Errorf("error %v forgets %v", err, test.inner)
			}
			if errors.Is(err, context.DeadlineExceeded) {
				t.Errorf("error %v passes for the end of the caller's context", err)
			}
			if found, ok := errors.AsType[*addressError](err); ok {
				t.Errorf("the error keeps %#v", found)
			}
			showsNoAddress(t, err)
			encoded, _ := json.Marshal(asError(t, err))
			if text := string(encoded) + fmt.Sprintf("%#v", asError(t, err).Err); strings.Contains(text, "LTAIsecret") {
				t.Errorf("the error shows the key: %s", text)
			}
		})
	}
}

func TestResponsesOfOtherServersNameTheHost(t *testing.T) {
	for name, test := range map[string]struct {
		status      int
		contentType string
		body        string
		page        bool
	}{
		"a page in a success": {200, "text/html; charset=utf-8", "<p>welcome</p>", true},
		"a page without type": {404, "", " <!DOCTYPE html><html></html>", true},
		"a proxy's page":      {502, "Text/HTML", "<center>nginx</center>", true},
		"an empty 404":        {404, "", "", true},
		"an empty 405":        {405, "application/json", "", true},
		"an empty 503":        {503, "", "", false},
		"JSON":                {404, "application/json", "{}", false},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := sendPlain(t, roundTrip(func(*http.Request) (*http.Response, error) {
				response := answers(test.status, test.body)
				response.Header.Set("Content-Type", test.contentType)
				return response, nil
			}))
			message := asError(t, err).Message
			for _, word := range []string{"api.example.com", fmt.Sprintf("%q", test.contentType), "check the endpoint"} {
				if strings.Contains(message, word) != test.page {
					t.Errorf("message %q, want %q in it: %t", message, word, test.page)
				}
			}
		})
	}
}
