package otelimagequery_test

import (
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"testing"
	"time"

	"go.opentelemetry.io/otel/sdk/metric"
	"go.opentelemetry.io/otel/sdk/metric/metricdata"
	"go.opentelemetry.io/otel/sdk/trace"
	"go.opentelemetry.io/otel/sdk/trace/tracetest"

	"github.com/imagequery/imagequery/aliyunecs"
	"github.com/imagequery/imagequery/fakecloud"
	"github.com/imagequery/imagequery/image"
	"github.com/imagequery/imagequery/provider"

	otelimagequery "github.com/imagequery/imagequery/examples/otel"
)

const (
	keyID     = "canary-key-id"
	keySecret = "canary-key-secret"
	keyToken  = "canary/session+token=="
)

// regions are those of the account, with the number of images in each.
var regions = map[string]int{"good": 25, "throttled": 12, "denied": 3}

// newCloud returns a cloud with a throttled region and one whose requests are denied.
// Their messages repeat the credentials.
func newCloud(t *testing.T) *fakecloud.Cloud {
	t.Helper()
	account := fakecloud.Account{Name: "prod", ID: "1001", Keys: []fakecloud.Key{{ID: keyID, Secret: keySecret, Token: keyToken}}}
	for region, n := range regions {
		for i := range n {
			account.Images = append(account.Images, fakecloud.Image{Image: image.Image{
				Ref:  image.Ref{Provider: "aliyunecs", Region: region, ID: fmt.Sprintf("m-%s-%d", region, i)},
				Name: "web", Source: image.SourceSelf, Visibility: image.VisibilityPrivate, Status: image.StatusAvailable,
				Created: time.Date(2026, 1, 1, 0, 0, i, 0, time.UTC),
			}})
		}
	}
	cloud, err := fakecloud.New(fakecloud.World{Accounts: []fakecloud.Account{account}})
	if err != nil {
		t.Fatal(err)
	}
	echo := fmt.Sprintf("the request had AccessKeyId=%s&SecurityToken=%s and the secret %s", keyID, url.QueryEscape(keyToken), keySecret)
	if err := cloud.SetFaults(
		fakecloud.Fault{Do: fakecloud.Latency, Wait: 100 * time.Millisecond},
		fakecloud.Fault{Do: fakecloud.Throttle, Region: "throttled", Times: 2, RetryAfter: 3 * time.Second, Message: echo},
		fakecloud.Fault{Do: fakecloud.ServerError, Region: "denied", Status: 403, Code: "Forbidden.RAM", Message: echo},
	); err != nil {
		t.Fatal(err)
	}
	return cloud
}

// targetsOf returns targets of the regions, in pages of ten images.
func targetsOf(t *testing.T, transport http.RoundTripper, regions ...string) []provider.Target {
	t.Helper()
	targets, err := provider.Across("prod", aliyunecs.New, provider.Config{
		Credentials: provider.Static(keyID, keySecret, keyToken), HTTPClient: &http.Client{Transport: transport},
		Listing: provider.Listing{PageSize: 10},
	}, regions...)
	if err != nil {
		t.Fatal(err)
	}
	return targets
}

// recorder keeps what the SDK exports. It counts the starts and ends of spans itself,
// since an exporter sees a span that is ended twice only once.
type recorder struct {
	spans   *tracetest.InMemoryExporter
	metrics *metric.ManualReader
	hooks   *provider.Trace
	started map[string]int // by the ID of the span
	ended   map[string]int
	mu      sync.Mutex
}

func newRecorder(t *testing.T) *recorder {
	t.Helper()
	r := &recorder{spans: tracetest.NewInMemoryExporter(), metrics: metric.NewManualReader(), started: map[string]int{}, ended: map[string]int{}}
	tracers := trace.NewTracerProvider(trace.WithSyncer(r.spans))
	hooks, err := otelimagequery.New(tracers, metric.NewMeterProvider(metric.WithReader(r.metrics)))
	if err != nil {
		t.Fatal(err)
	}
	r.hooks = countingEnds(r, hooks)
	return r
}

// metric returns a metric by its name.
func (r *recorder) metric(t *testing.T, name string) metricdata.Aggregation {
	t.Helper()
	var all metricdata.ResourceMetrics
	if err := r.metrics.Collect(t.Context(), &all); err != nil {
		t.Fatal(err)
	}
	for _, scope := range all.ScopeMetrics {
		for _, m := range scope.Metrics {
			if m.Name == name {
				return m.Data
			}
		}
	}
	t.Fatalf("there is no metric %s", name)
	return nil
}

// signatures is a transport that keeps the signatures of the requests.
type signatures struct {
	next http.RoundTripper
	mu   sync.Mutex
	sent []string
}

func (s *signatures) RoundTrip(r *http.Request) (*http.Response, error) {
	body, err := io.ReadAll(r.Body)
	if err != nil {
		return nil, err
	}
	r = r.Clone(r.Context())
	r.Body = io.NopCloser(strings.NewReader(string(body)))
	form, err := url.ParseQuery(string(body))
	if err != nil {
		return nil, err
	}
	s.mu.Lock()
	s.sent = append(s.sent, form.Get("Signature"), form.Get("SignatureNonce"))
	s.mu.Unlock()
	return s.next.RoundTrip(r)
}
