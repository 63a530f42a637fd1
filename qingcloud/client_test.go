package qingcloud_test

import (
	"net/http"
	"strings"
	"testing"

	"github.com/imagequery/imagequery/image"
	"github.com/imagequery/imagequery/internal/adaptertest"
	"github.com/imagequery/imagequery/provider"
	"github.com/imagequery/imagequery/qingcloud"
)

func clientOf(t *testing.T, server http.RoundTripper) *provider.Client {
	t.Helper()
	return adaptertest.Client(t, qingcloud.New, "pek3a", server)
}

func newClient(t *testing.T, c provider.Config) *provider.Client {
	t.Helper()
	if c.Credentials == nil {
		c.Credentials = provider.Static("test-key-id", "test-key-secret", "")
	}
	client, err := qingcloud.New(c)
	if err != nil {
		t.Fatal(err)
	}
	return client
}

// listed returns the images of a page that holds these records.
func listed(t *testing.T, records ...string) []image.Image {
	t.Helper()
	s := &adaptertest.Server{Status: http.StatusOK, Body: `{"ret_code":0,"total_count":0,"image_set":[` + strings.Join(records, ",") + `]}`}
	images, err := provider.Collect(clientOf(t, s).Images(t.Context(), image.Query{}))
	if len(images) != len(records) {
		t.Fatalf("%d images, want %d: %v", len(images), len(records), err)
	}
	return images
}
