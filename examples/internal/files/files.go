// Package files reads files that a user names.
package files

import (
	"fmt"
	"io"
	"os"
)

// ReadRegular reads a regular file of at most most bytes. A larger file is a
// [*TooLargeError]. A pipe or a device is an error and is not opened, since that could
// wait forever.
func ReadRegular(path string, most int64) ([]byte, error) {
	info, err := os.Stat(path)
	switch {
	case err != nil:
		return nil, err
	case !info.Mode().IsRegular():
		return nil, fmt.Errorf("%s is not a regular file", path)
	case info.Size() > most:
		return nil, &TooLargeError{path, most}
	}
	file, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer func() { _ = file.Close() }() // it was only read
	text, err := io.ReadAll(io.LimitReader(file, most+1))
	if err == nil && int64(len(text)) > most {
		err = &TooLargeError{path, most}
	}
	return text, err
}

// TooLargeError reports a file that is larger than it may be.
type TooLargeError struct {
	Path string
	Most int64 // bytes
}

func (e *TooLargeError) Error() string {
	return fmt.Sprintf("%s is larger than %d bytes", e.Path, e.Most)
}
