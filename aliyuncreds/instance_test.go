package aliyuncreds_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/imagequery/imagequery/aliyuncreds"
	"github.com/imagequery/imagequery/provider"
)

// metadata is an instance with one role.
type metadata struct {
	token  func(w http.ResponseWriter, r *http.Request) // nil: "pass"
	strict bool                                         // no response without the token
	status int                                          // of the credentials; 0: 200
	body   string                                       // of the credentials; empty: good ones
	roles  string

	visits atomic.Int32 // for credentials
}

const pass = "pass" + canary

func (m *metadata) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	const roles = "/latest/meta-data/ram/security-credentials/"
	switch {
	case r.URL.Path == "/latest/api/token":
		m.giveToken(w, r)
	case strings.Contains(r.URL.EscapedPath(), "/../"):
		w.WriteHeader(http.StatusInternalServerError)
	case m.strict && r.Header.Get("X-aliyun-ecs-metadata-token") != pass:
		w.WriteHeader(http.StatusForbidden)
	case r.URL.Path == roles:
		_, _ = io.WriteString(w, m.roles)
	case r.URL.Path == roles+"web role":
		m.visits.Add(1)
		if m.status != 0 {
			w.Header().Set("Location", "/latest/api/token")
			w.WriteHeader(m.status)
		}
		if m.body != "" {
			_, _ = io.WriteString(w, m.body)
			return
		}
		_, _ = fmt.Fprintf(w, `{"Code":"Success","LastUpdated":"x","AccessKeyId":%q,"AccessKeySecret":%q,"SecurityToken":%q,"Expiration":%q}`,
			sessionKeys(1)[0], sessionKeys(1)[1], sessionKeys(1)[2], time.Now().UTC().Add(time.Hour).Format(time.RFC3339))
	default:
		w.WriteHeader(http.StatusNotFound)
		_, _ = io.WriteString(w, canary)
	}
}

func (m *metadata) giveToken(w http.ResponseWriter, r *http.Request) {
	switch {
	case m.token != nil:
		m.token(w, r)
	case r.Method == http.MethodPut && r.Header.Get("X-aliyun-ecs-metadata-token-ttl-seconds") != "":
		_, _ = io.WriteString(w, pass)
	default:
		w.WriteHeader(http.StatusBadRequest)
	}
}

// listen allows no connection to be kept.
func (m *metadata) listen(t *testing.T) aliyuncreds.Services {
	server := httptest.NewUnstartedServer(m)
	server.Config.ConnState = func(_ net.Conn, state http.ConnState) {
		if state == http.StateIdle {
			t.Error("a connection is kept")
		}
	}
	server.Start()
	t.Cleanup(server.Close)
	return aliyuncreds.Services{Metadata: server.URL + "/"}
}

func noToken(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusNotFound) }

func hang(_ http.ResponseWriter, r *http.Request) { <-r.Context().Done() }

func TestInstanceRoleReturnsASession(t *testing.T) {
	for name, test := range map[string]struct {
		server *metadata
		role   string
	}{
		"hardened":             {&metadata{strict: true}, "web role"},
		"the only role":        {&metadata{strict: true, roles: "web role\n"}, ""},
		"the first role":       {&metadata{roles: "web role\nother\n"}, ""},
		"without tokens":       {&metadata{token: noToken}, "web role"},
		"a token that is lost": {&metadata{token: hang}, "web role"},
	} {
		t.Run(name, func(t *testing.T) {
			isolate(t)
			creds := test.server.listen(t).InstanceRole(test.role)
			c, err := creds.Credentials(t.Context())
			if diff := cmp.Diff(sessionKeys(1), revealed(c)); diff != "" || err != nil {
				t.Errorf("error %v (-want +got):\n%s", err, diff)
			}
			if left := time.Until(c.Expires); left < 59*time.Minute || left > time.Hour {
				t.Errorf("expires in %s, want about an hour", left)
			}
			showsNoSecret(t, creds, c)
		})
	}
}

func TestInstanceRoleFailuresAreReported(t *testing.T) {
	for name, test := range map[string]struct {
		server *metadata
		role   string
		onlyV2 string
		kind   provider.Kind
		word   string
	}{
		"no role":          {&metadata{}, "", "", provider.Unauthenticated, "has no role"},
		"another role":     {&metadata{}, "other", "", provider.Unauthenticated, "no such role"},
		"a path":           {&metadata{}, "../../meta-data/instance-id", "", provider.Unauthenticated, "no such role"},
		"only hardened":    {&metadata{token: noToken}, "web role", "true", provider.Unauthenticated, "404"},
		"refused":          {&metadata{status: 403}, "web role", "", provider.Unauthenticated, "403"},
		"broken":           {&metadata{status: 500}, "web role", "", provider.Unavailable, "500"},
		"redirected":       {&metadata{status: 302}, "web role", "", provider.Unauthenticated, "302"},
		"no success":       {&metadata{body: `{"Code":"Failed","AccessKeySecret":"` + canary + `"}`}, "web role", "", provider.Unauthenticated, "not Success"},
		"half a session":   {&metadata{body: `{"Code":"Success","AccessKeySecret":"` + canary + `"}`}, "web role", "", provider.BadResponse, "no credentials"},
		"no JSON":          {&metadata{body: canary}, "web role", "", provider.BadResponse, "JSON"},
		"cut off":          {&metadata{body: `{"AccessKeySecret":"` + canary}, "web role", "", provider.Unavailable, "EOF"},
		"an answer by nil": {&metadata{body: `null`}, "web role", "", provider.BadResponse, "no credentials"},
	} {
		t.Run(name, func(t *testing.T) {
			isolate(t)
			t.Setenv("ALIBABA_CLOUD_IMDSV1_DISABLED", test.onlyV2)
			checkError(t, test.server.listen(t).InstanceRole(test.role), test.kind, test.word)
		})
	}
}

func TestMissingMetadataServiceIsReported(t *testing.T) {
	isolate(t)
	const address = "127.0.0.1:1" // reserved, so that no other test listens there
	creds := aliyuncreds.Services{Metadata: "http://" + address}.InstanceRole("")
	checkError(t, creds, provider.Unavailable, "cannot be reached", address)
	checkError(t, aliyuncreds.Services{Metadata: "::"}.InstanceRole(""), provider.InvalidArgument, "address")
}

// The service would respond later.
func TestInstanceRoleEndsWithItsCaller(t *testing.T) {
	isolate(t)
	ctx, cancel := context.WithCancel(t.Context())
	server := &metadata{token: func(w http.ResponseWriter, r *http.Request) {
		cancel()
		hang(w, r)
	}}
	_, err := server.listen(t).InstanceRole("web role").Credentials(ctx)
	if !errors.Is(err, context.Canceled) || server.visits.Load() != 0 {
		t.Errorf("error %v after %d visits, want canceled before any", err, server.visits.Load())
	}
}

func TestInstanceRoleIsFetchedOnceForAllCallers(t *testing.T) {
	isolate(t)
	server := &metadata{}
	creds := server.listen(t).InstanceRole("web role")
	var all sync.WaitGroup
	for range 64 {
		all.Go(func() { ask(t, creds) })
	}
	all.Wait()
	if n := server.visits.Load(); n != 1 {
		t.Errorf("%d visits for 64 callers, want 1", n)
	}
}

// The service issues a token and then refuses it.
func TestInstanceRoleWorksIfTheTokenIsRefused(t *testing.T) {
	for _, required := range []string{"", "true"} {
		isolate(t)
		t.Setenv("ALIBABA_CLOUD_IMDSV1_DISABLED", required)
		inner := &metadata{roles: "web role"}
		server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			if r.Header.Get("X-Aliyun-Ecs-Metadata-Token") != "" {
				w.WriteHeader(http.StatusForbidden)
				return
			}
			inner.ServeHTTP(w, r)
		}))
		t.Cleanup(server.Close)
		c, err := aliyuncreds.Services{Metadata: server.URL}.InstanceRole("").Credentials(t.Context())
		if (err == nil) != (required == "") || err == nil && revealed(c) != sessionKeys(1) {
			t.Errorf("tokens required %q: error %v", required, err)
		}
	}
}

func TestInstanceRoleIsRetried(t *testing.T) {
	isolate(t)
	inner, requests := &metadata{roles: "web role"}, map[string]int{}
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		requests[r.URL.Path]++
		if requests[r.URL.Path] == 1 && strings.Contains(r.URL.Path, "security") {
			w.WriteHeader(http.StatusServiceUnavailable)
			return
		}
		inner.ServeHTTP(w, r)
	}))
	t.Cleanup(server.Close)
	if diff := cmp.Diff(sessionKeys(1), ask(t, aliyuncreds.Services{Metadata: server.URL}.InstanceRole(""))); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}
