package adaptertest_test

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"net/http"
	"sync"
	"testing"
	"time"

	"github.com/imagequery/imagequery/fakecloud"
	"github.com/imagequery/imagequery/internal/adaptertest"
	"github.com/imagequery/imagequery/provider"
)

// drift changes a cloud between requests, until it has had enough.
type drift struct {
	driftMode
	cloud     *fakecloud.Cloud
	operation operation

	mu       sync.Mutex
	rng      *rand.Rand
	requests int
	calm     int // the number of the request from which on the images stay the same
}

func (d *drift) RoundTrip(r *http.Request) (*http.Response, error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.requests++
	for d.requests > 1 && d.requests < d.calm && d.rng.IntN(3) == 0 {
		if err := d.change(); err != nil {
			return nil, err
		}
	}
	return d.cloud.Transport().RoundTrip(r)
}

func (d *drift) change() error {
	if d.deletes && (!d.inserts || d.rng.IntN(2) == 0) {
		images := d.cloud.Visible("a", d.operation.provider, "r-1")
		if len(images) == 0 {
			return nil
		}
		return d.cloud.Delete(images[d.rng.IntN(len(images))].Ref)
	}
	m := faultImage(d.operation.provider, d.requests)
	m.ID = fmt.Sprintf("new-%d-%d", d.requests, d.rng.Uint32())
	m.Created = m.Created.AddDate(1, 0, 0) // lists are newest first
	if d.anywhere {
		m.Created = time.Date(2023, 12, 20+d.rng.IntN(60), 12, 0, 0, 0, time.UTC)
	}
	return d.cloud.Insert("a", fakecloud.Image{Image: m})
}

type driftMode struct {
	name             string
	deletes, inserts bool
	anywhere         bool // not only the newest; goes with Listing.Confirm
}

// Images are inserted and deleted during listings by every operation that has pages. An
// image that exists all the time is listed, or the error is Incomplete.
func TestListingsOfChangingAccountsAreComplete(t *testing.T) {
	runs := 60
	if testing.Short() {
		runs = 20
	}
	modes := []driftMode{
		{"deleting", true, false, false},
		{"inserting the newest", false, true, false},
		{"deleting and inserting the newest", true, true, false},
		{"deleting and inserting anywhere, confirmed", true, true, true},
	}
	for _, o := range listings() {
		for _, mode := range modes {
			t.Run(o.name+"/"+mode.name, func(t *testing.T) {
				t.Parallel()
				complete := 0
				for seed := range uint64(runs) {
					rng := rand.New(rand.NewPCG(seed, 11))
					cloud := newCloud(t, worldOf(o.provider, 15+int(seed%20)))
					d := &drift{driftMode: mode, cloud: cloud, operation: o, rng: rng, calm: 3 + rng.IntN(10)}
					if d.check(t, seed) {
						complete++
					}
				}
				t.Logf("%d of %d answers complete", complete, runs)
				if complete < runs/4 {
					t.Errorf("%d of %d answers complete: the test tests little", complete, runs)
				}
			})
		}
	}
}

// check lists once, and reports whether the response was complete.
func (d *drift) check(t *testing.T, seed uint64) bool {
	t.Helper()
	confirm := provider.ConfirmAuto
	if d.anywhere {
		confirm = provider.ConfirmAlways
	}
	client := adaptertest.New(t, d.operation.open, provider.Config{
		Region:     "r-1",
		HTTPClient: &http.Client{Transport: d},
		Listing:    provider.Listing{PageSize: 5, Confirm: confirm},
	})
	before := d.cloud.Visible("a", d.operation.provider, "r-1")
	got, err := d.operation.request(t.Context(), client)
	if errors.Is(err, provider.Incomplete) {
		return false
	}
	if err != nil {
		t.Fatalf("seed %d: %v", seed, err)
	}
	if text := incomplete(before, d.cloud.Visible("a", d.operation.provider, "r-1"), got); text != whole {
		t.Errorf("seed %d: %s", seed, text)
	}
	return true
}
