// Package journal records what each target of a search returned in a directory, so
// that a run that was killed continues where it stopped, and the results of several
// machines can be read together.
//
// A journal has two files for each target: its hits, one JSON object a line, and its
// report. Both are written under a temporary name and synced. The report is renamed
// last, and counts only together with the hits that it names, so a file that was cut
// at any byte is never taken for a complete one. Clocks decide nothing.
//
// One process writes a directory at a time: [Open] takes an advisory lock on the file
// "lock", which ends with its process. The lock holds on Linux, macOS, the BSDs and
// Windows. On network file systems it holds as far as they implement flock; use one
// directory per machine there, and read them together with [Read].
package journal

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"iter"
	"os"
	"path/filepath"
	"strings"

	"github.com/gofrs/flock"

	"github.com/imagequery/imagequery/provider"
)

// Journal is a directory that this process writes. It must be closed. It is not safe
// for concurrent use.
type Journal struct {
	*Record    // what the directory held when it was opened
	dir        string
	lock       *flock.Flock
	keepNative bool
	queryText  json.RawMessage
}

// Open opens or creates a directory for a search of the targets, and removes what a
// killed run has left half-written in it. Options.Query must be set, without a limit:
// a target counts as complete only if its own listing ended.
//
// It is an error if another process writes the directory, or if an entry is of
// another query, provider, region, endpoint or account than its target. Other
// credentials and more targets are none.
func Open(dir string, targets []provider.Target, o Options) (*Journal, error) {
	if o.Query == nil || o.Query.Limit != 0 {
		return nil, errors.New("journal: want a query without a limit: a target counts as complete only if its own listing ended")
	}
	if err := o.Query.Validate(); err != nil {
		return nil, err
	}
	if err := os.MkdirAll(dir, 0o777); err != nil {
		return nil, fmt.Errorf("journal: %w: want a directory that can be written", err)
	}
	lock := flock.New(filepath.Join(dir, "lock"))
	switch locked, err := lock.TryLock(); {
	case err != nil:
		return nil, fmt.Errorf("journal: %w: want a directory that can be written", err)
	case !locked:
		return nil, fmt.Errorf("journal %s: another process writes it: wait until it ends, or use another directory", dir)
	}
	j := &Journal{dir: dir, lock: lock, keepNative: o.KeepNative}
	record, err := Read([]string{dir}, targets, o)
	if err == nil {
		j.Record, err = record, removeLeftovers(dir)
	}
	if err == nil {
		j.query = *o.Query
		j.queryText, err = queryText(j.query)
	}
	if err != nil {
		return nil, errors.Join(err, lock.Unlock())
	}
	return j, nil
}

// removeLeftovers removes the files of a journal that no report names.
func removeLeftovers(dir string) error {
	files, err := os.ReadDir(dir)
	if err != nil {
		return err
	}
	named := map[string]bool{}
	for _, file := range files {
		if !strings.HasSuffix(file.Name(), reportSuffix) {
			continue
		}
		e, err := readEntryFile(filepath.Join(dir, file.Name()))
		if err != nil {
			return err
		}
		if e != nil {
			named[file.Name()], named[e.Hits.Name] = true, true
		}
	}
	for _, file := range files {
		if ours.MatchString(file.Name()) && !named[file.Name()] {
			if err := os.Remove(filepath.Join(dir, file.Name())); err != nil {
				return err
			}
		}
	}
	return nil
}

// Close gives the directory to other processes.
func (j *Journal) Close() error { return j.lock.Unlock() }

// Search yields the hits of the targets that the journal has complete, and searches
// the others as [provider.Search] does. It records each target when its listing has
// ended, up to 16 at the same time, and ends when all of them are recorded.
// Options.Distinct must not be set.
//
// An error that is no [*provider.TargetError] ends the search: the context ended, or
// the journal could not be written, as on a full disk. The targets that were recorded
// before stay valid.
func (j *Journal) Search(ctx context.Context, options *provider.SearchOptions) iter.Seq2[provider.Hit, error] {
	return func(yield func(provider.Hit, error) bool) {
		if options != nil && options.Distinct {
			yield(provider.Hit{}, errors.New("journal: SearchOptions.Distinct leaves hits out, which would be missing in the journal: deduplicate what it holds"))
			return
		}
		for _, t := range j.targets {
			if j.entries[t.Name].complete() && !j.yieldTarget(ctx, t, yield) {
				return
			}
		}
		if missing := j.Missing(); len(missing) > 0 {
			j.searchMissing(ctx, missing, options, yield)
		}
	}
}

func (j *Journal) searchMissing(ctx context.Context, missing []provider.Target, options *provider.SearchOptions, yield func(provider.Hit, error) bool) {
	w := newWriter(ctx, j, missing)
	defer w.discardAll()
	defer w.wait()
	for hit, err := range provider.Search(w.observe(ctx), missing, j.query, options) {
		if err == nil {
			w.add(hit)
		}
		if w.failure() != nil {
			break
		}
		if !yield(hit, err) {
			w.leave()
			return
		}
	}
	w.wait()
	if err := w.failure(); err != nil {
		yield(provider.Hit{}, err)
	}
}
