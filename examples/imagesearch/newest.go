package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"github.com/imagequery/imagequery/examples/internal/printable"
	"github.com/imagequery/imagequery/provider"
)

// choosesNewest reports whether --newest or --newest-per is given.
func (o *options) choosesNewest() bool { return o.newest || o.newestPer != nil }

// parseGroupKeys parses the value of --newest-per.
func parseGroupKeys(text string) ([]provider.GroupKey, error) {
	var keys []provider.GroupKey
	for name := range strings.SplitSeq(text, ",") {
		keys = append(keys, provider.GroupKey(strings.TrimSpace(name)))
	}
	for i, key := range keys {
		if _, err := provider.KeyOf(key); err != nil {
			return nil, fmt.Errorf("unknown key %q: want %s%s", key, words(provider.GroupKeys()), didYouMean(string(key), texts(provider.GroupKeys())))
		}
		if _, err := provider.KeyOf(keys[:i+1]...); err != nil {
			return nil, fmt.Errorf("key %s is given twice; give it once", key)
		}
	}
	return keys, nil
}

// newestImages prints the newest image, or that of each group, and writes the record
// of --lock. Unless --allow-partial is given, it does neither where a target failed,
// which may have had a newer one.
func (r *runner) newestImages(ctx context.Context, targets []provider.Target) {
	record, err := provider.Resolve(ctx, targets, r.options.query, r.options.newestPer, r.options.search())
	var failed *provider.TargetError
	switch {
	case errors.Is(err, provider.NotFound) && !errors.As(err, &failed):
		r.printErrors(err)
		r.status = exitNothing
	case err != nil:
		r.failSearch(ctx, err)
	}
	if r.status == exitFailed && !r.options.allowPartial {
		return
	}
	r.progress.end()
	out := r.newPrinter(targets)
	for _, entry := range record.Entries {
		if !r.checkWrite(out.print(provider.Hit{Target: entry.Target, Image: entry.Image})) {
			return
		}
	}
	if r.checkWrite(out.end()) && r.options.lock != "" && len(record.Entries) > 0 {
		if err := writeRecord(r.options.lock, record); err != nil {
			r.fail(fmt.Errorf("--lock: %w", err))
		}
	}
}

// checkLock refuses a --lock that cannot be written, before anything is sent.
func (o *options) checkLock() error {
	if o.lock == "" {
		return nil
	}
	if info, err := os.Stat(o.lock); err == nil && !info.Mode().IsRegular() {
		return fmt.Errorf("--lock %s: not a regular file; want one that can be replaced", o.lock)
	}
	file, err := temporaryBeside(o.lock)
	if failure, ok := errors.AsType[*fs.PathError](err); ok {
		err = failure.Err // its path is that of the temporary file
	}
	if err != nil {
		return fmt.Errorf("--lock %s: %w; want a file in a folder that can be written", o.lock, err)
	}
	return errors.Join(file.Close(), os.Remove(file.Name()))
}

// temporaryBeside makes a file in the folder of another one.
func temporaryBeside(path string) (*os.File, error) {
	return os.CreateTemp(filepath.Dir(path), "."+filepath.Base(path)+".*")
}

// writeRecord replaces a file by a record. A reader sees the old file or the whole
// new one.
func writeRecord(path string, record provider.Resolution) error {
	compact, err := json.Marshal(record)
	if err != nil {
		return err
	}
	var text bytes.Buffer
	if err := json.Indent(&text, []byte(printable.Escape(string(compact))), "", "  "); err != nil {
		return err
	}
	text.WriteByte('\n')
	file, err := temporaryBeside(path)
	if err != nil {
		return err
	}
	defer func() { _ = os.Remove(file.Name()) }() // fails after the rename
	_, err = file.Write(text.Bytes())
	if err := errors.Join(err, file.Chmod(0o644), file.Sync(), file.Close()); err != nil {
		return err
	}
	return os.Rename(file.Name(), path)
}
