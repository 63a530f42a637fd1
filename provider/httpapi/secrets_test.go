package httpapi_test

import (
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"testing/synctest"

	"github.com/imagequery/imagequery/provider"
	"github.com/imagequery/imagequery/provider/httpapi"
)

// showsNoAddress checks that no form of an error contains the credentials of request.
func showsNoAddress(t *testing.T, err error) {
	t.Helper()
	for e := range chain(err) {
		for _, verb := range []string{"%v", "%+v", "%#v", "%q"} {
			text := fmt.Sprintf(verb, e)
			for _, secret := range []string{"LTAIsecret", "top/secret", "top%2Fsecret"} {
				if strings.Contains(text, secret) {
					t.Errorf("%s of %T shows %s: %s", verb, e, secret, text)
				}
			}
		}
	}
}

// chain returns an error and all errors that it wraps.
func chain(err error) func(yield func(error) bool) {
	return func(yield func(error) bool) {
		for todo := []error{err}; len(todo) > 0; todo = todo[1:] {
			if !yield(todo[0]) {
				return
			}
			switch e := todo[0].(type) {
			case interface{ Unwrap() error }:
				if inner := e.Unwrap(); inner != nil {
					todo = append(todo, inner)
				}
			case interface{ Unwrap() []error }:
				todo = append(todo, e.Unwrap()...)
			}
		}
	}
}

func TestErrorsShowNoAddress(t *testing.T) {
	for name, step := range map[string]roundTrip{
		"url error": func(r *http.Request) (*http.Response, error) {
			return nil, &url.Error{Op: "Get", URL: r.URL.String(), Err: errors.New("reset")}
		},
		"url error inside": func(r *http.Request) (*http.Response, error) {
			return nil, fmt.Errorf("proxy: %w", &url.Error{Op: "Get", URL: r.URL.String(), Err: errors.New("reset")})
		},
		"url errors in a url error": func(r *http.Request) (*http.Response, error) {
			inner := &url.Error{Op: "Get", URL: r.URL.String(), Err: errors.New("reset")}
			return nil, &url.Error{Op: "Get", URL: r.URL.String(), Err: inner}
		},
		"text": func(r *http.Request) (*http.Response, error) {
			return nil, fmt.Errorf("dial for %s: no route", r.URL)
		},
		"decoded text": func(r *http.Request) (*http.Response, error) {
			return nil, fmt.Errorf("no route for %s=%s", "AccessKeyId", r.URL.Query().Get("AccessKeyId"))
		},
		"values": func(r *http.Request) (*http.Response, error) {
			return nil, fmt.Errorf("refused %v", r.URL.Query())
		},
		"key alone": func(r *http.Request) (*http.Response, error) {
			return nil, fmt.Errorf("key %s refused", r.URL.Query().Get("AccessKeyId"))
		},
		"malformed redirect": func(r *http.Request) (*http.Response, error) {
			response := answers(302, "")
			response.Header.Set("Location", "http://[bad/?"+r.URL.RawQuery)
			return response, nil
		},
		"body": func(r *http.Request) (*http.Response, error) {
			response := answers(200, "")
			response.ContentLength = -1
			response.Body = failingBody{fmt.Errorf("read %s: reset", r.URL)}
			return response, nil
		},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				err := newSender(t, step, provider.Config{}).Do(t.Context(), request())
				if err == nil {
					t.Fatal("no error")
				}
				showsNoAddress(t, err)
				if strings.HasPrefix(name, "url error") && !strings.Contains(err.Error(), "reset") {
					t.Errorf("the error %q forgets what happened", err)
				}
			})
		})
	}
}

type failingBody struct{ err error }

func (b failingBody) Read([]byte) (int, error) { return 0, b.err }
func (b failingBody) Close() error             { return nil }

// These are errors of net/http and crypto/tls.
func TestErrorsOfConnectionsShowNoAddress(t *testing.T) {
	untrusted := httptest.NewUnstartedServer(http.NotFoundHandler())
	untrusted.Config.ErrorLog = quiet()
	untrusted.StartTLS()
	defer untrusted.Close()
	for name, address := range map[string]string{"tls": untrusted.URL, "refused": "http://127.0.0.1:1"} {
		t.Run(name, func(t *testing.T) {
			err := senderTo(t, address, newTransport(t), provider.Config{Retry: provider.Retry{Attempts: 1}}).Do(t.Context(), request())
			if !errors.Is(err, provider.Unavailable) {
				t.Errorf("error %v, want unavailable", err)
			}
			showsNoAddress(t, err)
		})
	}
}

// No request with a Referer header is sent.
func TestRedirectsAreNotFollowed(t *testing.T) {
	followed := make(chan *http.Request, 1)
	other := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) { followed <- r }))
	defer other.Close()
	for _, status := range []int{301, 302, 303, 307, 308} {
		server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Location", other.URL)
			w.WriteHeader(status)
		}))
		err := senderTo(t, server.URL, newTransport(t), provider.Config{}).Do(t.Context(), request())
		if got := asError(t, err); got.HTTPStatus != status || got.Kind != provider.BadResponse || got.Attempts != 1 || !strings.Contains(err.Error(), "is a redirect") {
			t.Errorf("error %v, want a bad response of status %d that names the redirect", err, status)
		}
		server.Close()
	}
	select {
	case r := <-followed:
		t.Errorf("a redirect was followed; Referer %q", r.Header.Get("Referer"))
	default:
	}
}

func TestRedactRemovesCredentials(t *testing.T) {
	used := provider.Credentials{
		AccessKeyID:     provider.NewSecret("LTAI5tKey"),
		AccessKeySecret: provider.NewSecret("s3cr3t/+="),
		Token:           provider.NewSecret("CAIS to+ken/=="),
	}
	for text, want := range map[string]string{
		"key LTAI5tKey, again LTAI5tKey":       "key [redacted], again [redacted]",
		"secret s3cr3t/+=":                     "secret [redacted]",
		"secret s3cr3t%2F%2B%3D":               "secret [redacted]",
		"CAIS to+ken/==":                       "[redacted]",
		"CAIS+to%2Bken%2F%3D%3D":               "[redacted]",
		"CAIS%20to%2Bken%2F%3D%3D":             "[redacted]",
		"CAIS%2520to%252Bken%252F%253D%253D&x": "[redacted]&x",
		"nothing of it":                        "nothing of it",
	} {
		if got := httpapi.Redact(text, used); got != want {
			t.Errorf("Redact(%q) = %q, want %q", text, got, want)
		}
	}
	if got := httpapi.Redact("plain", provider.Credentials{}); got != "plain" {
		t.Errorf("without credentials: %q", got)
	}
}
