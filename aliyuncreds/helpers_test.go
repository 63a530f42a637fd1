package aliyuncreds_test

import (
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/imagequery/imagequery/internal/aliyun"
	"github.com/imagequery/imagequery/provider"
)

// canary is part of every secret of these tests.
const canary = "canaryKx7"

const (
	baseID     = "base" + canary
	baseSecret = "baseSecret" + canary
	baseToken  = "baseToken" + canary
	roleARN    = "acs:ram::123456789012:role/images"
)

func base() provider.CredentialsProvider { return provider.Static(baseID, baseSecret, "") }

// isolate hides this machine's environment and home directory, and returns a new
// home.
func isolate(t *testing.T) string {
	for _, pair := range os.Environ() {
		if name, _, _ := strings.Cut(pair, "="); isCredentialsVariable(name) {
			t.Setenv(name, "")
		}
	}
	home := t.TempDir()
	t.Setenv("HOME", home)
	t.Setenv("USERPROFILE", home)
	return home
}

func isCredentialsVariable(name string) bool {
	return strings.HasPrefix(name, "ALIBABA") || strings.HasPrefix(name, "ALICLOUD") ||
		name == "ACCESS_KEY_ID" || name == "ACCESS_KEY_SECRET" || name == "SECURITY_TOKEN"
}

func write(t *testing.T, home, path, text string) {
	t.Helper()
	path = filepath.Join(home, path)
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
}

// revealed is what credentials hold: ID, secret, token.
func revealed(c provider.Credentials) [3]string {
	return [3]string{c.AccessKeyID.Reveal(), c.AccessKeySecret.Reveal(), c.Token.Reveal()}
}

func ask(t *testing.T, from provider.CredentialsProvider) [3]string {
	t.Helper()
	c, err := from.Credentials(t.Context())
	if err != nil {
		t.Error(err)
	}
	return revealed(c)
}

// checkError asks for credentials that are not to be had.
func checkError(t *testing.T, from provider.CredentialsProvider, kind provider.Kind, words ...string) {
	t.Helper()
	c, err := from.Credentials(t.Context())
	if !errors.Is(err, kind) {
		t.Errorf("error %v, want %v", err, kind)
		return
	}
	for _, word := range words {
		if !strings.Contains(err.Error(), word) {
			t.Errorf("error %q does not say %q", err, word)
		}
	}
	showsNoSecret(t, err, from, c)
}

func showsNoSecret(t *testing.T, values ...any) {
	t.Helper()
	for _, format := range []string{"%v", "%+v", "%#v", "%s"} {
		if text := fmt.Sprintf(format, values); strings.Contains(text, canary) {
			t.Errorf("%s shows a secret: %s", format, text)
		}
	}
}

type roundTrip func(*http.Request) (*http.Response, error)

func (f roundTrip) RoundTrip(r *http.Request) (*http.Response, error) { return f(r) }

func answer(status int, body string) *http.Response {
	return &http.Response{StatusCode: status, Header: http.Header{}, Body: io.NopCloser(strings.NewReader(body))}
}

// session is a response of STS. The session is of a number and lives for a time.
func session(n int, validity time.Duration) string {
	return fmt.Sprintf(`{"RequestId":"request-%d","AssumedRoleUser":{"Arn":"x"},"Credentials":{`+
		`"AccessKeyId":"STS.%[1]d%[2]s","AccessKeySecret":"secret%[1]d%[2]s","SecurityToken":"token%[1]d%[2]s","Expiration":"%[3]s"}}`,
		n, canary, time.Now().UTC().Add(validity).Format(time.RFC3339))
}

// sessionKeys is what a session of a number holds.
func sessionKeys(n int) [3]string {
	return [3]string{fmt.Sprint("STS.", n, canary), fmt.Sprint("secret", n, canary), fmt.Sprint("token", n, canary)}
}

// sts keeps the queries that it was sent, and answers with sessions by default.
type sts struct {
	mu      sync.Mutex
	queries []url.Values
	hosts   []string
	reply   func(n int, q url.Values) (status int, body string)
}

func (s *sts) RoundTrip(r *http.Request) (*http.Response, error) {
	status, body := s.take(r)
	return answer(status, body), nil
}

func (s *sts) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	status, body := s.take(r)
	w.WriteHeader(status)
	_, _ = io.WriteString(w, body)
}

func (s *sts) take(r *http.Request) (int, string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	_ = r.ParseForm()
	s.queries = append(s.queries, r.Form)
	s.hosts = append(s.hosts, r.URL.Host)
	if s.reply == nil {
		return http.StatusOK, session(len(s.queries), time.Hour)
	}
	return s.reply(len(s.queries), r.Form)
}

func (s *sts) count() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return len(s.queries)
}

func (s *sts) listen(t *testing.T) string {
	server := httptest.NewServer(s)
	t.Cleanup(server.Close)
	return server.URL
}

// isSigned reports whether a query carries the signature of a secret.
func isSigned(q url.Values, secret string) bool {
	params := map[string]string{}
	for key := range q {
		if key != "Signature" {
			params[key] = q.Get(key)
		}
	}
	signed, err := url.ParseQuery(aliyun.Sign(http.MethodPost, params, secret))
	return err == nil && signed.Get("Signature") == q.Get("Signature")
}
