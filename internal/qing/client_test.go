package qing_test

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/imagequery/imagequery/internal/adaptertest"
	"github.com/imagequery/imagequery/internal/qing"
	"github.com/imagequery/imagequery/provider"
	"github.com/imagequery/imagequery/provider/httpapi"
)

const (
	keyID  = "QYACCESSKEYIDEXAMPLE"
	secret = "SECRETACCESSKEYEXAMPLE"
	token  = "TOKEN/EXAMPLE+=="
)

type roundTrip func(*http.Request) (*http.Response, error)

func (f roundTrip) RoundTrip(r *http.Request) (*http.Response, error) { return f(r) }

func answer(status int, date time.Time, body string) *http.Response {
	header := http.Header{}
	if !date.IsZero() {
		header.Set("Date", date.UTC().Format(http.TimeFormat))
	}
	return &http.Response{StatusCode: status, Header: header, Body: io.NopCloser(strings.NewReader(body))}
}

func newClient(t *testing.T, c provider.Config, f roundTrip) *httpapi.Client {
	t.Helper()
	c.Region = "pek3a"
	c.HTTPClient = &http.Client{Transport: f}
	if c.Credentials == nil {
		c.Credentials = provider.Static(keyID, secret, token)
	}
	client, err := qing.New("qingcloud", http.MethodPost, nil, c)
	if err != nil {
		t.Fatal(err)
	}
	return client
}

// send asks for images, and reads answers as a listing of them does.
func send(t *testing.T, c *httpapi.Client, params url.Values) error {
	t.Helper()
	_, err := c.Send(t.Context(), "DescribeImages", params, func(body []byte) (*provider.Page, httpapi.Status, error) {
		var page struct {
			Code    json.Number `json:"ret_code"`
			Message string
			Images  *[]any `json:"image_set"`
		}
		err := json.Unmarshal(body, &page)
		if err == nil && page.Images == nil {
			err = errors.New("no images")
		}
		if err != nil && strings.Contains(err.Error(), "unexpected end") {
			err = io.ErrUnexpectedEOF
		}
		return nil, httpapi.Status{Code: string(page.Code), Message: page.Message}, err
	})
	return err
}

const emptyPage = `{"action":"DescribeImagesResponse","ret_code":0,"total_count":0,"image_set":[]}`

func TestRequestIsSigned(t *testing.T) {
	for _, test := range []struct {
		method, endpoint, host, path string
	}{
		{"POST", "", "api.qingcloud.com", "/iaas/"},
		{"POST", "https://api.example.com/iaas", "api.example.com", "/iaas"},
		{"POST", "http://127.0.0.1:7777/a%2Fb/iaas/", "127.0.0.1:7777", "/a%2Fb/iaas/"},
		{"GET", "http://127.0.0.1:7777/a%2Fb/iaas/", "127.0.0.1:7777", "/a%2Fb/iaas/"},
	} {
		t.Run(test.method+test.path, func(t *testing.T) {
			var asked *http.Request
			c, err := qing.New("qingcloud", test.method, nil, provider.Config{
				Region: "pek3a", Endpoint: test.endpoint, Credentials: provider.Static(keyID, secret, token),
				HTTPClient: &http.Client{Transport: roundTrip(func(r *http.Request) (*http.Response, error) {
					asked = r
					return answer(200, time.Time{}, emptyPage), nil
				})},
			})
			if err != nil {
				t.Fatal(err)
			}
			if err := send(t, c, url.Values{"zone": {"pek3a"}, "images.1": {"img 1"}}); err != nil {
				t.Fatal(err)
			}
			if c.Host() != test.host || asked.Method != test.method || asked.URL.Host != test.host || asked.URL.EscapedPath() != test.path {
				t.Errorf("%s %s, want %s on %s%s", asked.Method, asked.URL.Redacted(), test.method, test.host, test.path)
			}
			got := adaptertest.Params(asked)
			sent := asked.URL.RawQuery
			if test.method == "POST" {
				if sent != "" {
					t.Errorf("the query is %s, want none", sent)
				}
				body, _ := asked.GetBody()
				form, _ := io.ReadAll(body)
				sent = string(form)
			}
			if want := qing.Sign(test.method, test.path, unsigned(got), secret); sent != want {
				t.Errorf("sent %s, want %s", sent, want)
			}
			if _, err := time.Parse("2006-01-02T15:04:05Z", got.Get("time_stamp")); err != nil {
				t.Error(err)
			}
			got.Del("signature")
			got.Del("time_stamp")
			want := url.Values{
				"action": {"DescribeImages"}, "version": {"1"}, "zone": {"pek3a"}, "images.1": {"img 1"},
				"access_key_id": {keyID}, "token": {token}, "signature_method": {"HmacSHA256"}, "signature_version": {"1"},
			}
			if diff := cmp.Diff(want, got); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

func unsigned(q url.Values) url.Values {
	out := url.Values{}
	for key, values := range q {
		if key != "signature" {
			out[key] = values
		}
	}
	return out
}

func TestNewRefusesInvalidConfigurations(t *testing.T) {
	t.Setenv("QINGCLOUD_ACCESS_KEY_ID", "")
	t.Setenv("QINGCLOUD_SECRET_ACCESS_KEY", "")
	keys := provider.Static(keyID, secret, "")
	for _, test := range []struct {
		name   string
		config provider.Config
		want   provider.Kind
	}{
		{"no zone", provider.Config{Credentials: keys}, provider.InvalidArgument},
		{"a zone that is none", provider.Config{Credentials: keys, Region: "PEK 3"}, provider.InvalidArgument},
		{"a bad endpoint", provider.Config{Credentials: keys, Region: "pek3a", Endpoint: "http://api.example.com/iaas/"}, provider.InvalidArgument},
		{"no credentials", provider.Config{Region: "pek3a"}, provider.Unauthenticated},
	} {
		t.Run(test.name, func(t *testing.T) {
			var e *provider.Error
			if _, err := qing.New("qingcloud", http.MethodPost, nil, test.config); !errors.As(err, &e) || e.Kind != test.want || e.Provider != "qingcloud" {
				t.Errorf("error %v, want %v of qingcloud", err, test.want)
			}
		})
	}
}

func TestCredentialsAreReadFromTheEnvironment(t *testing.T) {
	t.Setenv("QINGCLOUD_ACCESS_KEY_ID", "key-of-the-environment")
	t.Setenv("QINGCLOUD_SECRET_ACCESS_KEY", secret)
	var asked url.Values
	c, err := qing.New("qingcloud", http.MethodPost, nil, provider.Config{Region: "pek3a", HTTPClient: &http.Client{Transport: roundTrip(func(r *http.Request) (*http.Response, error) {
		asked = adaptertest.Params(r)
		return answer(200, time.Time{}, emptyPage), nil
	})}})
	if err != nil {
		t.Fatal(err)
	}
	if err := send(t, c, nil); err != nil {
		t.Fatal(err)
	}
	if asked.Get("access_key_id") != "key-of-the-environment" || asked.Has("token") {
		t.Errorf("sent %v, want the key of the environment and no token", asked)
	}
}

type noKeys struct{ err error }

func (n noKeys) Credentials(context.Context) (provider.Credentials, error) {
	return provider.Credentials{}, n.err
}

func TestRequestsWithoutCredentialsAreNotSent(t *testing.T) {
	broken := errors.New("the vault is shut")
	c := newClient(t, provider.Config{Credentials: noKeys{broken}}, func(*http.Request) (*http.Response, error) {
		return nil, errors.New("asked without credentials")
	})
	if err := send(t, c, nil); !errors.Is(err, provider.Unauthenticated) || !errors.Is(err, broken) {
		t.Errorf("error %v, want unauthenticated because %v", err, broken)
	}
}
