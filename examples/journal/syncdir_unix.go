//go:build !windows

package journal

import (
	"errors"
	"os"
	"syscall"
)

// syncDirectory makes the names in a directory durable. File systems that cannot
// sync directories are left alone.
func syncDirectory(dir string) error {
	d, err := os.Open(dir)
	if err != nil {
		return err
	}
	defer d.Close()
	if err := d.Sync(); err != nil && !errors.Is(err, syscall.EINVAL) {
		return err
	}
	return nil
}
