package httpapi_test

import (
	"context"
	"errors"
	"io"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/imagequery/imagequery/provider"
	"github.com/imagequery/imagequery/provider/httpapi"
)

func TestFailuresAreRetriedByKind(t *testing.T) {
	reset := fails(errors.New("connection reset by peer"))
	cut := func(*http.Request) (*http.Response, error) { return answers(200, "ok"), nil }
	for name, test := range map[string]struct {
		steps    []roundTrip
		attempts int // configured; 0: the default
		sent     int
		kind     provider.Kind // 0: success
	}{
		"success":                     {steps: []roundTrip{cut}, sent: 1},
		"throttled, then success":     {steps: []roundTrip{says(400, "slow"), says(200, "ok")}, sent: 2},
		"unavailable, then success":   {steps: []roundTrip{says(503, "busy"), says(503, "busy"), says(200, "ok")}, sent: 3},
		"reset, then success":         {steps: []roundTrip{reset, says(200, "ok")}, sent: 2},
		"garbled, then success":       {steps: []roundTrip{says(200, "garbled"), says(200, "ok")}, sent: 2},
		"always throttled":            {steps: []roundTrip{says(400, "slow")}, sent: 5, kind: provider.Throttled},
		"always unavailable":          {steps: []roundTrip{says(500, "down")}, attempts: 3, sent: 3, kind: provider.Unavailable},
		"always reset":                {steps: []roundTrip{reset}, attempts: 2, sent: 2, kind: provider.Unavailable},
		"always garbled":              {steps: []roundTrip{says(200, "garbled")}, sent: 5, kind: provider.BadResponse},
		"one attempt":                 {steps: []roundTrip{says(503, "busy")}, attempts: 1, sent: 1, kind: provider.Unavailable},
		"denied":                      {steps: []roundTrip{says(403, "no")}, sent: 1, kind: provider.PermissionDenied},
		"once":                        {steps: []roundTrip{says(401, "expired"), says(200, "ok")}, sent: 2},
		"once, a second time":         {steps: []roundTrip{says(401, "expired")}, sent: 2, kind: provider.Unauthenticated},
		"once, among others":          {steps: []roundTrip{says(503, "busy"), says(401, "expired"), says(503, "busy"), says(200, "ok")}, sent: 4},
		"once, without an attempt":    {steps: []roundTrip{says(401, "expired")}, attempts: 1, sent: 1, kind: provider.Unauthenticated},
		"no answer and no error":      {steps: []roundTrip{fails(nil)}, attempts: 2, sent: 2, kind: provider.Unavailable},
		"no body":                     {steps: []roundTrip{func(*http.Request) (*http.Response, error) { return &http.Response{StatusCode: 403}, nil }}, sent: 1, kind: provider.PermissionDenied},
		"another failure at the last": {steps: []roundTrip{says(400, "slow"), says(403, "no")}, sent: 2, kind: provider.PermissionDenied},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				transport := newScript(test.steps...)
				sender := newSender(t, transport, provider.Config{Retry: provider.Retry{Attempts: test.attempts}})
				err := sender.Do(t.Context(), request())
				if test.kind != 0 && !errors.Is(err, test.kind) || test.kind == 0 && err != nil {
					t.Errorf("error %v, want kind %v", err, test.kind)
				}
				if len(transport.sent()) != test.sent {
					t.Errorf("%d requests were sent, want %d", len(transport.sent()), test.sent)
				}
				if err != nil && asError(t, err).Attempts != test.sent {
					t.Errorf("the error tells of %d attempts, want %d", asError(t, err).Attempts, test.sent)
				}
			})
		})
	}
}

func TestEachAttemptIsSignedAfresh(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		transport := newScript(says(503, "busy"), says(503, "busy"), says(200, "ok"))
		if err := newSender(t, transport, provider.Config{}).Do(t.Context(), request()); err != nil {
			t.Fatal(err)
		}
		want := []string{
			"AccessKeyId=LTAIsecret&Nonce=1&Signature=top%2Fsecret%3D",
			"AccessKeyId=LTAIsecret&Nonce=2&Signature=top%2Fsecret%3D",
			"AccessKeyId=LTAIsecret&Nonce=3&Signature=top%2Fsecret%3D",
		}
		if diff := cmp.Diff(want, transport.sent()); diff != "" {
			t.Errorf("(-want +got):\n%s", diff)
		}
	})
}

func TestRequestHasMethodHostAndHeaders(t *testing.T) {
	for userAgent, want := range map[string]string{"": "imagequery", "tool/1.2": "tool/1.2 imagequery"} {
		var got *http.Request
		sender := newSender(t, roundTrip(func(r *http.Request) (*http.Response, error) {
			got = r
			return answers(200, "ok"), nil
		}), provider.Config{UserAgent: userAgent})
		if err := sender.Do(t.Context(), request()); err != nil {
			t.Fatal(err)
		}
		wantHeader := http.Header{"Accept": {"application/json"}, "User-Agent": {want}}
		if diff := cmp.Diff(wantHeader, got.Header); diff != "" {
			t.Errorf("(-want +got):\n%s", diff)
		}
		if got.Method != http.MethodGet || got.URL.Host != sender.Host() || got.URL.Path != "/iaas/" {
			t.Errorf("%s to host %s, path %s", got.Method, got.URL.Host, got.URL.Path)
		}
	}
}

func TestErrorHasPlaceAndStatus(t *testing.T) {
	err := newSender(t, newScript(says(403, "not for you")), provider.Config{}).Do(t.Context(), request())
	want := &provider.Error{
		Provider: "test", Region: "r1", Action: "List", Kind: provider.PermissionDenied,
		HTTPStatus: 403, Message: "not for you", RequestID: "R-1", Attempts: 1,
	}
	if diff := cmp.Diff(want, asError(t, err)); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func TestRequestsWithoutCredentialsAreNotSent(t *testing.T) {
	refused := &provider.Error{Kind: provider.Unauthenticated, Message: "no credentials"}
	for name, test := range map[string]struct{ err, want error }{
		"known":   {refused, provider.Unauthenticated},
		"foreign": {&url.Error{Op: "Get", URL: "https://sts.example.com/?Signature=abc", Err: errors.New("no route")}, provider.Unauthenticated},
		// The timeout of the credentials is not the end of the caller's context.
		"timeout": {&provider.Error{Err: context.DeadlineExceeded}, provider.Unavailable},
	} {
		t.Run(name, func(t *testing.T) {
			transport := newScript(says(200, "ok"))
			r := request()
			r.credentials = func(context.Context) (provider.Credentials, error) { return provider.Credentials{}, test.err }
			err := newSender(t, transport, provider.Config{}).Do(t.Context(), r)
			if !errors.Is(err, test.want) || errors.Is(err, context.DeadlineExceeded) {
				t.Errorf("error %v, want %v", err, test.want)
			}
			showsNoAddress(t, err)
			if len(transport.sent()) != 0 || asError(t, err).Attempts != 0 {
				t.Errorf("%d requests were sent: %v", len(transport.sent()), err)
			}
		})
	}
	if refused.Provider != "" {
		t.Error("the error of the credentials was changed")
	}
}

func TestRequestsWithAnEmptyKeyAreNotSent(t *testing.T) {
	for name, used := range map[string]provider.CredentialsProvider{
		"no key":    provider.Static("", "secret", ""),
		"no secret": provider.Static("id", "", ""),
		"nothing":   credentials{},
	} {
		transport := newScript(says(200, "ok"))
		client, err := httpapi.New(httpapi.API{
			Name: "test", Endpoint: func(string) string { return "https://api.example.com/" },
			Sign: func(a *httpapi.Attempt) error { return a.Credentials.Validate() },
		}, provider.Config{Credentials: used, HTTPClient: &http.Client{Transport: transport}})
		if err != nil {
			t.Fatal(err)
		}
		if err := (sender{client}).Do(t.Context(), request()); !errors.Is(err, provider.Unauthenticated) || len(transport.sent()) != 0 {
			t.Errorf("%s: error %v after %d requests, want unauthenticated", name, err, len(transport.sent()))
		}
	}
}

type credentials provider.Credentials

func (c credentials) Credentials(context.Context) (provider.Credentials, error) {
	return provider.Credentials(c), nil
}

// Such requests have the headers of the Request and are retried like signed ones.
func TestAPIWithoutSignPlacesParameters(t *testing.T) {
	for name, test := range map[string]struct {
		request              httpapi.Request
		method, query, form  string
		header               string // X-Ttl
		contentType, address string
	}{
		"plain":      {httpapi.Request{Path: "latest/meta-data/", Header: http.Header{"X-Ttl": {"60"}}}, "GET", "", "", "60", "", "/root/latest/meta-data/"},
		"rooted":     {httpapi.Request{Path: "/latest/a%20b", Method: "PUT"}, "PUT", "", "", "", "", "/root/latest/a%20b"},
		"parameters": {httpapi.Request{Params: url.Values{"a": {"1 2"}}}, "GET", "a=1+2", "", "", "", "/root/"},
		"form":       {httpapi.Request{Method: "POST", Params: url.Values{"a": {"1 2"}}}, "POST", "", "a=1+2", "", "application/x-www-form-urlencoded", "/root/"},
	} {
		synctest.Test(t, func(t *testing.T) {
			sent := 0
			client, err := httpapi.New(httpapi.API{Name: "metadata", Endpoint: func(string) string { return "http://127.0.0.1/root/" }}, provider.Config{
				HTTPClient: &http.Client{Transport: roundTrip(func(r *http.Request) (*http.Response, error) {
					if sent++; sent == 1 {
						return answers(503, "busy"), nil
					}
					var form []byte
					if r.Body != nil {
						form, _ = io.ReadAll(r.Body)
					}
					got := []string{r.Method, r.URL.RawQuery, string(form), r.Header.Get("X-Ttl"), r.Header.Get("Content-Type"), r.URL.EscapedPath()}
					want := []string{test.method, test.query, test.form, test.header, test.contentType, test.address}
					if diff := cmp.Diff(want, got); diff != "" {
						t.Errorf("%s (-want +got):\n%s", name, diff)
					}
					return answers(200, "text"), nil
				})},
			})
			if err != nil {
				t.Fatal(err)
			}
			got, err := httpapi.Do(t.Context(), client, test.request, func(body []byte) (string, httpapi.Status, error) {
				return string(body), httpapi.Status{}, nil
			})
			if got != "text" || err != nil || sent != 2 {
				t.Errorf("%s: %q, error %v, %d requests, want the text after 2", name, got, err, sent)
			}
		})
	}
}

func TestBearerSendsTheCurrentToken(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var sent []string
		tokens := []string{"stale", "good"}
		client, err := httpapi.New(httpapi.API{
			Name: "bearer", Endpoint: func(string) string { return "https://api.example.com/v1" }, Sign: httpapi.Bearer,
			Classify: func(r *httpapi.Response) httpapi.Outcome {
				if r.HTTPStatus == http.StatusUnauthorized {
					return httpapi.Outcome{Kind: provider.Unauthenticated, Retry: httpapi.Refresh}
				}
				return httpapi.ByStatus(r)
			},
		}, provider.Config{
			Credentials: provider.Cache(func(context.Context) (provider.Credentials, error) {
				token := tokens[0]
				tokens = tokens[1:]
				return provider.Credentials{Token: provider.NewSecret(token)}, nil
			}),
			HTTPClient: &http.Client{Transport: roundTrip(func(r *http.Request) (*http.Response, error) {
				sent = append(sent, r.Header.Get("Authorization")+" "+r.URL.String())
				if len(sent) == 1 {
					return answers(401, "stale"), nil
				}
				return answers(200, "ok"), nil
			})},
		})
		if err != nil {
			t.Fatal(err)
		}
		_, err = httpapi.Do(t.Context(), client, httpapi.Request{Path: "images", Params: url.Values{"limit": {"5"}}}, func([]byte) (struct{}, httpapi.Status, error) {
			return struct{}{}, httpapi.Status{}, nil
		})
		want := []string{"Bearer stale https://api.example.com/v1/images?limit=5", "Bearer good https://api.example.com/v1/images?limit=5"}
		if diff := cmp.Diff(want, sent); diff != "" || err != nil {
			t.Errorf("error %v (-want +got):\n%s", err, diff)
		}
	})
}

func TestTokenHeaderSendsTheTokenAsItIs(t *testing.T) {
	var sent http.Header
	for _, token := range []string{"a token", ""} {
		client, err := httpapi.New(httpapi.API{
			Name: "test", Endpoint: func(string) string { return "https://api.example.com/" }, Sign: httpapi.TokenHeader("x-auth-token"),
		}, provider.Config{
			Credentials: provider.Static("id", "secret", token),
			HTTPClient: &http.Client{Transport: roundTrip(func(r *http.Request) (*http.Response, error) {
				sent = r.Header
				return answers(200, "ok"), nil
			})},
		})
		if err != nil {
			t.Fatal(err)
		}
		_, err = httpapi.Do(t.Context(), client, httpapi.Request{}, func([]byte) (struct{}, httpapi.Status, error) {
			return struct{}{}, httpapi.Status{}, nil
		})
		if token == "" && !errors.Is(err, provider.Unauthenticated) || token != "" && (err != nil || sent.Get("X-Auth-Token") != token) {
			t.Errorf("token %q: sent %q, error %v", token, sent.Get("X-Auth-Token"), err)
		}
	}
}

func TestAPIWithoutAddressNeedsAnEndpoint(t *testing.T) {
	api := httpapi.API{Name: "test"}
	if _, err := httpapi.New(api, provider.Config{}); !errors.Is(err, provider.InvalidArgument) || !strings.Contains(err.Error(), "Config.Endpoint is empty") {
		t.Errorf("error %v, want InvalidArgument that names Config.Endpoint", err)
	}
	if client, err := httpapi.New(api, provider.Config{Endpoint: "https://api.example.com/"}); err != nil || client.Host() != "api.example.com" {
		t.Errorf("error %v, want a client of Config.Endpoint", err)
	}
}

func TestEachResponseIsDecodedOnce(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		transport := newScript(says(503, "busy"), fails(errors.New("reset")), says(200, "garbled"), says(200, "ok"))
		var read []string
		r := request()
		r.read = func(body []byte) { read = append(read, string(body)) }
		if err := newSender(t, transport, provider.Config{}).Do(t.Context(), r); err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff([]string{"busy", "garbled", "ok"}, read); diff != "" {
			t.Errorf("(-want +got):\n%s", diff)
		}
	})
}

func TestCookieJarOfTheUserIsUsed(t *testing.T) {
	jar, err := cookiejar.New(nil)
	if err != nil {
		t.Fatal(err)
	}
	var cookies []string
	transport := roundTrip(func(r *http.Request) (*http.Response, error) {
		cookies = append(cookies, r.Header.Get("Cookie"))
		response := answers(200, "ok")
		response.Header.Set("Set-Cookie", "route=7")
		return response, nil
	})
	client := http.Client{Transport: transport, Jar: jar, Timeout: time.Hour}
	before := client
	sender := newSender(t, nil, provider.Config{HTTPClient: &client})
	for range 2 {
		if err := sender.Do(t.Context(), request()); err != nil {
			t.Fatal(err)
		}
	}
	if diff := cmp.Diff([]string{"", "route=7"}, cookies); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	same := cmpopts.IgnoreFields(http.Client{}, "Transport", "Jar", "CheckRedirect")
	if diff := cmp.Diff(before, client, same); diff != "" || client.CheckRedirect != nil || client.Jar != jar {
		t.Errorf("the client was changed (-before +after):\n%s", diff)
	}
}

type closable struct {
	roundTrip
	closed int
}

func (c *closable) CloseIdleConnections() { c.closed++ }

func TestIdleConnectionsStayOpenAfterFailures(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
		defer cancel()
		for _, step := range []roundTrip{says(403, "no"), says(503, "busy"), fails(errors.New("reset")), hangs} {
			transport := &closable{roundTrip: step}
			if err := newSender(t, transport, provider.Config{}).Do(ctx, request()); err == nil {
				t.Error("no error")
			}
			if transport.closed != 0 {
				t.Errorf("idle connections were closed %d times", transport.closed)
			}
		}
	})
}

func TestRequestIDComesFromBodyThenClassifyThenHeader(t *testing.T) {
	for name, test := range map[string]struct{ inBody, ofClassify, inHeader, want string }{
		"body":     {"of the body", "of classify", "of the header", "of the body"},
		"classify": {"", "of classify", "of the header", "of classify"},
		"header":   {"", "", "of the header", "of the header"},
		"no ID":    {},
	} {
		api := httpapi.API{
			Name: "test", Endpoint: func(string) string { return "https://api.example.com/" }, RequestIDHeader: "X-Request-Id",
			Classify: func(r *httpapi.Response) httpapi.Outcome {
				if r.Status.RequestID == "" {
					r.Status.RequestID = test.ofClassify
				}
				return httpapi.ByStatus(r)
			},
		}
		for _, status := range []int{http.StatusOK, http.StatusForbidden} {
			response := answers(status, "a body")
			response.Header.Set("X-Request-Id", test.inHeader)
			page, traced, err := fetchPage(t, api, response, httpapi.Status{RequestID: test.inBody})
			got := ""
			if status == http.StatusOK && err == nil {
				got = page.RequestID
			} else {
				got = asError(t, err).RequestID
			}
			if got != test.want || traced != test.want {
				t.Errorf("%s, status %d: request ID %q, traced as %q, want %q", name, status, got, traced, test.want)
			}
		}
	}
}

// fetchPage returns the page that a response becomes, and the request ID in the trace.
func fetchPage(t *testing.T, api httpapi.API, response *http.Response, s httpapi.Status) (page *provider.Page, traced string, err error) {
	t.Helper()
	transport := roundTrip(func(*http.Request) (*http.Response, error) { return response, nil })
	client, err := httpapi.New(api, provider.Config{HTTPClient: &http.Client{Transport: transport}})
	if err != nil {
		t.Fatal(err)
	}
	ctx := provider.WithTrace(t.Context(), &provider.Trace{Response: func(_ context.Context, i provider.ResponseInfo) { traced = i.RequestID }})
	page, err = httpapi.Do(ctx, client, httpapi.Request{}, func([]byte) (*provider.Page, httpapi.Status, error) {
		return &provider.Page{}, s, nil
	})
	return page, traced, err
}
