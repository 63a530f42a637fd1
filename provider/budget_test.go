package provider_test

import (
	"context"
	"errors"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/imagequery/imagequery/provider"
)

// clock tells the time since a test began.
type clock struct{ began time.Time }

func newClock() clock { return clock{time.Now()} }

func (c clock) at() time.Duration { return time.Since(c.began).Round(time.Millisecond) }

// line sends requests one after the other into a budget, each one only when all
// before it wait, and records when and in which order they may go.
type line struct {
	*testing.T
	clock
	budget *provider.Budget
	keep   time.Duration // how long a request takes
	joined int

	mu    sync.Mutex
	order []int
	times []time.Duration
}

func newLine(t *testing.T, b *provider.Budget) *line {
	return &line{T: t, clock: newClock(), budget: b}
}

// join sends n requests, and returns when none of them can go on.
func (l *line) join(ctx context.Context, action string, n int) {
	for range n {
		number := l.joined
		l.joined++
		go l.request(ctx, action, number)
		synctest.Wait()
	}
}

func (l *line) request(ctx context.Context, action string, number int) {
	release, _, err := l.budget.Acquire(ctx, "r", action)
	if err != nil {
		return
	}
	l.mu.Lock()
	l.order, l.times = append(l.order, number), append(l.times, l.at())
	l.mu.Unlock()
	time.Sleep(l.keep)
	release()
}

func (l *line) check(times ...time.Duration) {
	l.Helper()
	synctest.Wait()
	l.mu.Lock()
	defer l.mu.Unlock()
	if diff := cmp.Diff(times, l.times); diff != "" {
		l.Errorf("times (-want +got):\n%s", diff)
	}
}

func (l *line) checkOrder(order ...int) {
	l.Helper()
	synctest.Wait()
	l.mu.Lock()
	defer l.mu.Unlock()
	if diff := cmp.Diff(order, l.order); diff != "" {
		l.Errorf("order (-want +got):\n%s", diff)
	}
}

const second = time.Second

func TestBudgetLimitsTheRate(t *testing.T) {
	for name, test := range map[string]struct {
		budget *provider.Budget
		want   []time.Duration
	}{
		"one a second":    {&provider.Budget{PerSecond: 1}, []time.Duration{0, second, 2 * second, 3 * second}},
		"two a second":    {&provider.Budget{PerSecond: 2}, []time.Duration{0, second / 2, second, 3 * second / 2}},
		"a burst":         {&provider.Budget{PerSecond: 1, Burst: 3}, []time.Duration{0, 0, 0, second}},
		"one in a minute": {&provider.Budget{PerSecond: 1. / 60}, []time.Duration{0, time.Minute, 2 * time.Minute, 3 * time.Minute}},
		"any number":      {&provider.Budget{Burst: 1}, []time.Duration{0, 0, 0, 0}},
		"the zero budget": {&provider.Budget{}, []time.Duration{0, 0, 0, 0}},
		"no budget":       {nil, []time.Duration{0, 0, 0, 0}},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				b := test.budget
				l := newLine(t, b)
				l.join(t.Context(), "List", len(test.want))
				time.Sleep(time.Hour)
				l.check(test.want...)
				l.checkOrder(0, 1, 2, 3)
			})
		})
	}
}

func TestBudgetSavesAtMostTheBurst(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		l := newLine(t, &provider.Budget{PerSecond: 1, Burst: 2})
		l.join(t.Context(), "List", 2)
		time.Sleep(time.Minute)
		l.join(t.Context(), "List", 3)
		time.Sleep(time.Minute)
		l.check(0, 0, 60*second, 60*second, 61*second)
	})
}

func TestBudgetLimitsRequestsInFlight(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		l := newLine(t, &provider.Budget{InFlight: 2})
		l.keep = second
		l.join(t.Context(), "List", 5)
		time.Sleep(time.Minute)
		l.check(0, 0, second, second, 2*second)
	})
}

func TestBudgetAdmitsInFIFOOrder(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		l := newLine(t, &provider.Budget{InFlight: 1})
		l.keep = second
		l.join(t.Context(), "List", 4)
		time.Sleep(second / 2)
		l.join(t.Context(), "Get", 2)
		time.Sleep(time.Minute)
		l.check(0, second, 2*second, 3*second, 4*second, 5*second)
		l.checkOrder(0, 1, 2, 3, 4, 5)
	})
}

// The duration of earlier requests does not matter.
func TestBudgetRateCountsStarts(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		l := newLine(t, &provider.Budget{PerSecond: 1, InFlight: 2})
		l.keep = 5 * second
		l.join(t.Context(), "List", 4)
		time.Sleep(time.Minute)
		l.check(0, second, 5*second, 6*second)
	})
}

func TestReleaseTwiceFreesOneSlot(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := &provider.Budget{InFlight: 1}
		release, _, err := b.Acquire(t.Context(), "r", "List")
		if err != nil {
			t.Fatal(err)
		}
		release()
		release()
		l := newLine(t, b)
		l.keep = second
		l.join(t.Context(), "List", 3)
		time.Sleep(time.Minute)
		l.check(0, second, 2*second)
	})
}

func TestNilBudgetHasNoLimits(t *testing.T) {
	var none *provider.Budget
	none.Hold("r", "List", time.Now().Add(time.Hour))
	release, _, err := none.Acquire(t.Context(), "r", "List")
	if err != nil {
		t.Fatal(err)
	}
	release()
	release()
	ended, cancel := context.WithCancel(t.Context())
	cancel()
	if _, _, err := none.Acquire(ended, "r", "List"); !errors.Is(err, context.Canceled) {
		t.Errorf("error %v, want the context's", err)
	}
}

// endings are the waits that a context can end: each budget is made such that
// one more request has to wait.
var endings = map[string]func(t *testing.T) (*provider.Budget, func()){
	"for a slot": func(t *testing.T) (*provider.Budget, func()) { return taken(t, &provider.Budget{InFlight: 1}) },
	"for the rate": func(t *testing.T) (*provider.Budget, func()) {
		b, release := taken(t, &provider.Budget{PerSecond: 1. / 60, InFlight: 1})
		release()
		return b, release
	},
	"for a hold": func(*testing.T) (*provider.Budget, func()) {
		b := &provider.Budget{InFlight: 1}
		b.Hold("r", "List", time.Now().Add(time.Minute))
		return b, func() {}
	},
}

// taken sends one request into a budget, which keeps its slot.
func taken(t *testing.T, b *provider.Budget) (*provider.Budget, func()) {
	t.Helper()
	release, _, err := b.Acquire(t.Context(), "r", "List")
	if err != nil {
		t.Fatal(err)
	}
	return b, release
}

// A wait that would exceed the deadline also lasts until the deadline. The slot stays
// free for the next waiter.
func TestBudgetWaitsEndWithTheContext(t *testing.T) {
	for name, begin := range endings {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				b, release := begin(t)
				c := newClock()
				ctx, cancel := context.WithTimeout(t.Context(), 5*second)
				defer cancel()
				if _, _, err := b.Acquire(ctx, "r", "List"); !errors.Is(err, context.DeadlineExceeded) || c.at() != 5*second {
					t.Errorf("error %v after %s", err, c.at())
				}
				release()
				l := newLine(t, b)
				l.join(t.Context(), "List", 1)
				time.Sleep(time.Hour)
				l.checkOrder(0)
			})
		})
	}
}

func TestBudgetEndedContextTakesNoSlot(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ended, cancel := context.WithCancel(t.Context())
		cancel()
		b := &provider.Budget{PerSecond: 1, InFlight: 1}
		for range 10 {
			if _, _, err := b.Acquire(ended, "r", "List"); !errors.Is(err, context.Canceled) {
				t.Errorf("error %v, want the context's", err)
			}
		}
		l := newLine(t, b)
		l.join(t.Context(), "List", 2)
		time.Sleep(time.Minute)
		l.check(0, second)
	})
}

// A request that was not sent does not delay the next one.
func TestBudgetEndedWaitsSpendNoRate(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := &provider.Budget{PerSecond: 1}
		l := newLine(t, b)
		l.join(t.Context(), "List", 1)
		ctx, cancel := context.WithCancel(t.Context())
		l.join(ctx, "List", 30)
		cancel()
		synctest.Wait()
		l.join(t.Context(), "List", 2)
		time.Sleep(time.Hour)
		l.check(0, second, 2*second)
	})
}

func TestBudgetAdmitsWaitersBehindAnEndedOne(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		l := newLine(t, &provider.Budget{PerSecond: 1})
		ctx, cancel := context.WithCancel(t.Context())
		l.join(t.Context(), "List", 1)
		l.join(ctx, "List", 30)
		l.join(t.Context(), "List", 1)
		cancel()
		time.Sleep(time.Hour)
		l.check(0, second)
	})
}

// A slot becomes free at the moment at which the wait for it ends.
func TestBudgetFreesASlotGrantedToAnEndedWait(t *testing.T) {
	bounded, stop := context.WithTimeout(t.Context(), 10*second)
	defer stop()
	b := &provider.Budget{InFlight: 1}
	for run := range 5_000 {
		release, _, err := b.Acquire(bounded, "r", "List")
		if err != nil {
			t.Fatalf("run %d: the slot is lost: %v", run, err)
		}
		ctx, cancel := context.WithCancel(bounded)
		var group sync.WaitGroup
		group.Go(func() {
			if late, _, err := b.Acquire(ctx, "r", "List"); err == nil {
				late()
			}
		})
		group.Go(cancel)
		group.Go(release)
		group.Wait()
	}
}
