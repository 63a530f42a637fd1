package journal_test

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/imagequery/imagequery/examples/journal"
	"github.com/imagequery/imagequery/image"
	"github.com/imagequery/imagequery/provider"
)

func TestSearchAsksOnlyWhatIsMissing(t *testing.T) {
	outage := &provider.Error{Kind: provider.PermissionDenied, Code: "Forbidden.RAM", Message: "no", RequestID: "r-1", Attempts: 1}
	c := &cloud{images: 100, failing: map[string]error{"b/r": outage}}
	dir := t.TempDir()
	ids, errs := search(t, dir, c.targets("a/r", "b/r", "c/r"), image.Query{})
	if diff := cmp.Diff(wantIDs(100, "a/r", "c/r"), ids); diff != "" {
		t.Errorf("first run (-want +got):\n%s", diff)
	}
	if len(errs) != 1 || !errors.Is(errs[0], provider.PermissionDenied) {
		t.Errorf("first run: errors %v, want one PermissionDenied", errs)
	}

	ids, errs = read(t, c.targets("a/r", "b/r", "c/r"), dir)
	if diff := cmp.Diff(wantIDs(100, "a/r", "c/r"), ids); diff != "" {
		t.Errorf("read (-want +got):\n%s", diff)
	}
	var failed *provider.TargetError
	if len(errs) != 1 || !errors.As(errs[0], &failed) || failed.Target != "b/r" || !errors.Is(failed, provider.PermissionDenied) || failed.Report.Requests != 0 {
		t.Errorf("read: errors %v, want the recorded one of b/r", errs)
	}

	c.asked, c.failing = nil, nil
	ids, errs = search(t, dir, c.targets("a/r", "b/r", "c/r", "d/r"), image.Query{})
	slices.Sort(c.asked)
	if diff := cmp.Diff([]string{"b/r", "d/r"}, c.asked); diff != "" || len(errs) > 0 {
		t.Errorf("second run: errors %v, asked (-want +got):\n%s", errs, diff)
	}
	want := wantIDs(100, "a/r", "b/r", "c/r", "d/r")
	if diff := cmp.Diff(want, ids); diff != "" {
		t.Errorf("second run (-want +got):\n%s", diff)
	}
	if ids, errs = read(t, c.targets("a/r", "b/r", "c/r", "d/r"), dir); !slices.Equal(ids, want) || len(errs) > 0 {
		t.Errorf("read after the second run: %d hits, errors %v", len(ids), errs)
	}
	if files := filesOf(t, dir); len(files) != 9 {
		t.Errorf("files %v, want two for each target and the lock", files)
	}
}

func filesOf(t *testing.T, dir string) []string {
	t.Helper()
	entries, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	for _, e := range entries {
		names = append(names, e.Name())
	}
	return names
}

func TestSearchGivesReportsToTheTrace(t *testing.T) {
	c := &cloud{images: 3}
	dir := t.TempDir()
	targets := c.targets("a/r", "b/r")
	reports := func(run func(ctx context.Context)) map[string]provider.Report {
		found := map[string]provider.Report{}
		run(provider.WithTrace(t.Context(), &provider.Trace{Target: func(_ context.Context, r provider.Report) {
			r.Elapsed = 0
			found[r.Target] = r
		}}))
		return found
	}
	run := func(ctx context.Context) {
		j, err := journal.Open(dir, targets, journal.Options{Query: &image.Query{}})
		if err != nil {
			t.Fatal(err)
		}
		defer j.Close()
		for _, err := range j.Search(ctx, nil) {
			if err != nil {
				t.Error(err)
			}
		}
	}
	first, second := reports(run), reports(run)
	if diff := cmp.Diff(first, second); diff != "" || len(first) != 2 || !first["a/r"].Complete || first["a/r"].Matched != 3 {
		t.Errorf("reports of a run and of one that reads its journal (-first +second):\n%s", diff)
	}
}

func TestOpenRefusesOtherTargets(t *testing.T) {
	c := &cloud{images: 1}
	dir := t.TempDir()
	search(t, dir, c.targets("a/r"), image.Query{Names: []string{"x"}, Native: map[string]map[string]string{"testcloud": {"P": "1"}}})
	query := func(name, value string) *image.Query {
		return &image.Query{Names: []string{name}, Native: map[string]map[string]string{"testcloud": {"P": value}}}
	}
	for _, test := range []struct {
		name   string
		target provider.Target
		query  *image.Query
		native bool
		want   string // in the error; empty: accepted
	}{
		{name: "the same", target: c.target("a/r"), query: query("x", "1")},
		{name: "another query", target: c.target("a/r"), query: query("y", "1"), want: "another query"},
		{name: "other native parameters", target: c.target("a/r"), query: query("x", "2"), want: "another query"},
		{name: "another region", target: c.target("a/r", func(i *provider.Info, _ *provider.Target) { i.Region = "q" }), query: query("x", "1"), want: "region"},
		{name: "another endpoint", target: c.target("a/r", func(i *provider.Info, _ *provider.Target) { i.Host = "h" }), query: query("x", "1"), want: "endpoint"},
		{name: "another provider", target: c.target("a/r", func(i *provider.Info, _ *provider.Target) { i.Name = "othercloud" }), query: &image.Query{Names: []string{"x"}}, want: "another query"},
		{name: "another account", target: c.target("a/r", func(_ *provider.Info, x *provider.Target) { x.Account = "z" }), query: query("x", "1"), want: "account"},
		{name: "native records", target: c.target("a/r"), query: query("x", "1"), native: true, want: "native records"},
		{name: "a limit", target: c.target("a/r"), query: &image.Query{Limit: 3}, want: "without a limit"},
		{name: "no query", target: c.target("a/r"), want: "without a limit"},
	} {
		j, err := journal.Open(dir, []provider.Target{test.target}, journal.Options{Query: test.query, KeepNative: test.native})
		switch {
		case test.want == "" && err != nil:
			t.Errorf("%s: %v", test.name, err)
		case test.want != "" && (err == nil || !strings.Contains(err.Error(), test.want)):
			t.Errorf("%s: error %v, want one about %q", test.name, err, test.want)
		}
		if err == nil {
			_ = j.Close()
		}
	}
}

func TestOpenLocksTheDirectory(t *testing.T) {
	c := &cloud{images: 1}
	dir := t.TempDir()
	o := journal.Options{Query: &image.Query{}}
	first, err := journal.Open(dir, c.targets("a/r"), o)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := journal.Open(dir, c.targets("a/r"), o); err == nil || !strings.Contains(err.Error(), "another process") {
		t.Errorf("second Open: %v, want an error about another process", err)
	}
	if err := first.Close(); err != nil {
		t.Fatal(err)
	}
	second, err := journal.Open(dir, c.targets("a/r"), o)
	if err != nil {
		t.Fatal(err)
	}
	_ = second.Close()
}

// TestCutFilesAreNeverComplete cuts each file of a journal at every length.
func TestCutFilesAreNeverComplete(t *testing.T) {
	c := &cloud{images: 2}
	dir := t.TempDir()
	targets := c.targets("a/r")
	want, _ := search(t, dir, targets, image.Query{})
	for _, name := range filesOf(t, dir) {
		path := filepath.Join(dir, name)
		whole, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		for length := range whole {
			if err := os.WriteFile(path, whole[:length], 0o666); err != nil {
				t.Fatal(err)
			}
			ids, errs := read(t, targets, dir)
			cutHarmlessly := slices.Equal(ids, want) && len(errs) == 0 && strings.TrimSpace(string(whole[length:])) == ""
			if !cutHarmlessly && (len(ids) > 0 || len(errs) != 1 || !errors.Is(errs[0], provider.Incomplete)) {
				t.Fatalf("%s cut to %d of %d bytes: hits %v, errors %v; want an Incomplete target", name, length, len(whole), ids, errs)
			}
		}
		if err := os.WriteFile(path, whole, 0o666); err != nil {
			t.Fatal(err)
		}
	}
}

func TestOpenRemovesLeftoversOnly(t *testing.T) {
	c := &cloud{images: 1}
	dir := t.TempDir()
	search(t, dir, c.targets("a/r", "b/r"), image.Query{})
	kept := append(filesOf(t, dir), "mine.txt", "hits.ndjson")
	for _, name := range []string{"mine.txt", "hits.ndjson", "a_r.0123456789abcdef.hits.ABC.ndjson.new", "a_r.0123456789abcdef.hits.ABC.ndjson", "a_r.0123456789abcdef.report.json.new"} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte("{"), 0o666); err != nil {
			t.Fatal(err)
		}
	}
	search(t, dir, c.targets("a/r"), image.Query{}) // b/r is no longer configured
	slices.Sort(kept)
	if diff := cmp.Diff(kept, filesOf(t, dir)); diff != "" {
		t.Errorf("files (-want +got):\n%s", diff)
	}
}

// TestLeavingRecordsNothingUnfinished stops the consumer. The report of the target
// is complete for the consumer, but its listing did not end.
func TestLeavingRecordsNothingUnfinished(t *testing.T) {
	c := &cloud{images: 5}
	dir := t.TempDir()
	targets := c.targets("a/r")
	j, err := journal.Open(dir, targets, journal.Options{Query: &image.Query{}})
	if err != nil {
		t.Fatal(err)
	}
	for range j.Search(t.Context(), nil) {
		break
	}
	if err := j.Close(); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]string{"lock"}, filesOf(t, dir)); diff != "" {
		t.Errorf("files (-want +got):\n%s", diff)
	}
}

// TestSearchEndsWhenItsTargetsAreRecorded ends searches of more targets than are
// recorded at the same time: by themselves, and by the consumer.
func TestSearchEndsWhenItsTargetsAreRecorded(t *testing.T) {
	var names []string
	for i := range 100 {
		names = append(names, fmt.Sprintf("a%d/r", i))
	}
	for _, taken := range []int{0, 150} { // 0: all
		c := &cloud{images: 3}
		dir, targets := t.TempDir(), c.targets(names...)
		j, err := journal.Open(dir, targets, journal.Options{Query: &image.Query{}})
		if err != nil {
			t.Fatal(err)
		}
		hits := 0
		for _, err := range j.Search(t.Context(), nil) {
			if hits++; err != nil || hits == taken {
				break
			}
		}
		left := filesOf(t, dir)
		if err := j.Close(); err != nil {
			t.Fatal(err)
		}
		record, err := journal.Read([]string{dir}, targets, journal.Options{})
		if err != nil {
			t.Fatal(err)
		}
		recorded := len(targets) - len(record.Missing())
		if len(left) != 2*recorded+1 || hits == 3*len(targets) && recorded != len(targets) {
			t.Errorf("after %d hits %d targets are recorded, in the files %v: want two for each and the lock", hits, recorded, left)
		}
		if after := filesOf(t, dir); !slices.Equal(after, left) {
			t.Errorf("files %v when the search had ended, %v later", left, after)
		}
	}
}

func TestSearchEndsWhenTheJournalCannotBeWritten(t *testing.T) {
	c := &cloud{images: 100}
	dir := filepath.Join(t.TempDir(), "journal")
	j, err := journal.Open(dir, c.targets("a/r", "b/r"), journal.Options{Query: &image.Query{}})
	if err != nil {
		t.Fatal(err)
	}
	defer j.Close()
	if err := os.RemoveAll(dir); err != nil {
		t.Fatal(err)
	}
	var last error
	for _, err := range j.Search(t.Context(), nil) {
		last = err
	}
	var failed *provider.TargetError
	if last == nil || errors.As(last, &failed) || !errors.Is(last, os.ErrNotExist) {
		t.Errorf("last error %v, want that of writing the journal", last)
	}
}
