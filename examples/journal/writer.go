package journal

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"hash"
	"os"
	"path/filepath"
	"sync"

	"golang.org/x/sync/errgroup"

	"github.com/imagequery/imagequery/provider"
)

// writer records the targets of a search. The hits of a target are appended to its
// new file in blocks, so that many targets need neither many open files nor much
// memory. Targets that are done are recorded on other goroutines, since each waits for
// the disk several times.
type writer struct {
	journal *Journal
	ctx     context.Context // of the search
	targets map[string]provider.Target
	commits errgroup.Group

	mu    sync.Mutex
	files map[string]*hitsWriter // by target, from its first hit to its end
	err   error                  // the first one
	left  bool                   // the consumer has stopped: a report may be complete although its listing did not end
}

// maxCommits is the number of targets that are recorded at the same time. File systems
// write the syncs of several files to the disk together.
const maxCommits = 16

func newWriter(ctx context.Context, j *Journal, targets []provider.Target) *writer {
	w := &writer{journal: j, ctx: ctx, targets: map[string]provider.Target{}, files: map[string]*hitsWriter{}}
	w.commits.SetLimit(maxCommits)
	for _, t := range targets {
		w.targets[t.Name] = t
	}
	return w
}

// observe returns a context whose search records each target at its end.
func (w *writer) observe(ctx context.Context) context.Context {
	return provider.WithTrace(ctx, &provider.Trace{Target: w.end})
}

func (w *writer) add(hit provider.Hit) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.err == nil {
		w.err = w.file(hit.Target).add(hit)
	}
}

func (w *writer) file(target string) *hitsWriter {
	file := w.files[target]
	if file == nil {
		name := stem(target) + ".hits." + rand.Text() + ".ndjson"
		file = &hitsWriter{dir: w.journal.dir, name: name, sum: sha256.New()}
		w.files[target] = file
	}
	return file
}

// end starts to record a target, unless its listing was cut off by the end of the
// search. It waits while too many targets are being recorded.
func (w *writer) end(_ context.Context, report provider.Report) {
	file := w.finished(report)
	if file == nil {
		return
	}
	w.commits.Go(func() error {
		if err := w.record(file, report); err != nil {
			file.discard()
			w.fail(err)
		}
		return nil
	})
}

// finished returns the file of a target that is to be recorded, or nil.
func (w *writer) finished(report provider.Report) *hitsWriter {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.left || w.err != nil || w.ctx.Err() != nil && !report.Complete {
		return nil
	}
	file := w.file(report.Target)
	delete(w.files, report.Target)
	return file
}

func (w *writer) fail(err error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.err == nil {
		w.err = err
	}
}

// record makes the hits of a target durable, and then its report.
func (w *writer) record(file *hitsWriter, report provider.Report) error {
	hits, err := file.finish()
	if err != nil {
		return err
	}
	e := entry{
		Format: format, Target: report.Target, Digest: digestOf(w.journal.queryText, w.targets[report.Target]), Query: w.journal.queryText,
		KeepNative: w.journal.keepNative, Hits: hits, Report: report,
	}
	text, err := e.encode()
	if err != nil {
		return err
	}
	if err := replaceFile(filepath.Join(file.dir, stem(report.Target)+reportSuffix), text); err != nil {
		return err
	}
	if old, known := w.journal.entries[report.Target]; known {
		_ = os.Remove(filepath.Join(old.dir, old.Hits.Name)) // Open removes it otherwise
	}
	return nil
}

func (w *writer) leave() {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.left = true
}

// failure returns the error that ended the writing.
func (w *writer) failure() error {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.err == nil {
		return nil
	}
	return fmt.Errorf("journal: %w: the targets recorded so far are valid; make room and run again", w.err)
}

// wait returns when the targets that are done are recorded.
func (w *writer) wait() { _ = w.commits.Wait() }

// discardAll removes the files of targets that were not recorded.
func (w *writer) discardAll() {
	w.mu.Lock()
	defer w.mu.Unlock()
	for _, file := range w.files {
		file.discard()
	}
}

// hitsWriter writes one file of hits.
type hitsWriter struct {
	dir, name string
	block     []byte // not yet written
	sum       hash.Hash
	count     int
	begun     bool // the file exists
}

const blockSize = 8 << 10

func (f *hitsWriter) add(hit provider.Hit) error {
	text, err := json.Marshal(hit)
	if err != nil {
		return err
	}
	f.block = append(append(f.block, text...), '\n')
	f.count++
	if len(f.block) < blockSize {
		return nil
	}
	return f.write(false)
}

// write appends the block to the file, and syncs it if asked to.
func (f *hitsWriter) write(sync bool) error {
	file, err := os.OpenFile(f.path(), os.O_WRONLY|os.O_APPEND|os.O_CREATE, 0o666)
	if err != nil {
		return err
	}
	f.begun = true
	_, err = file.Write(f.block)
	f.sum.Write(f.block)
	f.block = f.block[:0]
	if err == nil && sync {
		err = file.Sync()
	}
	if closeErr := file.Close(); err == nil {
		err = closeErr
	}
	return err
}

func (f *hitsWriter) path() string { return filepath.Join(f.dir, f.name+newFileSuffix) }

// finish makes the file durable under its name.
func (f *hitsWriter) finish() (hitsFile, error) {
	if err := f.write(true); err != nil {
		return hitsFile{}, err
	}
	err := os.Rename(f.path(), filepath.Join(f.dir, f.name))
	return hitsFile{Name: f.name, Count: f.count, SHA256: hex.EncodeToString(f.sum.Sum(nil))}, err
}

func (f *hitsWriter) discard() {
	if f.begun {
		_ = os.Remove(f.path())
		_ = os.Remove(filepath.Join(f.dir, f.name))
	}
}

// replaceFile writes a file under a temporary name, and renames it when it is on
// the disk. The directory is synced, so that the names survive a crash as well.
func replaceFile(path string, text []byte) error {
	temporary := path + newFileSuffix
	err := writeSynced(temporary, text)
	if err == nil {
		err = os.Rename(temporary, path)
	}
	if err != nil {
		_ = os.Remove(temporary)
		return err
	}
	return syncDirectory(filepath.Dir(path))
}

func writeSynced(path string, text []byte) error {
	file, err := os.Create(path)
	if err != nil {
		return err
	}
	_, err = file.Write(text)
	if err == nil {
		err = file.Sync()
	}
	if closeErr := file.Close(); err == nil {
		err = closeErr
	}
	return err
}
