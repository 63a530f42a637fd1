package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"sync"

	"github.com/imagequery/imagequery/fakecloud"
)

// read reads a file, or returns the default where no file is named.
func read[T any](path string, parse func(io.Reader) (T, error), byDefault T) (T, error) {
	if path == "" {
		return byDefault, nil
	}
	file, err := os.Open(path)
	if err != nil {
		return byDefault, err
	}
	defer func() { _ = file.Close() }() // it was only read
	value, err := parse(file)
	if err != nil {
		return value, fmt.Errorf("%s: %w", path, err)
	}
	return value, nil
}

// writeWorld writes a world as JSON to a new file, or to stdout for the path "-". It
// does not replace a file, which may be an edited world.
func writeWorld(path string, world fakecloud.World, stdout io.Writer) error {
	if _, err := fakecloud.New(world); err != nil {
		return err
	}
	var text bytes.Buffer
	encoder := json.NewEncoder(&text)
	encoder.SetEscapeHTML(false)
	encoder.SetIndent("", "  ")
	if err := encoder.Encode(world); err != nil {
		return err
	}
	if path == "-" {
		_, err := stdout.Write(text.Bytes())
		return err
	}
	file, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600) // it holds keys, if made-up ones
	if errors.Is(err, fs.ErrExist) {
		return fmt.Errorf("%s exists: remove it, or choose another name", path)
	}
	if err != nil {
		return err
	}
	_, err = file.Write(text.Bytes())
	return errors.Join(err, file.Close())
}

// replaceFile writes a file at once, so that a reader never sees a part of it.
func replaceFile(path string, text []byte, mode os.FileMode) error {
	part, err := os.CreateTemp(filepath.Dir(path), filepath.Base(path)+".*")
	if err != nil {
		return err
	}
	_, err = part.Write(text)
	err = errors.Join(err, part.Chmod(mode), part.Close())
	if err == nil {
		err = os.Rename(part.Name(), path)
	}
	if err != nil {
		err = errors.Join(err, os.Remove(part.Name()))
	}
	return err
}

// logFile appends a line of JSON for each request. It is safe for concurrent use.
type logFile struct {
	mu     sync.Mutex
	file   *os.File
	failed context.CancelCauseFunc // called if a line cannot be written
}

func openLog(path string, failed context.CancelCauseFunc) (*logFile, error) {
	file, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_APPEND, 0o600)
	return &logFile{file: file, failed: failed}, err
}

// write appends a request in a single write, so that a line is complete as soon as a
// reader sees it.
func (l *logFile) write(r fakecloud.Request) {
	var line bytes.Buffer
	encoder := json.NewEncoder(&line)
	encoder.SetEscapeHTML(false)
	err := encoder.Encode(r)
	l.mu.Lock()
	defer l.mu.Unlock()
	if err == nil {
		_, err = l.file.Write(line.Bytes())
	}
	if err != nil {
		l.failed(fmt.Errorf("the log is incomplete: %w", err))
	}
}
