package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/imagequery/imagequery/examples/internal/files"
	"github.com/imagequery/imagequery/examples/internal/printable"
	"github.com/imagequery/imagequery/image"
	"github.com/imagequery/imagequery/provider"
)

// maxRecord bounds the file of --verify. An entry has about 300 bytes.
const maxRecord = 16 << 20

// readRecord reads the record of --verify, and makes its query the one of the run.
func (o *options) readRecord() error {
	if o.verify == "" {
		return nil
	}
	text, err := files.ReadRegular(o.verify, maxRecord)
	if err != nil {
		return fmt.Errorf("--verify: %w; want a file that --lock has written", err)
	}
	if err := json.Unmarshal(text, &o.record); err != nil {
		var bad *provider.Error
		if !errors.As(err, &bad) {
			err = fmt.Errorf("not a record in JSON: %w; want a file that --lock has written", err)
		}
		return fmt.Errorf("--verify %s: %w", o.verify, err)
	}
	if len(o.record.Entries) == 0 {
		return fmt.Errorf("--verify %s: the record has no entries, so there is nothing to verify; write it again with --lock", o.verify)
	}
	o.query, err = provider.NewestQuery(o.record.Query)
	return err
}

// checkRecord refuses a record with images of targets that are not searched.
func (o *options) checkRecord(targets []provider.Target) error {
	var missing []string
	for _, entry := range o.record.Entries {
		if !slices.ContainsFunc(targets, func(t provider.Target) bool { return t.Name == entry.Target }) {
			missing = append(missing, entry.Target)
		}
	}
	if len(missing) == 0 {
		return nil
	}
	slices.Sort(missing)
	return fmt.Errorf("--verify %s: the record has images of %s, which this search does not include: add such targets to the configuration, or choose them with --target",
		o.verify, strings.Join(slices.Compact(missing), ", "))
}

// verifyRecord prints whether each choice of the record still stands.
func (r *runner) verifyRecord(ctx context.Context, targets []provider.Target) {
	o := &r.options
	if len(o.record.Failed) > 0 {
		r.note("the record was made without the images of %s, which failed then", strings.Join(o.record.Failed, ", "))
	}
	verdicts, err := provider.Verify(ctx, targets, o.record, o.search())
	isCurrent := func(v provider.Verdict) bool { return v.Standing == provider.StandingCurrent }
	switch {
	case err != nil:
		r.failSearch(ctx, err)
	case !slices.ContainsFunc(verdicts, func(v provider.Verdict) bool { return !isCurrent(v) }):
	default:
		r.status = exitChanged
	}
	r.progress.end()
	if o.output == formatJSON {
		r.checkWrite(writeObjects(r.stdout, verdictsJSON(verdicts)))
		return
	}
	r.checkWrite(writeVerdicts(r.stdout, r.screen, o.record.Keys, verdicts))
}

// verdictJSON is a verdict as --output json prints it.
type verdictJSON struct {
	Group    map[provider.GroupKey]string `json:"group,omitempty"`
	Target   string                       `json:"target"`
	Ref      image.Ref                    `json:"ref"`
	Name     string                       `json:"name,omitempty"`
	Standing provider.Standing            `json:"standing"`
	By       *provider.Hit                `json:"by,omitempty"` // what the query chooses now
	Changed  bool                         `json:"changed"`
	Error    string                       `json:"error,omitempty"`
}

func verdictsJSON(verdicts []provider.Verdict) []verdictJSON {
	var all []verdictJSON
	for _, v := range verdicts {
		one := verdictJSON{v.Entry.Group, v.Entry.Target, v.Entry.Ref, v.Entry.Name, v.Standing, v.By, v.Changed, ""}
		if v.Err != nil {
			one.Error = inFlagWords(v.Err.Error())
		}
		all = append(all, one)
	}
	return all
}

// writeVerdicts writes a table with the group, the image and the standing of each
// entry.
func writeVerdicts(w io.Writer, s screen, keys []provider.GroupKey, verdicts []provider.Verdict) error {
	var columns []column
	shown := slices.DeleteFunc(slices.Clone(keys), func(k provider.GroupKey) bool { return k == provider.GroupTarget })
	for _, k := range shown {
		columns = append(columns, column{header: strings.ToUpper(string(k))})
	}
	columns = append(columns, column{header: "TARGET", path: true}, column{header: "ID", last: true}, column{header: "NAME"}, column{header: "CHANGED"})
	var rows [][]string
	widest := 0
	for _, v := range verdicts {
		var row []string
		for _, k := range shown {
			row = append(row, shownCell(v.Entry.Group[k]))
		}
		changed := "no"
		if v.Changed {
			changed = "yes"
		}
		standing := printable.Line(standingText(v))
		widest = max(widest, cellWidth(standing))
		rows = append(rows, append(row, shownCell(v.Entry.Target), shownCell(v.Entry.Ref.ID), shownCell(v.Entry.Name), changed, standing))
	}
	columns = append(columns, column{header: "STANDING", fixed: widest <= s.width/2}) // a failure can be long
	return writeGrid(w, s, columns, rows)
}

// shownCell is a text in a table, where a missing one has a sign of its own.
func shownCell(text string) string {
	if text = printable.Line(text); text != "" {
		return text
	}
	return missingCell
}

// standingText names the image that the query chooses now, or the targets whose failures
// hide it. The failures are on the standard error.
func standingText(v provider.Verdict) string {
	switch {
	case v.Standing == provider.StandingUnknown && v.Err != nil:
		return fmt.Sprintf("%s: %s", v.Standing, failureText(v.Err))
	case v.Standing != provider.StandingSuperseded && v.Standing != provider.StandingUnknown && v.By != nil:
		return fmt.Sprintf("%s; now %s", v.Standing, v.By.Image.ID)
	}
	return v.String()
}

// failureText refers to the targets that failed, and says any other error.
func failureText(err error) string {
	var names []string
	for _, one := range joinedErrors(err) {
		failed, ok := errors.AsType[*provider.TargetError](one)
		if !ok {
			return inFlagWords(err.Error())
		}
		names = append(names, failed.Target)
	}
	return strings.Join(names, ", ") + " failed"
}
