package adaptertest_test

import (
	"slices"
	"testing"

	"github.com/imagequery/imagequery/fakecloud"
	"github.com/imagequery/imagequery/provider"
)

// Images are inserted and deleted during listings by every operation that has pages. An
// image that exists all the time is listed, or the error is Incomplete.
func TestListingsOfChangingAccountsAreComplete(t *testing.T) {
	deletes := fakecloud.Fault{Do: fakecloud.DeleteImages, Anywhere: true}
	newest := fakecloud.Fault{Do: fakecloud.InsertImages}
	anywhere := fakecloud.Fault{Do: fakecloud.InsertImages, Anywhere: true}
	for _, mode := range []struct {
		name    string
		confirm provider.ConfirmMode
		changes []fakecloud.Fault
	}{
		{"deleting", provider.ConfirmAuto, do(deletes)},
		{"inserting the newest", provider.ConfirmAuto, do(newest)},
		{"deleting and inserting the newest", provider.ConfirmAuto, do(deletes, newest)},
		{"deleting and inserting anywhere, confirmed", provider.ConfirmAlways, do(deletes, anywhere)},
	} {
		for _, o := range listings() {
			t.Run(o.name+"/"+mode.name, func(t *testing.T) {
				t.Parallel()
				checkChanging(t, o, provider.Listing{PageSize: 5, Confirm: mode.confirm}, mode.changes)
			})
		}
	}
}

// checkChanging lists accounts of several sizes while up to five random changes of each
// kind happen.
func checkChanging(t *testing.T, o operation, listing provider.Listing, changes []fakecloud.Fault) {
	runs := 60
	if testing.Short() {
		runs = 20
	}
	complete := 0
	for seed := range runs {
		faults := slices.Clone(changes)
		for i := range faults {
			faults[i].Seed, faults[i].From, faults[i].Times, faults[i].Chance = uint64(seed+1), 2, 1+seed%5, 0.4
		}
		switch got := outcomeOfListing(t, o, 15+seed%20, listing, faults); got {
		case whole:
			complete++
		case kindName(provider.Incomplete):
		default:
			t.Errorf("seed %d: %s", seed, got)
		}
	}
	t.Logf("%d of %d answers complete", complete, runs)
	if complete < runs/4 {
		t.Errorf("%d of %d answers complete: the test tests little", complete, runs)
	}
}
