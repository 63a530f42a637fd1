package peers_test

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"sync"
	"testing"

	"go.opentelemetry.io/contrib/instrumentation/net/http/otelhttp"
	"go.opentelemetry.io/otel/sdk/trace"
	"go.opentelemetry.io/otel/sdk/trace/tracetest"

	"github.com/imagequery/imagequery/aliyunecs"
	"github.com/imagequery/imagequery/aliyunens"
	"github.com/imagequery/imagequery/aliyunswas"
	"github.com/imagequery/imagequery/fakecloud"
	"github.com/imagequery/imagequery/image"
	"github.com/imagequery/imagequery/provider"
	"github.com/imagequery/imagequery/qingcloud"
)

const (
	secretID    = "canary/id+1=="
	secretKey   = "canary secret&2%"
	secretToken = "canary=token/3+~"
)

// secretWorld is a cloud with one account, whose key has no plain form in a URL.
func secretWorld() fakecloud.World {
	return fakecloud.World{
		Regions: map[string][]string{
			"aliyunecs": {"cn-hangzhou"}, "aliyunswas": {"cn-hangzhou"}, "aliyunens": {"cn-hangzhou"}, "qingcloud": {"pek3a"},
		},
		Accounts: []fakecloud.Account{{
			Name: "a", ID: "1000000000000001", Keys: []fakecloud.Key{{ID: secretID, Secret: secretKey, Token: secretToken}},
		}},
	}
}

// listEverywhere lists the images of all adapters, at an address, with a query that
// uses each operation.
func listEverywhere(t *testing.T, address string, client *http.Client) {
	t.Helper()
	for _, target := range []struct {
		open         func(provider.Config) (*provider.Client, error)
		region, path string
		query        image.Query
	}{
		{aliyunecs.New, "cn-hangzhou", "", image.Query{}},
		{aliyunecs.New, "cn-hangzhou", "", image.Query{Families: []string{"ubuntu"}}},
		{aliyunswas.New, "cn-hangzhou", "", image.Query{}},
		{aliyunens.New, "cn-hangzhou", "", image.Query{}},
		{qingcloud.New, "pek3a", "/iaas/", image.Query{}},
	} {
		c, err := target.open(provider.Config{
			Region: target.region, Endpoint: address + target.path, HTTPClient: client,
			Credentials: provider.Static(secretID, secretKey, secretToken), Retry: provider.Retry{Attempts: 2, MaxWait: 1},
		})
		if err != nil {
			t.Fatal(err)
		}
		_, _ = provider.Collect(c.Images(t.Context(), target.query)) // errors are welcome
	}
}

// showsSecret reports the part of the credentials or of a signature that a text shows.
func showsSecret(text string) string {
	for _, secret := range []string{"canary", "ignature", "AccessKeyId", "access_key_id", "SecurityToken"} {
		if strings.Contains(text, secret) {
			return secret
		}
	}
	return ""
}

// TestSpansShowNoSecret instruments the HTTP client of each adapter with
// OpenTelemetry, over successes and failures.
func TestSpansShowNoSecret(t *testing.T) {
	for _, faults := range [][]fakecloud.Fault{nil, {{Do: fakecloud.Reset}}, {{Do: fakecloud.ServerError, Status: 503}}, {{Do: fakecloud.UnknownKey}}} {
		l := serve(t, secretWorld())
		if err := l.cloud.SetFaults(faults...); err != nil {
			t.Fatal(err)
		}
		exporter := tracetest.NewInMemoryExporter()
		spans := trace.NewTracerProvider(trace.WithSyncer(exporter))
		listEverywhere(t, l.url, &http.Client{Transport: otelhttp.NewTransport(http.DefaultTransport, otelhttp.WithTracerProvider(spans))})
		if len(exporter.GetSpans()) < 5 {
			t.Errorf("%v: %d spans, want one for each request", faults, len(exporter.GetSpans()))
		}
		for _, span := range exporter.GetSpans() {
			if text := fmt.Sprintf("%s %+v %+v %+v", span.Name, span.Attributes, span.Events, span.Status); showsSecret(text) != "" {
				t.Errorf("%v: a span shows %q: %s", faults, showsSecret(text), text)
			}
		}
	}
}

// TestRequestLinesShowNoSecret records what access logs and proxies record, and the
// requests after a redirect.
func TestRequestLinesShowNoSecret(t *testing.T) {
	var mu sync.Mutex
	var lines []string
	elsewhere := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		t.Errorf("a redirect was followed, with Referer %q", r.Referer())
	}))
	defer elsewhere.Close()
	for _, status := range []int{0, 301, 302, 303, 307, 308} {
		cloud, err := fakecloud.New(secretWorld())
		if err != nil {
			t.Fatal(err)
		}
		server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			mu.Lock()
			lines = append(lines, r.Method+" "+r.RequestURI+" "+r.Proto+" "+r.Referer())
			mu.Unlock()
			if status != 0 {
				http.Redirect(w, r, elsewhere.URL+"/?from="+url.QueryEscape(r.RequestURI), status)
				return
			}
			cloud.ServeHTTP(w, r)
		}))
		listEverywhere(t, server.URL, nil)
		server.Close()
	}
	if len(lines) < 6*5 {
		t.Errorf("%d requests, want one for each operation and status", len(lines))
	}
	for _, line := range lines {
		if showsSecret(line) != "" || !strings.HasPrefix(line, "POST / ") && !strings.HasPrefix(line, "POST /iaas/ ") {
			t.Errorf("the request line is %q", line)
		}
	}
}
