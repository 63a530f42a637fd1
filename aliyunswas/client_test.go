package aliyunswas_test

import (
	"net/http"
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
	return adaptertest.New(t, aliyunswas.New, c)
}

// listed returns the images of a page that holds these records.
func listed(t *testing.T, records ...string) []image.Image {
	t.Helper()
	return adaptertest.Listed(t, clientOf, `{"CustomImages":[ROWS],"TotalCount":"0"}`, records)
}
