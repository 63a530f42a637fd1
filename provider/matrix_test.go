package provider_test

import (
	"errors"
	"fmt"
	"os"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/imagequery/imagequery/image"
	"github.com/imagequery/imagequery/provider"
)

// The outcomes of a cell, by the modes Auto, Always and Never: F: found, R: reported,
// M: can be missed. A single letter holds for every mode.
var matrixChanges = []worldChange{
	{
		name: "nothing changes", outcomes: [5]string{"F", "F", "F", "R", "F"},
		reason: "A total that changes by itself can end above the number of images.",
	}, {
		name: "images are deleted", before: sometimes(deleteAny), outcomes: [5]string{"F", "FFM", "FFM", "R", "MRM"},
		reason: "A deletion moves later images to pages that came before; the total, or a second scan, shows it.",
	}, {
		name: "the newest images are inserted", before: sometimes(insertFirst), outcomes: [5]string{"F", "F", "F", "R", "F"},
		reason: "An insertion at the front repeats images on the next page and hides none.",
	}, {
		name: "images are inserted anywhere", before: sometimes(insertAny), rare: true, outcomes: [5]string{"F", "F", "FFM", "R", "MFM"},
		reason: "An insertion while later pages are already prefetched can hide an image; the total, or a second scan, shows it.",
	}, {
		name: "images are deleted and inserted", before: sometimes(deleteOrInsert), outcomes: [5]string{"MFM", "FFM", "FFM", "R", "MFM"},
		reason: "A deletion and an insertion between the same two pages leave the total as it was.",
	}, {
		name: "as many images are deleted as inserted", before: sometimes(replaceAny), outcomes: [5]string{"MFM", "FFM", "FFM", "R", "MFM"},
		reason: "Churn that keeps the total constant shows only in a second scan, which brings other images.",
	}, {
		name: "a row repeats in place of another", rows: repeatRow, outcomes: [5]string{"R", "R", "R", "R", "M"},
		reason: "No scan brings the hidden row; a total that is too low by itself can equal the other ones.",
	}, {
		name: "the order of ties changes", before: shuffleTies, outcomes: [5]string{"F", "F", "F", "R", "M"},
		reason: "An image that moves to a page that came before lets another one repeat; the scans together bring all.",
	}, {
		name: "rows are filtered after paging", hidden: filterRows, outcomes: [5]string{"R", "M", "M", "R", "M"},
		reason: "A page of which no row is left looks like the end unless a right total says more.",
	}, {
		name: "the first pages are cut short", rows: cutFirst, outcomes: [5]string{"F", "F", "F", "R", "MFM"},
		reason: "A short page ends a scan only if its total says so, and the next one begins where its rows ended.",
	}, {
		name: "the first page is too large", rows: enlargeFirst, outcomes: [5]string{"F", "F", "F", "R", "M"},
		reason: "The next page begins where the rows of the first one ended; a server that also moves its pages shows it by its total.",
	}, {
		name: "one page is empty", rows: emptyOnce, outcomes: [5]string{"F", "MFM", "MFM", "R", "MFM"},
		reason: "An empty page looks like the end; Auto does not confirm a listing whose only page with images is short.",
	}, {
		name: "each page lacks its last row", rows: dropLast, outcomes: [5]string{"R", "M", "M", "R", "M"},
		reason: "No request brings these rows, and only a right total says that they exist.",
	},
}

// outcomeOf returns the letter of a cell for a mode.
func (w worldChange) outcomeOf(totals int, mode provider.ConfirmMode) byte {
	code := w.outcomes[totals]
	if len(code) == 1 {
		return code[0]
	}
	return code[mode]
}

// matrixSeeds is how many worlds each cell of the matrix has. The environment
// variable IMAGEQUERY_SEEDS sets a larger number; fewer worlds do not show every outcome.
func matrixSeeds(t *testing.T) uint64 {
	t.Helper()
	const worlds = 100
	if text := os.Getenv("IMAGEQUERY_SEEDS"); text != "" {
		n, err := strconv.ParseUint(text, 10, 32)
		if err != nil || n < worlds {
			t.Fatalf("IMAGEQUERY_SEEDS=%s: want a number of at least %d", text, worlds)
		}
		return n
	}
	if testing.Short() {
		return worlds / 8
	}
	return worlds
}

// tally counts the outcomes of a cell.
type tally struct{ complete, incomplete, lossy int }

// A complete listing lacks an image that exists all the time only in the cells that say
// so.
func TestCompletenessMatrix(t *testing.T) {
	seeds := matrixSeeds(t)
	for _, change := range matrixChanges {
		t.Run(change.name, func(t *testing.T) {
			t.Parallel()
			mayLose, losses := false, 0
			for i, totals := range matrixTotals {
				for _, mode := range confirmModes {
					var sum tally
					for _, paging := range pagings {
						for _, limit := range matrixCaps {
							if limit.shifts && !paging.Aligned {
								continue // the same worlds as without a shift
							}
							for seed := range seeds {
								sum.add(t, newChangingServer(seed, change, totals, paging, limit), mode, seed)
							}
						}
					}
					outcome := change.outcomeOf(i, mode)
					sum.check(t, fmt.Sprintf("totals %s, %v", totals.name, mode), outcome)
					mayLose, losses = mayLose || outcome == 'M', losses+sum.lossy
				}
			}
			if mayLose && losses == 0 && !change.rare && seeds >= 100 {
				t.Errorf("no image was missed in any cell: the table promises too little")
			}
		})
	}
}

// add lists one world. One of four worlds prefetches several pages at once.
func (sum *tally) add(t *testing.T, s *changingServer, mode provider.ConfirmMode, seed uint64) {
	t.Helper()
	prefetch := 1
	if seed%4 == 3 {
		prefetch = 4
	}
	came := make(map[string]bool, len(matrixIDs))
	client := provider.New(s, provider.Config{Listing: provider.Listing{Confirm: mode, Prefetch: prefetch}})
	for m, err := range client.Images(t.Context(), image.Query{}) {
		switch {
		case errors.Is(err, provider.Incomplete):
			sum.incomplete++
			return
		case err != nil:
			t.Fatalf("seed %d: error %v", seed, err)
		case came[m.ID]:
			t.Errorf("seed %d: %s came twice", seed, m.ID)
		}
		came[m.ID] = true
	}
	sum.complete++
	if len(s.lost(came)) > 0 {
		sum.lossy++
	}
}

func (sum *tally) check(t *testing.T, cell string, outcome byte) {
	t.Helper()
	runs := sum.complete + sum.incomplete
	if sum.lossy > 0 && outcome != 'M' {
		t.Errorf("%s: %d of %d listings are complete and lack an image", cell, sum.lossy, runs)
	}
	if outcome == 'F' && sum.complete < runs/2 {
		t.Errorf("%s: only %d of %d listings are complete: that is reported, not found", cell, sum.complete, runs)
	}
	if outcome == 'R' && sum.incomplete == 0 {
		t.Errorf("%s: all of %d listings are complete: that is found, not reported", cell, runs)
	}
}

func TestCompletenessTableIsDocumented(t *testing.T) {
	text, err := os.ReadFile("../docs/completeness.md")
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	_, table, _ := strings.Cut(string(text), "\n| what changes")
	table, _, _ = strings.Cut("| what changes"+table, "\n\n")
	for line := range strings.Lines(table) {
		got = append(got, strings.TrimSpace(line))
	}
	if diff := cmp.Diff(completenessTable(), got); diff != "" {
		t.Errorf("docs/completeness.md (-want +got):\n%s", diff)
	}
}

func completenessTable() []string {
	header := []string{"what changes"}
	for _, totals := range matrixTotals {
		header = append(header, "totals "+totals.name)
	}
	table := []string{tableRow(append(header, "why")), strings.Repeat("|---", len(header)+1) + "|"}
	for _, change := range matrixChanges {
		row := []string{change.name}
		for _, code := range change.outcomes {
			row = append(row, outcomeText[code])
		}
		table = append(table, tableRow(append(row, change.reason)))
	}
	return table
}

func tableRow(cells []string) string { return "| " + strings.Join(cells, " | ") + " |" }

var outcomeText = map[string]string{
	"F": "found", "R": "reported", "M": "can be missed",
	"FFM": "found; with Never can be missed", "MFM": "can be missed; with Always found",
	"MRM": "can be missed; with Always reported",
}
