package openstack_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/gophercloud/gophercloud/v2"

	"github.com/imagequery/imagequery/examples/openstack"
	"github.com/imagequery/imagequery/image"
	"github.com/imagequery/imagequery/provider"
)

const password = "made-up-password-0815"

// keystone emulates POST /v3/auth/tokens before a glance.
type keystone struct {
	*glance
	mu     sync.Mutex
	url    string
	bodies []string // of the requests for tokens
}

func (k *keystone) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if r.URL.Path != "/v3/auth/tokens" {
		k.glance.ServeHTTP(w, r)
		return
	}
	k.mu.Lock()
	defer k.mu.Unlock()
	var body json.RawMessage
	_ = json.NewDecoder(r.Body).Decode(&body)
	k.bodies = append(k.bodies, string(body))
	if !strings.Contains(string(body), password) {
		w.WriteHeader(http.StatusUnauthorized)
		fmt.Fprintf(w, `{"error": {"code": 401, "title": "Unauthorized", "message": %q}}`, body)
		return
	}
	issued := fmt.Sprint("token-", len(k.bodies))
	k.glance.mu.Lock()
	k.glance.tokens = []string{issued}
	k.glance.mu.Unlock()
	w.Header().Set("X-Subject-Token", issued)
	w.WriteHeader(http.StatusCreated)
	fmt.Fprintf(w, `{"token": {"expires_at": %q, "project": {"id": %q, "name": "own"}, "catalog": [{"type": "image", "endpoints": [
		{"interface": "internal", "region": "RegionOne", "url": "http://internal.example.com/"},
		{"interface": "public", "region": "RegionTwo", "url": "http://two.example.com/"},
		{"interface": "public", "region": "RegionOne", "url": %q}]}]}}`, time.Now().Add(time.Hour).UTC().Format(time.RFC3339), project, k.url+"/v2")
}

func newKeystone(t *testing.T) *keystone {
	k := &keystone{glance: &glance{row: rows(images(3))}}
	server := httptest.NewServer(k)
	t.Cleanup(server.Close)
	k.url = server.URL
	return k
}

func TestLoginTakesPasswordsAndApplicationCredentials(t *testing.T) {
	for method, auth := range map[string]gophercloud.AuthOptions{
		`"methods":["password"]`:               {Username: "u", Password: password, DomainName: "Default", TenantID: project},
		`"methods":["application_credential"]`: {ApplicationCredentialID: "a", ApplicationCredentialSecret: password},
	} {
		k := newKeystone(t)
		auth.IdentityEndpoint = k.url + "/v3"
		c, own, err := openstack.Login(t.Context(), auth, provider.Config{Region: "RegionOne"})
		if err != nil || own != project || c.Endpoint != k.url+"/" {
			t.Errorf("%s: project %q, endpoint %q, error %v", method, own, c.Endpoint, err)
			continue
		}
		client, err := openstack.New(c, own)
		if err != nil {
			t.Fatal(err)
		}
		got, err := provider.Collect(client.Images(t.Context(), image.Query{}))
		if err != nil || len(got) != 3 || got[0].Source != image.SourceSelf || len(k.bodies) != 1 || !strings.Contains(k.bodies[0], method) {
			t.Errorf("%s: %d images, error %v, after the logins %s", method, len(got), err, k.bodies)
		}
	}
}

func TestRefusedTokenIsRenewedOnce(t *testing.T) {
	k := newKeystone(t)
	auth := gophercloud.AuthOptions{IdentityEndpoint: k.url, Username: "u", Password: password, DomainName: "Default"}
	c, own, err := openstack.Login(t.Context(), auth, provider.Config{Region: "RegionOne"})
	if err != nil {
		t.Fatal(err)
	}
	client, err := openstack.New(c, own)
	if err != nil {
		t.Fatal(err)
	}
	k.tokens = []string{"of another time"}
	got, err := provider.Collect(client.Images(t.Context(), image.Query{}))
	if err != nil || len(got) != 3 || len(k.bodies) != 2 {
		t.Errorf("%d images, error %v, %d logins: want 3 images after a second login", len(got), err, len(k.bodies))
	}
}

func TestLoginErrorsHaveAKindAndNoSecret(t *testing.T) {
	k := newKeystone(t)
	secret := "made-up-and-wrong"
	right := gophercloud.AuthOptions{Username: "u", Password: password, DomainName: "Default"}
	for name, test := range map[string]struct {
		auth     gophercloud.AuthOptions
		endpoint string
		region   string
		want     provider.Kind
	}{
		"a wrong password": {gophercloud.AuthOptions{Username: "u", Password: secret, DomainName: "Default"}, k.url, "RegionOne", provider.Unauthenticated},
		"no user":          {gophercloud.AuthOptions{Password: secret}, k.url, "RegionOne", provider.InvalidArgument},
		"another region":   {right, k.url, "RegionNine", provider.InvalidArgument},
		"plain http":       {right, "http://keystone.example.com/", "RegionOne", provider.InvalidArgument},
		"no server":        {right, "http://127.0.0.1:1/", "RegionOne", provider.Unavailable},
		"no address":       {right, "", "RegionOne", provider.InvalidArgument},
	} {
		test.auth.IdentityEndpoint = test.endpoint
		_, _, err := openstack.Login(t.Context(), test.auth, provider.Config{Region: test.region})
		if !errors.Is(err, test.want) {
			t.Errorf("%s: error %v, want %v", name, err, test.want)
		}
		if text := fmt.Sprintf("%v %+v", err, err); strings.Contains(text, secret) || strings.Contains(text, password) {
			t.Errorf("%s: the error shows the password: %s", name, text)
		}
	}
}

func TestNewNeedsAnEndpoint(t *testing.T) {
	if _, err := openstack.New(provider.Config{}, ""); !errors.Is(err, provider.InvalidArgument) || !strings.Contains(err.Error(), "Config.Endpoint") {
		t.Errorf("error %v, want InvalidArgument with a remedy", err)
	}
}

// endless is a body of white space. It ends far beyond any limit, so that a failing test
// ends, too.
type endless struct{ read int }

func (e *endless) Read(p []byte) (int, error) {
	if e.read > 64<<20 {
		return 0, io.ErrUnexpectedEOF
	}
	for i := range p {
		p[i] = ' '
	}
	e.read += len(p)
	return len(p), nil
}

// hanging is a body that ends with the context of its request.
type hanging struct{ ctx context.Context }

func (h hanging) Read([]byte) (int, error) {
	<-h.ctx.Done()
	return 0, h.ctx.Err()
}

func TestLoginBoundsBodies(t *testing.T) {
	for _, status := range []int{http.StatusCreated, http.StatusUnauthorized} {
		body := &endless{}
		err := loginTo(t, status, func(*http.Request) io.Reader { return body })
		if body.read > 16<<20 {
			t.Errorf("status %d: %d MiB of the body were read", status, body.read>>20)
		}
		want := map[int]provider.Kind{http.StatusCreated: provider.BadResponse, http.StatusUnauthorized: provider.Unauthenticated}[status]
		if !errors.Is(err, want) {
			t.Errorf("status %d: error %v, want %v", status, err, want)
		}
	}
}

func TestLoginRejectsOtherBodies(t *testing.T) {
	for _, text := range []string{"", "{", "<html></html>", "[]"} {
		err := loginTo(t, http.StatusCreated, func(*http.Request) io.Reader { return strings.NewReader(text) })
		if !errors.Is(err, provider.BadResponse) {
			t.Errorf("%q: error %v, want BadResponse", text, err)
		}
	}
}

func TestLoginEndsBodiesThatHang(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		began := time.Now()
		err := loginTo(t, http.StatusCreated, func(r *http.Request) io.Reader { return hanging{r.Context()} })
		if took := time.Since(began); !errors.Is(err, provider.Unavailable) || took != 5*time.Second {
			t.Errorf("error %v after %s, want Unavailable after 5s", err, took)
		}
	})
}

// loginTo logs in to a Keystone that sends a body.
func loginTo(t *testing.T, status int, body func(*http.Request) io.Reader) error {
	transport := roundTrip(func(r *http.Request) (*http.Response, error) {
		header := http.Header{"X-Subject-Token": {token}, "Content-Type": {"application/json"}}
		return &http.Response{StatusCode: status, Header: header, Body: io.NopCloser(body(r)), Request: r}, nil
	})
	auth := gophercloud.AuthOptions{IdentityEndpoint: "https://keystone.example.com/", Username: "u", Password: password, DomainName: "Default"}
	_, _, err := openstack.Login(t.Context(), auth, provider.Config{
		HTTPClient: &http.Client{Transport: transport}, Retry: provider.Retry{AttemptTimeout: 5 * time.Second},
	})
	return err
}

type roundTrip func(*http.Request) (*http.Response, error)

func (f roundTrip) RoundTrip(r *http.Request) (*http.Response, error) { return f(r) }
