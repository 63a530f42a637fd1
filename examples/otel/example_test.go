package otelimagequery_test

import (
	"context"
	"fmt"
	"log"
	"net/http"

	"go.opentelemetry.io/otel/sdk/metric"
	"go.opentelemetry.io/otel/sdk/trace"
	"go.opentelemetry.io/otel/sdk/trace/tracetest"

	"github.com/imagequery/imagequery/aliyunecs"
	"github.com/imagequery/imagequery/fakecloud"
	"github.com/imagequery/imagequery/image"
	"github.com/imagequery/imagequery/provider"

	otelimagequery "github.com/imagequery/imagequery/examples/otel"
)

// A program uses the exporters of its own, such as those for OTLP, instead of the ones
// in memory, and no HTTPClient.
func Example() {
	spans := tracetest.NewInMemoryExporter()
	tracers := trace.NewTracerProvider(trace.WithSyncer(spans))
	meters := metric.NewMeterProvider(metric.WithReader(metric.NewManualReader()))
	hooks, err := otelimagequery.New(tracers, meters)
	if err != nil {
		log.Fatal(err)
	}
	ctx := provider.WithTrace(context.Background(), hooks)

	cloud, err := fakecloud.New(fakecloud.Sample())
	if err != nil {
		log.Fatal(err)
	}
	targets, err := provider.Across("prod", aliyunecs.New, provider.Config{
		Credentials: provider.Static("sample-prod-key", "sample-prod-key-secret", ""),
		HTTPClient:  &http.Client{Transport: cloud.Transport()},
	}, "cn-hangzhou")
	if err != nil {
		log.Fatal(err)
	}
	for _, err := range provider.Search(ctx, targets, image.Query{Families: []string{"acs:ubuntu_22_04_x64"}}, nil) {
		if err != nil {
			log.Fatal(err)
		}
	}
	for _, span := range spans.GetSpans() { // in the order of their ends
		fmt.Println(span.Name, span.SpanKind)
	}
	// Output:
	// POST client
	// imagequery.page internal
	// imagequery.target internal
	// imagequery.search internal
}
