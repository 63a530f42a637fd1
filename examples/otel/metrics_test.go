package otelimagequery_test

import (
	"context"
	"encoding/json"
	"fmt"
	"math"
	"net/url"
	"strings"
	"testing"
	"testing/synctest"

	"github.com/google/go-cmp/cmp"
	"go.opentelemetry.io/otel/sdk/metric/metricdata"

	"github.com/imagequery/imagequery/image"
	"github.com/imagequery/imagequery/provider"
)

// figures are the counters of a target.
type figures struct {
	Requests, Retries, Pages, Images, ThrottledMS int64
}

// countersByTarget returns the counters of each target.
func (r *recorder) countersByTarget(t *testing.T) map[string]figures {
	t.Helper()
	out := map[string]figures{}
	add := func(name string, count func(*figures, float64)) {
		each := func(target string, value float64) {
			f := out[target]
			count(&f, value)
			out[target] = f
		}
		switch data := r.metric(t, name).(type) {
		case metricdata.Sum[int64]:
			for _, p := range data.DataPoints {
				target, _ := p.Attributes.Value("imagequery.target")
				each(target.AsString(), float64(p.Value))
			}
		case metricdata.Sum[float64]:
			for _, p := range data.DataPoints {
				target, _ := p.Attributes.Value("imagequery.target")
				each(target.AsString(), p.Value)
			}
		}
	}
	add("imagequery.requests", func(f *figures, v float64) { f.Requests += int64(v) })
	add("imagequery.retries", func(f *figures, v float64) { f.Retries += int64(v) })
	add("imagequery.pages", func(f *figures, v float64) { f.Pages += int64(v) })
	add("imagequery.images", func(f *figures, v float64) { f.Images += int64(v) })
	add("imagequery.throttle.time", func(f *figures, v float64) { f.ThrottledMS += int64(math.Round(v * 1000)) })
	return out
}

func TestCountersEqualTheReports(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newRecorder(t)
		want := map[string]figures{}
		ctx := provider.WithTrace(provider.WithTrace(t.Context(), r.hooks), &provider.Trace{Target: func(_ context.Context, r provider.Report) {
			f := want[r.Target]
			f.Requests, f.Retries, f.Pages = f.Requests+int64(r.Requests), f.Retries+int64(r.Retries), f.Pages+int64(r.Pages)
			f.Images, f.ThrottledMS = f.Images+int64(r.Images), f.ThrottledMS+r.Throttled.Round(1e6).Milliseconds()
			want[r.Target] = f
		}})
		targets := targetsOf(t, newCloud(t).Transport(), "good", "throttled", "denied")
		for range 2 { // counters add up over searches
			for range provider.Search(ctx, targets, image.Query{}, nil) {
			}
		}
		if diff := cmp.Diff(want, r.countersByTarget(t)); diff != "" {
			t.Errorf("counters differ from the reports (-reports +counters):\n%s", diff)
		}
		if got := want["prod/throttled"]; got.Retries != 2 || got.ThrottledMS < 6000 {
			t.Errorf("the throttled target has %+v, want two retries and six seconds or more", got)
		}
	})
}

// points returns the counts of a histogram by some attributes of each point.
func points(t *testing.T, data metricdata.Aggregation, keys ...string) map[string]uint64 {
	t.Helper()
	histogram, ok := data.(metricdata.Histogram[float64])
	if !ok {
		t.Fatalf("it is a %T", data)
	}
	out := map[string]uint64{}
	for _, p := range histogram.DataPoints {
		var parts []string
		for _, a := range p.Attributes.ToSlice() {
			for _, key := range keys {
				if string(a.Key) == key {
					parts = append(parts, a.Value.String())
				}
			}
		}
		out[strings.Join(parts, " ")] += p.Count
	}
	return out
}

func TestHistogramsHaveTheAttributesOfTheConventions(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newRecorder(t)
		targets := targetsOf(t, newCloud(t).Transport(), "good", "throttled", "denied")
		for range provider.Search(provider.WithTrace(t.Context(), r.hooks), targets, image.Query{}, nil) {
		}
		attempts := points(t, r.metric(t, "http.client.request.duration"), "error.type", "http.request.method", "http.response.status_code", "server.address", "server.port")
		if diff := cmp.Diff(map[string]uint64{
			"POST 200 ecs.good.aliyuncs.com 443":                     3,
			"POST 200 ecs.throttled.aliyuncs.com 443":                2,
			"throttled POST 400 ecs.throttled.aliyuncs.com 443":      2,
			"permission_denied POST 403 ecs.denied.aliyuncs.com 443": 1,
		}, attempts); diff != "" {
			t.Errorf("attempts (-want +got):\n%s", diff)
		}
		for name, want := range map[string]map[string]uint64{
			"imagequery.search.duration": {"permission_denied": 1},
			"imagequery.target.duration": {"good": 1, "throttled": 1, "denied permission_denied": 1},
			"imagequery.page.duration":   {"good": 3, "throttled": 2, "denied permission_denied": 1},
		} {
			if diff := cmp.Diff(want, points(t, r.metric(t, name), "cloud.region", "error.type")); diff != "" {
				t.Errorf("%s (-want +got):\n%s", name, diff)
			}
		}
	})
}

// The metric is read while one request is in flight, and after it.
func TestActiveRequestsReturnToZero(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newRecorder(t)
		active := func() (sum int64) {
			for _, p := range r.metric(t, "http.client.active_requests").(metricdata.Sum[int64]).DataPoints {
				sum += p.Value
			}
			return sum
		}
		during := int64(-1)
		ctx := provider.WithTrace(provider.WithTrace(t.Context(), r.hooks), &provider.Trace{
			Request: func(context.Context, provider.RequestInfo) { during = active() },
		})
		for range provider.Search(ctx, targetsOf(t, newCloud(t).Transport(), "denied"), image.Query{}, nil) {
		}
		if after := active(); during != 1 || after != 0 {
			t.Errorf("%d during the request and %d after it, want 1 and 0", during, after)
		}
	})
}

// Everything that is exported is searched for the credentials, which the errors of the
// cloud repeat, and for the signatures that were sent.
func TestTelemetryHasNoSecret(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newRecorder(t)
		sent := &signatures{next: newCloud(t).Transport()}
		for range provider.Search(provider.WithTrace(t.Context(), r.hooks), targetsOf(t, sent, "good", "throttled", "denied"), image.Query{}, nil) {
		}
		var metrics metricdata.ResourceMetrics
		if err := r.metrics.Collect(t.Context(), &metrics); err != nil {
			t.Fatal(err)
		}
		text, err := json.Marshal(r.spans.GetSpans())
		if err != nil {
			t.Fatal(err)
		}
		exported := fmt.Sprintf("%s %+v %+v", text, r.spans.GetSpans(), metrics)
		if !strings.Contains(exported, "the request had AccessKeyId=[redacted]") || len(sent.sent) < 2*8 {
			t.Errorf("the message of the cloud is not exported, or only %d signatures were sent", len(sent.sent))
		}
		for _, secret := range append([]string{keyID, keySecret, keyToken, "canary"}, sent.sent...) {
			if strings.Contains(exported, secret) || strings.Contains(exported, url.QueryEscape(secret)) {
				t.Errorf("the telemetry contains %q", secret)
			}
		}
	})
}
