package journal

import (
	"bufio"
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io"
	"iter"
	"os"
	"path/filepath"

	"github.com/imagequery/imagequery/image"
	"github.com/imagequery/imagequery/provider"
)

// Record is what one or several journals hold of a list of targets. It does not
// change, and is safe for concurrent use.
type Record struct {
	targets []provider.Target
	entries map[string]stored // by name of target
	query   image.Query
}

// stored is an entry as a directory holds it.
type stored struct {
	*entry
	dir    string
	damage error // of the file of hits
}

func (s stored) complete() bool { return s.entry != nil && s.damage == nil && s.Report.Complete }

// Options configures [Open] and [Read]. The zero value is a good default.
type Options struct {
	// Query is the query of the journals. Open always runs it. Read refuses
	// journals of another one; nil accepts any, the same for all targets.
	Query *image.Query

	// KeepNative says that the images have their native records: Open refuses a
	// journal without them, and Read too.
	KeepNative bool
}

// Read reads what journals hold of the targets, and asks no cloud. If several
// directories have an entry of a target, a complete one is preferred, then the one
// of the first directory. Targets that are not in the list are ignored.
//
// It is an error if a directory cannot be read, or if an entry is of another query,
// provider, region, endpoint or account than its target. A directory may be read
// while another process writes it: targets that are not complete by then are missing.
func Read(dirs []string, targets []provider.Target, o Options) (*Record, error) {
	r := &Record{targets: targets, entries: map[string]stored{}}
	var query json.RawMessage
	if o.Query != nil {
		text, err := queryText(*o.Query)
		if err != nil {
			return nil, err
		}
		query = text
	}
	for _, dir := range dirs {
		if err := checkDirectory(dir); err != nil {
			return nil, err
		}
		for _, target := range targets {
			e, err := readEntry(dir, target.Name)
			if err != nil {
				return nil, fmt.Errorf("journal: %w", err)
			}
			if e == nil {
				continue
			}
			if query == nil {
				query = compact(e.Query)
			}
			if err := e.check(dir, target, query, o.KeepNative); err != nil {
				return nil, err
			}
			r.add(e, dir)
		}
	}
	if query != nil {
		if err := json.Unmarshal(query, &r.query); err != nil {
			return nil, fmt.Errorf("journal: the query of an entry: %w", err)
		}
	}
	return r, nil
}

func checkDirectory(dir string) error {
	info, err := os.Stat(dir)
	switch {
	case err != nil:
		return fmt.Errorf("journal: %w: want a directory that a search has written", err)
	case !info.IsDir():
		return fmt.Errorf("journal: %s is not a directory: want one that a search has written", dir)
	}
	return nil
}

func compact(text json.RawMessage) json.RawMessage {
	var b bytes.Buffer
	if json.Compact(&b, text) != nil {
		return text
	}
	return b.Bytes()
}

// check refuses an entry that does not belong to a target and a query.
func (e *entry) check(dir string, t provider.Target, query json.RawMessage, keepNative bool) error {
	switch {
	case e.Digest == digestOf(query, t):
		if keepNative && !e.KeepNative {
			return fmt.Errorf("journal %s: target %q was recorded without native records: leave them out, or use another directory", dir, t.Name)
		}
		return nil
	case !bytes.Equal(compact(e.Query), query):
		return fmt.Errorf("journal %s: target %q was recorded for another query, %s: repeat that query, or use another directory", dir, t.Name, describe(e.Query))
	default:
		return fmt.Errorf("journal %s: target %q was recorded with another provider, region, endpoint or account: restore them, or use another directory", dir, t.Name)
	}
}

// describe returns a query in the words of [image.Query.String].
func describe(text json.RawMessage) string {
	var q image.Query
	if err := json.Unmarshal(text, &q); err != nil {
		return "which cannot be read"
	}
	return fmt.Sprintf("%q", q.String())
}

// add keeps an entry if it is the first one of its target, or the first complete one.
func (r *Record) add(e *entry, dir string) {
	s := stored{entry: e, dir: dir}
	s.damage = s.checkHits()
	if old, known := r.entries[e.Target]; !known || !old.complete() && s.complete() {
		r.entries[e.Target] = s
	}
}

// Query returns the query of the journals, in its normalized form. It is the zero
// query if there is no entry.
func (r *Record) Query() image.Query { return r.query }

// Missing returns the targets whose listing is not complete in the record.
func (r *Record) Missing() []provider.Target {
	var missing []provider.Target
	for _, t := range r.targets {
		if !r.entries[t.Name].complete() {
			missing = append(missing, t)
		}
	}
	return missing
}

// Search yields the hits of the record in the order of its targets, and at the end
// of each target that is not complete a [*provider.TargetError], as the search did
// that was recorded. A target without an entry has the Kind [provider.Incomplete],
// and so has one whose file of hits is damaged. The Target hook of
// [provider.WithTrace] receives the reports.
func (r *Record) Search(ctx context.Context) iter.Seq2[provider.Hit, error] {
	return func(yield func(provider.Hit, error) bool) {
		for _, t := range r.targets {
			if !r.yieldTarget(ctx, t, yield) {
				return
			}
		}
	}
}

func (r *Record) yieldTarget(ctx context.Context, t provider.Target, yield func(provider.Hit, error) bool) bool {
	report := r.report(t)
	if s, known := r.entries[t.Name]; known && s.damage == nil {
		for hit, err := range s.hits() {
			if err != nil {
				report.Complete, report.Err = false, incomplete("the journal's hits of the target: %v", err)
				break
			}
			if !yield(hit, nil) {
				return false
			}
		}
	}
	if report.Err != nil && !yield(provider.Hit{}, &provider.TargetError{Target: t.Name, Report: report, Err: report.Err}) {
		return false
	}
	if hook := provider.ContextTrace(ctx).Target; hook != nil {
		hook(ctx, report)
	}
	return ctx.Err() == nil
}

// report returns the recorded report of a target, or one that says why it is missing.
func (r *Record) report(t provider.Target) provider.Report {
	info := t.Client.Info()
	missing := provider.Report{Target: t.Name, Provider: info.Name, Region: info.Region}
	s, known := r.entries[t.Name]
	if !known {
		missing.Err = incomplete("no journal has the target: search it with a journal first")
		return missing
	}
	if s.damage != nil {
		missing.Err = incomplete("the journal's hits of the target: %v: search it again with the journal", s.damage)
		return missing
	}
	return s.Report
}

func incomplete(text string, args ...any) error {
	return &provider.Error{Kind: provider.Incomplete, Message: fmt.Sprintf(text, args...)}
}

// checkHits finds out whether the file of hits is the one that was recorded.
func (s stored) checkHits() error {
	file, err := os.Open(filepath.Join(s.dir, s.Hits.Name))
	if err != nil {
		return err
	}
	defer file.Close()
	sum := sha256.New()
	if _, err := io.Copy(sum, file); err != nil {
		return err
	}
	if hex.EncodeToString(sum.Sum(nil)) != s.Hits.SHA256 {
		return fmt.Errorf("%s is damaged", s.Hits.Name)
	}
	return nil
}

// hits yields the recorded hits, and an error last if they cannot be read.
func (s stored) hits() iter.Seq2[provider.Hit, error] {
	return func(yield func(provider.Hit, error) bool) {
		file, err := os.Open(filepath.Join(s.dir, s.Hits.Name))
		if err != nil {
			yield(provider.Hit{}, err)
			return
		}
		defer file.Close()
		decoder := json.NewDecoder(bufio.NewReader(file))
		for range s.Hits.Count {
			var hit provider.Hit
			if err := decoder.Decode(&hit); err != nil {
				yield(provider.Hit{}, err)
				return
			}
			if !yield(hit, nil) {
				return
			}
		}
	}
}
