package httpapi_test

import (
	"bytes"
	"context"
	"errors"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/imagequery/imagequery/provider"
)

// One request waits for the budget, is throttled, loses its connection and succeeds.
func TestTraceReportsRequestsWaitsAndRetries(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		start := time.Now()
		budget := &provider.Budget{}
		budget.Hold("r1", "List", start.Add(time.Second))
		throttled := func(*http.Request) (*http.Response, error) {
			response := answers(400, "slow")
			response.Header.Set("Retry-After", "30")
			time.Sleep(100 * time.Millisecond)
			return response, nil
		}
		var requests []provider.RequestInfo
		var responses []provider.ResponseInfo
		var retries []provider.RetryInfo
		var waits []provider.ThrottleInfo
		type span struct{}
		nested := 0
		ctx := provider.WithTrace(context.WithValue(t.Context(), span{}, "outer"), &provider.Trace{
			Request: func(_ context.Context, i provider.RequestInfo) { requests = append(requests, i) },
			Response: func(ctx context.Context, i provider.ResponseInfo) {
				if ctx.Value(span{}) == "outer" {
					nested++
				}
				responses = append(responses, i)
			},
			Retry:    func(_ context.Context, i provider.RetryInfo) { retries = append(retries, i) },
			Throttle: func(_ context.Context, i provider.ThrottleInfo) { waits = append(waits, i) },
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
		if diff := cmp.Diff([]provider.ThrottleInfo{wait(0, time.Second), wait(1100*time.Millisecond, 10*time.Second)}, waits); diff != "" {
			t.Errorf("waits (-want +got):\n%s", diff)
		}
		if len(retries) != 2 || retries[0].Wait != 10*time.Second || retries[0].Err.Kind != provider.Throttled || retries[1].Err.Kind != provider.Unavailable {
			t.Errorf("retries: %+v", retries)
		}
		throttledErr := *retries[0].Err
		response := func(n int, i provider.ResponseInfo) provider.ResponseInfo {
			i.Provider, i.Region, i.Action, i.Attempt, i.Began = "test", "r1", "List", n, responses[n-1].Began
			return i
		}
		if diff := cmp.Diff([]provider.ResponseInfo{
			response(1, provider.ResponseInfo{Duration: 100 * time.Millisecond, HTTPStatus: 400, RequestID: "R-1", Bytes: 4, Err: &throttledErr}),
			response(2, provider.ResponseInfo{Err: retries[1].Err}),
			response(3, provider.ResponseInfo{HTTPStatus: 200, RequestID: "R-1", Bytes: 2}),
		}, responses, cmp.Comparer(func(a, b *provider.Error) bool {
			return (a == nil) == (b == nil) && (a == nil || a.Error() == b.Error())
		})); diff != "" {
			t.Errorf("responses (-want +got):\n%s", diff)
		}
		if responses[0].Began != start.Add(time.Second) || nested != 3 {
			t.Errorf("the first attempt began at %v; %d hooks had the value of the context", responses[0].Began, nested)
		}
		for i, retry := range retries {
			if retry.Attempt != i+1 || retry.Err.Attempts != i+1 || retry.Err.Provider != "test" || retry.Action != "List" {
				t.Errorf("retry %d: %+v of %v", i+1, retry, retry.Err)
			}
		}
		for line, want := range map[string]int{
			"msg=request": 3, "msg=retry": 2, "msg=response": 3, "msg=throttle": 2, "provider=test region=r1 action=List": 10,
			"attempt=1 duration=100ms status=400 bytes=4 conn_reused=false request_id=R-1 kind=throttled code=\"\" error=": 1, "LTAI": 0, "Signature": 0,
		} {
			if got := strings.Count(log.String(), line); got != want {
				t.Errorf("the log has %s %d times, want %d:\n%s", line, got, want, &log)
			}
		}
	})
}

// TestTraceReportsConnectionReuse sends two requests over one connection.
func TestTraceReportsConnectionReuse(t *testing.T) {
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { _, _ = w.Write([]byte("ok")) }))
	defer server.Close()
	client := senderTo(t, server.URL+"/", server.Client().Transport, provider.Config{})
	var reused []bool
	ctx := provider.WithTrace(t.Context(), &provider.Trace{
		Response: func(_ context.Context, i provider.ResponseInfo) { reused = append(reused, i.ConnReused) },
	})
	for range 2 {
		if err := client.Do(ctx, request()); err != nil {
			t.Fatal(err)
		}
	}
	if diff := cmp.Diff([]bool{false, true}, reused); diff != "" {
		t.Errorf("reused (-want +got):\n%s", diff)
	}
}

// TestTraceReportsTheEndOfAContext cancels a request while its attempt is in flight.
func TestTraceReportsTheEndOfAContext(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ctx, cancel := context.WithCancel(t.Context())
		var got []provider.ResponseInfo
		ctx = provider.WithTrace(ctx, &provider.Trace{
			Response: func(_ context.Context, i provider.ResponseInfo) { got = append(got, i) },
		})
		time.AfterFunc(time.Second, cancel)
		_ = newSender(t, newScript(hangs), provider.Config{}).Do(ctx, request())
		if len(got) != 1 || got[0].Err == nil || got[0].Err.Kind != 0 || !errors.Is(got[0].Err, context.Canceled) || got[0].Duration != time.Second {
			t.Errorf("responses: %+v", got)
		}
	})
}
