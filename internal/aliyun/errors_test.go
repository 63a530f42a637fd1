package aliyun_test

import (
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/imagequery/imagequery/provider"
	"github.com/imagequery/imagequery/provider/httpapi"
)

func checkOutcome(t *testing.T, name string, e *provider.Error, sent int, kind provider.Kind, repeated bool) {
	t.Helper()
	if e == nil || e.Kind != kind {
		t.Errorf("%s: error %v, want %v", name, e, kind)
	}
	if want := map[bool]int{true: 2, false: 1}[repeated]; sent != want {
		t.Errorf("%s: %d requests, want %d", name, sent, want)
	}
}

// asked sends one request with two attempts and returns its error, if any.
func asked(t *testing.T, status int, body string) (e *provider.Error, sent int) {
	t.Helper()
	client := newClient(t, func(*http.Request) (*http.Response, error) {
		sent++
		return answer(status, nil, body), nil
	}, provider.Config{Retry: provider.Retry{Attempts: 2, MaxWait: time.Nanosecond}})
	if err := send(t.Context(), client); err != nil {
		e = asError(t, err)
	}
	return e, sent
}

func TestStatusesHaveKinds(t *testing.T) {
	const html = "<html><body>gateway</body></html>"
	for _, test := range []struct {
		status   int
		body     string
		kind     provider.Kind
		repeated bool
	}{
		{400, html, provider.InvalidArgument, false},
		{401, html, provider.Unauthenticated, false},
		{403, html, provider.PermissionDenied, false},
		{404, html, provider.InvalidArgument, false},
		{408, html, provider.Unavailable, true},
		{429, html, provider.Throttled, true},
		{500, html, provider.Unavailable, true},
		{502, html, provider.Unavailable, true},
		{503, "", provider.Unavailable, true},
		{504, html, provider.Unavailable, true},
		{302, html, provider.BadResponse, false},
		{200, html, provider.BadResponse, true},
		{429, `{"Code":"Something"}`, provider.Throttled, true},
		{500, `{"Code":"Something"}`, provider.Unavailable, true},
		{403, `{"Code":"Something"}`, provider.PermissionDenied, false},
		{401, `{"Code":"Something"}`, provider.Unauthenticated, false},
		{408, `{"Code":"Something"}`, provider.Unavailable, true},
		{413, `{"Code":"Something"}`, provider.InvalidArgument, false},
		{414, html, provider.InvalidArgument, false},
		{422, `{"Code":"Something"}`, provider.InvalidArgument, false},
		{403, `{"Code":"InvalidSomething"}`, provider.PermissionDenied, false},
		{429, `{"Code":"InvalidSomething"}`, provider.Throttled, true},
		{500, `{"Code":"MissingSomething"}`, provider.Unavailable, true},
		{429, `{"Code":"NoPermission"}`, provider.PermissionDenied, false},
		{400, `{"Code":"503"}`, provider.Unavailable, true},
		{400, `{"Code":"600"}`, provider.InvalidArgument, false},
		{400, `{"Code":400}`, provider.InvalidArgument, false},
		{403, `{"Code":403}`, provider.PermissionDenied, false},
		{400, `{"Code":"401"}`, provider.Unauthenticated, false},
		{200, `{"Code":500}`, provider.Unavailable, true},
		{200, `{"Code":429}`, provider.Throttled, true},
		{200, `{"Code":7}`, provider.InvalidArgument, false},
		{400, `{"Code":null}`, provider.InvalidArgument, false},
		{400, `{"Code":{}}`, provider.InvalidArgument, false},
	} {
		e, sent := asked(t, test.status, test.body)
		checkOutcome(t, fmt.Sprintf("%d %s", test.status, test.body), e, sent, test.kind, test.repeated)
	}
}

func TestCodesOfSuccessesAreAccepted(t *testing.T) {
	for _, test := range []struct {
		status int
		body   string
	}{
		{200, `{}`}, {200, `{"Code":0}`}, {200, `{"Code":"0"}`}, {200, `{"Code":200}`}, {200, `{"Code":"200"}`}, {201, `{"Code":""}`},
		{200, `{"Code":"OK"}`}, {200, `{"Code":"ok"}`}, {200, `{"Code":"Success"}`}, {202, `{"Code":"SUCCESS"}`}, {200, `{"Code":" Ok "}`},
	} {
		if e, sent := asked(t, test.status, test.body); e != nil || sent != 1 {
			t.Errorf("%d %s: %d requests, error %v", test.status, test.body, sent, e)
		}
	}
}

func TestUndecodableBodiesAreRetried(t *testing.T) {
	for scanErr, want := range map[error]provider.Kind{
		fmt.Errorf("document: %w", io.ErrUnexpectedEOF): provider.Unavailable,
		errors.New("no list of images"):                 provider.BadResponse,
	} {
		sent := 0
		client := newClient(t, func(*http.Request) (*http.Response, error) {
			sent++
			return answer(200, nil, `{`), nil
		}, provider.Config{Retry: provider.Retry{Attempts: 2, MaxWait: time.Nanosecond}})
		_, err := client.Send(t.Context(), "DescribeImages", nil, func([]byte) (*provider.Page, httpapi.Status, error) {
			return nil, httpapi.Status{RequestID: "B-1"}, scanErr
		})
		if e := asError(t, err); !errors.Is(err, want) || !errors.Is(err, scanErr) || sent != 2 || e.RequestID != "B-1" {
			t.Errorf("%v: %d requests, error %v, want %v of the request B-1 after 2", scanErr, sent, err, want)
		}
	}
}

func TestErrorHasCodeMessageAndRequestID(t *testing.T) {
	header := http.Header{"X-Acs-Request-Id": {"H-1"}}
	for body, id := range map[string]string{`"RequestId":"B-1",`: "B-1", "": "H-1"} {
		client := newClient(t, func(*http.Request) (*http.Response, error) {
			return answer(403, header, `{`+body+`"Code":"Forbidden.RAM","Message":"User not authorized."}`), nil
		}, provider.Config{})
		want := &provider.Error{
			Provider: "aliyunx", Region: "cn-hangzhou", Action: "DescribeImages", Kind: provider.PermissionDenied,
			HTTPStatus: 403, Code: "Forbidden.RAM", Message: "User not authorized.", RequestID: id, Attempts: 1,
		}
		got := asError(t, send(t.Context(), client))
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("(-want +got):\n%s", diff)
		}
	}
}

// The servers echo credentials and signatures.
func TestMessagesAreRedacted(t *testing.T) {
	const token = "CAIS/tok+en=="
	signed := "GET&%2F&AccessKeyId%3D" + keyID + "%26Action%3DDescribeImages%26SecurityToken%3D" + url.QueryEscape(url.QueryEscape(token))
	for echo, want := range map[string]string{
		"Specified signature is not matched with our calculation. server string to sign is:" + signed: "Specified signature is not matched with our calculation.",
		"Server String To Sign: " + signed:                 "",
		"calculated from " + signed:                        "calculated from GET&%2F&AccessKeyId%3D[redacted]%26Action%3DDescribeImages%26SecurityToken%3D[redacted]",
		"key " + keyID + " is unknown":                     "key [redacted] is unknown",
		"wrong secret " + keySecret:                        "wrong secret [redacted]",
		"wrong secret " + url.QueryEscape(keySecret):       "wrong secret [redacted]",
		"token " + token + " or " + url.QueryEscape(token): "token [redacted] or [redacted]",
	} {
		client := newClient(t, func(*http.Request) (*http.Response, error) {
			return answer(400, nil, fmt.Sprintf(`{"Code":"SignatureDoesNotMatch","Message":%q}`, echo)), nil
		}, provider.Config{Credentials: provider.Static(keyID, keySecret, token)})
		if got := asError(t, send(t.Context(), client)).Message; got != want {
			t.Errorf("%q becomes %q, want %q", echo, got, want)
		}
	}
}

func TestWaitHintsOfHeadersAreHonored(t *testing.T) {
	limit := func(ms string) string { return "Limit:1,Remain:0,TimeLeft:" + ms + ",Reset:1234" }
	for name, test := range map[string]struct {
		header http.Header
		want   time.Duration
	}{
		"operation":    {http.Header{"X-Ratelimit-User-Api": {limit("20000")}}, 20 * time.Second},
		"user":         {http.Header{"X-Ratelimit-User": {limit("20000")}}, 20 * time.Second},
		"larger":       {http.Header{"X-Ratelimit-User-Api": {limit("30000")}, "X-Ratelimit-User": {limit("9000")}, "Retry-After": {"20"}}, 30 * time.Second},
		"standard":     {http.Header{"Retry-After": {"25"}}, 25 * time.Second},
		"spaced":       {http.Header{"X-Ratelimit-User": {"Limit: 1, TimeLeft: 20000"}}, 20 * time.Second},
		"huge":         {http.Header{"X-Ratelimit-User": {limit("99999999999999999999")}}, 65 * time.Second},
		"nothing left": {http.Header{"X-Ratelimit-User": {limit("-20000")}}, time.Second},
		"garbage":      {http.Header{"X-Ratelimit-User": {"TimeLeft"}, "X-Ratelimit-User-Api": {limit("soon")}}, time.Second},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				client := newClient(t, func(*http.Request) (*http.Response, error) {
					return answer(400, test.header, `{"Code":"Throttling.User"}`), nil
				}, provider.Config{Retry: provider.Retry{Attempts: 2}})
				start := time.Now()
				err := send(t.Context(), client)
				if took := time.Since(start); !errors.Is(err, provider.Throttled) || took < test.want || took > test.want+2*time.Second {
					t.Errorf("it waited %s, want %s and up to 2s more: %v", took, test.want, err)
				}
			})
		})
	}
}
