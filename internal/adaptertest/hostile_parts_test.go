package adaptertest_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/imagequery/imagequery/internal/adaptertest"
	"github.com/imagequery/imagequery/provider"
)

// never waits for the end of the exercise.
func (v *exercise) never() {
	v.reached()
	<-v.end
}

// transport makes the client of an exercise use a transport.
func (v *exercise) transport(respond adaptertest.RoundTrip) {
	v.config.HTTPClient = &http.Client{Transport: respond}
}

// failing is a transport that fails with an error that may have the secrets of the request.
func failing(with func(secrets string) error) func(*exercise) {
	return func(v *exercise) {
		v.transport(func(r *http.Request) (*http.Response, error) { return nil, with(v.secretsOf(r)) })
	}
}

// responding is a transport with a response.
func responding(respond adaptertest.RoundTrip) func(*exercise) {
	return func(v *exercise) { v.transport(respond) }
}

// secretsOf returns all secrets that a transport sees, as an error's text.
func (v *exercise) secretsOf(r *http.Request) string {
	seen := []string{fmt.Sprint(r.URL, " ", r.Header, " ", adaptertest.Params(r).Encode())}
	for _, secret := range v.secrets() {
		seen = append(seen, spellings(secret))
	}
	return strings.Join(seen, " ")
}

// bodyFunc is a body of functions. A nil Read ends the body, and a nil Close succeeds.
type bodyFunc struct {
	read  func() error
	close func() error
}

func (b bodyFunc) Read([]byte) (int, error) {
	if b.read == nil {
		return 0, io.EOF
	}
	return 0, b.read()
}

func (b bodyFunc) Close() error {
	if b.close == nil {
		return nil
	}
	return b.close()
}

func respondBody(status int, r *http.Request, body bodyFunc) *http.Response {
	return &http.Response{StatusCode: status, Header: http.Header{}, ContentLength: -1, Body: body, Request: r}
}

// body makes the client of an exercise use a transport that responds with a body.
func (v *exercise) body(b bodyFunc) {
	v.transport(func(r *http.Request) (*http.Response, error) { return respondBody(http.StatusOK, r, b), nil })
}

type credentialsFunc func(context.Context) (provider.Credentials, error)

func (f credentialsFunc) Credentials(ctx context.Context) (provider.Credentials, error) {
	return f(ctx)
}

func withKeys(id, secret, token string) func(*exercise) {
	return func(v *exercise) {
		fill := strings.NewReplacer("<canary>", v.canary)
		v.config.Credentials = provider.Static(fill.Replace(id), fill.Replace(secret), fill.Replace(token))
	}
}

// jarFunc is a cookie jar of functions.
type jarFunc struct {
	set func()
	get func() []*http.Cookie
}

func (j jarFunc) SetCookies(*url.URL, []*http.Cookie) { j.set() }
func (j jarFunc) Cookies(*url.URL) []*http.Cookie     { return j.get() }

// places are where the library calls a part that the caller brings. Each sets a part
// that first calls a function.
var places = []struct {
	name  string
	works bool // the part works after the function
	set   func(v *exercise, first func())
}{
	{"a transport", true, func(v *exercise, first func()) {
		v.transport(func(r *http.Request) (*http.Response, error) {
			first()
			return http.DefaultTransport.RoundTrip(r)
		})
	}},
	{"a body's Read", false, func(v *exercise, first func()) {
		v.body(bodyFunc{read: func() error { first(); return io.EOF }})
	}},
	{"a body's Close", false, func(v *exercise, first func()) {
		v.body(bodyFunc{close: func() error { first(); return nil }})
	}},
	{"a body's Read and Close", false, func(v *exercise, first func()) {
		v.body(bodyFunc{read: func() error { first(); return io.EOF }, close: func() error { first(); return nil }})
	}},
	{"credentials", true, func(v *exercise, first func()) {
		v.config.Credentials = credentialsFunc(v.keysAfter(first))
	}},
	{"cached credentials", false, func(v *exercise, first func()) {
		v.config.Credentials = provider.Cache(v.keysAfter(first))
	}},
	{"a jar before the request", true, func(v *exercise, first func()) {
		v.config.HTTPClient = &http.Client{Jar: jarFunc{set: func() {}, get: func() []*http.Cookie { first(); return nil }}}
	}},
	{"a jar after the request", true, func(v *exercise, first func()) {
		v.config.HTTPClient = &http.Client{Jar: jarFunc{set: first, get: func() []*http.Cookie { return nil }}}
	}},
}

// keysAfter returns a source of the keys of an exercise that first calls a function.
func (v *exercise) keysAfter(first func()) func(context.Context) (provider.Credentials, error) {
	keys := v.config.Credentials
	return func(ctx context.Context) (provider.Credentials, error) {
		first()
		return keys.Credentials(ctx)
	}
}

// partCases are those of parts that the caller brings.
func partCases() []hostileCase {
	all := slices.Concat(transportCases(), credentialsCases())
	for _, place := range places {
		blocks := func(v *exercise) { place.set(v, v.never) }
		all = append(all, hostileCase{name: place.name + " blocks", hangs: true, want: lost, set: blocks})
	}
	for i := range all {
		all[i].clients = adapterClients
	}
	return all
}

// foreignError is an error of a transport whose fields show a request.
type foreignError struct{ URL, Text string }

func (e *foreignError) Error() string { return e.Text }

func transportCases() []hostileCase {
	hostileCookies := []*http.Cookie{{Name: "a\r\nX-Evil: 1", Value: "b\r\n\r\n"}, {Name: "", Value: strings.Repeat("c", 1<<10)}, {}}
	return []hostileCase{
		{name: "a transport that returns nothing", want: lost, set: responding(func(*http.Request) (*http.Response, error) { return nil, nil })},
		{name: "a transport that returns a response and an error", want: lost, set: responding(func(r *http.Request) (*http.Response, error) {
			return respondBody(http.StatusOK, r, bodyFunc{}), errors.New("failed")
		})},
		{name: "a transport that returns an empty response", want: garbled, set: responding(func(*http.Request) (*http.Response, error) {
			return &http.Response{}, nil
		})},
		{name: "a transport that returns status 101", want: garbled, set: func(v *exercise) {
			never := bodyFunc{read: func() error { v.never(); return io.EOF }}
			v.transport(func(r *http.Request) (*http.Response, error) {
				return respondBody(http.StatusSwitchingProtocols, r, never), nil
			})
		}},
		{name: "a transport whose response comes late", hangs: true, want: lost, set: func(v *exercise) {
			v.transport(func(r *http.Request) (*http.Response, error) {
				v.never()
				return respondBody(http.StatusOK, r, bodyFunc{}), nil
			})
		}},
		{name: "a transport whose error shows the request", want: lost, set: failing(errors.New)},
		{name: "a transport whose error has the request in a field", want: lost, set: failing(func(secrets string) error {
			return &foreignError{URL: secrets, Text: "failed"}
		})},
		{name: "a transport whose error wraps the request", want: lost, set: failing(func(secrets string) error {
			return &url.Error{Op: "Get", URL: secrets, Err: &foreignError{URL: secrets, Text: "failed"}}
		})},
		{name: "a transport that fails with a context's error", want: lost, set: failing(func(string) error {
			return fmt.Errorf("inside: %w", context.Canceled)
		})},
		{name: "a body that never makes progress", hangs: true, want: either, set: func(v *exercise) {
			v.body(bodyFunc{read: func() error { v.reached(); time.Sleep(time.Millisecond); return nil }})
		}},
		{name: "a body that fails with what it was sent", want: lost, set: func(v *exercise) {
			v.transport(func(r *http.Request) (*http.Response, error) {
				sent := &foreignError{URL: v.secretsOf(r), Text: v.secretsOf(r)}
				return respondBody(http.StatusOK, r, bodyFunc{read: func() error { return sent }}), nil
			})
		}},
		{name: "a body that fails to close", want: either, set: func(v *exercise) {
			v.body(bodyFunc{close: func() error { return errors.New("not closed") }})
		}},
		{name: "a jar with hostile cookies", want: ok, set: func(v *exercise) {
			v.config.HTTPClient = &http.Client{Jar: jarFunc{set: func() {}, get: func() []*http.Cookie { return hostileCookies }}}
		}},
	}
}

func credentialsCases() []hostileCase {
	return []hostileCase{
		{name: "credentials that wait for their context", hangs: true, want: lost, set: func(v *exercise) {
			v.config.Credentials = credentialsFunc(v.waitForContext)
		}},
		{name: "no keys and no error", want: denied, set: func(v *exercise) {
			v.config.Credentials = credentialsFunc(func(context.Context) (provider.Credentials, error) { return provider.Credentials{}, nil })
		}},
		{name: "an error that shows the keys", want: denied, set: func(v *exercise) {
			keys, _ := v.config.Credentials.Credentials(context.Background())
			v.config.Credentials = credentialsFunc(func(context.Context) (provider.Credentials, error) { return keys, errors.New("failed") })
		}},
		{name: "an empty key", want: denied, set: withKeys("", "<canary>secret", "")},
		{name: "an empty secret", want: denied, set: withKeys("LTAI<canary>", "", "")},
		{name: "a key of white space", want: denied, set: withKeys(" \t", "<canary>secret", "")},
		{name: "a secret of white space", want: denied, set: withKeys("LTAI<canary>", "\n", "")},
		{name: "a key with a line end", want: denied, set: withKeys("LTAI<canary>\n", "<canary>secret", "")},
		{name: "a secret with a line end", want: denied, set: withKeys("LTAI<canary>", "<canary>secret\r\n", "")},
		{name: "a token with a control character", want: denied, set: withKeys("LTAI<canary>", "<canary>secret", "a\x00<canary>")},
	}
}

// waitForContext is a source of credentials that waits for the end of the context.
func (v *exercise) waitForContext(ctx context.Context) (provider.Credentials, error) {
	v.reached()
	<-ctx.Done()
	return provider.Credentials{}, ctx.Err()
}

// stageCases keep a request in a stage that only the end of the context ends. The cases
// of hanging servers have the other stages.
func stageCases() []hostileCase {
	all := append(dialCases(), []hostileCase{
		{name: "before the request", unsent: true},
		{name: "sending", clients: retryingClients, set: func(v *exercise) {
			dial := func(context.Context, string, string) (net.Conn, error) {
				ours, theirs := net.Pipe() // the other end does not read
				go func() {
					<-v.end
					theirs.Close() // the transport may keep a connection that comes after the cancellation
				}()
				v.reached()
				return ours, nil
			}
			v.config.HTTPClient = &http.Client{Transport: &http.Transport{DialContext: dial}}
		}},
		{name: "in the backoff", clients: retryingClients, set: retryOften, serve: hangs(respondWith("503 Unavailable", "", "{}"))},
		{name: "throttled", clients: retryingClients, set: retryOften, serve: hangs(respondWith("429 Slow", "Retry-After: 60\n", "{}"))},
		{name: "waiting for the budget", clients: adapterClients, set: withSpent(&provider.Budget{InFlight: 1})},
		{name: "waiting for the rate", clients: adapterClients, set: withSpent(&provider.Budget{PerSecond: 0.001})},
		{name: "fetching credentials", clients: retryingClients, set: func(v *exercise) {
			v.config.Credentials = credentialsFunc(v.waitForContext)
		}},
		{name: "fetching cached credentials", clients: retryingClients, set: func(v *exercise) {
			v.config.Credentials = provider.Cache(v.waitForContext)
		}},
		{name: "while the second page hangs", clients: listingClients, set: onePerPage, serve: pagesFrom(2)},
		{name: "while prefetched pages hang", clients: listingClients, set: onePerPage, serve: pagesFrom(5)},
		{name: "between pages", clients: listingClients, set: onePerPage, serve: each(sendPage)},
	}...)
	for i := range all {
		all[i].waits = true
	}
	return all
}

// retryOften makes retries outlast the cancellation, although a backoff may be short.
func retryOften(v *exercise) {
	v.config.Retry.MaxWait, v.config.Retry.Attempts = time.Minute, 1000
}

func onePerPage(v *exercise) { v.config.Listing.PageSize = 1 }

// withSpent gives every client a budget like the given one that admits no request.
func withSpent(like *provider.Budget) func(*exercise) {
	return func(v *exercise) {
		v.config.Budget = &provider.Budget{InFlight: like.InFlight, PerSecond: like.PerSecond}
		_, _, _ = v.config.Budget.Acquire(context.Background(), "", "other")
		v.reached()
	}
}

var pagePattern = regexp.MustCompile(`\b(PageNumber|offset)=(\d+)`)

// pageOf returns the number of the requested page, from 1, if pages have one image.
func pageOf(r request) int {
	found := pagePattern.FindStringSubmatch(r.text)
	if found == nil {
		return 1
	}
	page, _ := strconv.Atoi(found[2])
	if found[1] == "offset" {
		page++
	}
	return page
}

// sendPage sends a page of one image, of a listing that does not end in a test.
func sendPage(p *peer) {
	body := strings.NewReplacer(`"TotalCount":1`, `"TotalCount":1000000`, `"total_count":1`, `"total_count":1000000`,
		`m-1`, fmt.Sprint("m-", pageOf(p.request))).Replace(p.fill("<body>"))
	send(respondWith("200 OK", "Set-Cookie: a=b\n", body))(p)
}

// pagesFrom serves the pages before one, and hangs from then on.
func pagesFrom(hangs int) func(*peer) {
	return each(func(p *peer) {
		if pageOf(p.request) < hangs {
			sendPage(p)
		}
	})
}
