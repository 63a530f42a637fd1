package openstack_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
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
	if _, err := openstack.New(provider.Config{}, ""); !errors.Is(err, provider.InvalidArgument) || !strings.Contains(err.Error(), "Login") {
		t.Errorf("error %v, want InvalidArgument with a remedy", err)
	}
}
