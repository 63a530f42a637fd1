package otelimagequery

import (
	"context"
	"errors"
	"slices"
	"time"

	"go.opentelemetry.io/otel"
	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/codes"
	"go.opentelemetry.io/otel/metric"
	semconv "go.opentelemetry.io/otel/semconv/v1.43.0"
	"go.opentelemetry.io/otel/trace"

	"github.com/imagequery/imagequery/provider"
)

// ScopeName is the name of the instrumentation scope.
const ScopeName = "github.com/imagequery/imagequery/examples/otel"

// The attributes that no semantic convention has. Their values are those of the fields
// of the same name in package provider.
const (
	TargetKey    = attribute.Key("imagequery.target")
	ProviderKey  = attribute.Key("imagequery.provider")
	ActionKey    = attribute.Key("imagequery.action")
	ImagesKey    = attribute.Key("imagequery.images")
	MatchedKey   = attribute.Key("imagequery.matched")
	PagesKey     = attribute.Key("imagequery.pages")
	RequestsKey  = attribute.Key("imagequery.requests")
	RetriesKey   = attribute.Key("imagequery.retries")
	ThrottledKey = attribute.Key("imagequery.throttle.time") // seconds
	CompleteKey  = attribute.Key("imagequery.complete")
	CodeKey      = attribute.Key("imagequery.code")
	RequestIDKey = attribute.Key("imagequery.request_id")
	AttemptKey   = attribute.Key("imagequery.attempt")
	WaitKey      = attribute.Key("imagequery.wait") // seconds
)

// instrumentation makes spans and records metrics. It is safe for concurrent use.
type instrumentation struct {
	tracer  trace.Tracer
	metrics *metrics
}

// New returns hooks that make spans and record metrics. A nil provider means the global
// one, at the time of the call. The hooks are safe for concurrent use, and any number of
// queries may share them. The error is that of an instrument that the meter refuses.
func New(tracers trace.TracerProvider, meters metric.MeterProvider) (*provider.Trace, error) {
	if tracers == nil {
		tracers = otel.GetTracerProvider()
	}
	if meters == nil {
		meters = otel.GetMeterProvider()
	}
	m, err := newMetrics(meters.Meter(ScopeName, metric.WithSchemaURL(semconv.SchemaURL)))
	if err != nil {
		return nil, err
	}
	i := &instrumentation{tracers.Tracer(ScopeName, trace.WithSchemaURL(semconv.SchemaURL)), m}
	return &provider.Trace{
		Start: i.start, Request: m.request, Response: i.response, Retry: i.retry, Throttle: i.throttle, Page: m.page, Target: i.target,
	}, nil
}

// start starts a span. Its metrics are recorded when it ends.
func (i *instrumentation) start(ctx context.Context, info provider.SpanInfo) (context.Context, provider.EndSpan) {
	if info.Kind == provider.SpanAttempt {
		return i.startAttempt(ctx, info)
	}
	attributes := placeOf(info.Provider, info.Region)
	began, measured := time.Now(), slices.Clip(attributes)
	switch info.Kind {
	case provider.SpanTarget:
		attributes = append(attributes, TargetKey.String(provider.ContextTarget(ctx)))
	case provider.SpanPage:
		attributes = append(attributes, ActionKey.String(info.Action))
	}
	ctx, span := i.tracer.Start(ctx, "imagequery."+info.Kind.String(), trace.WithAttributes(attributes...))
	return ctx, func(images int, err error) {
		i.metrics.duration(ctx, info.Kind, time.Since(began), append(measured, errorType(err)...))
		if info.Kind != provider.SpanTarget { // whose report says more
			span.SetAttributes(ImagesKey.Int(images))
		}
		end(span, err)
	}
}

// target adds the figures of a report to the span of its target.
func (i *instrumentation) target(ctx context.Context, r provider.Report) {
	i.metrics.target(ctx, r)
	trace.SpanFromContext(ctx).SetAttributes(
		CompleteKey.Bool(r.Complete), ImagesKey.Int(r.Images), MatchedKey.Int(r.Matched), PagesKey.Int(r.Pages),
		RequestsKey.Int(r.Requests), RetriesKey.Int(r.Retries), ThrottledKey.Float64(r.Throttled.Seconds()),
	)
}

// retry adds an event to the span of the page.
func (i *instrumentation) retry(ctx context.Context, info provider.RetryInfo) {
	i.metrics.retry(ctx, info)
	trace.SpanFromContext(ctx).AddEvent("retry", trace.WithAttributes(
		append(errorType(info.Err), AttemptKey.Int(info.Attempt), WaitKey.Float64(info.Wait.Seconds()))...,
	))
}

// throttle adds an event to the span of the page.
func (i *instrumentation) throttle(ctx context.Context, info provider.ThrottleInfo) {
	trace.SpanFromContext(ctx).AddEvent("throttle", trace.WithTimestamp(info.Began), trace.WithAttributes(WaitKey.Float64(info.Wait.Seconds())))
}

// end ends a span with the outcome of its part.
func end(span trace.Span, err error) {
	span.SetAttributes(errorType(err)...)
	if err != nil && !errors.Is(err, context.Canceled) {
		span.SetStatus(codes.Error, err.Error())
	}
	span.End()
}

// placeOf returns the attributes of a client. There are none for a search.
func placeOf(name, region string) []attribute.KeyValue {
	if name == "" {
		return nil
	}
	out := []attribute.KeyValue{ProviderKey.String(name)}
	if region != "" {
		out = append(out, semconv.CloudRegion(region))
	}
	return out
}

// errorType returns the attribute error.type of a failure, and none for a success.
func errorType(err error) []attribute.KeyValue {
	e, ok := errors.AsType[*provider.Error](err)
	switch {
	case err == nil || ok && e == nil:
		return nil
	case ok && e.Kind != 0:
		text, _ := e.Kind.MarshalText()
		return []attribute.KeyValue{semconv.ErrorTypeKey.String(string(text))}
	case errors.Is(err, context.Canceled):
		return []attribute.KeyValue{semconv.ErrorTypeKey.String("canceled")}
	case errors.Is(err, context.DeadlineExceeded):
		return []attribute.KeyValue{semconv.ErrorTypeKey.String("deadline_exceeded")}
	}
	return []attribute.KeyValue{semconv.ErrorTypeOther}
}
