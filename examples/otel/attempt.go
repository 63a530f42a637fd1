package otelimagequery

import (
	"context"
	"net/url"
	"strconv"

	"go.opentelemetry.io/otel/attribute"
	semconv "go.opentelemetry.io/otel/semconv/v1.43.0"
	"go.opentelemetry.io/otel/semconv/v1.43.0/httpconv"
	"go.opentelemetry.io/otel/trace"

	"github.com/imagequery/imagequery/provider"
)

// attempt is what the metrics of an attempt need from its beginning.
type attempt struct {
	method httpconv.RequestMethodAttr
	host   string
	port   int
}

type attemptKey struct{}

// startAttempt starts a span by the semantic conventions for HTTP clients.
func (i *instrumentation) startAttempt(ctx context.Context, info provider.SpanInfo) (context.Context, provider.EndSpan) {
	host, port := serverOf(info.URL)
	a := &attempt{httpconv.RequestMethodAttr(info.Method), host, port}
	attributes := append(placeOf(info.Provider, info.Region),
		semconv.HTTPRequestMethodKey.String(info.Method), semconv.URLFull(info.URL),
		semconv.ServerAddress(host), semconv.ServerPort(port), ActionKey.String(info.Action),
	)
	if info.Attempt > 1 {
		attributes = append(attributes, semconv.HTTPRequestResendCount(info.Attempt-1))
	}
	ctx, span := i.tracer.Start(context.WithValue(ctx, attemptKey{}, a), info.Method, trace.WithSpanKind(trace.SpanKindClient), trace.WithAttributes(attributes...))
	i.metrics.active.Add(ctx, 1, host, port)
	return ctx, func(_ int, err error) {
		i.metrics.active.Add(ctx, -1, host, port)
		end(span, err)
	}
}

// response adds what came to the span of its attempt.
func (i *instrumentation) response(ctx context.Context, info provider.ResponseInfo) {
	a, ok := ctx.Value(attemptKey{}).(*attempt)
	if !ok { // of an adapter that starts no spans
		return
	}
	measured := errorType(info.Err)
	var attributes []attribute.KeyValue
	if info.HTTPStatus != 0 {
		measured = append(measured, semconv.HTTPResponseStatusCode(info.HTTPStatus))
		attributes = append(attributes, semconv.HTTPResponseStatusCode(info.HTTPStatus), semconv.HTTPResponseBodySize(info.Bytes))
	}
	if info.Code != "" {
		attributes = append(attributes, CodeKey.String(info.Code))
	}
	if info.RequestID != "" {
		attributes = append(attributes, RequestIDKey.String(info.RequestID))
	}
	i.metrics.requestDuration.Record(ctx, info.Duration.Seconds(), a.method, a.host, a.port, measured...)
	trace.SpanFromContext(ctx).SetAttributes(attributes...)
}

// serverOf returns the host and the port of an address.
func serverOf(address string) (host string, port int) {
	at, err := url.Parse(address)
	if err != nil {
		return "", 0
	}
	if port, err = strconv.Atoi(at.Port()); err == nil {
		return at.Hostname(), port
	}
	if at.Scheme == "http" {
		return at.Hostname(), 80
	}
	return at.Hostname(), 443
}
