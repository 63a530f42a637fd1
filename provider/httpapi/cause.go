package httpapi

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"io"
	"net"
	"net/url"
	"os"
	"regexp"
	"slices"
	"strings"
	"syscall"
)

// cause replaces an error of a transport. It has the redacted text and copies of the
// wrapped errors that callers test for. The original is dropped, since it may hold the
// request.
type cause struct {
	text   string
	causes []error
}

func (c *cause) Error() string   { return c.text }
func (c *cause) Unwrap() []error { return c.causes }

// timeout is a cause that is a [net.Error] of a timeout.
type timeout struct{ cause }

func (t *timeout) Timeout() bool   { return true }
func (t *timeout) Temporary() bool { return true }

// transportCause returns the cause that replaces an error of the transport.
func (a *Attempt) transportCause(err error) error {
	clean := func(text string) string { return a.redact(quoted.ReplaceAllString(text, `"…"`)) }
	c := cause{text: "the transport failed, and its error shows the signed address"}
	if text := withoutAddress(err).Error(); a.URL.RawQuery == "" || !strings.Contains(text, a.URL.RawQuery) {
		c.text = clean(text)
	}
	c.causes = testable(err, clean)
	if timedOut(err) {
		return &timeout{c}
	}
	return &c
}

// timedOut reports whether any error in a chain is a timeout. The outer errors of
// net/http do not ask errors that others have wrapped.
func timedOut(err error) bool {
	if e, ok := err.(interface{ Timeout() bool }); ok && e.Timeout() {
		return true
	}
	switch e := err.(type) {
	case interface{ Unwrap() error }:
		return timedOut(e.Unwrap())
	case interface{ Unwrap() []error }:
		return slices.ContainsFunc(e.Unwrap(), timedOut)
	}
	return false
}

// quoted matches the parts of a malformed response that net/http quotes. They may hold
// secrets that the client does not know yet.
var quoted = regexp.MustCompile(`"(?:[^"\\]|\\.)*"`)

// testable returns copies of the errors in a tree that callers test for, without
// addresses and certificates.
func testable(err error, clean func(string) string) (causes []error) {
	for _, known := range []error{io.EOF, io.ErrUnexpectedEOF, io.ErrClosedPipe, net.ErrClosed, os.ErrDeadlineExceeded} {
		if errors.Is(err, known) {
			causes = append(causes, known)
		}
	}
	if e, ok := errors.AsType[syscall.Errno](err); ok {
		causes = append(causes, e)
	}
	if e, ok := errors.AsType[*net.DNSError](err); ok {
		causes = append(causes, &net.DNSError{
			Err: clean(e.Err), Name: clean(e.Name), IsTimeout: e.IsTimeout, IsTemporary: e.IsTemporary, IsNotFound: e.IsNotFound,
		})
	}
	return append(causes, testableTLS(err, clean)...)
}

func testableTLS(err error, clean func(string) string) (causes []error) {
	none := new(x509.Certificate)
	if _, ok := errors.AsType[x509.UnknownAuthorityError](err); ok {
		causes = append(causes, x509.UnknownAuthorityError{Cert: none})
	}
	if e, ok := errors.AsType[x509.HostnameError](err); ok {
		causes = append(causes, x509.HostnameError{Certificate: none, Host: clean(e.Host)})
	}
	if e, ok := errors.AsType[x509.CertificateInvalidError](err); ok {
		causes = append(causes, x509.CertificateInvalidError{Cert: none, Reason: e.Reason, Detail: clean(e.Detail)})
	}
	if e, ok := errors.AsType[tls.RecordHeaderError](err); ok {
		causes = append(causes, tls.RecordHeaderError{Msg: clean(e.Msg), RecordHeader: e.RecordHeader})
	}
	return causes
}

func isContextEnd(err error) bool {
	return errors.Is(err, context.Canceled) || errors.Is(err, context.DeadlineExceeded)
}

func withoutAddress(err error) error {
	var wrapped *url.Error
	for errors.As(err, &wrapped) {
		err = wrapped.Err
	}
	return err
}
