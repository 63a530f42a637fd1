package qingcloud_test

import (
	"errors"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/imagequery/imagequery/image"
	"github.com/imagequery/imagequery/provider"
	"github.com/imagequery/imagequery/qingcloud"
)

const fileKeys = "qy_access_key_id: ID" + canary + "\nqy_secret_access_key: SECRET" + canary + "\n"

// isolate hides this machine's environment and home directory, and returns the
// path of the usual file in a new home.
func isolate(t *testing.T) (file string) {
	t.Helper()
	for _, pair := range os.Environ() {
		if name, _, _ := strings.Cut(pair, "="); strings.HasPrefix(name, "QINGCLOUD") {
			t.Setenv(name, "")
		}
	}
	home := t.TempDir()
	t.Setenv("HOME", home)
	t.Setenv("USERPROFILE", home)
	return filepath.Join(home, ".qingcloud", "config.yaml")
}

// addressOf returns the address and the zone that a client sends its request to,
// or the error of New or of the request. No response comes.
func addressOf(t *testing.T, c provider.Config) (asked string, err error) {
	t.Helper()
	c.Retry.Attempts = 1
	c.HTTPClient = &http.Client{Transport: carry(func(r *http.Request) (*http.Response, error) {
		_ = r.ParseForm()
		asked = r.URL.Scheme + "://" + r.URL.Host + r.URL.Path + " " + r.Form.Get("zone") + " " + r.Form.Get("access_key_id")
		return nil, errors.New("no network")
	})}
	client, err := qingcloud.New(c)
	if err != nil {
		return "", err
	}
	for _, err := range client.Images(t.Context(), image.Query{}) {
		return asked, err
	}
	return asked, nil
}

func TestFileNamesTheCloudOfItsKeys(t *testing.T) {
	for name, test := range map[string]struct {
		text   string
		config provider.Config
		want   string
	}{
		"keys only":            {fileKeys, provider.Config{Region: "pek3a"}, "https://api.qingcloud.com/iaas/ pek3a"},
		"file of the SDKs":     {fileKeys + "host: 'api.qingcloud.com'\nport: 443\nprotocol: 'https'\nuri: '/iaas'\n", provider.Config{Region: "pek3a"}, "https://api.qingcloud.com/iaas pek3a"},
		"private host":         {fileKeys + "host: api.private.example\n", provider.Config{Region: "a"}, "https://api.private.example/iaas/ a"},
		"everything":           {fileKeys + "host: api.private.example\nport: 7777\nprotocol: http\nuri: /v1/iaas\nzone: z1\n", provider.Config{AllowHTTP: true}, "http://api.private.example:7777/v1/iaas z1"},
		"zone of the caller":   {fileKeys + "zone: z1\n", provider.Config{Region: "z2"}, "https://api.qingcloud.com/iaas/ z2"},
		"endpoint of a tunnel": {fileKeys + "host: api.private.example\n", provider.Config{Region: "a", Endpoint: "https://127.0.0.1:1/iaas/"}, "https://127.0.0.1:1/iaas/ a"},
	} {
		t.Run(name, func(t *testing.T) {
			writeFile(t, isolate(t), test.text)
			for form, credentials := range map[string]provider.CredentialsProvider{"nil": nil, "Default": qingcloud.Default(), "ConfigFile": qingcloud.ConfigFile("")} {
				test.config.Credentials = credentials
				asked, err := addressOf(t, test.config)
				if want := test.want + " ID" + canary; asked != want {
					t.Errorf("%s: asked %q, want %q; error %v", form, asked, want, err)
				}
			}
		})
	}
}

func TestKeysOfAPrivateCloudAreNotSentToThePublicOne(t *testing.T) {
	private := fileKeys + "host: api.private.example\n"
	wrapped := provider.Cache(qingcloud.ConfigFile("").Credentials)
	for name, config := range map[string]provider.Config{
		"public endpoint": {Region: "a", Endpoint: "https://api.qingcloud.com/iaas/", Credentials: qingcloud.ConfigFile("")},
		"wrapped source":  {Region: "a", Credentials: wrapped},
	} {
		t.Run(name, func(t *testing.T) {
			writeFile(t, isolate(t), private)
			asked, err := addressOf(t, config)
			if asked != "" || !errors.Is(err, provider.Unauthenticated) || !strings.Contains(err.Error(), "https://api.private.example/iaas/") {
				t.Errorf("asked %q, error %v, want none asked and an error that names the private cloud", asked, err)
			}
		})
	}
}

func TestFileThatChangesItsCloudIsAnError(t *testing.T) {
	file := isolate(t)
	writeFile(t, file, fileKeys+"host: api.private.example\n")
	synctest.Test(t, func(t *testing.T) {
		asked := 0
		client, err := qingcloud.New(provider.Config{Region: "a", Credentials: qingcloud.ConfigFile(""), Retry: provider.Retry{Attempts: 1},
			HTTPClient: &http.Client{Transport: carry(func(*http.Request) (*http.Response, error) { asked++; return nil, errors.New("no network") })}})
		if err != nil {
			t.Fatal(err)
		}
		for range client.Images(t.Context(), image.Query{}) {
		}
		writeFile(t, file, fileKeys)
		time.Sleep(2 * time.Minute)
		for _, err = range client.Images(t.Context(), image.Query{}) {
		}
		if asked != 1 || !errors.Is(err, provider.Unauthenticated) || !strings.Contains(err.Error(), "another endpoint") {
			t.Errorf("%d requests, error %v, want 1 and an error about the endpoint", asked, err)
		}
	})
}

func TestFileWithABadAddressIsRefused(t *testing.T) {
	for name, test := range map[string]struct{ line, word string }{
		"address as host":      {"host: https://api.private.example", "only the name of a host"},
		"port that is no port": {"port: 70000", "port is \"70000\""},
		"protocol":             {"protocol: ftp", "protocol is \"ftp\""},
		"query":                {"uri: /iaas?x=1", "uri is"},
		"nested host":          {"host: [a, b]", "plain text as host"},
		"plain http":           {"host: api.private.example\nprotocol: http", "plain http"},
	} {
		t.Run(name, func(t *testing.T) {
			writeFile(t, isolate(t), fileKeys+test.line+"\n")
			asked, err := addressOf(t, provider.Config{Region: "a"})
			if asked != "" || err == nil || !strings.Contains(err.Error(), test.word) || strings.Contains(err.Error(), canary) {
				t.Errorf("asked %q, error %v, want one that says %q", asked, err, test.word)
			}
		})
	}
}

func TestEnvironmentNamesTheCloudOfItsKeys(t *testing.T) {
	for name, test := range map[string]struct {
		env  map[string]string
		want string
		word string
	}{
		"keys":               {map[string]string{"QINGCLOUD_ACCESS_KEY_ID": "i", "QINGCLOUD_SECRET_ACCESS_KEY": "s"}, "https://api.qingcloud.com/iaas/ a i", ""},
		"names of Terraform": {map[string]string{"QINGCLOUD_ACCESS_KEY": "i", "QINGCLOUD_SECRET_KEY": "s", "QINGCLOUD_ENDPOINT": "https://private.example/iaas"}, "https://private.example/iaas a i", ""},
		"host":               {map[string]string{"QINGCLOUD_ACCESS_KEY_ID": "i", "QINGCLOUD_SECRET_ACCESS_KEY": "s", "QINGCLOUD_HOST": "private.example"}, "https://private.example/iaas/ a i", ""},
		"two clouds":         {map[string]string{"QINGCLOUD_ACCESS_KEY_ID": "i", "QINGCLOUD_SECRET_ACCESS_KEY": "s", "QINGCLOUD_HOST": "x", "QINGCLOUD_ENDPOINT": "y"}, "", "QINGCLOUD_ENDPOINT and QINGCLOUD_HOST"},
		"address as host":    {map[string]string{"QINGCLOUD_ACCESS_KEY_ID": "i", "QINGCLOUD_SECRET_ACCESS_KEY": "s", "QINGCLOUD_HOST": "[::1]"}, "", "QINGCLOUD_HOST is"},
		"two keys":           {map[string]string{"QINGCLOUD_ACCESS_KEY_ID": "i", "QINGCLOUD_SECRET_ACCESS_KEY": "s", "QINGCLOUD_ACCESS_KEY": "j", "QINGCLOUD_SECRET_KEY": "s"}, "", "QINGCLOUD_ACCESS_KEY_ID and QINGCLOUD_ACCESS_KEY"},
		"half a key":         {map[string]string{"QINGCLOUD_ACCESS_KEY_ID": "i"}, "", "QINGCLOUD_ACCESS_KEY_ID is set without QINGCLOUD_SECRET_ACCESS_KEY"},
		"line break":         {map[string]string{"QINGCLOUD_ACCESS_KEY_ID": "i\n", "QINGCLOUD_SECRET_ACCESS_KEY": "s"}, "", "ends with a line break"},
	} {
		t.Run(name, func(t *testing.T) {
			writeFile(t, isolate(t), fileKeys+"host: api.other.example\n")
			for name, value := range test.env {
				t.Setenv(name, value)
			}
			asked, err := addressOf(t, provider.Config{Region: "a"})
			if asked != test.want || test.word != "" && (err == nil || !strings.Contains(err.Error(), test.word)) {
				t.Errorf("asked %q, error %v, want %q %q", asked, err, test.want, test.word)
			}
		})
	}
}

func TestNothingConfiguredIsAnErrorThatNamesBothSources(t *testing.T) {
	file := isolate(t)
	_, err := qingcloud.New(provider.Config{Region: "a"})
	if !errors.Is(err, provider.Unauthenticated) || !strings.Contains(err.Error(), "QINGCLOUD_ACCESS_KEY_ID") || !strings.Contains(err.Error(), file) {
		t.Errorf("error %v, want one that names the variables and %s", err, file)
	}
	if _, err := qingcloud.New(provider.Config{Region: "a", Credentials: qingcloud.Default()}); err != nil {
		t.Errorf("error %v of New with a source that is asked later", err)
	}
}

func TestIAMTokenIsRetried(t *testing.T) {
	server := &instance{failures: 1}
	if _, err := qingcloud.IAMToken(server.listen(t)).Credentials(t.Context()); err != nil || server.visits.Load() != 2 {
		t.Errorf("error %v after %d visits, want none after 2", err, server.visits.Load())
	}
}
