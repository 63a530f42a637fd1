package adapter_test

import (
	"slices"
	"testing"

	"github.com/imagequery/imagequery/examples/adapter"
	"github.com/imagequery/imagequery/image"
	"github.com/imagequery/imagequery/provider"
	"github.com/imagequery/imagequery/provider/providertest"
)

// TestConformance runs the suite on the adapter and an emulator of its API.
func TestConformance(t *testing.T) {
	info := open(t, nil, providertest.Options{}).Client.Info()
	providertest.Run(t, providertest.Harness{
		World: func(n int) []image.Image { return world(info, n) },
		Open:  open,
		New: func(c provider.Config) (*provider.Client, error) {
			c.Credentials = provider.Static("", "", token)
			return adapter.New(c)
		},
		Paging: []string{"limit", "marker"},
		Errors: []providertest.ErrorCase{
			{Code: "TooManyRequests", Kind: provider.Throttled}, {Code: "Unavailable", Kind: provider.Unavailable},
			{Code: "Unauthorized", Kind: provider.Unauthenticated}, {Code: "Forbidden", Kind: provider.PermissionDenied},
			{Code: "BadRequest", Kind: provider.InvalidArgument},
		},
		Cannot: map[string]string{
			"retry/fresh":   "a bearer token is the same for every request",
			"paging/totals": "the API states no totals",
		},
	})
}

// world returns images as the API reports them.
func world(info provider.Info, n int) []image.Image {
	out := providertest.Images(info, n)
	for i := range out {
		m := &out[i]
		out[i] = image.Image{
			Ref: m.Ref, Name: m.Name, Owner: m.Owner, SizeGiB: m.SizeGiB, Created: m.Created, Status: m.Status,
		}
		if !slices.Contains([]image.Status{image.StatusPending, image.StatusAvailable, image.StatusFailed}, m.Status) {
			out[i].Status = ""
		}
	}
	return out
}

func open(t testing.TB, world []image.Image, o providertest.Options) *providertest.Session {
	s := &server{world: world}
	o.Config.Credentials, o.Config.HTTPClient = provider.Static("", "", token), s.client()
	client, err := adapter.New(o.Config)
	if err != nil {
		t.Fatal(err)
	}
	return &providertest.Session{
		Client: client, Requests: s.requests, Secrets: []string{token},
		Fail:     func(f providertest.Failure) { s.failure = &f },
		Cap:      func(size int) { s.cap = size },
		Repeat:   func() { s.repeat = true },
		Replace:  func(after int, world []image.Image) { s.replaceAfter, s.replacement = after, world },
		EditBody: func(change func([]byte) []byte) { s.edit = change },
	}
}
