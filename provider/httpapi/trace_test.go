package httpapi_test

import (
	"bytes"
	"errors"
	"log/slog"
	"net/http"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/imagequery/imagequery/provider"
)

// TestTrace follows one request through a wait for the budget, a throttle, a lost
// connection and a success.
func TestTrace(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		start := time.Now()
		budget := &provider.Budget{}
		budget.Hold("r1", "List", start.Add(time.Second))
		throttled := func(*http.Request) (*http.Response, error) {
			response := answers(400, "slow")
			response.Header.Set("Retry-After", "30")
			return response, nil
		}
		var requests []provider.RequestInfo
		var retries []provider.RetryInfo
		var waits []provider.ThrottleInfo
		ctx := provider.WithTrace(t.Context(), &provider.Trace{
			Request:  func(i provider.RequestInfo) { requests = append(requests, i) },
			Retry:    func(i provider.RetryInfo) { retries = append(retries, i) },
			Throttle: func(i provider.ThrottleInfo) { waits = append(waits, i) },
		})
		var log bytes.Buffer
		sender := newSender(t, newScript(throttled, fails(errors.New("reset")), says(200, "ok")), provider.Config{
			Budget: budget, Retry: provider.Retry{MaxWait: 10 * time.Second}, Logger: slog.New(slog.NewTextHandler(&log, &slog.HandlerOptions{Level: slog.LevelDebug})),
		})
		if err := sender.Do(ctx, request()); err != nil {
			t.Fatal(err)
		}
		request := func(n int) provider.RequestInfo {
			return provider.RequestInfo{Provider: "test", Region: "r1", Action: "List", Attempt: n}
		}
		if diff := cmp.Diff([]provider.RequestInfo{request(1), request(2), request(3)}, requests); diff != "" {
			t.Errorf("requests (-want +got):\n%s", diff)
		}
		wait := func(began, wait time.Duration) provider.ThrottleInfo {
			return provider.ThrottleInfo{Provider: "test", Region: "r1", Action: "List", Began: start.Add(began), Wait: wait}
		}
		if diff := cmp.Diff([]provider.ThrottleInfo{wait(0, time.Second), wait(time.Second, 10*time.Second)}, waits); diff != "" {
			t.Errorf("waits (-want +got):\n%s", diff)
		}
		if len(retries) != 2 || retries[0].Wait != 10*time.Second || retries[0].Err.Kind != provider.Throttled || retries[1].Err.Kind != provider.Unavailable {
			t.Errorf("retries: %+v", retries)
		}
		for i, retry := range retries {
			if retry.Attempt != i+1 || retry.Err.Attempts != i+1 || retry.Err.Provider != "test" || retry.Action != "List" {
				t.Errorf("retry %d: %+v of %v", i+1, retry, retry.Err)
			}
		}
		for line, want := range map[string]int{"msg=request": 3, "msg=retry": 2, "provider=test region=r1 action=List": 5, "LTAI": 0, "Signature": 0} {
			if got := strings.Count(log.String(), line); got != want {
				t.Errorf("the log has %s %d times, want %d:\n%s", line, got, want, &log)
			}
		}
	})
}
