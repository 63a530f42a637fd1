package adaptertest_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/imagequery/imagequery/aliyuncreds"
	"github.com/imagequery/imagequery/internal/adaptertest"
	"github.com/imagequery/imagequery/provider"
	"github.com/imagequery/imagequery/qingcloud"
)

// hostileClient is one client of the library: of an adapter's operation, or of a
// service that returns credentials.
type hostileClient struct {
	name string
	open adaptertest.Constructor // of an adapter
	// ask sends requests to an endpoint, and fails if the content is not that of the
	// valid response.
	ask func(context.Context, *exercise) error
	// body is that of the honest response to a request.
	body func(request) string
	// refusal is the body of the service's error with a message.
	refusal func(message string) string
	// hostile limits the requests that get a hostile response; nil: all.
	hostile func(request) bool

	searches    bool // an adapter's client, as one target of a search
	credentials bool // a service of credentials: it retries until the context ends
	metadata    bool // of these, one that is sent no keys
	optional    bool // the library goes on without this response
	plain       bool // the response is plain text, for which much may pass
}

// exercise holds the parts of one use of a client.
type exercise struct {
	endpoint string
	config   provider.Config // the adapter's, without region and endpoint
	canary   string          // part of every secret
	reached  func()          // is called at the place that the case is about
	end      chan struct{}   // closed at the end of the exercise
	trace    *provider.Trace
}

// newExercise returns an exercise with a configuration that retries once, soon.
func newExercise(canary string, timeout time.Duration, log slog.Handler) *exercise {
	v := &exercise{canary: canary, reached: func() {}, end: make(chan struct{})}
	v.config = provider.Config{
		Region:      "r-1",
		Credentials: provider.Static(v.id(), v.secret(), v.token()),
		Retry:       provider.Retry{Attempts: 2, AttemptTimeout: timeout, MaxWait: time.Millisecond},
		Logger:      slog.New(log),
	}
	return v
}

// The secrets of an exercise contain what percent-encoding, HTML and JSON escape.
func (v *exercise) id() string        { return "LTAI" + v.canary + "/+id=" + v.canary }
func (v *exercise) secret() string    { return v.canary + `&<secret>"'%~` + v.canary }
func (v *exercise) token() string     { return v.canary + "+/token<==" + v.canary }
func (v *exercise) secrets() []string { return []string{v.id(), v.secret(), v.token()} }

func hostileClients() []*hostileClient {
	return append(adapterClients(), credentialClients()...)
}

// retryingClients are configurable, and retry.
func retryingClients() []*hostileClient {
	return slices.DeleteFunc(hostileClients(), func(c *hostileClient) bool { return c.metadata })
}

func adapterClients() (clients []*hostileClient) {
	for _, o := range operations {
		clients = append(clients, &hostileClient{
			name: o.name, open: o.open, refusal: o.refusal, body: func(request) string { return o.one },
			ask: asking(o.open, func(ctx context.Context, client *provider.Client) error {
				images, err := o.request(ctx, client)
				if err == nil && (len(images) != 1 || images[0].ID != "m-1") {
					return fmt.Errorf("got the images %v, want m-1", images)
				}
				return err
			}),
		})
	}
	return clients
}

// asking uses a client that sends its requests to the endpoint of an exercise.
func asking(open adaptertest.Constructor, use func(context.Context, *provider.Client) error) func(context.Context, *exercise) error {
	return func(ctx context.Context, v *exercise) error {
		c := v.config
		c.Endpoint = v.endpoint
		client, err := open(c)
		if err != nil {
			return err
		}
		return use(ctx, client)
	}
}

// credentialClients expect credentials with the canary that the exercise has.
func credentialClients() []*hostileClient {
	instance := func(ctx context.Context, v *exercise) error {
		s := aliyuncreds.Services{Metadata: v.endpoint}
		return v.expectSession(s.InstanceRole("").Credentials(ctx))
	}
	role := func(ctx context.Context, v *exercise) error {
		s := aliyuncreds.Services{STS: v.endpoint, HTTPClient: v.config.HTTPClient}
		return v.expectSession(s.AssumeRole(v.config.Credentials, aliyuncreds.Role{ARN: "acs:ram::1000000000000000:role/r"}).Credentials(ctx))
	}
	iam := func(ctx context.Context, v *exercise) error {
		return v.expectSession(qingcloud.IAMToken(v.endpoint + "latest/meta-data/security-credentials").Credentials(ctx))
	}
	oidc := func(ctx context.Context, v *exercise) error {
		return v.expectSession(aliyuncreds.Services{STS: v.endpoint}.Profile("oidc").Credentials(ctx))
	}
	uri := func(ctx context.Context, v *exercise) error {
		profiles.add(map[string]string{"name": v.endpoint, "mode": "CredentialsURI", "credentials_uri": v.endpoint + "keys"})
		return v.expectSession(aliyuncreds.Profile(v.endpoint).Credentials(ctx))
	}
	clients := []*hostileClient{
		{name: "instance role: token", ask: instance, body: metadataBody, hostile: isTokenRequest, optional: true},
		{name: "instance role: names", ask: instance, body: metadataBody, hostile: isNamesRequest, plain: true},
		{name: "instance role: keys", ask: instance, body: metadataBody, hostile: isKeysRequest},
		{name: "credentials URI", ask: uri, body: metadataBody},
		{name: "IAM token", ask: iam, body: iamBody},
		{name: "AssumeRole", ask: role, body: stsBody, refusal: rpcRefusal},
		{name: "OIDC", ask: oidc, body: stsBody, refusal: rpcRefusal},
	}
	for _, c := range clients {
		c.credentials, c.metadata = true, c.name != "AssumeRole"
		if c.refusal == nil {
			c.refusal = plainRefusal
		}
	}
	return clients
}

func plainRefusal(message string) string {
	return fmt.Sprintf(`{"Code":"Failed","message":"%s"}`, message)
}

func isTokenRequest(r request) bool { return r.Method == http.MethodPut }
func isNamesRequest(r request) bool { return strings.HasSuffix(r.RequestURI, "/security-credentials/") }
func isKeysRequest(r request) bool  { return !isTokenRequest(r) && !isNamesRequest(r) }

// The services of metadata are sent no secret of the exercise. Their keys have one
// canary of all exercises.
const metadataMark = "canary99999x"

func metadataBody(r request) string {
	switch {
	case isTokenRequest(r):
		return metadataMark + "metadata-token"
	case isNamesRequest(r):
		return "image-reader"
	}
	return sessionBody(metadataMark, `"Code":"Success",`)
}

func sessionBody(canary, before string) string {
	return fmt.Sprintf(`{%s"AccessKeyId":"%s","AccessKeySecret":"%[2]s","SecurityToken":"%[2]s","Expiration":"%s"}`,
		before, canary, time.Now().Add(time.Hour).UTC().Format(time.RFC3339))
}

func stsBody(r request) string {
	return `{"RequestId":"R-1","Credentials":` + sessionBody(metadataMark, "") + `}`
}

func iamBody(request) string {
	return fmt.Sprintf(`{"access_key":"%s","secret_key":"%[1]s","id_token":"%[1]s","expiration":%d}`, metadataMark, time.Now().Add(time.Hour).Unix())
}

func (v *exercise) expectSession(c provider.Credentials, err error) error {
	switch {
	case err != nil:
		return err
	case c.AccessKeyID.Reveal() != metadataMark || c.AccessKeySecret.Reveal() != metadataMark || c.Token.Reveal() != metadataMark:
		return errors.New("got other credentials than the honest response has")
	}
	return nil
}

// profiles is the profile file of the tests, for sources of credentials that only
// a file can configure.
var profiles profileFile

type profileFile struct {
	mu       sync.Mutex
	path     string
	profiles []map[string]string
}

// use makes a new home directory with the file, and hides this machine's
// environment, until the test ends.
func (f *profileFile) use(t *testing.T) {
	t.Helper()
	for _, pair := range os.Environ() {
		if name, _, _ := strings.Cut(pair, "="); strings.HasPrefix(name, "ALIBABA") {
			t.Setenv(name, "")
			os.Unsetenv(name)
		}
	}
	home := t.TempDir()
	t.Setenv("HOME", home)
	t.Setenv("USERPROFILE", home)
	token := filepath.Join(home, "token")
	if err := os.WriteFile(token, []byte(metadataMark+"oidc-token"), 0o600); err != nil {
		t.Fatal(err)
	}
	f.path = filepath.Join(home, ".aliyun", "config.json")
	if err := os.Mkdir(filepath.Dir(f.path), 0o700); err != nil {
		t.Fatal(err)
	}
	f.profiles = nil
	f.add(map[string]string{
		"name": "oidc", "mode": "OIDC", "oidc_token_file": token, "ram_session_name": "imagequery",
		"oidc_provider_arn": "acs:ram::1000000000000000:oidc-provider/p", "ram_role_arn": "acs:ram::1000000000000000:role/r",
	})
}

// add writes the file anew, with one profile more.
func (f *profileFile) add(profile map[string]string) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.profiles = append(f.profiles, profile)
	text, err := json.Marshal(map[string]any{"current": "oidc", "profiles": f.profiles})
	if err == nil {
		err = os.WriteFile(f.path+".new", text, 0o600)
	}
	if err == nil {
		err = os.Rename(f.path+".new", f.path)
	}
	if err != nil {
		panic(err)
	}
}
