package qing_test

import (
	"errors"
	"net/http"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/imagequery/imagequery/internal/adaptertest"
	"github.com/imagequery/imagequery/provider"
)

// clockedServer refuses requests that are older than a minute by its own clock.
type clockedServer struct {
	skew    time.Duration
	stamped bool          // whether answers have a date
	takes   time.Duration // to answer

	mu    sync.Mutex
	asked int
}

func (s *clockedServer) RoundTrip(r *http.Request) (*http.Response, error) {
	s.mu.Lock()
	s.asked++
	s.mu.Unlock()
	time.Sleep(s.takes)
	now, date := time.Now().Add(s.skew), time.Time{}
	if s.stamped {
		date = now
	}
	sent, err := time.Parse("2006-01-02T15:04:05Z", adaptertest.Params(r).Get("time_stamp"))
	if err != nil || now.Sub(sent).Abs() > time.Minute {
		return answer(200, date, `{"ret_code":1300,"message":"the message has expired"}`), nil
	}
	return answer(200, date, emptyPage), nil
}

func TestRefusalSetsTheClockOnce(t *testing.T) {
	for _, skew := range []time.Duration{time.Hour, -8 * time.Hour} {
		t.Run(skew.String(), func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				s := &clockedServer{skew: skew, stamped: true}
				c := newClient(t, provider.Config{}, s.RoundTrip)
				start := time.Now()
				for range 3 {
					if err := send(t, c, nil); err != nil {
						t.Fatal(err)
					}
				}
				if s.asked != 4 || time.Since(start) != 0 {
					t.Errorf("%d requests in %v, want 4 at once: one refused, and three good", s.asked, time.Since(start))
				}
			})
		})
	}
}

func TestConcurrentRefusalsSetTheClock(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := &clockedServer{skew: time.Hour, stamped: true, takes: time.Second}
		c := newClient(t, provider.Config{}, s.RoundTrip)
		var all sync.WaitGroup
		for range 20 {
			all.Go(func() {
				if err := send(t, c, nil); err != nil {
					t.Error(err)
				}
			})
		}
		all.Wait()
		if s.asked != 40 {
			t.Errorf("%d requests, want 40: each refused once", s.asked)
		}
	})
}

// A response without a date is final. After a wrong date there is one more attempt.
func TestUnusableServerTimeIsUnauthenticated(t *testing.T) {
	lying := func(*http.Request) (*http.Response, error) {
		return answer(200, time.Now(), `{"ret_code":1300,"message":"the message has expired"}`), nil
	}
	for _, test := range []struct {
		name     string
		serve    roundTrip
		attempts int
	}{
		{"no date", (&clockedServer{skew: time.Hour}).RoundTrip, 1},
		{"a wrong date", lying, 2},
	} {
		t.Run(test.name, func(t *testing.T) {
			var e *provider.Error
			err := send(t, newClient(t, provider.Config{}, test.serve), nil)
			if !errors.As(err, &e) || e.Kind != provider.Unauthenticated || e.Code != "1300" || e.Attempts != test.attempts {
				t.Errorf("error %v, want unauthenticated by code 1300 after %d attempts", err, test.attempts)
			}
		})
	}
}
