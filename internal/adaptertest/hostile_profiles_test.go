package adaptertest_test

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
)

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
