package provider_test

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"sync"
	"testing"

	"github.com/imagequery/imagequery/image"
	"github.com/imagequery/imagequery/provider"
)

// drifting is a server whose images come and go between two pages.
type drifting struct {
	rng    *rand.Rand
	change func(*drifting)
	paging provider.Paging
	calm   int // pages from which on nothing changes

	mu      sync.Mutex
	images  []image.Image
	stayed  map[string]bool // images that were there from the beginning, and still are
	next    int
	fetched int
}

func newDrifting(seed uint64, n int, paging provider.Paging, change func(*drifting)) *drifting {
	d := &drifting{rng: rand.New(rand.NewPCG(seed, 7)), change: change, paging: paging, images: imagesOf(n), next: n, stayed: map[string]bool{}}
	d.calm = 3 + d.rng.IntN(12)
	for _, m := range d.images {
		d.stayed[m.ID] = true
	}
	return d
}

func (d *drifting) delete(at int) {
	if len(d.images) > 0 {
		at %= len(d.images)
		delete(d.stayed, d.images[at].ID)
		d.images = slices.Delete(d.images, at, at+1)
	}
}

func (d *drifting) insert(at int) {
	m := image.Image{Ref: image.Ref{Provider: "fake", Region: "r", ID: fmt.Sprintf("new-%d", d.next)}}
	d.next++
	d.images = slices.Insert(d.images, at%(len(d.images)+1), m)
}

func deleting(d *drifting)        { d.delete(d.rng.IntN(1000)) }
func insertingNewest(d *drifting) { d.insert(0) }
func insertAnywhere(d *drifting)  { d.insert(d.rng.IntN(1000)) }

func oneOf(changes ...func(*drifting)) func(*drifting) {
	return func(d *drifting) { changes[d.rng.IntN(len(changes))](d) }
}

func (d *drifting) Info() provider.Info {
	return provider.Info{Name: "fake", Region: "r", Host: "fake.invalid"}
}

func (d *drifting) Plan(image.Query) ([]provider.Call, error) {
	return []provider.Call{{Action: "List", Paging: d.paging}}, nil
}

func (d *drifting) Fetch(_ context.Context, _ provider.Call, at provider.Cursor) (*provider.Page, error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.fetched++
	for d.fetched > 1 && d.fetched < d.calm && d.rng.IntN(3) == 0 {
		d.change(d)
	}
	from := min(at.Offset, len(d.images))
	page := slices.Clone(d.images[from:min(from+at.Size, len(d.images))])
	return &provider.Page{Images: page, Total: len(d.images)}, nil
}

// TestDriftIsNeverSilent lists worlds that change while they are read: an image
// that is there all the time is found, or the answer says that it is incomplete.
func TestDriftIsNeverSilent(t *testing.T) {
	const runs = 600
	for name, test := range map[string]struct {
		change  func(*drifting)
		confirm provider.ConfirmMode
	}{
		"deleting":             {deleting, provider.ConfirmAuto},
		"inserting the newest": {insertingNewest, provider.ConfirmAuto},
		"both":                 {oneOf(deleting, insertingNewest), provider.ConfirmAuto},
		"anywhere, confirmed":  {oneOf(deleting, insertAnywhere), provider.ConfirmAlways},
	} {
		for way, paging := range pagings {
			t.Run(name+" by "+way, func(t *testing.T) {
				whole, reread := 0, 0
				for seed := range uint64(runs) {
					d := newDrifting(seed, 20+int(seed%50), paging, test.change)
					client := provider.New(d, provider.Config{Listing: provider.Listing{Prefetch: 1 + int(seed%8), Confirm: test.confirm}})
					got, err := provider.Collect(client.Images(t.Context(), image.Query{}))
					switch {
					case err == nil:
						whole++
						checkStayed(t, seed, d, got)
					case !errors.Is(err, provider.Incomplete):
						t.Fatalf("seed %d: error %v", seed, err)
					}
					if d.fetched > len(got)/10+2 {
						reread++
					}
				}
				t.Logf("%d of %d runs complete, %d read again", whole, runs, reread)
				if whole == 0 || reread == 0 {
					t.Errorf("%d complete and %d read again: the test tests nothing", whole, reread)
				}
			})
		}
	}
}

func checkStayed(t *testing.T, seed uint64, d *drifting, got []image.Image) {
	t.Helper()
	came := map[string]bool{}
	for _, m := range got {
		if came[m.ID] {
			t.Errorf("seed %d: %s came twice", seed, m.ID)
		}
		came[m.ID] = true
	}
	for id := range d.stayed {
		if !came[id] {
			t.Errorf("seed %d: %s was there all the time, and is missing from a complete answer", seed, id)
		}
	}
}
