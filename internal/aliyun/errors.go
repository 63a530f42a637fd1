package aliyun

import (
	"bytes"
	"cmp"
	"encoding/xml"
	"io"
	"net/http"
	"regexp"
	"strconv"
	"strings"
	"time"

	"github.com/imagequery/imagequery/provider"
	"github.com/imagequery/imagequery/provider/httpapi"
)

// classify classifies a response by its code and then by its status.
func classify(r *httpapi.Response) httpapi.Outcome {
	if r.Err != nil && r.Status.Code == "" && r.Status.Message == "" {
		r.Status = cmp.Or(xmlStatus(r.Body), r.Status)
	}
	r.Status.Message = withoutStringToSign(r.Status.Message)
	if succeeded(r.HTTPStatus, r.Status.Code) {
		return httpapi.Outcome{}
	}
	if isExpiredSession(r.Status.Code, r.Status.Message) {
		return httpapi.Outcome{Kind: provider.Unauthenticated, Retry: httpapi.Refresh}
	}
	out := httpapi.FailureOf(kindOf(r.HTTPStatus, r.Status.Code), r.Header)
	out.Wait = max(out.Wait, waitHint(r.Header))
	out.Remedy = remedyOf(r.Status.Code)
	return out
}

// withoutStringToSign removes the string to sign, which the server echoes.
func withoutStringToSign(message string) string {
	if message == "" {
		return ""
	}
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

// xmlStatus decodes the error envelope of gateways that ignore Format=JSON:
// <Error><RequestId/><HostId/><Code/><Message/></Error>. It returns a zero Status for
// any other body, such as an HTML page.
func xmlStatus(body []byte) (status httpapi.Status) {
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
func setStatus(status *httpapi.Status, element, text string) {
	switch element {
	case "code":
		status.Code += text
	case "message":
		status.Message += text
	case "requestid":
		status.RequestID += text
	}
}

// waitHint returns the wait in the flow control headers of Alibaba Cloud.
func waitHint(h http.Header) (longest time.Duration) {
	for _, name := range []string{"X-Ratelimit-User-Api", "X-Ratelimit-User"} {
		for part := range strings.SplitSeq(h.Get(name), ",") {
			if key, value, _ := strings.Cut(part, ":"); strings.TrimSpace(key) == "TimeLeft" {
				longest = max(longest, httpapi.Wait(value, time.Millisecond))
			}
		}
	}
	return longest
}
