package targets_test

import (
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/imagequery/imagequery/aliyuncreds"
	"github.com/imagequery/imagequery/examples/targets"
)

// isolate hides this machine's environment and home directory, and returns a new
// home.
func isolate(t *testing.T) string {
	t.Helper()
	for _, pair := range os.Environ() {
		name, _, _ := strings.Cut(pair, "=")
		if strings.HasPrefix(name, "ALIBABA_CLOUD_") || strings.HasPrefix(name, "QINGCLOUD_") {
			t.Setenv(name, "")
		}
	}
	home := t.TempDir()
	t.Setenv("HOME", home)
	t.Setenv("USERPROFILE", home)
	return home
}

func writeHome(t *testing.T, home, path, text string) {
	t.Helper()
	path = filepath.Join(home, path)
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
}

const profiles = `{"current": "p", "profiles": [
	{"name": "p", "mode": "AK", "access_key_id": "p-id", "access_key_secret": "p-secret"},
	{"name": "half", "mode": "AK", "access_key_id": "half-id"}
]}`

// services hands out credentials at one address, for roles of both vendors.
func services(t *testing.T) (url string) {
	t.Helper()
	const session = `{"Code": "Success", "AccessKeyId": "role-id", "AccessKeySecret": "role-secret", "SecurityToken": "role-token",
		"Expiration": "2126-01-01T00:00:00Z"}`
	mux := http.NewServeMux()
	answer := func(pattern, text string) {
		mux.HandleFunc(pattern, func(w http.ResponseWriter, _ *http.Request) { _, _ = w.Write([]byte(text)) })
	}
	answer("PUT /latest/api/token", "t")
	answer("GET /latest/meta-data/ram/security-credentials/web", session)
	answer("GET /qing", `{"access_key": "qing-id", "secret_key": "qing-secret", "id_token": "qing-token", "expiration": 4922000000}`)
	mux.HandleFunc("/{$}", func(w http.ResponseWriter, r *http.Request) {
		if r.FormValue("RoleArn") != "acs:ram::1:role/a" {
			w.WriteHeader(http.StatusForbidden)
			_, _ = w.Write([]byte(`{"Code": "NoPermission", "Message": "You are not authorized.", "RequestId": "R-1"}`))
			return
		}
		_, _ = w.Write([]byte(`{"RequestId": "R-1", "Credentials": ` + strings.ReplaceAll(session, "role-", r.FormValue("AccessKeyId")+"-role-") + `}`))
	})
	server := httptest.NewServer(mux)
	t.Cleanup(server.Close)
	return server.URL
}

func servedBy(url string) *targets.Options {
	return &targets.Options{
		LookupEnv:         lookup,
		Alibaba:           aliyuncreds.Services{STS: url, Metadata: url},
		QingCloudMetadata: url + "/qing",
	}
}

// revealed are a target's credentials: ID, secret, token.
func revealed(t *testing.T, target targets.Target) string {
	t.Helper()
	c, err := target.Config.Credentials.Credentials(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	return c.AccessKeyID.Reveal() + " " + c.AccessKeySecret.Reveal() + " " + c.Token.Reveal()
}

func TestForms(t *testing.T) {
	home := isolate(t)
	writeHome(t, home, ".aliyun/config.json", profiles)
	writeHome(t, home, ".qingcloud/config.yaml", "qy_access_key_id: file-id\nqy_secret_access_key: file-secret\n")
	around := servedBy(services(t))
	for _, c := range []struct{ name, text, want string }{
		{"profile", good + "    credentials: {profile: p}\n", "p-id p-secret "},
		{"profile of a variable", good + "    credentials: {profile: '${PROFILE}'}\n", "p-id p-secret "},
		{"instance role", good + "    credentials: {instance_role: web}\n", "role-id role-secret role-token"},
		{"assumed role", good + "    credentials:\n      assume_role: {arn: 'acs:ram::1:role/a', base: p}\n", "p-id-role-id p-id-role-secret p-id-role-token"},
		{"usual chain", good, "p-id p-secret "},
		{"usual chain of QingCloud", qing, "file-id file-secret "},
		{"role of QingCloud", qing + "    credentials: {instance_role: default}\n", "qing-id qing-secret qing-token"},
	} {
		t.Run(c.name, func(t *testing.T) {
			loaded, err := targets.Parse("f", []byte(c.text), around)
			if err != nil {
				t.Fatal(err)
			}
			if err := targets.Authenticate(t.Context(), loaded); err != nil {
				t.Errorf("Authenticate: %v", err)
			}
			if got := revealed(t, loaded[0]); got != c.want {
				t.Errorf("credentials %q, want %q", got, c.want)
			}
		})
	}
}

// The role of a QingCloud instance is taken at an address of its own.
func TestEndpointOfARole(t *testing.T) {
	loaded, err := targets.Parse("f", []byte(qing+"    credentials: {instance_role: default}\n"), around)
	if err != nil {
		t.Fatal(err)
	}
	target, err := loaded[0].Open()
	if err != nil || target.Client.Info().Host != "api.qingcloud.com" {
		t.Errorf("%+v, %v", target, err)
	}
}

// TestTargetsChooseTheirEndpointAndMethod sends a request for each target, and looks
// at where it goes and how.
func TestTargetsChooseTheirEndpointAndMethod(t *testing.T) {
	isolate(t)
	const keys = "    credentials: {access_key_id: a, access_key_secret: b}\n"
	for text, want := range map[string]string{
		good + keys + "    endpoint_type: vpc\n":    "POST ecs-vpc.cn-hangzhou.aliyuncs.com false",
		good + keys + "    endpoint_type: public\n": "POST ecs.cn-hangzhou.aliyuncs.com false",
		good + keys:                                 "POST ecs.cn-hangzhou.aliyuncs.com false",
		qing + keys + "    method: get\n":           "GET api.qingcloud.com true",
		qing + keys + "    method: post\n":          "POST api.qingcloud.com false",
		qing + keys + "    endpoint_type: public\n": "POST api.qingcloud.com false",
		strings.Replace(good, "ecs", "ens", 1) + keys + "    endpoint_type: public\n": "POST ens.aliyuncs.com false",
	} {
		loaded, err := targets.Parse("f", []byte(text), around)
		if err != nil {
			t.Error(err)
			continue
		}
		var sent string
		loaded[0].Config.Retry.Attempts = 1
		loaded[0].Config.HTTPClient = &http.Client{Transport: roundTrip(func(r *http.Request) (*http.Response, error) {
			sent = fmt.Sprint(r.Method, " ", r.URL.Host, " ", r.URL.Query().Has("signature"))
			return nil, errors.New("no network")
		})}
		opened, err := loaded[0].Open()
		if err != nil {
			t.Fatal(err)
		}
		if err := opened.Client.Check(t.Context()); err == nil || sent != want {
			t.Errorf("%s: sent %q, error %v, want %q", text, sent, err, want)
		}
	}
}

type roundTrip func(*http.Request) (*http.Response, error)

func (f roundTrip) RoundTrip(r *http.Request) (*http.Response, error) { return f(r) }
