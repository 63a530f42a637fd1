package httpapi_test

import (
	"errors"
	"net/http"
	"testing"
	"testing/synctest"
	"time"

	"github.com/imagequery/imagequery/provider"
	"github.com/imagequery/imagequery/provider/httpapi"
)

func TestBackoffIsRandomWithinBounds(t *testing.T) {
	ms := func(n int) time.Duration { return time.Duration(n) * time.Millisecond }
	for name, test := range map[string]struct {
		status   int
		header   string // Retry-After
		maxWait  time.Duration
		min, max []time.Duration
	}{
		"unavailable": {status: 503, min: []time.Duration{0, 0, 0, 0}, max: []time.Duration{ms(200), ms(400), ms(800), ms(1600)}},
		"capped":      {status: 503, maxWait: ms(50), min: []time.Duration{0, 0, 0, 0}, max: []time.Duration{ms(50), ms(50), ms(50), ms(50)}},
		"hint": {
			status: 503, header: "7",
			min: []time.Duration{ms(7000), ms(7000), ms(7000), ms(7000)}, max: []time.Duration{ms(7200), ms(7400), ms(7800), ms(8600)},
		},
		"hint capped": {
			status: 503, header: "86400", maxWait: 2 * time.Second,
			min: []time.Duration{ms(2000), ms(2000), ms(2000), ms(2000)}, max: []time.Duration{ms(2000), ms(2000), ms(2000), ms(2000)},
		},
		"hint beyond numbers": {
			status: 503, header: "99999999999999999999999", maxWait: 2 * time.Second,
			min: []time.Duration{ms(2000), ms(2000), ms(2000), ms(2000)}, max: []time.Duration{ms(2000), ms(2000), ms(2000), ms(2000)},
		},
		"throttled with hint": {
			status: 400, header: "3",
			min: []time.Duration{ms(3000), ms(3000), ms(3000), ms(3000)}, max: []time.Duration{ms(5000), ms(7000), ms(11000), ms(19000)},
		},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				seen := map[time.Duration]bool{}
				for range 20 {
					waits := waitsFor(t, test.status, test.header, test.maxWait)
					for i, wait := range waits {
						if wait < test.min[i] || wait > test.max[i] {
							t.Errorf("wait %d is %s, want between %s and %s", i, wait, test.min[i], test.max[i])
						}
					}
					seen[waits[0]] = true
				}
				if test.maxWait == 0 && len(seen) == 1 {
					t.Error("every wait is the same")
				}
			})
		})
	}
}

func waitsFor(t *testing.T, status int, retryAfter string, maxWait time.Duration) []time.Duration {
	t.Helper()
	transport := newScript(func(*http.Request) (*http.Response, error) {
		response := answers(status, "later")
		response.Header.Set("Retry-After", retryAfter)
		return response, nil
	})
	if err := newSender(t, transport, provider.Config{Retry: provider.Retry{MaxWait: maxWait}}).Do(t.Context(), request()); err == nil {
		t.Error("no error")
	}
	if len(transport.waits()) != 4 {
		t.Fatalf("%d waits, want 4", len(transport.waits()))
	}
	return transport.waits()
}

func TestRetryOnceHasNoBackoff(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		transport := newScript(says(401, "expired"), says(200, "ok"))
		if err := newSender(t, transport, provider.Config{}).Do(t.Context(), request()); err != nil {
			t.Error(err)
		}
		if wait := transport.waits()[0]; wait != 0 {
			t.Errorf("it waited %s", wait)
		}
	})
}

// The first wait is short; providers count requests by the minute.
func TestLastingThrottleWaitsUntilTheMinute(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		time.Sleep(17*time.Second + 300*time.Millisecond) // into the minute
		transport := newScript(says(400, "slow"))
		if err := newSender(t, transport, provider.Config{}).Do(t.Context(), request()); !errors.Is(err, provider.Throttled) {
			t.Errorf("error %v, want throttled", err)
		}
		if first := transport.waits()[0]; first < time.Second || first > 3*time.Second {
			t.Errorf("the first wait is %s, want 1s to 3s", first)
		}
		for i, at := range transport.times[2:] {
			before := transport.times[i+1]
			minute := before.Truncate(time.Minute).Add(time.Minute)
			if at.Before(minute) || at.After(before.Add(65*time.Second)) {
				t.Errorf("attempt %d, after one at %s, is at %s, want it from %s on", i+3, before, at, minute)
			}
		}
	})
}

func TestRetryAfterParsesSecondsAndDates(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		in := func(d time.Duration) string { return time.Now().Add(d).UTC().Format(http.TimeFormat) }
		for text, want := range map[string]time.Duration{
			"": 0, "0": 0, "-5": 0, "soon": 0, "NaN": 0, "Inf": 24 * time.Hour, "1.5": 1500 * time.Millisecond,
			"120": 2 * time.Minute, " 3 ": 3 * time.Second,
			"86400": 24 * time.Hour, "4294967296": 24 * time.Hour, "99999999999999999999": 24 * time.Hour,
			in(time.Minute): time.Minute, in(-time.Minute): 0, in(10000 * time.Hour): 10000 * time.Hour,
		} {
			if got := httpapi.RetryAfter(http.Header{"Retry-After": {text}}); got != want {
				t.Errorf("Retry-After %q: %s, want %s", text, got, want)
			}
		}
	})
}

// Other operations and regions are not held.
func TestThrottleHoldsTheOperationForTheAccount(t *testing.T) {
	for name, test := range map[string]struct {
		status         int
		region, action string
		maxWait        time.Duration
		min, max       time.Duration
	}{
		"same operation, capped": {status: 400, region: "r1", action: "List", maxWait: 4 * time.Second, min: 4 * time.Second, max: 4 * time.Second},
		"same operation":         {status: 400, region: "r1", action: "List", min: 10 * time.Second, max: 10 * time.Second},
		"other operation":        {status: 400, region: "r1", action: "Get"},
		"other region":           {status: 400, region: "r2", action: "List"},
		"not for unavailable":    {status: 503, region: "r1", action: "List"},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				budget := &provider.Budget{}
				retrying := make(chan error)
				sender := newSender(t, newScript(func(*http.Request) (*http.Response, error) {
					response := answers(test.status, "later")
					response.Header.Set("Retry-After", "10")
					return response, nil
				}, says(200, "ok")), provider.Config{Budget: budget, Retry: provider.Retry{MaxWait: test.maxWait}})
				go func() { retrying <- sender.Do(t.Context(), request()) }()
				synctest.Wait()
				start := time.Now()
				other := newSender(t, newScript(says(200, "ok")), provider.Config{Region: test.region, Budget: budget})
				r := request()
				r.action = test.action
				if err := other.Do(t.Context(), r); err != nil {
					t.Error(err)
				}
				if took := time.Since(start); took < test.min || took > test.max {
					t.Errorf("the other request took %s, want %s to %s", took, test.min, test.max)
				}
				if err := <-retrying; err != nil {
					t.Error(err)
				}
			})
		})
	}
}

func TestQuotaStopsRetriesWithoutSuccesses(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		down := true
		sent := 0
		sender := newSender(t, roundTrip(func(*http.Request) (*http.Response, error) {
			sent++
			if down {
				return answers(503, "down"), nil
			}
			return answers(200, "ok"), nil
		}), provider.Config{})
		ask := func() int {
			before := sent
			if err := sender.Do(t.Context(), request()); (err != nil) != down {
				t.Errorf("error %v", err)
			}
			return sent - before
		}
		const retries, times = 100, 200
		for range times {
			ask()
		}
		if sent != times+retries {
			t.Errorf("%d requests while all fail, want %d and %d retries", sent, times, retries)
		}
		down = false
		for range 5 {
			ask()
		}
		down = true
		if got := ask(); got != 2 {
			t.Errorf("%d attempts after 5 successes, want 2", got)
		}
		if got := ask(); got != 1 {
			t.Errorf("%d attempts with nothing left, want 1", got)
		}
	})
}

// A server that fails every second request never exhausts the quota.
func TestQuotaIsRefilledBySuccesses(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		sent := 0
		sender := newSender(t, roundTrip(func(*http.Request) (*http.Response, error) {
			sent++
			return answers([]int{200, 503, 503}[sent%3], "ok"), nil
		}), provider.Config{})
		for range 500 {
			if err := sender.Do(t.Context(), request()); err != nil {
				t.Fatal(err)
			}
		}
	})
}

func TestThrottleHoldsRequestsThatWaitForTheRate(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		start := time.Now()
		c := provider.Config{Budget: &provider.Budget{PerSecond: 0.5}}
		done := make(chan error)
		throttled := newSender(t, newScript(func(*http.Request) (*http.Response, error) {
			time.Sleep(time.Second)
			response := answers(400, "later")
			response.Header.Set("Retry-After", "30")
			return response, nil
		}, says(200, "ok")), c)
		go func() { done <- throttled.Do(t.Context(), request()) }()
		synctest.Wait()
		if err := newSender(t, says(200, "ok"), c).Do(t.Context(), request()); err != nil {
			t.Error(err)
		}
		if took := time.Since(start); took < 31*time.Second {
			t.Errorf("the other request was sent after %s, in the throttle's 30s from 1s on", took)
		}
		if err := <-done; err != nil {
			t.Error(err)
		}
	})
}
