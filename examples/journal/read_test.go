package journal_test

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/imagequery/imagequery/examples/journal"
	"github.com/imagequery/imagequery/image"
	"github.com/imagequery/imagequery/provider"
)

func TestReadReturnsTheQueryOfTheJournal(t *testing.T) {
	c := &cloud{images: 1}
	dir, targets := t.TempDir(), c.targets("a/r")
	want := image.Query{Statuses: []image.Status{image.StatusAvailable}}
	search(t, dir, targets, want)
	for _, dirs := range [][]string{{dir}, nil} {
		record, err := journal.Read(dirs, targets, journal.Options{})
		if err != nil {
			t.Fatal(err)
		}
		if dirs == nil {
			want = image.Query{}
		}
		if diff := cmp.Diff(want, record.Query()); diff != "" {
			t.Errorf("%d journals: query (-want +got):\n%s", len(dirs), diff)
		}
	}
}

func TestReadPrefersCompleteEntries(t *testing.T) {
	c := &cloud{images: 2, failing: map[string]error{"a/r": &provider.Error{Kind: provider.Unavailable}}}
	first, second := t.TempDir(), t.TempDir()
	targets := c.targets("a/r", "b/r", "c/r")
	search(t, first, targets[:2], image.Query{})
	c.failing = nil
	search(t, second, targets[:1], image.Query{})
	ids, errs := read(t, targets, first, second)
	if diff := cmp.Diff(wantIDs(2, "a/r", "b/r"), ids); diff != "" {
		t.Errorf("hits (-want +got):\n%s", diff)
	}
	if len(errs) != 1 || !errors.Is(errs[0], provider.Incomplete) || !strings.Contains(errs[0].Error(), "c/r") {
		t.Errorf("errors %v, want that c/r is missing", errs)
	}
}

func TestReadRefusesJournalsOfTwoQueries(t *testing.T) {
	c := &cloud{images: 1}
	first, second := t.TempDir(), t.TempDir()
	targets := c.targets("a/r", "b/r")
	search(t, first, targets[:1], image.Query{})
	search(t, second, targets[1:], image.Query{Limit: 0, OSes: []image.OS{image.OSLinux}})
	if _, err := journal.Read([]string{first, second}, targets, journal.Options{}); err == nil || !strings.Contains(err.Error(), "another query") {
		t.Errorf("error %v, want one about another query", err)
	}
}

func TestUnknownFormatsAreRefused(t *testing.T) {
	c := &cloud{images: 1}
	dir := t.TempDir()
	targets := c.targets("a/r")
	search(t, dir, targets, image.Query{})
	for _, name := range filesOf(t, dir) {
		if strings.HasSuffix(name, ".report.json") {
			if err := os.WriteFile(filepath.Join(dir, name), []byte(`{"format":2}`), 0o666); err != nil {
				t.Fatal(err)
			}
		}
	}
	if _, err := journal.Read([]string{dir}, targets, journal.Options{}); err == nil || !strings.Contains(err.Error(), "format 2") {
		t.Errorf("Read: error %v, want one about format 2", err)
	}
	if _, err := journal.Open(dir, targets, journal.Options{Query: &image.Query{}}); err == nil || !strings.Contains(err.Error(), "format 2") {
		t.Errorf("Open: error %v, want one about format 2", err)
	}
}
