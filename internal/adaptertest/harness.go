package adaptertest

import (
	"net/http"
	"testing"

	"github.com/imagequery/imagequery/fakecloud"
	"github.com/imagequery/imagequery/image"
	"github.com/imagequery/imagequery/provider"
	"github.com/imagequery/imagequery/provider/providertest"
)

// Constructor is the New function of an adapter.
type Constructor func(provider.Config) (*provider.Client, error)

// service holds the facts about one provider for its harness.
type service struct {
	name, region string

	// unreported and words are taken from the documentation, not from the adapter.
	unreported []image.Field
	words      map[image.Field][]string

	// fit changes an image where chance makes one that the provider would never have.
	// Fakecloud leaves out what the provider cannot express.
	fit func(*image.Image)
	// extra returns members of an image's record beyond the image.
	extra func(image.Image) map[string]any
	// scope is [providertest.Harness.Scope].
	scope    func(image.Query, image.Image) bool
	readings []reading
	errors   []errorCase
	dialect  dialect
	hidden   []string // texts in extra that no client may show
}

// statusWords are words for the status of an image besides the usual ones.
type statusWords struct {
	member  string
	unknown string                  // of an image without a status
	other   map[image.Status]string // of some images with a status that has two words
}

func (s statusWords) extra(m image.Image) map[string]any {
	if m.Status == "" {
		return map[string]any{s.member: s.unknown}
	}
	if word := s.other[m.Status]; word != "" && len(m.ID)%2 == 0 {
		return map[string]any{s.member: word}
	}
	return nil
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
		New: func(c provider.Config) (*provider.Client, error) {
			c.Region, c.Credentials = s.region, credentials
			return newClient(c)
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
	info := provider.Info{Name: s.name, Region: s.region, Support: map[image.Field]provider.Support{}, Values: s.words}
	for _, f := range s.unreported {
		info.Support[f] = provider.None
	}
	out := providertest.Images(info, n)
	for i := range out {
		s.fit(&out[i])
		m, err := fakecloud.Image{Image: out[i]}.Reported()
		if err != nil {
			panic(err)
		}
		out[i] = m
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
	r := s.reading(o.Reading)
	e := &emulator{service: s, t: t, reading: r, cloud: s.cloud(t, r, world)}
	c := o.Config
	c.Region, c.Credentials, c.HTTPClient = s.region, credentials, &http.Client{Transport: e}
	client, err := newClient(c)
	if err != nil {
		t.Fatal(err)
	}
	return e.session(client)
}

// cloud returns a fakecloud that holds the world.
func (s service) cloud(t testing.TB, r reading, world []image.Image) *fakecloud.Cloud {
	key := fakecloud.Key{ID: keyID, Secret: keySecret, Token: keyToken}
	w := fakecloud.World{
		Regions:  map[string][]string{s.name: {s.region}},
		Accounts: []fakecloud.Account{{Name: "tester", ID: "1000000000000000", Keys: []fakecloud.Key{key}, Images: s.images(world)}},
		Strict:   true,
	}
	r.set(&w)
	cloud, err := fakecloud.New(w)
	if err != nil {
		t.Fatal(err)
	}
	return cloud
}

// images returns the images with the extra members of their records.
func (s service) images(world []image.Image) []fakecloud.Image {
	out := make([]fakecloud.Image, len(world))
	for i, m := range world {
		out[i].Image, out[i].Extra = m, s.extra(m)
	}
	return out
}

// httpStatus returns the HTTP status of an error code.
func (s service) httpStatus(code string) int {
	for _, e := range s.errors {
		if e.Code == code {
			return e.status
		}
	}
	return http.StatusOK
}

// dialect lists the parameters that every operation of a family of providers has.
type dialect struct {
	action                  string // the parameter that names the operation
	paging, protocol, fresh []string
}

var rpcDialect = dialect{
	action: "Action",
	paging: []string{"PageNumber", "PageSize"},
	protocol: []string{
		"Action", "Version", "Format", "AccessKeyId", "SecurityToken", "Signature", "SignatureMethod",
		"SignatureNonce", "SignatureVersion", "Timestamp",
	},
	fresh: []string{"Signature", "SignatureNonce", "Timestamp"},
}

var qingDialect = dialect{
	action:   "action",
	paging:   []string{"offset", "limit"},
	protocol: []string{"action", "version", "access_key_id", "signature", "signature_method", "signature_version", "time_stamp", "token"},
	fresh:    []string{"signature", "time_stamp"},
}

// reading is one interpretation of the provider's documentation: a setting of the
// world.
type reading struct {
	name string
	set  func(*fakecloud.World)
}

// fuzzyReadings returns the interpretations of a name that is compared loosely, and
// more.
func fuzzyReadings(more ...reading) []reading {
	var out []reading
	for _, fuzzy := range []fakecloud.Fuzzy{
		fakecloud.FuzzySubstring, fakecloud.FuzzyExact, fakecloud.FuzzyPrefix, fakecloud.FuzzyWildcard,
		fakecloud.FuzzyFold, fakecloud.FuzzyPattern,
	} {
		out = append(out, reading{string(fuzzy), func(w *fakecloud.World) { w.Fuzzy = fuzzy }})
	}
	return append(out, more...)
}

func (s service) reading(name string) reading {
	for _, r := range s.readings {
		if r.name == name {
			return r
		}
	}
	return s.readings[0]
}
