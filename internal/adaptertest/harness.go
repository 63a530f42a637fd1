package adaptertest

import (
	"bytes"
	"io"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"sync"
	"testing"
	"time"

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

func (s service) httpStatus(code string) int {
	i := slices.IndexFunc(s.errors, func(e errorCase) bool { return e.Code == code })
	if i < 0 {
		return http.StatusOK
	}
	return s.errors[i].status
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

// reading is one interpretation of the provider's documentation: a setting of the world.
type reading struct {
	name string
	set  func(*fakecloud.World)
}

// fuzzyReadings returns the interpretations of a name that is compared loosely, and more.
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

// reading returns the reading with a name, else the first.
func (s service) reading(name string) reading {
	i := slices.IndexFunc(s.readings, func(r reading) bool { return r.name == name })
	return s.readings[max(i, 0)]
}

// emulator is a fakecloud with faults. It is the transport of the client, so that it can log
// requests and edit response bodies. Everything but log is set before the first request.
type emulator struct {
	service service
	t       testing.TB
	reading reading
	cloud   *fakecloud.Cloud

	faults       []fakecloud.Fault
	edit         func(body []byte) []byte // nil: bodies stay as they are
	replacement  *fakecloud.Cloud         // nil: the first cloud stays
	replaceAfter int                      // requests

	mu  sync.Mutex
	log []providertest.Request
}

func (e *emulator) session(client *provider.Client) *providertest.Session {
	return &providertest.Session{
		Client:     client,
		Secrets:    []string{keyID, keySecret, keyToken},
		Hidden:     e.service.hidden,
		Requests:   e.requests,
		Fail:       func(f providertest.Failure) { e.addFaults(e.service.fault(f)) },
		AddToTotal: func(n int) { e.addFaults(fakecloud.Fault{Do: fakecloud.TotalAdd, Count: n}) },
		OmitTotal:  func() { e.addFaults(fakecloud.Fault{Do: fakecloud.TotalMissing}) },
		Cap:        func(size int) { e.addFaults(fakecloud.Fault{Do: fakecloud.PageClamp, Count: size}) },
		Repeat:     func() { e.addFaults(fakecloud.Fault{Do: fakecloud.PageFirst}) },
		Ignore:     func(params ...string) { e.addFaults(fakecloud.Fault{Do: fakecloud.IgnoreParams, Names: params}) },
		Replace:    e.replace,
		EditBody:   func(change func([]byte) []byte) { e.edit = change },
	}
}

func (e *emulator) addFaults(faults ...fakecloud.Fault) {
	e.faults = append(e.faults, faults...)
	if err := e.cloud.SetFaults(e.faults...); err != nil {
		e.t.Fatal(err)
	}
}

// fault returns the fault that makes requests fail in that way.
func (s service) fault(f providertest.Failure) fakecloud.Fault {
	out, ok := map[providertest.Break]fakecloud.Fault{
		providertest.BreakReset:   {Do: fakecloud.Reset},
		providertest.BreakHang:    {Do: fakecloud.Hang},
		providertest.BreakGateway: {Do: fakecloud.HTMLPage},
		providertest.BreakCut:     {Do: fakecloud.Truncate, Bytes: -2},
		providertest.BreakShort:   {Do: fakecloud.ShortBody, Bytes: -2},
	}[f.Break]
	if !ok {
		out = fakecloud.Fault{Do: fakecloud.ServerError, Status: s.httpStatus(f.Code), Code: f.Code, Message: f.Message, RetryAfter: f.RetryAfter}
	}
	out.From, out.Times = f.From, f.Times
	return out
}

// replace has another cloud respond after some requests.
func (e *emulator) replace(after int, world []image.Image) {
	e.replacement, e.replaceAfter = e.service.cloud(e.t, e.reading, world), after
}

func (e *emulator) requests() []providertest.Request {
	e.mu.Lock()
	defer e.mu.Unlock()
	return slices.Clone(e.log)
}

// RoundTrip logs the request and has the cloud respond to it.
func (e *emulator) RoundTrip(r *http.Request) (*http.Response, error) {
	n := e.logRequest(Params(r))
	cloud := e.cloud
	if e.replacement != nil && n >= e.replaceAfter {
		cloud = e.replacement
	}
	resp, err := cloud.Transport().RoundTrip(r)
	if err != nil {
		return nil, err
	}
	e.logID(n, resp.Header.Get("X-Acs-Request-Id"))
	if e.edit == nil {
		return resp, nil
	}
	body, err := io.ReadAll(resp.Body)
	if err != nil {
		return nil, err
	}
	body = e.edit(body)
	resp.Body, resp.ContentLength = io.NopCloser(bytes.NewReader(body)), int64(len(body))
	resp.Header.Set("Content-Length", strconv.Itoa(len(body)))
	return resp, nil
}

// logRequest returns the index of the request in the log.
func (e *emulator) logRequest(params url.Values) int {
	e.mu.Lock()
	defer e.mu.Unlock()
	if len(e.log)%1000 == 999 {
		e.cloud.Reset() // this log is the one that is read
	}
	e.log = append(e.log, providertest.Request{Action: params.Get(e.service.dialect.action), Params: params, At: time.Now()})
	return len(e.log) - 1
}

func (e *emulator) logID(n int, id string) {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.log[n].ID = id
}
