package qingcloud_test

import (
	"net/http"
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
	return adaptertest.New(t, qingcloud.New, c)
}

// listed returns the images of a page that holds these records.
func listed(t *testing.T, records ...string) []image.Image {
	t.Helper()
	return adaptertest.Listed(t, clientOf, `{"ret_code":0,"total_count":0,"image_set":[ROWS]}`, records)
}
