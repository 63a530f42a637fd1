package aliyunswas_test

import (
	"net/http"
	"strings"
	"testing"

	"github.com/imagequery/imagequery/aliyunswas"
	"github.com/imagequery/imagequery/image"
	"github.com/imagequery/imagequery/internal/adaptertest"
	"github.com/imagequery/imagequery/provider"
)

func clientOf(t *testing.T, server http.RoundTripper) *provider.Client {
	t.Helper()
	return adaptertest.Client(t, aliyunswas.New, "cn-hangzhou", server)
}

func newClient(t *testing.T, c provider.Config) *provider.Client {
	t.Helper()
	if c.Credentials == nil {
		c.Credentials = provider.Static("test-key-id", "test-key-secret", "")
	}
	client, err := aliyunswas.New(c)
	if err != nil {
		t.Fatal(err)
	}
	return client
}

// listed returns the images of a page that holds these records.
func listed(t *testing.T, records ...string) []image.Image {
	t.Helper()
	s := &adaptertest.Server{Status: http.StatusOK, Body: `{"CustomImages":[` + strings.Join(records, ",") + `],"TotalCount":"0"}`}
	images, err := provider.Collect(clientOf(t, s).Images(t.Context(), image.Query{}))
	if len(images) != len(records) {
		t.Fatalf("%d images, want %d: %v", len(images), len(records), err)
	}
	return images
}
