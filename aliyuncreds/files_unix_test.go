//go:build unix

package aliyuncreds_test

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"github.com/imagequery/imagequery/provider"
	"github.com/imagequery/imagequery/qingcloud"
)

// TestOnlyRegularFilesOfBoundedSizeAreRead puts a pipe that nothing writes to, an
// endless device and a sparse file of a gigabyte in place of each file of settings.
// Each is an error that names the file, without a wait.
func TestOnlyRegularFilesOfBoundedSizeAreRead(t *testing.T) {
	makers := map[string]func(path string) error{
		"pipe":   func(path string) error { return syscall.Mkfifo(path, 0o600) },
		"device": func(path string) error { return os.Symlink("/dev/zero", path) },
		"large": func(path string) error {
			if err := os.WriteFile(path, nil, 0o600); err != nil {
				return err
			}
			return os.Truncate(path, 1<<30)
		},
	}
	for file, configure := range map[string]func(s *surroundings) provider.CredentialsProvider{
		cliFile:                  func(s *surroundings) provider.CredentialsProvider { return s.services.Default() },
		sharedFile:               func(s *surroundings) provider.CredentialsProvider { return s.services.Profile("p") },
		".qingcloud/config.yaml": func(*surroundings) provider.CredentialsProvider { return qingcloud.Default() },
		"oidc": func(s *surroundings) provider.CredentialsProvider {
			t.Setenv("ALIBABA_CLOUD_ROLE_ARN", roleARN)
			t.Setenv("ALIBABA_CLOUD_OIDC_PROVIDER_ARN", oidcProvider)
			t.Setenv("ALIBABA_CLOUD_OIDC_TOKEN_FILE", filepath.Join(s.home, "oidc"))
			return s.services.Default()
		},
	} {
		for name, create := range makers {
			s := newSurroundings(t)
			path := filepath.Join(s.home, file)
			if err := errors.Join(os.MkdirAll(filepath.Dir(path), 0o700), create(path)); err != nil {
				t.Fatal(err)
			}
			_, err := configure(s).Credentials(t.Context())
			if !errors.Is(err, provider.Unauthenticated) || !strings.Contains(err.Error(), path) {
				t.Errorf("%s in place of %s: error %v, want unauthenticated with the path", name, file, err)
			}
		}
	}
}
