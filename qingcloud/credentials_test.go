package qingcloud_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/imagequery/imagequery/image"
	"github.com/imagequery/imagequery/internal/adaptertest"
	"github.com/imagequery/imagequery/provider"
	"github.com/imagequery/imagequery/qingcloud"
)

const canary = "canaryKx7"

// holds is what credentials hold: ID, secret, token.
func holds(c provider.Credentials) [3]string {
	return [3]string{c.AccessKeyID.Reveal(), c.AccessKeySecret.Reveal(), c.Token.Reveal()}
}

// checkNoCredentials asks for credentials that are not to be had.
func checkNoCredentials(t *testing.T, from provider.CredentialsProvider, kind provider.Kind, words ...string) {
	t.Helper()
	_, err := from.Credentials(t.Context())
	if !errors.Is(err, kind) {
		t.Errorf("error %v, want %v", err, kind)
		return
	}
	for _, word := range words {
		if !strings.Contains(err.Error(), word) {
			t.Errorf("error %q does not say %q", err, word)
		}
	}
	if text := fmt.Sprintf("%v %+v %#v", err, err, from); strings.Contains(text, canary) {
		t.Errorf("the error shows a secret: %s", text)
	}
}

func TestConfigFileIsRead(t *testing.T) {
	keys := [3]string{"ID" + canary, "SECRET" + canary, ""}
	usual := "qy_access_key_id: 'ID" + canary + "'\nqy_secret_access_key: 'SECRET" + canary + "'\n"
	for name, text := range map[string]string{
		"of the command": usual + "zone: 'pek3a'\n",
		"of the SDKs": "# QingCloud services configuration\n\n" + usual + "\nhost: 'api.qingcloud.com'\nport: 443\nprotocol: 'https'\n" +
			"uri: '/iaas'\nconnection_retries: 3\n\n# Valid log levels\nlog_level: 'warn'\n",
		"other names":    "access_key_id: ID" + canary + "\nsecret_access_key: SECRET" + canary,
		"the first pair": "access_key_id: other\nsecret_access_key: other\n" + usual,
		"comments":       "---\n  # c\nqy_access_key_id: ID" + canary + " # c\nqy_secret_access_key : \"SECRET" + canary + "\"\t# c",
		"windows":        "\ufeff" + strings.ReplaceAll(usual, "\n", "\r\n"),
		"other values":   usual + "zones: [a, b]\nempty:\nodd: |\n",
	} {
		t.Run(name, func(t *testing.T) {
			home := t.TempDir()
			t.Setenv("HOME", home)
			t.Setenv("USERPROFILE", home)
			path := filepath.Join(home, ".qingcloud", "config.yaml")
			writeFile(t, path, text)
			for _, name := range []string{"", path, "~/.qingcloud/config.yaml"} {
				c, err := qingcloud.ConfigFile(name).Credentials(t.Context())
				if diff := cmp.Diff(keys, holds(c)); diff != "" || err != nil {
					t.Errorf("%q: error %v (-want +got):\n%s", name, err, diff)
				}
			}
		})
	}
}

func writeFile(t *testing.T, path, text string) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
}

// The environment has the keys of another account, which must not be used.
func TestConfigFileMistakesAreReported(t *testing.T) {
	t.Setenv("QINGCLOUD_ACCESS_KEY_ID", "other"+canary)
	t.Setenv("QINGCLOUD_SECRET_ACCESS_KEY", "other"+canary)
	id, secret := "qy_access_key_id: "+canary+"\n", "qy_secret_access_key: "+canary+"\n"
	for name, test := range map[string]struct{ text, word string }{
		"empty":           {"", "want qy_access_key_id"},
		"no secret":       {id, "want qy_access_key_id"},
		"no ID":           {secret, "want qy_access_key_id"},
		"half of each":    {id + "secret_access_key: " + canary, "want qy_access_key_id"},
		"empty secret":    {id + "qy_secret_access_key: ''\naccess_key_id: a\nsecret_access_key: b\n", "want qy_access_key_id"},
		"null":            {id + "qy_secret_access_key: ~\n", "want qy_access_key_id"},
		"reference":       {id + "qy_secret_access_key: *" + canary, "want qy_access_key_id"},
		"block":           {id + "qy_secret_access_key: >-\n  " + canary, ":3: want \"key: value\""},
		"escapes":         {id + `qy_secret_access_key: "` + canary + `\t"`, "want qy_access_key_id"},
		"quote is open":   {id + `qy_secret_access_key: "` + canary, "want qy_access_key_id"},
		"nested":          {"account:\n  " + id, ":2: want \"key: value\""},
		"list":            {"- " + canary, ":1: want \"key: value\""},
		"no space":        {id + "qy_secret_access_key:" + canary, ":2: want \"key: value\""},
		"JSON":            {`{"qy_access_key_id":"` + canary + `"}`, ":1: want \"key: value\""},
		"twice":           {id + secret + id, ":3: the key is here for the second time"},
		"text":            {canary, ":1: want \"key: value\""},
		"second document": {id + "...\n" + secret, ":2: want \"key: value\""},
	} {
		t.Run(name, func(t *testing.T) {
			path := filepath.Join(t.TempDir(), "config.yaml")
			writeFile(t, path, test.text)
			checkNoCredentials(t, qingcloud.ConfigFile(path), provider.Unauthenticated, path, test.word)
		})
	}
	missing := filepath.Join(t.TempDir(), "missing.yaml")
	checkNoCredentials(t, qingcloud.ConfigFile(missing), provider.Unauthenticated, missing)
}

// instance serves the credentials of a role.
type instance struct {
	status   int    // 0: 200
	body     string // empty: good credentials
	failures int32  // that come first, with the status 503
	visits   atomic.Int32
}

var iamKeys = [3]string{"id" + canary, "secret" + canary, "token" + canary}

func iamAnswer(expiration string) string {
	return fmt.Sprintf(`{"jti":"x","id_token":%q,"access_key":%q,"secret_key":%q,"expiration":%s}`, iamKeys[2], iamKeys[0], iamKeys[1], expiration)
}

func (i *instance) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if i.visits.Add(1) <= i.failures {
		w.WriteHeader(http.StatusServiceUnavailable)
		return
	}
	if r.URL.Path != "/latest/meta-data/security-credentials" || r.Method != http.MethodGet {
		w.WriteHeader(http.StatusTeapot)
		return
	}
	if i.status != 0 {
		w.Header().Set("Location", "/latest/meta-data/security-credentials")
		w.WriteHeader(i.status)
	}
	body := i.body
	if body == "" {
		body = iamAnswer(fmt.Sprint(time.Now().Add(time.Hour).Unix()))
	}
	_, _ = io.WriteString(w, body)
}

func (i *instance) listen(t *testing.T) string {
	server := httptest.NewServer(i)
	t.Cleanup(server.Close)
	return server.URL + "/latest/meta-data/security-credentials"
}

func TestIAMTokenIsFetchedAndRenewed(t *testing.T) {
	at := time.Now().Add(time.Hour).Truncate(time.Second)
	seconds := fmt.Sprint(at.Unix())
	for name, test := range map[string]struct {
		body    string
		expires time.Time
	}{
		"seconds":    {iamAnswer(seconds), at},
		"text":       {iamAnswer(`"` + seconds + `"`), at},
		"words":      {iamAnswer(`"` + at.UTC().Format(time.RFC3339) + `"`), at},
		"unreadable": {iamAnswer(`"soon"`), time.Time{}},
		"zero":       {iamAnswer("0"), time.Time{}},
		"null":       {iamAnswer("null"), time.Time{}},
		"wrapped":    {`"` + strings.ReplaceAll(iamAnswer(seconds), `"`, `\"`) + `"`, at},
	} {
		t.Run(name, func(t *testing.T) {
			c, err := qingcloud.IAMToken((&instance{body: test.body}).listen(t)).Credentials(t.Context())
			if diff := cmp.Diff(iamKeys, holds(c)); diff != "" || err != nil || !c.Expires.Equal(test.expires) {
				t.Errorf("expires %s, want %s; error %v (-want +got):\n%s", c.Expires, test.expires, err, diff)
			}
		})
	}
}

func TestIAMTokenFailuresAreReported(t *testing.T) {
	for name, test := range map[string]struct {
		server *instance
		kind   provider.Kind
		word   string
	}{
		"no role":    {&instance{status: 404}, provider.Unauthenticated, "no role"},
		"refused":    {&instance{status: 403}, provider.Unauthenticated, "403"},
		"redirected": {&instance{status: 302}, provider.Unauthenticated, "302"},
		"broken":     {&instance{status: 500, body: canary}, provider.Unavailable, "500"},
		"no JSON":    {&instance{body: canary}, provider.BadResponse, "JSON"},
		"cut off":    {&instance{body: iamAnswer("1")[:90]}, provider.BadResponse, "JSON"},
		"half":       {&instance{body: `{"access_key":"` + canary + `"}`}, provider.BadResponse, "no credentials"},
		"number":     {&instance{body: `{"access_key":12,"secret_key":34}`}, provider.BadResponse, "JSON"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			checkNoCredentials(t, qingcloud.IAMToken(test.server.listen(t)), test.kind, test.word)
		})
	}
	checkNoCredentials(t, qingcloud.IAMToken("http://127.0.0.1:1"), provider.Unavailable, "refused")
	checkNoCredentials(t, qingcloud.IAMToken("::"), provider.InvalidArgument, "address")
}

// The service would respond later.
func TestIAMTokenEndsWithItsCaller(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	server := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		cancel()
		<-r.Context().Done()
	}))
	t.Cleanup(server.Close)
	if _, err := qingcloud.IAMToken(server.URL).Credentials(ctx); !errors.Is(err, context.Canceled) {
		t.Errorf("error %v, want canceled", err)
	}
}

func TestIAMTokenIsFetchedOnceForAllCallers(t *testing.T) {
	server := &instance{}
	creds := qingcloud.IAMToken(server.listen(t))
	var all sync.WaitGroup
	for range 64 {
		all.Go(func() {
			if _, err := creds.Credentials(t.Context()); err != nil {
				t.Error(err)
			}
		})
	}
	all.Wait()
	if n := server.visits.Load(); n != 1 {
		t.Errorf("%d visits for 64 callers, want 1", n)
	}
}

func TestTemporaryCredentialsUseTheIAMEndpoint(t *testing.T) {
	iam := qingcloud.IAMToken((&instance{}).listen(t))
	for name, test := range map[string]struct {
		credentials provider.CredentialsProvider
		endpoint    string
		want        string
	}{
		"temporary":  {iam, "", "https://api.qingcloud.com/iam/"},
		"lasting":    {provider.Static("id", "secret", ""), "", "https://api.qingcloud.com/iaas/"},
		"own choice": {iam, "https://api.example.com/own/", "https://api.example.com/own/"},
	} {
		t.Run(name, func(t *testing.T) {
			var asked, token string
			client, err := qingcloud.New(provider.Config{Region: "pek3a", Credentials: test.credentials, Endpoint: test.endpoint,
				HTTPClient: &http.Client{Transport: carry(func(r *http.Request) (*http.Response, error) {
					token = adaptertest.Params(r).Get("token")
					asked = r.URL.Scheme + "://" + r.URL.Host + r.URL.Path
					return nil, errors.New("no network")
				})}, Retry: provider.Retry{Attempts: 1}})
			if err != nil {
				t.Fatal(err)
			}
			for range client.Images(t.Context(), image.Query{}) {
				break
			}
			if asked != test.want || (token != "") != (test.credentials == iam) {
				t.Errorf("asked %s with token %t, want %s", asked, token != "", test.want)
			}
		})
	}
}

type carry func(*http.Request) (*http.Response, error)

func (f carry) RoundTrip(r *http.Request) (*http.Response, error) { return f(r) }
