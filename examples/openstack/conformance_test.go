package openstack_test

import (
	"net/http"
	"testing"

	"github.com/imagequery/imagequery/examples/openstack"
	"github.com/imagequery/imagequery/image"
	"github.com/imagequery/imagequery/provider"
	"github.com/imagequery/imagequery/provider/providertest"
)

// TestConformance runs the suite on the adapter and an emulator of Glance.
func TestConformance(t *testing.T) {
	info := open(t, nil, providertest.Options{}).Client.Info()
	providertest.Run(t, providertest.Harness{
		World: func(n int) []image.Image { return world(info, n) },
		Open:  open,
		New: func(c provider.Config) (*provider.Client, error) {
			c.Credentials = provider.Static("", "", token)
			return openstack.New(c, project)
		},
		Paging: []string{"limit", "marker"},
		Errors: []providertest.ErrorCase{
			{Code: "429 Too Many Requests", Kind: provider.Throttled},
			{Code: "413 Request Entity Too Large", Kind: provider.Throttled},
			{Code: "503 Service Unavailable", Kind: provider.Unavailable},
			{Code: "500 Internal Server Error", Kind: provider.Unavailable},
			{Code: "401 Unauthorized", Kind: provider.Unauthenticated},
			{Code: "403 Forbidden", Kind: provider.PermissionDenied},
			{Code: "400 Bad Request", Kind: provider.InvalidArgument},
		},
		Cannot: map[string]string{
			"retry/fresh":   "a token is the same for every request",
			"paging/totals": "the API states no totals",
			"mapping/enums": "the source follows from the owner, which is no word; TestUnknownWordsAreCounted checks the words",
		},
	})
}

// world returns images as the API reports them to a project that is not an
// administrator's.
func world(info provider.Info, n int) []image.Image {
	out := providertest.Images(info, n)
	for i := range out {
		m := out[i]
		out[i] = image.Image{
			Ref: m.Ref, Name: m.Name, Description: m.Description, Owner: m.Owner, Status: m.Status, OS: m.OS, Platform: m.Platform, OSVersion: m.OSVersion,
			Arch: m.Arch, BootMode: m.BootMode, SizeGiB: m.SizeGiB, Created: m.Created, SourceInstance: m.SourceInstance,
		}
		for tag := range m.Tags {
			if out[i].Tags == nil {
				out[i].Tags = map[string]string{}
			}
			out[i].Tags[tag] = ""
		}
		place(&out[i], i)
	}
	return out
}

// place gives an image an owner, a visibility and the source that follows.
func place(m *image.Image, i int) {
	if i%3 == 0 {
		m.Owner = project
	}
	kind := (i / 2) % 4
	m.Visibility = []image.Visibility{image.VisibilityPrivate, image.VisibilityShared, image.VisibilityPublic, image.VisibilityPublic}[kind]
	m.Source = []image.Source{image.SourceSelf, image.SourceShared, image.SourceSystem, image.SourceCommunity}[kind]
	switch {
	case kind == 0:
		m.Owner = project
	case m.Owner == project:
		m.Source = image.SourceSelf
	case m.Owner == "" && kind == 3:
		m.Source = image.SourceSystem
	case m.Owner == "" && kind == 1:
		m.Source = ""
	}
}

func open(t testing.TB, world []image.Image, o providertest.Options) *providertest.Session {
	g := &glance{row: rows(world), tokens: []string{token}}
	o.Config.Region, o.Config.Endpoint = "RegionOne", "https://image.example.com/"
	o.Config.Credentials, o.Config.HTTPClient = provider.Static("", "", token), &http.Client{Transport: g}
	client, err := openstack.New(o.Config, project)
	if err != nil {
		t.Fatal(err)
	}
	return &providertest.Session{
		Client: client, Requests: g.requests, Secrets: []string{token}, Hidden: []string{hidden, "made-up-password"},
		Fail:     func(f providertest.Failure) { g.failure = &f },
		Cap:      func(size int) { g.cap = size },
		Repeat:   func() { g.repeat = true },
		Replace:  func(after int, world []image.Image) { g.replaceAfter, g.replacement = after, rows(world) },
		EditBody: func(change func([]byte) []byte) { g.edit = change },
		Ignore: func(params ...string) {
			g.ignored = map[string]bool{}
			for _, name := range params {
				g.ignored[name] = true
			}
		},
	}
}
