package provider_test

import (
	"context"
	"errors"
	"fmt"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/imagequery/imagequery/image"
	"github.com/imagequery/imagequery/provider"
)

// manyPaced returns targets that take their time for one page each.
func manyPaced(n int, delay time.Duration, b *busy, budget *provider.Budget) []*paced {
	all := make([]*paced, n)
	for i := range all {
		all[i] = &paced{server: server{images: imagesOf(3)}, delay: delay, busy: b, budget: budget}
	}
	return all
}

func TestSearchOfManyTargetsTakesAsLongAsItsRequestsInFlight(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := &busy{}
		f := searched(t.Context(), targetsOf(manyPaced(2000, second/10, b, nil)...), image.Query{}, nil)
		if len(f.hits) != 6000 || len(f.errs) > 0 || f.finished != 8*second/10 || b.most.Load() != 256 {
			t.Errorf("%d hits after %s, %d requests in flight, errors %v", len(f.hits), f.finished, b.most.Load(), f.errs)
		}
	})
}

// Pages of several targets are prefetched within the same bound.
func TestSearchBoundsPrefetchedPages(t *testing.T) {
	for _, inFlight := range []int{1, 3, 20} {
		for _, distinct := range []bool{false, true} {
			synctest.Test(t, func(t *testing.T) {
				b := &busy{}
				adapters := manyPaced(5, second, b, nil)
				for _, a := range adapters {
					a.images = imagesOf(95)
				}
				o := &provider.SearchOptions{InFlight: inFlight, Distinct: distinct}
				f := searched(t.Context(), targetsOf(adapters...), image.Query{}, o)
				if len(f.hits) != 5*95 || len(f.errs) > 0 || int(b.most.Load()) > inFlight || inFlight == 20 && b.most.Load() < 9 {
					t.Errorf("%+v: %d hits after %s, %d requests in flight, errors %v", o, len(f.hits), f.finished, b.most.Load(), f.errs)
				}
			})
		}
	}
}

func TestSearchIsNotStalledByASlowTarget(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		adapters := append(manyPaced(20, second, nil, nil), manyPaced(1, time.Hour, nil, nil)...)
		f := searched(t.Context(), targetsOf(adapters...), image.Query{}, &provider.SearchOptions{InFlight: 2})
		if len(f.at) != 63 || f.at[59] > 20*second {
			t.Errorf("%d hits, the others at %s", len(f.at), f.at[59])
		}
	})
}

func TestSearchHoldsNoSlotWhileAnAccountIsThrottled(t *testing.T) {
	for name, b := range map[string]*provider.Budget{"hold": {}, "rate": {PerSecond: 0.1}, "in flight": {InFlight: 1}} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				b := &provider.Budget{PerSecond: b.PerSecond, InFlight: b.InFlight}
				if name == "hold" {
					b.Hold("r", "List", time.Now().Add(time.Minute))
				}
				throttled := manyPaced(40, 20*second, nil, b)
				f := searched(t.Context(), targetsOf(append(throttled, manyPaced(40, second, nil, nil)...)...), image.Query{}, &provider.SearchOptions{InFlight: 6})
				if len(f.errs) > 0 || len(f.hits) != 240 {
					t.Fatalf("%d hits, errors %v", len(f.hits), f.errs)
				}
				if slowest := f.at[119]; slowest > 20*second {
					t.Errorf("the other account is done at %s", slowest)
				}
			})
		})
	}
}

// A hold that begins while requests of the account wait for a slot is observed.
func TestHoldIsObservedAfterTheWaitForASlot(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := &provider.Budget{}
		time.AfterFunc(second/2, func() { b.Hold("r", "List", time.Now().Add(time.Minute)) })
		f := searched(t.Context(), targetsOf(manyPaced(4, second, nil, b)...), image.Query{}, &provider.SearchOptions{InFlight: 2})
		if len(f.at) != 12 || f.at[5] != second || f.at[6] != 61*second+second/2 {
			t.Errorf("hits at %v", f.at)
		}
	})
}

// A rate is not exceeded after a time in which no slot was free.
func TestRateIsKeptAfterTheWaitForASlot(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		adapters := append(manyPaced(2, time.Minute, nil, nil), manyPaced(10, 0, nil, &provider.Budget{PerSecond: 1})...)
		f := searched(t.Context(), targetsOf(adapters...), image.Query{}, &provider.SearchOptions{InFlight: 2})
		byTime := map[time.Duration]int{}
		for _, at := range f.at {
			byTime[at]++
		}
		for at, hits := range byTime {
			if at != time.Minute && hits > 6 {
				t.Errorf("%d hits at %s", hits, at)
			}
		}
	})
}

// A consumer that takes its time holds no slots, and the images that wait for it are
// bounded: a hundred for each request in flight, and as many on prefetched pages.
func TestSearchBoundsTheImagesThatWaitForTheConsumer(t *testing.T) {
	for _, distinct := range []bool{false, true} {
		for _, size := range []int{10, 100, 400} {
			synctest.Test(t, func(t *testing.T) {
				adapters := manyPaced(40, second, nil, nil)
				for _, a := range adapters {
					a.images, a.paging = imagesOf(3*size+5), provider.Paging{MaxSize: size}
				}
				taken := 0
				for _, err := range provider.Search(t.Context(), targetsOf(adapters...), image.Query{}, &provider.SearchOptions{InFlight: 4, Distinct: distinct}) {
					if err != nil {
						t.Fatal(err)
					}
					if taken++; taken == 1 {
						time.Sleep(time.Hour)
						requests := 0
						for _, a := range adapters {
							requests += a.requests()
						}
						if most := 2 * 4 * max(100, size); requests*size > most {
							t.Errorf("%d pages of %d images wait for the consumer, want at most %d images", requests, size, most)
						}
					}
				}
				if taken != len(adapters)*(3*size+5) {
					t.Errorf("%d hits", taken)
				}
			})
		}
	}
}

func TestDistinctKeepsTheOrderOfItsTargets(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		adapters := manyPaced(40, second, nil, nil)
		adapters[0].delay = time.Minute
		adapters[7].err = provider.Throttled
		targets := targetsOf(adapters...)
		for i, a := range adapters {
			a.images = imagesOf(30)
			for j := range a.images {
				a.images[j].ID = fmt.Sprint("m-", i/2*30+j) // as the target before or after has them
			}
		}
		f := searched(t.Context(), targets, image.Query{}, &provider.SearchOptions{InFlight: 3, Distinct: true, TargetTimeout: 10 * time.Minute})
		var want []string
		for i := 0; i < 40; i += 2 {
			for j := range 30 {
				want = append(want, fmt.Sprintf("%s/m-%d", targets[i].Name, i/2*30+j))
			}
		}
		if fmt.Sprint(f.hits) != fmt.Sprint(want) || len(f.errs) != 1 {
			t.Errorf("hits %v, errors %v", f.hits, f.errs)
		}
	})
}

func TestSearchEndsWhileTargetsWaitForASlot(t *testing.T) {
	for _, distinct := range []bool{false, true} {
		synctest.Test(t, func(t *testing.T) {
			ctx, cancel := context.WithTimeout(t.Context(), 5*second)
			defer cancel()
			f := searched(ctx, targetsOf(manyPaced(50, -1, nil, nil)...), image.Query{}, &provider.SearchOptions{InFlight: 2, Distinct: distinct})
			if f.finished != 5*second || len(f.errs) != 51 || !errors.Is(errors.Join(f.errs...), context.DeadlineExceeded) {
				t.Errorf("%d errors after %s", len(f.errs), f.finished)
			}
		})
	}
}

// planned counts the plans of its adapter.
type planned struct {
	*paced
	plans *atomic.Int32
}

func (p planned) Plan(q image.Query) ([]provider.Call, error) {
	p.plans.Add(1)
	return p.paced.Plan(q)
}

// A target starts when its first request can soon be in flight, so that few of many
// targets hold memory at the same time.
func TestSearchStartsTargetsAsSlotsBecomeFree(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var plans atomic.Int32
		targets := targetsOf(manyPaced(2000, second, nil, nil)...)
		for i, a := range manyPaced(2000, second, nil, nil) {
			targets[i].Client = provider.New(planned{a, &plans}, provider.Config{})
		}
		time.AfterFunc(second/2, func() {
			if n := plans.Load(); n > 4*4 {
				t.Errorf("%d targets have started, and 4 can have a request in flight", n)
			}
		})
		f := searched(t.Context(), targets, image.Query{}, &provider.SearchOptions{InFlight: 4})
		if len(f.errs) > 0 || len(f.hits) != 6000 || f.finished != 500*second {
			t.Errorf("%d hits after %s, errors %v", len(f.hits), f.finished, f.errs)
		}
	})
}

// The targets that are left when the context ends are started one after another.
func TestEndedSearchStartsOneTargetAtATime(t *testing.T) {
	for _, distinct := range []bool{false, true} {
		synctest.Test(t, func(t *testing.T) {
			var plans atomic.Int32
			targets := targetsOf(manyPaced(500, -1, nil, nil)...)
			for i, a := range manyPaced(500, -1, nil, nil) {
				targets[i].Client = provider.New(planned{a, &plans}, provider.Config{})
			}
			ctx, cancel := context.WithCancel(t.Context())
			cancel()
			errs := 0
			for _, err := range provider.Search(ctx, targets, image.Query{}, &provider.SearchOptions{InFlight: 2, Distinct: distinct}) {
				if err == nil {
					t.Fatal("a hit of a target that does not respond")
				}
				if errs++; errs == 1 {
					time.Sleep(second)
					if n := plans.Load(); n > 1 {
						t.Errorf("%d targets have started", n)
					}
				}
			}
			if errs != 501 {
				t.Errorf("%d errors, want one for each target and that of the context", errs)
			}
		})
	}
}
