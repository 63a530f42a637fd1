package environ

import (
	"fmt"
	"io"
	"os"
)

// maxFile bounds a file of settings. The vendors' tools write a few kilobytes.
const maxFile = 1 << 20

// ReadFile reads a regular file of at most 1 MiB. Any other file is an error, and
// is not opened: a pipe or a device could be read for ever. The error shows the path
// and nothing of the text. errors.Is finds fs.ErrNotExist and the like.
func ReadFile(path string) ([]byte, error) {
	info, err := os.Stat(path)
	switch {
	case err != nil:
		return nil, err
	case !info.Mode().IsRegular():
		return nil, fmt.Errorf("%s is not a regular file", path)
	}
	file, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer func() { _ = file.Close() }() // it was only read
	data, err := io.ReadAll(io.LimitReader(file, maxFile+1))
	if err == nil && len(data) > maxFile {
		err = fmt.Errorf("%s is larger than %d bytes", path, maxFile)
	}
	return data, err
}
