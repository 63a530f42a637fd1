//go:build newadapter

package skeleton_test

import (
	"io"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/imagequery/imagequery/image"
	"github.com/imagequery/imagequery/internal/newadapter/skeleton"
	"github.com/imagequery/imagequery/provider"
	"github.com/imagequery/imagequery/provider/providertest"
)

// TestConformance fails until the adapter and its emulator are complete. Its
// failures say what is missing.
//
// TODO: emulate the operation in package fakecloud, add a harness to
// internal/adaptertest/services.go, and replace this file by
//
//	func TestConformance(t *testing.T) { providertest.Run(t, adaptertest.Skeleton(skeleton.New)) }
func TestConformance(t *testing.T) {
	providertest.Run(t, providertest.Harness{
		World: world,
		Open: func(t testing.TB, _ []image.Image, o providertest.Options) *providertest.Session {
			e := new(emptyProvider)
			return &providertest.Session{Client: newClient(t, o.Config, e), Requests: e.requests}
		},
		New: func(c provider.Config) (*provider.Client, error) {
			c.Region, c.Credentials = "region-1", provider.Static("key-id", "key-secret", "")
			return skeleton.New(c)
		},
		Paging: []string{"page", "page_size"},
	})
}

// world returns what a correct client reports. TODO: set what the provider derives, and
// leave unset what it does not report.
func world(n int) []image.Image {
	client, err := skeleton.New(provider.Config{Region: "region-1", Credentials: provider.Static("key-id", "key-secret", "")})
	if err != nil {
		panic(err)
	}
	out := providertest.Images(client.Info(), n)
	for i, m := range out {
		out[i] = image.Image{Ref: m.Ref, Name: m.Name, Created: m.Created}
		switch m.Status { // the words that the API has
		case image.StatusPending, image.StatusAvailable, image.StatusFailed:
			out[i].Status = m.Status
		}
	}
	return out
}

func newClient(t testing.TB, c provider.Config, transport http.RoundTripper) *provider.Client {
	c.Region, c.Credentials, c.HTTPClient = "region-1", provider.Static("key-id", "key-secret", ""), &http.Client{Transport: transport}
	client, err := skeleton.New(c)
	if err != nil {
		t.Fatal(err)
	}
	return client
}

// emptyProvider stands for the emulator: it has no image, and logs requests.
type emptyProvider struct {
	mu  sync.Mutex
	log []providertest.Request
}

func (e *emptyProvider) RoundTrip(r *http.Request) (*http.Response, error) {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.log = append(e.log, providertest.Request{Action: "ListImages", Params: r.URL.Query(), At: time.Now()})
	body := io.NopCloser(strings.NewReader(`{"request_id":"request-1","total":0,"images":[]}`))
	return &http.Response{StatusCode: http.StatusOK, Header: http.Header{}, Body: body, Request: r}, nil
}

func (e *emptyProvider) requests() []providertest.Request {
	e.mu.Lock()
	defer e.mu.Unlock()
	return append([]providertest.Request(nil), e.log...)
}
