package provider_test

import (
	"context"
	"testing"
	"testing/synctest"
	"time"

	"github.com/imagequery/imagequery/provider"
)

func TestHoldIsForOneOperation(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := &provider.Budget{InFlight: 1}
		c := newClock()
		b.Hold("r", "List", c.began.Add(10*second))
		for _, test := range []struct {
			region, action string
			want           time.Duration
		}{
			{"r", "Get", 0},
			{"other", "List", 0},
			{"", "", 0},
			{"r", "List", 10 * second},
			{"r", "List", 10 * second},
		} {
			release, _, err := b.Acquire(t.Context(), test.region, test.action)
			if err != nil || c.at() != test.want {
				t.Errorf("%s in %s: after %s, error %v, want %s", test.action, test.region, c.at(), err, test.want)
			}
			release()
		}
	})
}

func TestHoldsAreExtendedNeverShortened(t *testing.T) {
	for name, test := range map[string]struct {
		before, during time.Duration // holds; the second is set a second later
		want           time.Duration
	}{
		"extended while it lasts": {5 * second, 20 * second, 20 * second},
		"not shortened":           {20 * second, 5 * second, 20 * second},
		"not lifted by the past":  {20 * second, -time.Hour, 20 * second},
		"none by the past":        {-time.Hour, -time.Second, 0},
		"the same again":          {5 * second, 5 * second, 5 * second},
		"renewed at the very end": {second + second/1000, 9 * second, 9 * second},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				b := &provider.Budget{}
				l := newLine(t, b)
				b.Hold("r", "List", l.began.Add(test.before))
				time.AfterFunc(second, func() { b.Hold("r", "List", l.began.Add(test.during)) })
				l.join(t.Context(), "List", 1)
				time.Sleep(time.Minute)
				l.check(test.want)
			})
		})
	}
}

// They wait for a slot or for the rate when the hold begins.
func TestHoldReachesWaitingRequests(t *testing.T) {
	for name, b := range map[string]*provider.Budget{
		"for a slot":   {InFlight: 1},
		"for the rate": {PerSecond: 1},
		"for both":     {PerSecond: 1, InFlight: 1},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				b := &provider.Budget{PerSecond: b.PerSecond, InFlight: b.InFlight}
				l := newLine(t, b)
				l.keep = second
				l.join(t.Context(), "List", 2)
				time.Sleep(second / 2)
				b.Hold("r", "List", l.began.Add(30*second))
				time.Sleep(time.Minute)
				l.check(0, 30*second)
			})
		})
	}
}

func TestHeldRequestsKeepNoSlot(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := &provider.Budget{InFlight: 1}
		l := newLine(t, b)
		b.Hold("r", "List", l.began.Add(10*second))
		l.join(t.Context(), "List", 3)
		l.join(t.Context(), "Get", 2)
		l.check(0, 0)
		l.checkOrder(3, 4)
		time.Sleep(time.Minute)
		l.check(0, 0, 10*second, 10*second, 10*second)
	})
}

func TestHeldRequestsKeepTheirOrder(t *testing.T) {
	for range 20 {
		synctest.Test(t, func(t *testing.T) {
			b := &provider.Budget{PerSecond: 1}
			l := newLine(t, b)
			b.Hold("r", "List", l.began.Add(10*second))
			l.join(t.Context(), "List", 5)
			time.Sleep(time.Minute)
			l.check(10*second, 11*second, 12*second, 13*second, 14*second)
			l.checkOrder(0, 1, 2, 3, 4)
		})
	}
}

// The end of a wait does not lift the hold.
func TestHoldOutlivesTheContext(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := &provider.Budget{}
		l := newLine(t, b)
		b.Hold("r", "List", l.began.Add(10*second))
		ctx, cancel := context.WithCancel(t.Context())
		l.join(ctx, "List", 3)
		cancel()
		synctest.Wait()
		l.join(t.Context(), "List", 1)
		time.Sleep(time.Minute)
		l.check(10 * second)
	})
}
