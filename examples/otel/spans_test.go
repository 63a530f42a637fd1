package otelimagequery_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"
	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/codes"
	"go.opentelemetry.io/otel/sdk/trace"
	"go.opentelemetry.io/otel/sdk/trace/tracetest"
	oteltrace "go.opentelemetry.io/otel/trace"

	"github.com/imagequery/imagequery/image"
	"github.com/imagequery/imagequery/provider"
)

// countingEnds returns hooks that count the starts and ends of each span.
func countingEnds(r *recorder, hooks *provider.Trace) *provider.Trace {
	counted := *hooks
	count := func(counts map[string]int, id string) {
		r.mu.Lock()
		defer r.mu.Unlock()
		counts[id]++
	}
	counted.Start = func(ctx context.Context, i provider.SpanInfo) (context.Context, provider.EndSpan) {
		ctx, end := hooks.Start(ctx, i)
		id := oteltrace.SpanContextFromContext(ctx).SpanID().String()
		count(r.started, id)
		return ctx, func(images int, err error) {
			count(r.ended, id)
			end(images, err)
		}
	}
	return &counted
}

// attributeOf returns an attribute of a span as text, or "".
func attributeOf(s tracetest.SpanStub, key attribute.Key) string {
	for _, a := range s.Attributes {
		if a.Key == key {
			return a.Value.String()
		}
	}
	return ""
}

// checkSpans checks that each span was ended once, within the span of its parent, and
// returns the number of spans by path. The path has the names of targets.
func (r *recorder) checkSpans(t *testing.T) map[string]int {
	t.Helper()
	if diff := cmp.Diff(r.started, r.ended); diff != "" {
		t.Errorf("starts and ends of spans differ (-starts +ends):\n%s", diff)
	}
	byID := map[oteltrace.SpanID]tracetest.SpanStub{}
	for _, s := range r.spans.GetSpans() {
		byID[s.SpanContext.SpanID()] = s
	}
	if len(byID) != len(r.started) || len(r.spans.GetSpans()) != len(r.started) {
		t.Errorf("%d spans were started, and %d exported", len(r.started), len(r.spans.GetSpans()))
	}
	paths := map[string]int{}
	for _, s := range byID {
		path := []string{strings.TrimSpace(s.Name + " " + attributeOf(s, "imagequery.target"))}
		for child := s; child.Parent.IsValid(); {
			parent, ok := byID[child.Parent.SpanID()]
			if !ok {
				t.Fatalf("the parent of %s is not exported", child.Name)
			}
			if child.StartTime.Before(parent.StartTime) || child.EndTime.After(parent.EndTime) {
				t.Errorf("%s lasted from %v to %v, and its parent %s from %v to %v", child.Name, child.StartTime, child.EndTime, parent.Name, parent.StartTime, parent.EndTime)
			}
			path = append([]string{strings.TrimSpace(parent.Name + " " + attributeOf(parent, "imagequery.target"))}, path...)
			child = parent
		}
		paths[strings.Join(path, " > ")]++
	}
	return paths
}

func TestSpansNestFromSearchToAttempt(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newRecorder(t)
		targets := targetsOf(t, newCloud(t).Transport(), "good", "throttled", "denied")
		_, err := provider.Collect(provider.Search(provider.WithTrace(t.Context(), r.hooks), targets, image.Query{}, nil))
		if !errors.Is(err, provider.PermissionDenied) {
			t.Errorf("error %v, want permission denied", err)
		}
		const search = "imagequery.search"
		if diff := cmp.Diff(map[string]int{
			search: 1,
			search + " > imagequery.target prod/good":                               1,
			search + " > imagequery.target prod/good > imagequery.page":             3,
			search + " > imagequery.target prod/good > imagequery.page > POST":      3,
			search + " > imagequery.target prod/throttled":                          1,
			search + " > imagequery.target prod/throttled > imagequery.page":        2,
			search + " > imagequery.target prod/throttled > imagequery.page > POST": 4,
			search + " > imagequery.target prod/denied":                             1,
			search + " > imagequery.target prod/denied > imagequery.page":           1,
			search + " > imagequery.target prod/denied > imagequery.page > POST":    1,
		}, r.checkSpans(t)); diff != "" {
			t.Errorf("spans (-want +got):\n%s", diff)
		}
	})
}

func TestSpansHaveTheAttributesOfTheConventions(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newRecorder(t)
		targets := targetsOf(t, newCloud(t).Transport(), "throttled", "denied")
		for range provider.Search(provider.WithTrace(t.Context(), r.hooks), targets, image.Query{}, nil) {
		}
		var denied, retried, target tracetest.SpanStub
		for _, s := range r.spans.GetSpans() {
			switch {
			case attributeOf(s, "imagequery.code") == "Forbidden.RAM":
				denied = s
			case attributeOf(s, "http.request.resend_count") == "2":
				retried = s
			case attributeOf(s, "imagequery.target") == "prod/throttled":
				target = s
			}
		}
		for key, want := range map[attribute.Key]string{
			"http.request.method": "POST", "url.full": "https://ecs.denied.aliyuncs.com/", "server.address": "ecs.denied.aliyuncs.com", "server.port": "443",
			"http.response.status_code": "403", "error.type": "permission_denied", "cloud.region": "denied", "imagequery.provider": "aliyunecs",
			"imagequery.action": "DescribeImages", "http.request.resend_count": "",
		} {
			if got := attributeOf(denied, key); got != want {
				t.Errorf("the denied attempt has %s %q, want %q", key, got, want)
			}
		}
		if denied.SpanKind != oteltrace.SpanKindClient || denied.Status.Code != codes.Error || !strings.Contains(denied.Status.Description, "Forbidden.RAM") {
			t.Errorf("the denied attempt is %v with the status %+v", denied.SpanKind, denied.Status)
		}
		if got := attributeOf(retried, "http.response.status_code") + attributeOf(retried, "error.type"); got != "200" || retried.Status.Code != codes.Unset {
			t.Errorf("the last attempt has %q and the status %+v", got, retried.Status)
		}
		for key, want := range map[attribute.Key]string{
			"imagequery.images": "12", "imagequery.matched": "12", "imagequery.pages": "2", "imagequery.requests": "4", "imagequery.retries": "2", "imagequery.complete": "true", "error.type": "",
		} {
			if got := attributeOf(target, key); got != want {
				t.Errorf("the throttled target has %s %q, want %q", key, got, want)
			}
		}
		checkWaits(t, r)
	})
}

// checkWaits checks the events of the page that was throttled.
func checkWaits(t *testing.T, r *recorder) {
	t.Helper()
	events := map[string]int{}
	for _, s := range r.spans.GetSpans() {
		for _, e := range s.Events {
			events[s.Name+" "+e.Name]++
			for _, a := range e.Attributes {
				if a.Key == "imagequery.wait" && a.Value.AsFloat64() < 3 {
					t.Errorf("the event %s has the wait %v, want three seconds or more", e.Name, a.Value.AsFloat64())
				}
			}
			if e.Time.Before(s.StartTime) || e.Time.After(s.EndTime) {
				t.Errorf("the event %s at %v is outside of its span", e.Name, e.Time)
			}
		}
	}
	if events["imagequery.page retry"] != 2 || events["imagequery.page throttle"] < 2 || len(events) != 2 {
		t.Errorf("events %v, want two retries and the waits for the throttle, in spans of pages", events)
	}
}

// The search ends while requests are in flight, by each of its ends.
func TestSpansOfASearchThatEndsEarly(t *testing.T) {
	for name, c := range map[string]struct {
		query   image.Query
		options *provider.SearchOptions
		timeout time.Duration
		status  codes.Code
		errType string
	}{
		"limit":          {query: image.Query{Limit: 15}},
		"deadline":       {timeout: 150 * time.Millisecond, status: codes.Error, errType: "deadline_exceeded"},
		"fail fast":      {options: &provider.SearchOptions{FailFast: true}, status: codes.Error, errType: "permission_denied"},
		"target timeout": {options: &provider.SearchOptions{TargetTimeout: time.Second}, status: codes.Error, errType: "permission_denied"},
	} {
		synctest.Test(t, func(t *testing.T) {
			r := newRecorder(t)
			ctx := provider.WithTrace(t.Context(), r.hooks)
			if c.timeout > 0 {
				timed, cancel := context.WithTimeout(ctx, c.timeout)
				defer cancel()
				ctx = timed
			}
			targets := targetsOf(t, newCloud(t).Transport(), "good", "throttled", "denied")
			if name == "limit" {
				targets = targets[:1]
			}
			for range provider.Search(ctx, targets, c.query, c.options) {
			}
			r.checkSpans(t)
			spans := r.spans.GetSpans()
			last := spans[len(spans)-1]
			if last.Name != "imagequery.search" || last.Status.Code != c.status || attributeOf(last, "error.type") != c.errType {
				t.Errorf("%s: the last span is %s with the status %+v and the type %q", name, last.Name, last.Status, attributeOf(last, "error.type"))
			}
		})
	}
}

func TestCancellationIsNoErrorOfASpan(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newRecorder(t)
		ctx, cancel := context.WithCancel(provider.WithTrace(t.Context(), r.hooks))
		time.AfterFunc(50*time.Millisecond, cancel)
		for range provider.Search(ctx, targetsOf(t, newCloud(t).Transport(), "good"), image.Query{}, nil) {
		}
		r.checkSpans(t)
		for _, s := range r.spans.GetSpans() {
			if attributeOf(s, "error.type") != "canceled" || s.Status.Code != codes.Unset {
				t.Errorf("%s has the type %q and the status %+v", s.Name, attributeOf(s, "error.type"), s.Status)
			}
		}
		if n := len(r.spans.GetSpans()); n != 4 {
			t.Errorf("%d spans, want those of the search, the target, the page and the attempt", n)
		}
	})
}

// A query outside of a search is part of the span of its context.
func TestSpansOfAQueryAreChildrenOfTheContext(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newRecorder(t)
		tracer := trace.NewTracerProvider(trace.WithSyncer(r.spans)).Tracer("program")
		ctx, span := tracer.Start(provider.WithTrace(t.Context(), r.hooks), "deploy")
		r.started[span.SpanContext().SpanID().String()]++
		client := targetsOf(t, newCloud(t).Transport(), "good")[0].Client
		if _, err := provider.Collect(client.Images(ctx, image.Query{})); err != nil {
			t.Fatal(err)
		}
		span.End()
		r.ended[span.SpanContext().SpanID().String()]++
		if diff := cmp.Diff(map[string]int{"deploy": 1, "deploy > imagequery.page": 3, "deploy > imagequery.page > POST": 3}, r.checkSpans(t)); diff != "" {
			t.Errorf("spans (-want +got):\n%s", diff)
		}
	})
}

// Fifty targets run at the same time. The test is for the race detector.
func TestConcurrentTargetsKeepTheirSpans(t *testing.T) {
	r := newRecorder(t)
	transport := newCloud(t).Transport()
	var targets []provider.Target
	for i := range 50 {
		client := targetsOf(t, transport, "good")[0].Client
		targets = append(targets, provider.Target{Name: fmt.Sprint("t", i), Client: client})
	}
	hits, err := provider.Collect(provider.Search(provider.WithTrace(t.Context(), r.hooks), targets, image.Query{}, nil))
	if err != nil || len(hits) != 50*regions["good"] {
		t.Fatalf("%d hits, error %v", len(hits), err)
	}
	paths := r.checkSpans(t)
	for i := range 50 {
		target := fmt.Sprint("imagequery.search > imagequery.target t", i)
		if paths[target] != 1 || paths[target+" > imagequery.page"] < 3 || paths[target+" > imagequery.page > POST"] < 3 {
			t.Errorf("target %d has %d spans, %d pages and %d attempts", i, paths[target], paths[target+" > imagequery.page"], paths[target+" > imagequery.page > POST"])
		}
	}
}
