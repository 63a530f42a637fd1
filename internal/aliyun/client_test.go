package aliyun_test

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/imagequery/imagequery/internal/aliyun"
	"github.com/imagequery/imagequery/provider"
	"github.com/imagequery/imagequery/provider/httpapi"
)

type roundTrip func(*http.Request) (*http.Response, error)

func (f roundTrip) RoundTrip(r *http.Request) (*http.Response, error) { return f(r) }

func answer(status int, header http.Header, body string) *http.Response {
	return &http.Response{StatusCode: status, Header: header, Body: io.NopCloser(strings.NewReader(body))}
}

var product = aliyun.Product{Name: "aliyunx", Version: "2014-05-26", Host: func(region string) string { return "x." + region + ".aliyuncs.com" }}

const (
	keyID     = "LTAI5tExampleKey"
	keySecret = "exampleSecret/30chars+"
)

func newClient(t *testing.T, transport roundTrip, c provider.Config) *httpapi.Client {
	t.Helper()
	c.Region = "cn-hangzhou"
	c.HTTPClient = &http.Client{Transport: transport}
	if c.Credentials == nil {
		c.Credentials = provider.Static(keyID, keySecret, "")
	}
	client, err := aliyun.New(product, c)
	if err != nil {
		t.Fatal(err)
	}
	return client
}

// scan reads what a body states about itself, with numbers as codes, too.
func scan(body []byte) (*provider.Page, httpapi.Status, error) {
	var stated struct {
		Code               any
		Message, RequestID string
	}
	if err := json.Unmarshal(body, &stated); err != nil {
		return nil, httpapi.Status{}, errors.New("not a response")
	}
	status := httpapi.Status{Message: stated.Message, RequestID: stated.RequestID}
	switch code := stated.Code.(type) {
	case string:
		status.Code = code
	case float64:
		status.Code = string(must(json.Marshal(code)))
	}
	return nil, status, nil
}

// send asks for images.
func send(ctx context.Context, c *httpapi.Client) error {
	_, err := c.Send(ctx, "DescribeImages", nil, scan)
	return err
}

func must[T any](v T, err error) T {
	if err != nil {
		panic(err)
	}
	return v
}

func asError(t *testing.T, err error) *provider.Error {
	t.Helper()
	var e *provider.Error
	if !errors.As(err, &e) {
		t.Fatalf("error %v, want a *provider.Error", err)
	}
	return e
}

func TestRequestIsSignedInTheForm(t *testing.T) {
	for name, token := range map[string]string{"key": "", "token": "CAIS/tok+en=="} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				var sent []*http.Request
				client := newClient(t, func(r *http.Request) (*http.Response, error) {
					sent = append(sent, r)
					if len(sent) == 1 {
						return answer(503, nil, `{"Code":"ServiceUnavailable"}`), nil
					}
					return answer(200, nil, `{}`), nil
				}, provider.Config{Credentials: provider.Static(keyID, keySecret, token)})
				_, err := client.Send(t.Context(), "DescribeImages", url.Values{"Status": {"Available", "Creating"}, "ImageName": {"a b*~"}}, scan)
				if err != nil || len(sent) != 2 {
					t.Fatalf("%d requests, error %v", len(sent), err)
				}
				nonces := map[string]bool{}
				for _, r := range sent {
					nonces[checkRequest(t, r, token)] = true
				}
				if len(nonces) != 2 {
					t.Error("the second attempt has the nonce of the first")
				}
			})
		})
	}
}

// form reads the body of a request, whose length and replay are declared.
func form(t *testing.T, r *http.Request) string {
	t.Helper()
	body := must(io.ReadAll(must(r.GetBody())))
	if r.ContentLength != int64(len(body)) || r.Header.Get("Content-Type") != "application/x-www-form-urlencoded" {
		t.Errorf("length %d and type %q for a form of %d bytes", r.ContentLength, r.Header.Get("Content-Type"), len(body))
	}
	if key, ok := r.Header["X-Idempotency-Key"]; !ok || len(key) != 0 {
		t.Errorf("X-Idempotency-Key %q, want an empty list", key)
	}
	return string(body)
}

func checkRequest(t *testing.T, r *http.Request, token string) (nonce string) {
	t.Helper()
	if r.Method != http.MethodPost || r.URL.RawQuery != "" || r.URL.Scheme != "https" || r.URL.Host != "x.cn-hangzhou.aliyuncs.com" || r.URL.Path != "/" {
		t.Errorf("%s to %s://%s%s", r.Method, r.URL.Scheme, r.URL.Host, r.URL.Path)
	}
	got := parsed(t, form(t, r))
	unsigned := maps.Clone(got)
	delete(unsigned, "Signature")
	if diff := cmp.Diff(got, parsed(t, aliyun.Sign(http.MethodPost, unsigned, keySecret))); diff != "" {
		t.Errorf("the signature is not that of the parameters (-sent +signed):\n%s", diff)
	}
	nonce = got["SignatureNonce"]
	if at, err := time.Parse(time.RFC3339, got["Timestamp"]); err != nil || !strings.HasSuffix(got["Timestamp"], "Z") || time.Since(at).Abs() > 5*time.Second {
		t.Errorf("timestamp %q", got["Timestamp"])
	}
	for _, varying := range []string{"Signature", "SignatureNonce", "Timestamp"} {
		delete(got, varying)
	}
	want := params{
		"Action": "DescribeImages", "Version": "2014-05-26", "Format": "JSON", "AccessKeyId": keyID,
		"SignatureMethod": "HMAC-SHA1", "SignatureVersion": "1.0", "Status": "Available,Creating", "ImageName": "a b*~",
	}
	if token != "" {
		want["SecurityToken"] = token
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	return nonce
}

func TestNewRefusesInvalidConfigurations(t *testing.T) {
	t.Setenv("ALIBABA_CLOUD_ACCESS_KEY_ID", "")
	t.Setenv("ALIBABA_CLOUD_ACCESS_KEY_SECRET", "only-half")
	key := provider.Static(keyID, keySecret, "")
	for name, test := range map[string]struct {
		config provider.Config
		want   provider.Kind
	}{
		"no region":            {provider.Config{Credentials: key}, provider.InvalidArgument},
		"region with a path":   {provider.Config{Region: "cn-hangzhou/x", Credentials: key}, provider.InvalidArgument},
		"region with a host":   {provider.Config{Region: "evil.example.com#", Credentials: key}, provider.InvalidArgument},
		"region in capitals":   {provider.Config{Region: "CN-HANGZHOU", Credentials: key}, provider.InvalidArgument},
		"negative attempts":    {provider.Config{Region: "cn-hangzhou", Credentials: key, Retry: provider.Retry{Attempts: -1}}, provider.InvalidArgument},
		"plain http":           {provider.Config{Region: "cn-hangzhou", Credentials: key, Endpoint: "http://ecs.aliyuncs.com/"}, provider.InvalidArgument},
		"password in endpoint": {provider.Config{Region: "cn-hangzhou", Credentials: key, Endpoint: "https://u:hunter2@ecs.aliyuncs.com/"}, provider.InvalidArgument},
		"no credentials":       {provider.Config{Region: "cn-hangzhou"}, provider.Unauthenticated},
	} {
		client, err := aliyun.New(product, test.config)
		if client != nil || !errors.Is(err, test.want) {
			t.Errorf("%s: error %v, want %v", name, err, test.want)
			continue
		}
		if e := asError(t, err); e.Provider != "aliyunx" || e.Region != test.config.Region || strings.Contains(err.Error(), "hunter2") {
			t.Errorf("%s: error %v", name, err)
		}
	}
}

func TestNewChoosesTheHost(t *testing.T) {
	t.Setenv("ALIBABA_CLOUD_ACCESS_KEY_ID", keyID)
	t.Setenv("ALIBABA_CLOUD_ACCESS_KEY_SECRET", keySecret)
	everywhere := product
	everywhere.NoRegions = true
	for host, test := range map[string]struct {
		product aliyun.Product
		config  provider.Config
	}{
		"x.cn-hangzhou.aliyuncs.com":       {product, provider.Config{Region: "cn-hangzhou"}},
		"x-vpc.cn-hangzhou.aliyuncs.com":   {product, provider.Config{Region: "cn-hangzhou", Endpoint: "https://x-vpc.cn-hangzhou.aliyuncs.com"}},
		"127.0.0.1:8080":                   {product, provider.Config{Region: "cn-hangzhou", Endpoint: "http://127.0.0.1:8080/"}},
		"x.internal":                       {product, provider.Config{Region: "cn-hangzhou", Endpoint: "http://x.internal/", AllowHTTP: true}},
		"x..aliyuncs.com":                  {everywhere, provider.Config{}},
		"x.cn-shanghai-gov-1.aliyuncs.com": {product, provider.Config{Region: "cn-shanghai-gov-1"}},
	} {
		client, err := aliyun.New(test.product, test.config)
		if err != nil {
			t.Errorf("%s: %v", host, err)
			continue
		}
		if client.Host() != host {
			t.Errorf("the host is %s, want %s", client.Host(), host)
		}
	}
}

type source func(context.Context) (provider.Credentials, error)

func (f source) Credentials(ctx context.Context) (provider.Credentials, error) { return f(ctx) }

func TestRequestsWithoutCredentialsAreNotSent(t *testing.T) {
	for name, test := range map[string]struct {
		credentials provider.CredentialsProvider
		want        error
	}{
		"empty key":    {provider.Static("", keySecret, "token"), provider.Unauthenticated},
		"empty secret": {provider.Static(keyID, "", ""), provider.Unauthenticated},
		"nothing":      {source(func(context.Context) (provider.Credentials, error) { return provider.Credentials{}, nil }), provider.Unauthenticated},
		"fails":        {source(func(context.Context) (provider.Credentials, error) { return provider.Credentials{}, io.EOF }), provider.Unauthenticated},
		"times out by self": {source(func(context.Context) (provider.Credentials, error) {
			return provider.Credentials{}, context.DeadlineExceeded
		}), provider.Unauthenticated},
		"hangs": {source(func(ctx context.Context) (provider.Credentials, error) {
			<-ctx.Done()
			return provider.Credentials{}, ctx.Err()
		}), context.DeadlineExceeded},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				ctx, cancel := context.WithTimeout(t.Context(), time.Second)
				defer cancel()
				client := newClient(t, func(*http.Request) (*http.Response, error) {
					t.Error("a request was sent")
					return answer(200, nil, `{}`), nil
				}, provider.Config{Credentials: test.credentials})
				err := send(ctx, client)
				if !errors.Is(err, test.want) || errors.Is(err, context.DeadlineExceeded) != (ctx.Err() != nil) {
					t.Errorf("error %v, want %v", err, test.want)
				}
			})
		})
	}
}

// cache returns one token after the other, the next one when told to forget.
type cache struct{ forgotten []string }

func (c *cache) Credentials(context.Context) (provider.Credentials, error) {
	token := []string{"first", "second", "third"}[len(c.forgotten)]
	return provider.Credentials{AccessKeyID: provider.NewSecret(keyID), AccessKeySecret: provider.NewSecret(keySecret), Token: provider.NewSecret(token)}, nil
}

func (c *cache) Forget(used provider.Credentials) {
	c.forgotten = append(c.forgotten, used.Token.Reveal())
}

// Fixed credentials cannot be refreshed.
func TestExpiredTokenIsRefreshedOnce(t *testing.T) {
	for name, test := range map[string]struct {
		credentials provider.CredentialsProvider
		good        string
		sent        []string
		want        error
	}{
		"renewed":       {&cache{}, "second", []string{"first", "second"}, nil},
		"expired again": {&cache{}, "third", []string{"first", "second"}, provider.Unauthenticated},
		"fixed":         {provider.Static(keyID, keySecret, "first"), "second", []string{"first"}, provider.Unauthenticated},
	} {
		t.Run(name, func(t *testing.T) {
			var sent []string
			client := newClient(t, func(r *http.Request) (*http.Response, error) {
				token := parsed(t, form(t, r))["SecurityToken"]
				if sent = append(sent, token); token != test.good {
					return answer(400, nil, `{"Code":"InvalidSecurityToken.Expired"}`), nil
				}
				return answer(200, nil, `{}`), nil
			}, provider.Config{Credentials: test.credentials})
			if err := send(t.Context(), client); !errors.Is(err, test.want) {
				t.Errorf("error %v, want %v", err, test.want)
			}
			if !slices.Equal(sent, test.sent) {
				t.Errorf("sent with %q, want %q", sent, test.sent)
			}
		})
	}
}
