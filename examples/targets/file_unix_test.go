//go:build unix

package targets_test

import (
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"github.com/imagequery/imagequery/examples/targets"
)

func TestAPipeIsNotRead(t *testing.T) {
	path := filepath.Join(t.TempDir(), "pipe")
	if err := syscall.Mkfifo(path, 0o600); err != nil {
		t.Fatal(err)
	}
	err := refused(t, "pipe", func() error { _, err := targets.Load(path, around); return err })
	if err == nil || !strings.Contains(err.Error(), "not a regular file") {
		t.Error(err)
	}
}
