package targets_test

import (
	"context"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/imagequery/imagequery/examples/targets"
)

func authenticate(t *testing.T, text string, around *targets.Options) error {
	t.Helper()
	loaded, err := targets.Parse("f", []byte(text), around)
	if err != nil {
		t.Fatal(err)
	}
	return targets.Authenticate(t.Context(), loaded)
}

func TestMissingCredentials(t *testing.T) {
	home := isolate(t)
	writeHome(t, home, ".aliyun/config.json", profiles)
	around := servedBy(services(t))
	file := home + "/.aliyun/config.json"
	for _, c := range []struct{ name, text, where, what string }{
		{"no such profile", good + "    credentials:\n      profile: q\n", `f:6: target "a/cn-hangzhou": credentials: `, `no profile`},
		{"half a profile", good + "    credentials: {profile: half}\n", `f:5: target "a/cn-hangzhou": credentials: `, file},
		{"no such instance role", good + "    credentials: {instance_role: other}\n", `f:5: target "a/cn-hangzhou": credentials: `, "no such role"},
		{"no base", good + "    credentials: {assume_role: {arn: 'acs:ram::1:role/a', base: q}}\n", `f:5: target "a/cn-hangzhou": credentials: `, `no profile`},
	} {
		t.Run(c.name, func(t *testing.T) {
			err := authenticate(t, c.text, around)
			if err == nil || !strings.HasPrefix(err.Error(), c.where) || !strings.Contains(err.Error(), c.what) {
				t.Errorf("%v\nwant %s…%s", err, c.where, c.what)
			}
		})
	}
}

// The error of a usual chain names everything that was looked at.
func TestNothingIsSetUp(t *testing.T) {
	home := isolate(t)
	for _, c := range []struct {
		text string
		want []string
	}{
		{good, []string{
			`f:2: target "a/cn-hangzhou": no credentials: `, "ALIBABA_CLOUD_ACCESS_KEY_ID", "OIDC", home + "/.aliyun/config.json",
			home + "/.alibabacloud/credentials", "instance role: ", `; want one of these, or the key "credentials"`,
		}},
		{qing, []string{
			`f:2: target "a/pek3a": no credentials: `, "QINGCLOUD_ACCESS_KEY_ID and QINGCLOUD_SECRET_ACCESS_KEY are not set",
			home + "/.qingcloud/config.yaml", `; want one of these, or the key "credentials"`,
		}},
	} {
		err := authenticate(t, c.text, around)
		if err == nil {
			t.Fatalf("no error for\n%s", c.text)
		}
		for _, want := range c.want {
			if !strings.Contains(err.Error(), want) {
				t.Errorf("%q is missing in %v", want, err)
			}
		}
	}
}

// What is set up by half is never completed from elsewhere.
func TestHalfAnEnvironment(t *testing.T) {
	home := isolate(t)
	writeHome(t, home, ".aliyun/config.json", profiles)
	writeHome(t, home, ".qingcloud/config.yaml", "qy_access_key_id: file-id\nqy_secret_access_key: file-secret\n")
	t.Setenv("ALIBABA_CLOUD_ACCESS_KEY_ID", "id")
	t.Setenv("QINGCLOUD_SECRET_ACCESS_KEY", "secret")
	for _, text := range []string{good, qing} {
		if err := authenticate(t, text, around); err == nil {
			t.Errorf("no error for\n%s", text)
		}
	}
}

// What a server says about credentials, or that it says nothing, is for the target
// to report: the others go on.
func TestRefusedCredentialsAreNotMissing(t *testing.T) {
	home := isolate(t)
	writeHome(t, home, ".aliyun/config.json", profiles)
	refused := good + "    credentials: {assume_role: {arn: 'acs:ram::1:role/other', base: p}}\n"
	if err := authenticate(t, refused, servedBy(services(t))); err != nil {
		t.Errorf("refused by the token service: %v", err)
	}
	if err := authenticate(t, good+"    credentials: {instance_role: web}\n", around); err != nil {
		t.Errorf("no metadata service: %v", err)
	}
	loaded, err := targets.Parse("f", []byte(good), around)
	if err != nil {
		t.Fatal(err)
	}
	ended, end := context.WithCancel(t.Context())
	end()
	if err := targets.Authenticate(ended, loaded); err != nil {
		t.Errorf("after the end of the run: %v", err)
	}
}

// However many targets have the same credentials, they are looked for once, and
// their error comes once.
func TestCredentialsAreLookedForOnce(t *testing.T) {
	isolate(t)
	var asked atomic.Int32
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Method == http.MethodGet {
			asked.Add(1)
		}
		http.NotFound(w, r)
	}))
	t.Cleanup(server.Close)
	const text = `targets:
  - {name: a, provider: aliyunecs, regions: [cn-hangzhou, cn-beijing], account: x, credentials: {instance_role: web}}
  - {name: b, provider: aliyunswas, regions: [cn-hangzhou], account: x, credentials: {instance_role: web}}
`
	err := authenticate(t, text, servedBy(server.URL))
	if err == nil || strings.Count(err.Error(), "\n") != 0 || asked.Load() != 1 {
		t.Errorf("asked %d times: %v", asked.Load(), err)
	}
}
