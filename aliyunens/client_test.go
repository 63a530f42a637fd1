package aliyunens_test

import (
	"net/http"
	"testing"

	"github.com/imagequery/imagequery/aliyunens"
	"github.com/imagequery/imagequery/image"
	"github.com/imagequery/imagequery/internal/adaptertest"
	"github.com/imagequery/imagequery/provider"
)

func clientOf(t *testing.T, server http.RoundTripper) *provider.Client {
	t.Helper()
	return adaptertest.Client(t, aliyunens.New, "", server)
}

func newClient(t *testing.T, c provider.Config) *provider.Client {
	t.Helper()
	return adaptertest.New(t, aliyunens.New, c)
}

// listed returns the images of a page that holds these records.
func listed(t *testing.T, records ...string) []image.Image {
	t.Helper()
	return adaptertest.Listed(t, clientOf, `{"Code":0,"Images":{"Image":[ROWS]}}`, records)
}
