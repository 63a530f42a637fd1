package provider_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/imagequery/imagequery/image"
	"github.com/imagequery/imagequery/provider"
)

// telling is a server that tells the hooks of a context what it does, as one that
// sends requests would.
type telling struct{ server }

func (s *telling) Fetch(ctx context.Context, c provider.Call, at provider.Cursor) (*provider.Page, error) {
	hooks := provider.ContextTrace(ctx)
	hooks.Request(ctx, provider.RequestInfo{Attempt: 1})
	hooks.Retry(ctx, provider.RetryInfo{Attempt: 1, Err: &provider.Error{Kind: provider.Throttled}})
	hooks.Throttle(ctx, provider.ThrottleInfo{Began: time.Now(), Wait: 2 * time.Second})
	hooks.Throttle(ctx, provider.ThrottleInfo{Began: time.Now().Add(time.Second), Wait: 2 * time.Second})
	time.Sleep(4 * time.Second)
	hooks.Request(ctx, provider.RequestInfo{Attempt: 2})
	return s.server.Fetch(ctx, c, at)
}

func reports(t *testing.T, ctx context.Context, targets []provider.Target, q image.Query) map[string]provider.Report {
	t.Helper()
	var mu sync.Mutex
	out := map[string]provider.Report{}
	ctx = provider.WithTrace(ctx, &provider.Trace{Target: func(_ context.Context, r provider.Report) {
		mu.Lock()
		defer mu.Unlock()
		out[r.Target] = r
	}})
	for range provider.Search(ctx, targets, q, nil) {
	}
	return out
}

func TestTraceReceivesAReportPerTarget(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		failure := &provider.Error{Kind: provider.PermissionDenied, Code: "Forbidden.RAM", RequestID: "req-7", Attempts: 1}
		of := func(p provider.Adapter) *provider.Client {
			return provider.New(p, provider.Config{Listing: provider.Listing{Prefetch: 1}})
		}
		targets := []provider.Target{
			{Name: "whole", Client: of(&telling{server{images: imagesOf(8)}})},
			{Name: "denied", Client: of(&server{page: func(int) error { return failure }})},
			{Name: "silent", Client: of(&server{support: map[image.Field]provider.Support{image.FieldNames: provider.None}})},
		}
		got := reports(t, t.Context(), targets, image.Query{Names: []string{"web-0"}, SkipUnreported: true})
		want := map[string]provider.Report{
			"whole": {
				Target: "whole", Provider: "fake", Region: "r", Complete: true, Images: 8, Matched: 2, Pages: 1,
				Requests: 2, Retries: 1, Throttled: 3 * time.Second, Elapsed: 4 * time.Second,
			},
			"denied": {Target: "denied", Provider: "fake", Region: "r"},
			"silent": {Target: "silent", Provider: "fake", Region: "r", Complete: true, Skipped: []image.Field{image.FieldNames}},
		}
		if diff := cmp.Diff(want, got, cmpopts.IgnoreFields(provider.Report{}, "Err")); diff != "" {
			t.Errorf("(-want +got):\n%s", diff)
		}
		if !errors.Is(got["denied"].Err, provider.PermissionDenied) {
			t.Errorf("error %v, want permission denied", got["denied"].Err)
		}
	})
}

func TestReportOfATargetThatALimitStoppedIsComplete(t *testing.T) {
	var targets []provider.Target
	for _, name := range strings.Split("abcdefghijklmnopqrstuvwxyz", "") {
		targets = append(targets, provider.Target{Name: name, Client: provider.New(&server{images: imagesOf(50)}, provider.Config{})})
	}
	got := reports(t, t.Context(), targets, image.Query{Limit: 3})
	if len(got) != len(targets) {
		t.Errorf("%d reports, want one for each of %d targets", len(got), len(targets))
	}
	for name, r := range got {
		if !r.Complete || r.Err != nil {
			t.Errorf("%s: complete %t, error %v", name, r.Complete, r.Err)
		}
	}
}

func TestReportJSONIsStable(t *testing.T) {
	for name, test := range map[string]struct {
		report provider.Report
		want   string
	}{
		"complete": {
			provider.Report{Target: "prod/r", Provider: "fake", Region: "r", Complete: true, Images: 120, Matched: 4, Pages: 2, Requests: 3, Retries: 1, Throttled: 1500 * time.Millisecond, Elapsed: 2 * time.Second},
			`{"target":"prod/r","provider":"fake","region":"r","complete":true,"images":120,"matched":4,"pages":2,"requests":3,"retries":1,"throttled_ms":1500,"elapsed_ms":2000}`,
		},
		"failed": {
			provider.Report{Target: "a", Provider: "fake", Err: &provider.Error{Kind: provider.PermissionDenied, Code: "Forbidden", Message: "no", RequestID: "req-1", Attempts: 1}},
			`{"target":"a","provider":"fake","region":"","complete":false,"images":0,"matched":0,"pages":0,"requests":0,"retries":0,"throttled_ms":0,"elapsed_ms":0,"error":{"kind":"permission_denied","code":"Forbidden","message":"no","request_id":"req-1","attempts":1}}`,
		},
		"skipped": {
			provider.Report{Target: "a", Provider: "fake", Complete: true, Skipped: []image.Field{image.FieldArchs}},
			`{"target":"a","provider":"fake","region":"","complete":true,"skipped":["archs"],"images":0,"matched":0,"pages":0,"requests":0,"retries":0,"throttled_ms":0,"elapsed_ms":0}`,
		},
	} {
		t.Run(name, func(t *testing.T) {
			got, err := json.Marshal(test.report)
			if diff := cmp.Diff(test.want, string(got)); diff != "" || err != nil {
				t.Errorf("error %v (-want +got):\n%s", err, diff)
			}
		})
	}
}

func TestReportJSONHasTheKind(t *testing.T) {
	for want, err := range map[string]error{
		`"kind":"canceled"`:          &provider.Error{Err: context.Canceled},
		`"kind":"deadline_exceeded"`: context.DeadlineExceeded,
		`"kind":"throttled"`:         &provider.TargetError{Target: "a", Err: &provider.Error{Kind: provider.Throttled, Err: context.Canceled}},
		`"kind":"not_found"`:         fmt.Errorf("wrapped: %w", provider.NotFound),
		`"kind":"bad_response"`:      &provider.Error{Kind: provider.BadResponse},
		`"kind":"unavailable"`:       errors.New("whatever"),
	} {
		got, marshalErr := json.Marshal(provider.Report{Err: err})
		if marshalErr != nil || !strings.Contains(string(got), want) {
			t.Errorf("%v: %s, want %s", err, got, want)
		}
	}
}

func TestReportDecodesToTheSameReport(t *testing.T) {
	for name, err := range map[string]error{
		"no error":       nil,
		"kind":           &provider.Error{Kind: provider.Throttled, Code: "Throttling.User", Message: "slow down", RequestID: "req-1", Attempts: 5},
		"cause":          &provider.Error{Kind: provider.Unavailable, Message: "no response", Err: errors.New("connection refused"), Attempts: 2},
		"canceled":       &provider.Error{Err: context.Canceled},
		"with a cause":   &provider.Error{Err: fmt.Errorf("%w: %w", context.DeadlineExceeded, errors.New("the timeout is over"))},
		"bare deadline":  context.DeadlineExceeded,
		"inside another": &provider.TargetError{Target: "a", Err: &provider.Error{Kind: provider.Incomplete, Message: "3 images are missing"}},
	} {
		t.Run(name, func(t *testing.T) {
			report := provider.Report{
				Target: "a/r", Provider: "fake", Region: "r", Complete: err == nil, Skipped: []image.Field{image.FieldArchs},
				Images: 7, Matched: 2, Pages: 1, Requests: 3, Retries: 2, Throttled: time.Second, Elapsed: time.Minute, Err: err,
			}
			encoded, failure := json.Marshal(report)
			if failure != nil {
				t.Fatal(failure)
			}
			var decoded provider.Report
			if err := json.Unmarshal(encoded, &decoded); err != nil {
				t.Fatal(err)
			}
			again, failure := json.Marshal(decoded)
			if diff := cmp.Diff(string(encoded), string(again)); diff != "" || failure != nil {
				t.Errorf("error %v (-want +got):\n%s", failure, diff)
			}
			for _, want := range []error{provider.Throttled, provider.Unavailable, provider.Incomplete, context.Canceled, context.DeadlineExceeded} {
				if errors.Is(err, want) != errors.Is(decoded.Err, want) {
					t.Errorf("errors.Is(%v, %v) is %t, of the decoded error %t", err, want, errors.Is(err, want), errors.Is(decoded.Err, want))
				}
			}
		})
	}
}

func TestReportRefusesAnUnknownKind(t *testing.T) {
	var decoded provider.Report
	err := json.Unmarshal([]byte(`{"target":"a","error":{"kind":"sleepy"}}`), &decoded)
	if err == nil || !strings.Contains(err.Error(), `"sleepy"`) || !strings.Contains(err.Error(), `"a"`) {
		t.Errorf("error %v, want one that names the target and the kind", err)
	}
}

// The earlier hooks are called first; nil hooks are skipped.
func TestTracesCompose(t *testing.T) {
	var calls []string
	hook := func(name string) func(context.Context, provider.PageInfo) {
		return func(context.Context, provider.PageInfo) { calls = append(calls, name) }
	}
	ctx := provider.WithTrace(t.Context(), &provider.Trace{Page: hook("outer")})
	ctx = provider.WithTrace(ctx, nil)
	ctx = provider.WithTrace(ctx, &provider.Trace{})
	ctx = provider.WithTrace(ctx, &provider.Trace{Page: hook("inner")})
	client := provider.New(&server{images: imagesOf(3)}, provider.Config{})
	if _, err := provider.Collect(client.Images(ctx, image.Query{})); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]string{"outer", "inner"}, calls); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	if allocs := testing.AllocsPerRun(100, func() { provider.ContextTrace(t.Context()) }); allocs > 0 {
		t.Errorf("no trace costs %v allocations", allocs)
	}
}

func TestTraceReportsPages(t *testing.T) {
	var got []provider.PageInfo
	ctx := provider.WithTrace(t.Context(), &provider.Trace{Page: func(_ context.Context, i provider.PageInfo) { got = append(got, i) }})
	client := provider.New(&server{images: imagesOf(12)}, provider.Config{Listing: provider.Listing{Prefetch: 1}})
	if _, err := provider.Collect(client.Images(ctx, image.Query{Names: []string{"web-1"}})); err != nil {
		t.Fatal(err)
	}
	want := []provider.PageInfo{
		{Provider: "fake", Region: "r", Action: "List", Images: 10, Matched: 2, Total: 12, RequestID: "req-1"},
		{Provider: "fake", Region: "r", Action: "List", Images: 2, Matched: 0, Total: 12, RequestID: "req-2"},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}
