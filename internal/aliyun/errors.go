package aliyun

import (
	"bytes"
	"encoding/xml"
	"errors"
	"io"
	"net/http"
	"regexp"
	"strconv"
	"strings"
	"time"

	"github.com/imagequery/imagequery/provider"
	"github.com/imagequery/imagequery/provider/httpapi"
)

// judge says whether an answer is a success, and if not, what it means and what
// to do about it.
func (c *Client) judge(a *httpapi.Answer, said provider.Error, scanErr error, used provider.Credentials) error {
	if scanErr != nil && said.Code == "" && said.Message == "" {
		said = xmlStatus(a.Body)
	}
	e := &provider.Error{
		HTTPStatus: a.Status,
		Code:       said.Code,
		Message:    httpapi.Redact(withoutStringToSign(said.Message), used),
		RequestID:  said.RequestID,
	}
	if e.RequestID == "" {
		e.RequestID = a.Header.Get("X-Acs-Request-Id")
	}
	e.Code, e.RequestID = httpapi.Redact(e.Code, used), httpapi.Redact(e.RequestID, used)
	switch {
	case !succeeded(a.Status, said.Code):
		e.Kind = kindOf(a.Status, said.Code)
		expired := isExpiredSession(said.Code, said.Message)
		if expired {
			e.Kind = provider.Unauthenticated
		}
		return &httpapi.Failure{Err: e, Retry: c.retryFor(e.Kind, expired, used), Wait: waitHint(a.Header)}
	case errors.Is(scanErr, io.ErrUnexpectedEOF):
		e.Kind, e.Message, e.Err = provider.Unavailable, "the answer is cut off", scanErr
		return &httpapi.Failure{Err: e, Retry: httpapi.Always}
	case scanErr != nil:
		e.Kind, e.Err = provider.BadResponse, scanErr
		return &httpapi.Failure{Err: e, Retry: httpapi.Always}
	}
	return nil
}

// withoutStringToSign cuts off the signed text that the server echoes.
func withoutStringToSign(message string) string {
	return stringToSignEcho.ReplaceAllString(message, "")
}

var stringToSignEcho = regexp.MustCompile(`(?is)\s*server string to sign.*`)

// succeeded reports whether a response is a success. Some operations put a code
// into a success, too.
func succeeded(status int, code string) bool {
	if status/100 != 2 {
		return false
	}
	switch code = strings.ToLower(strings.TrimSpace(code)); code {
	case "", "0", "ok", "success", strconv.Itoa(status):
		return true
	}
	return false
}

// retryFor decides whether the request may be sent again. An expired session is
// dropped from the cache of the credentials, where there is one, and refreshed once.
func (c *Client) retryFor(kind provider.Kind, expired bool, used provider.Credentials) httpapi.Retry {
	switch {
	case kind == provider.Throttled, kind == provider.Unavailable:
		return httpapi.Always
	case expired:
		if cache, ok := c.credentials.(provider.Forgetter); ok {
			cache.Forget(used)
			return httpapi.Once
		}
	}
	return httpapi.Never
}

// xmlStatus reads the error envelope of gateways that ignore Format=JSON:
// <Error><RequestId/><HostId/><Code/><Message/></Error>. Any other body, a page of
// HTML for instance, states nothing.
func xmlStatus(body []byte) (status provider.Error) {
	body = bytes.TrimSpace(bytes.TrimPrefix(body, []byte("\ufeff")))
	if !bytes.HasPrefix(body, []byte("<")) || htmlPage.Match(body) {
		return status
	}
	d := xml.NewDecoder(bytes.NewReader(body))
	d.CharsetReader = func(_ string, input io.Reader) (io.Reader, error) { return input, nil }
	for element := ""; ; {
		token, err := d.Token()
		if err != nil {
			return status
		}
		switch token := token.(type) {
		case xml.StartElement:
			element = strings.ToLower(token.Name.Local)
		case xml.EndElement:
			element = ""
		case xml.CharData:
			setStatus(&status, element, strings.TrimSpace(string(token)))
		}
	}
}

var htmlPage = regexp.MustCompile(`(?i)^(<[?!][^>]*>\s*)*<html\b`)

// setStatus stores the text of an element of an XML envelope.
func setStatus(status *provider.Error, element, text string) {
	switch element {
	case "code":
		status.Code += text
	case "message":
		status.Message += text
	case "requestid":
		status.RequestID += text
	}
}

// waitHint is how long the server asks to wait, by the flow control headers of
// Alibaba Cloud or the standard one.
func waitHint(h http.Header) time.Duration {
	longest := httpapi.RetryAfter(h)
	for _, name := range []string{"X-Ratelimit-User-Api", "X-Ratelimit-User"} {
		for part := range strings.SplitSeq(h.Get(name), ",") {
			if key, value, _ := strings.Cut(part, ":"); strings.TrimSpace(key) == "TimeLeft" {
				longest = max(longest, httpapi.Wait(value, time.Millisecond))
			}
		}
	}
	return longest
}
