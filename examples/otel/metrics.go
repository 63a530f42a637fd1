package otelimagequery

import (
	"context"
	"errors"
	"time"

	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/metric"
	"go.opentelemetry.io/otel/semconv/v1.43.0/httpconv"

	"github.com/imagequery/imagequery/provider"
)

// metrics are the instruments. They are safe for concurrent use.
type metrics struct {
	requestDuration httpconv.ClientRequestDuration
	active          httpconv.ClientActiveRequests

	requests, retries, pages, images metric.Int64Counter
	throttled                        metric.Float64Counter
	durations                        map[provider.SpanKind]metric.Float64Histogram
}

// The boundaries of the semantic conventions for HTTP, and those for parts of a query,
// which take up to minutes.
var (
	requestBuckets = metric.WithExplicitBucketBoundaries(0.005, 0.01, 0.025, 0.05, 0.075, 0.1, 0.25, 0.5, 0.75, 1, 2.5, 5, 7.5, 10)
	partBuckets    = metric.WithExplicitBucketBoundaries(0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 120, 300, 600)
)

func newMetrics(meter metric.Meter) (*metrics, error) {
	var errs []error
	counter := func(name, unit, description string) metric.Int64Counter {
		c, err := meter.Int64Counter(name, metric.WithUnit(unit), metric.WithDescription(description))
		errs = append(errs, err)
		return c
	}
	m := &metrics{
		requests:  counter("imagequery.requests", "{request}", "Requests sent, including retries."),
		retries:   counter("imagequery.retries", "{retry}", "Requests repeated after a failure."),
		pages:     counter("imagequery.pages", "{page}", "Pages received."),
		images:    counter("imagequery.images", "{image}", "Images received."),
		durations: map[provider.SpanKind]metric.Float64Histogram{},
	}
	var err error
	m.throttled, err = meter.Float64Counter("imagequery.throttle.time", metric.WithUnit("s"),
		metric.WithDescription("Time during which at least one request of a target waited for its budget or a throttle."))
	errs = append(errs, err)
	for kind, description := range map[provider.SpanKind]string{
		provider.SpanSearch: "Duration of searches.",
		provider.SpanTarget: "Duration of the targets of searches, until their hits are taken.",
		provider.SpanPage:   "Duration of the requests of pages, with their retries and waits.",
	} {
		m.durations[kind], err = meter.Float64Histogram("imagequery."+kind.String()+".duration", metric.WithUnit("s"), metric.WithDescription(description), partBuckets)
		errs = append(errs, err)
	}
	m.requestDuration, err = httpconv.NewClientRequestDuration(meter, requestBuckets)
	errs = append(errs, err)
	m.active, err = httpconv.NewClientActiveRequests(meter)
	return m, errors.Join(append(errs, err)...)
}

func (m *metrics) duration(ctx context.Context, kind provider.SpanKind, d time.Duration, attributes []attribute.KeyValue) {
	m.durations[kind].Record(ctx, d.Seconds(), metric.WithAttributes(attributes...))
}

func (m *metrics) request(ctx context.Context, i provider.RequestInfo) {
	m.requests.Add(ctx, 1, ofTarget(provider.ContextTarget(ctx), i.Provider, i.Region))
}

func (m *metrics) retry(ctx context.Context, i provider.RetryInfo) {
	m.retries.Add(ctx, 1, ofTarget(provider.ContextTarget(ctx), i.Provider, i.Region, errorType(i.Err)...))
}

func (m *metrics) page(ctx context.Context, i provider.PageInfo) {
	of := ofTarget(provider.ContextTarget(ctx), i.Provider, i.Region)
	m.pages.Add(ctx, 1, of)
	m.images.Add(ctx, int64(i.Images), of)
}

func (m *metrics) target(ctx context.Context, r provider.Report) {
	m.throttled.Add(ctx, r.Throttled.Seconds(), ofTarget(r.Target, r.Provider, r.Region))
}

// ofTarget returns the attributes of the counters of a target.
func ofTarget(target, name, region string, more ...attribute.KeyValue) metric.MeasurementOption {
	return metric.WithAttributes(append(append(placeOf(name, region), TargetKey.String(target)), more...)...)
}
