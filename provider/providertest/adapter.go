package providertest

import (
	"errors"
	"fmt"
	"maps"
	"net/http"
	"runtime"
	"slices"
	"strings"
	"sync"
	"time"
	"unsafe"
	"weak"

	"github.com/imagequery/imagequery/image"
	"github.com/imagequery/imagequery/provider"
)

// testEndpoint is an address that no request can reach without the transport of the check.
const testEndpoint = "https://images.invalid/"

// configHTTP opens clients of endpoints with plain http.
func configHTTP(t *checkRun) {
	t.requires(t.harness.New != nil, "Harness.New")
	const plain = "http://images.invalid/"
	_, err := t.harness.New(provider.Config{Endpoint: plain})
	if !errors.Is(err, provider.InvalidArgument) {
		t.failf("Endpoint %s without AllowHTTP: error %v, want InvalidArgument", plain, err)
	} else if !strings.Contains(err.Error(), "AllowHTTP") {
		t.failf("Endpoint %s without AllowHTTP: the error does not name AllowHTTP: %w", plain, err)
	}
	for _, c := range []provider.Config{{Endpoint: plain, AllowHTTP: true}, {Endpoint: "http://127.0.0.1:1/"}, {Endpoint: testEndpoint}} {
		if _, err := t.harness.New(c); err != nil {
			t.failf("Endpoint %s with AllowHTTP %t: %w", c.Endpoint, c.AllowHTTP, err)
		}
	}
}

type roundTripper func(*http.Request) (*http.Response, error)

func (f roundTripper) RoundTrip(r *http.Request) (*http.Response, error) { return f(r) }

// query runs the empty query once through a transport, and returns the requests that were sent.
func (t *checkRun) query(c provider.Config, respond roundTripper) (sent []*http.Request, took time.Duration, err error) {
	t.requires(t.harness.New != nil, "Harness.New")
	var mu sync.Mutex
	record := func(r *http.Request) (*http.Response, error) {
		mu.Lock()
		sent = append(sent, r)
		mu.Unlock()
		return respond(r)
	}
	c.Endpoint, c.Retry.Attempts = testEndpoint, 1
	if c.HTTPClient == nil {
		c.HTTPClient = &http.Client{}
	}
	c.HTTPClient.Transport = roundTripper(record)
	client, err := t.harness.New(c)
	if err != nil {
		t.fatalf("Endpoint %s: %w", testEndpoint, err)
	}
	began := time.Now()
	_, err = provider.Collect(client.Images(t.context(), image.Query{}))
	mu.Lock()
	defer mu.Unlock()
	return slices.Clone(sent), time.Since(began), err
}

func reset(*http.Request) (*http.Response, error) { return nil, errors.New("connection reset") }

func hang(r *http.Request) (*http.Response, error) {
	select {
	case <-r.Context().Done():
		return nil, r.Context().Err()
	case <-time.After(time.Hour):
		return reset(r)
	}
}

func redirect(r *http.Request) (*http.Response, error) {
	return &http.Response{StatusCode: http.StatusTemporaryRedirect, Header: http.Header{"Location": {"https://elsewhere.invalid/"}}, Body: http.NoBody, Request: r}, nil
}

// configHTTPClient has requests end in ways that only the given client can see.
func configHTTPClient(t *checkRun) {
	const timeout, most = 3 * time.Second, 30 * time.Second
	sent, took, _ := t.query(provider.Config{HTTPClient: &http.Client{Timeout: timeout}}, hang)
	if len(sent) == 0 {
		t.fatalf("the transport of Config.HTTPClient received no request")
	}
	if took > most {
		t.failf("Config.HTTPClient has a Timeout of %s, and an attempt without a response took %s", timeout, took)
	}
	sent, _, err := t.query(provider.Config{}, redirect)
	if err == nil {
		t.failf("the response is a redirect, and there was no error")
	}
	for _, request := range sent {
		if request.URL.Hostname() == "elsewhere.invalid" {
			t.failf("a request followed a redirect to %s", request.URL)
		}
	}
}

func configUserAgent(t *checkRun) {
	const name = "conformance/1.0"
	sent, _, _ := t.query(provider.Config{UserAgent: name}, reset)
	for _, request := range sent {
		if got := request.Header.Get("User-Agent"); !strings.HasPrefix(got, name) {
			t.failf("Config.UserAgent is %q, and a request has the User-Agent %q", name, got)
		}
	}
}

// configAttemptTimeout has a server respond to the first request with nothing.
func configAttemptTimeout(t *checkRun) {
	const timeout, most = 3 * time.Second, 10 * time.Second
	retry := provider.Retry{Attempts: 2, AttemptTimeout: timeout, MaxWait: most - timeout}
	s := t.failing(Failure{Times: 1, Break: BreakHang}, provider.Config{Retry: retry})
	_, err := t.answer(s, image.Query{})
	sent := t.sent(s, err, 2, "no response to the first of two attempts")
	if gap := sent[1].At.Sub(sent[0].At); gap < timeout || gap > most {
		t.failf("Retry.AttemptTimeout is %s and Retry.MaxWait %s, and the attempt after one without a response came after %s", timeout, retry.MaxWait, gap)
	}
}

var keepNative = provider.Config{Listing: provider.Listing{KeepNative: true}}

// memoryAliases overwrites all that images of one listing refer to, and looks for
// changes in other images and in other listings.
func memoryAliases(t *checkRun) {
	s := t.open(t.harness.World(t.effort.world), keepNative)
	var listings [2][]image.Image
	var texts [2][]string
	for i := range listings {
		var err error
		if listings[i], err = t.answer(s, image.Query{}); err != nil {
			t.fatalf("listing %d: %w", i+1, err)
		}
		texts[i] = printed(listings[i])
	}
	for i, m := range listings[0] {
		if now := fmt.Sprintf("%#v", m); now != texts[0][i] {
			t.failf("%s changed when another image of its listing was overwritten", m.Ref)
		}
		overwrite(m)
	}
	if !slices.Equal(printed(listings[1]), texts[1]) {
		t.failf("images changed when those of an earlier listing were overwritten")
	}
	again, err := t.answer(s, image.Query{})
	if err != nil || !slices.Equal(slices.Sorted(slices.Values(printed(again))), slices.Sorted(slices.Values(texts[1]))) {
		t.failf("a later listing shows what was written into images of an earlier one, error %v", err)
	}
}

// printed returns all that images refer to as texts.
func printed(images []image.Image) []string {
	out := make([]string, len(images))
	for i, m := range images {
		out[i] = fmt.Sprintf("%#v", m)
	}
	return out
}

// overwrite changes all memory that an image refers to.
func overwrite(m image.Image) {
	for key := range maps.Clone(m.Tags) {
		m.Tags[key] = "overwritten"
	}
	for i := range m.Disks {
		m.Disks[i] = image.Disk{Type: "overwritten"}
	}
	for i := range m.SourceSnapshots {
		m.SourceSnapshots[i] = "overwritten"
	}
	for i := range m.Native {
		m.Native[i] = '#'
	}
}

// memoryRetained keeps one image of a listing, and finds out whether memory of the
// others stays in use.
func memoryRetained(t *checkRun) {
	world := slices.Clone(t.harness.World(t.effort.world))
	for i := range world {
		world[i].Name += fmt.Sprintf(" with the number %d", i) // short texts share their memory
	}
	retained, memory := t.keepOne(t.open(world, keepNative))
	most := len(world) / 4
	for what, others := range memory {
		for collections := 0; inUse(others) > most && collections < 3; collections++ {
			runtime.GC() // pools give up their memory after the second
		}
		if n := inUse(others); n > most {
			t.failf("one image is in use, and the %s of %d others stay in memory, want at most %d", what, n, most)
		}
	}
	runtime.KeepAlive(retained)
}

// inUse counts memory that is in use.
func inUse(memory []weak.Pointer[byte]) (n int) {
	for _, p := range memory {
		if p.Value() != nil {
			n++
		}
	}
	return n
}

// keepOne lists all images, and returns one of them with the memory of the others.
//
//go:noinline
func (t *checkRun) keepOne(s *Session) (retained image.Image, memory map[string][]weak.Pointer[byte]) {
	got, err := t.answer(s, image.Query{})
	if err != nil || len(got) == 0 {
		t.fatalf("%d images came, error %v", len(got), err)
	}
	memory = map[string][]weak.Pointer[byte]{}
	for _, m := range got[1:] {
		if m.Name != "" {
			memory["names"] = append(memory["names"], weak.Make(unsafe.StringData(m.Name)))
		}
		if len(m.Native) > 0 {
			memory["native records"] = append(memory["native records"], weak.Make(&m.Native[0]))
		}
	}
	return got[0], memory
}
