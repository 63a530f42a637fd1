package adaptertest

import (
	"maps"
	"net/http"
	"testing"

	"github.com/imagequery/imagequery/fakecloud"
	"github.com/imagequery/imagequery/image"
	"github.com/imagequery/imagequery/provider"
	"github.com/imagequery/imagequery/provider/providertest"
)

// Constructor is the New function of an adapter.
type Constructor func(provider.Config) (*provider.Client, error)

// service is what the harness of one provider needs to know.
type service struct {
	name, region string

	// unreported and words are what the documentation says, whatever the adapter
	// makes of it.
	unreported []image.Field
	words      map[image.Field][]string

	// fit makes of any image one that the provider can express.
	fit func(image.Image) image.Image
	// extra is what the record of an image says beyond the image; nil: nothing.
	extra func(image.Image) map[string]any
	// scope is [providertest.Harness.Scope].
	scope    func(image.Query, image.Image) bool
	readings []reading
	errors   []errorCase
	dialect  dialect
	hidden   []string // texts in extra that no client may show
}

// errorCase is a documented error with its status of HTTP.
type errorCase struct {
	status int
	providertest.ErrorCase
}

// harness returns the harness of an adapter.
func (s service) harness(newClient Constructor) providertest.Harness {
	h := providertest.Harness{
		World: s.world,
		Open: func(t testing.TB, world []image.Image, o providertest.Options) *providertest.Session {
			return s.open(t, newClient, world, o)
		},
		Scope:    s.scope,
		Paging:   s.dialect.paging,
		Protocol: s.dialect.protocol,
		Fresh:    s.dialect.fresh,
	}
	for _, r := range s.readings {
		h.Readings = append(h.Readings, r.name)
	}
	for _, e := range s.errors {
		h.Errors = append(h.Errors, e.ErrorCase)
	}
	return h
}

func (s service) world(n int) []image.Image {
	info := provider.Info{Name: s.name, Region: s.region, Support: map[image.Field]provider.Support{}, Words: s.words}
	for _, f := range s.unreported {
		info.Support[f] = provider.None
	}
	out := providertest.Images(info, n)
	for i := range out {
		out[i] = s.fit(out[i])
	}
	return out
}

// wordsOf are some of the words of a vocabulary.
func wordsOf[E ~string](values ...E) []string {
	var out []string
	for _, v := range values {
		out = append(out, string(v))
	}
	return out
}

// The key of every session. Its parts must be escaped in an address.
const (
	keyID     = "canary/id+1=="
	keySecret = "canary secret&2%"
	keyToken  = "canary=token/3+~"
)

var credentials = provider.Static(keyID, keySecret, keyToken)

func (s service) open(t testing.TB, newClient Constructor, world []image.Image, o providertest.Options) *providertest.Session {
	f := &fake{service: s, reading: s.reading(o.Reading), t: t}
	f.serve(world)
	if f.reading.request != nil {
		f.edits = append(f.edits, f.reading.request)
	}
	c := o.Config
	c.Region, c.Credentials, c.HTTPClient = s.region, credentials, &http.Client{Transport: f}
	client, err := newClient(c)
	if err != nil {
		t.Fatal(err)
	}
	return &providertest.Session{
		Client:   client,
		Secrets:  []string{keyID, keySecret, keyToken},
		Hidden:   s.hidden,
		Requests: f.requests,
		Fail:     func(script func(int) *providertest.Failure) { f.script = script },
		Total:    func(state func(int) int) { f.total = state },
		Cap:      func(size int) { f.edits = append(f.edits, s.dialect.capped(size)) },
		Repeat:   func() { f.edits = append(f.edits, s.dialect.firstPage) },
		Ignore:   func(params ...string) { f.edits = append(f.edits, without(params)) },
		Replace:  func(after int, world []image.Image) { f.replaceAfter, f.replacement = after, world },
		EditBody: func(change func([]byte) []byte) { f.mangle = change },
	}
}

// cloud makes a fake in which the world is true.
func (s service) cloud(t testing.TB, r reading, world []image.Image) *fakecloud.Cloud {
	w := fakecloud.World{Regions: map[string][]string{s.name: {s.region}}, Strict: true}
	key := fakecloud.Key{ID: keyID, Secret: keySecret, Token: keyToken}
	account := fakecloud.Account{Name: "tester", ID: "1000000000000000", Keys: []fakecloud.Key{key}}
	for _, m := range world {
		out := fakecloud.Image{Image: m}
		if s.extra != nil {
			out.Extra = maps.Clone(s.extra(m))
		}
		account.Images = append(account.Images, out)
	}
	w.Accounts = []fakecloud.Account{account}
	if r.world != nil {
		r.world(&w)
	}
	cloud, err := fakecloud.New(w)
	if err != nil {
		t.Fatal(err)
	}
	return cloud
}
