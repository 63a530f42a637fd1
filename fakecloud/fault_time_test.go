package fakecloud_test

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/imagequery/imagequery/fakecloud"
)

func TestTimingFaultsTakeTheirTime(t *testing.T) {
	for name, tt := range map[string]struct {
		faults   []fakecloud.Fault
		head     time.Duration // until the response begins
		body     time.Duration // and until it ends
		end      string
		deadline time.Duration
	}{
		"nothing":        {nil, 0, 0, "", 0},
		"latency":        {[]fakecloud.Fault{{Do: fakecloud.Latency, Wait: time.Minute}}, time.Minute, 0, "", 0},
		"latencies":      {[]fakecloud.Fault{{Do: fakecloud.Latency, Wait: time.Minute}, {Do: fakecloud.Latency, Wait: time.Second}}, 61 * time.Second, 0, "", 0},
		"of an error":    {[]fakecloud.Fault{{Do: fakecloud.Latency, Wait: time.Minute}, {Do: fakecloud.Throttle}}, time.Minute, 0, "", 0},
		"too late":       {[]fakecloud.Fault{{Do: fakecloud.Latency, Wait: time.Minute}}, time.Second, 0, "timeout", time.Second},
		"hang":           {[]fakecloud.Fault{{Do: fakecloud.Hang}}, time.Hour, 0, "timeout", time.Hour},
		"hang body":      {[]fakecloud.Fault{{Do: fakecloud.HangBody, Bytes: 10}}, 0, time.Hour, "timeout", time.Hour},
		"slow hang":      {[]fakecloud.Fault{{Do: fakecloud.Latency, Wait: time.Minute}, {Do: fakecloud.HangBody}}, time.Minute, 59 * time.Minute, "timeout", time.Hour},
		"trickle":        {[]fakecloud.Fault{{Do: fakecloud.HTMLPage}, {Do: fakecloud.Truncate, Bytes: 101}, {Do: fakecloud.Trickle, Bytes: 10, Wait: time.Second}}, 0, 11 * time.Second, "cut", 0},
		"trickle to die": {[]fakecloud.Fault{{Do: fakecloud.Trickle, Wait: time.Minute}}, 0, time.Hour, "timeout", time.Hour},
	} {
		for _, op := range operations() {
			synctest.Test(t, func(t *testing.T) {
				cloud := op.cloud(t, tt.faults...)
				ctx := t.Context()
				if tt.deadline > 0 {
					var cancel context.CancelFunc
					ctx, cancel = context.WithTimeout(ctx, tt.deadline)
					defer cancel()
				}
				start := time.Now()
				resp, err := cloud.Transport().RoundTrip(op.request(ctx, "http://cloud.example", 1, 0))
				if took := time.Since(start); took != tt.head {
					t.Errorf("%s, %s: the answer took %v, want %v", name, op.name, took, tt.head)
				}
				start = time.Now()
				if err == nil {
					_, err = io.Copy(io.Discard, resp.Body)
					defer resp.Body.Close()
				}
				if took := time.Since(start); took != tt.body || ending(err) != tt.end {
					t.Errorf("%s, %s: the body took %v, want %v; end %v", name, op.name, took, tt.body, err)
				}
			})
		}
	}
}

func TestHangsEndWithTheClientsTimeout(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		for _, do := range []fakecloud.FaultKind{fakecloud.Hang, fakecloud.HangBody} {
			client := &http.Client{Transport: faultCloud(t, fakecloud.Fault{Do: do}).Transport(), Timeout: time.Minute}
			start := time.Now()
			resp, err := client.Do(operations()[0].request(t.Context(), "http://cloud.example", 1, 0))
			if err == nil {
				_, err = io.ReadAll(resp.Body)
				_ = resp.Body.Close()
			}
			if ending(err) != "timeout" || time.Since(start) != time.Minute {
				t.Errorf("%s: after %v: %v", do, time.Since(start), err)
			}
		}
	})
}

// The same seed gives the same latencies.
func TestJitterAddsARandomPart(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		op := operations()[0]
		run := func() (took []time.Duration) {
			cloud := op.cloud(t, fakecloud.Fault{Do: fakecloud.Latency, Wait: time.Second, Jitter: time.Second, Seed: 3})
			for range 5 {
				start := time.Now()
				fetch(cloud.Transport(), op.request(t.Context(), "http://cloud.example", 1, 1))
				took = append(took, time.Since(start))
			}
			return took
		}
		first := run()
		if diff := cmp.Diff(first, run()); diff != "" {
			t.Errorf("latencies differ (-first +second):\n%s", diff)
		}
		for i, d := range first {
			if d < time.Second || d >= 2*time.Second || i > 0 && d == first[0] {
				t.Errorf("latencies are %v", first)
			}
		}
	})
}

// Requests are counted by account, region and action.
func TestRateThrottlesAboveItsLimit(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		cloud := faultCloud(t, fakecloud.Fault{Do: fakecloud.Throttle, Rate: 2, RateLimit: time.Second})
		ask := func(op operation) string {
			return fetch(cloud.Transport(), op.request(t.Context(), "http://cloud.example", 1, 1)).code()
		}
		var got []string
		for range 3 {
			for range 3 {
				got = append(got, ask(operations()[0]), ask(operations()[4]))
			}
			time.Sleep(time.Second)
		}
		want := strings.Split(strings.Repeat("200,200 0,200,200 0,400 Throttling.User,200 2500,", 3), ",")
		if diff := cmp.Diff(want[:len(want)-1], got); diff != "" {
			t.Errorf("answers differ (-want +got):\n%s", diff)
		}
	})
}

// ECS documents such a throttle: it lasts until the end of the minute.
func TestRatePeriodsAreAlignedToTheClock(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		cloud := faultCloud(t, fakecloud.Fault{Do: fakecloud.Throttle, Rate: 1, Per: time.Minute})
		var got []string
		for range 5 {
			got = append(got, fmt.Sprint(fetch(cloud.Transport(), operations()[0].request(t.Context(), "http://cloud.example", 1, 1)).Status))
			time.Sleep(25 * time.Second) // at :00, :25, :50, 1:15, 1:40
		}
		if text := strings.Join(got, " "); text != "200 400 400 200 400" {
			t.Errorf("answers are %s", text)
		}
	})
}

func TestHangingRequestsAreLogged(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		for _, op := range operations() {
			cloud := op.cloud(t, fakecloud.Fault{Do: fakecloud.Hang})
			ctx, cancel := context.WithCancel(t.Context())
			go fetch(cloud.Transport(), op.request(ctx, "http://cloud.example", 3, 10))
			synctest.Wait()
			got := cloud.Requests()[0]
			if got.Action != op.action || got.Account != "prod" || got.Status != 0 || len(got.Params) < 5 || len(got.Faults) != 1 {
				t.Errorf("%s: while it hangs: %+v", op.name, got)
			}
			cancel()
			synctest.Wait()
			if got := cloud.Requests()[0]; got.Status != 0 {
				t.Errorf("%s: in the end: %+v", op.name, got)
			}
		}
	})
}
