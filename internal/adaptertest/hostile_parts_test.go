package adaptertest_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/url"
	"runtime"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/imagequery/imagequery/provider"
)

// partCase is a part that a user may bring and that misbehaves, and what becomes
// of a listing with it.
type partCase struct {
	name   string
	part   func(*parts) // sets the part in the configuration
	want   []provider.Kind
	hangs  bool   // the client's time limit ends it
	panics string // the value that reaches the caller; empty: there is no panic
}

// parts holds the values that a case may use.
type parts struct {
	exercise exercise
	config   *provider.Config
	end      chan struct{} // closed at the end of the test, for parts that never return before
	closed   chan struct{} // receives for each body that is closed
}

// never waits for the end of the test.
func (p *parts) never() { <-p.end }

type transportFunc func(*http.Request) (*http.Response, error)

func (f transportFunc) RoundTrip(r *http.Request) (*http.Response, error) { return f(r) }

func withTransport(f func(p *parts, r *http.Request) (*http.Response, error)) func(*parts) {
	return func(p *parts) {
		p.config.HTTPClient = &http.Client{Transport: transportFunc(func(r *http.Request) (*http.Response, error) { return f(p, r) })}
	}
}

// bodyFunc is a body of functions. A nil Read ends the body, and a nil Close succeeds.
type bodyFunc struct {
	read  func([]byte) (int, error)
	close func() error
}

func (b bodyFunc) Read(p []byte) (int, error) {
	if b.read == nil {
		return 0, io.EOF
	}
	return b.read(p)
}

func (b bodyFunc) Close() error {
	if b.close == nil {
		return nil
	}
	return b.close()
}

func withBody(body func(p *parts) io.ReadCloser) func(*parts) {
	return withTransport(func(p *parts, r *http.Request) (*http.Response, error) {
		return &http.Response{StatusCode: http.StatusOK, Header: http.Header{}, ContentLength: -1, Body: body(p), Request: r}, nil
	})
}

type credentialsFunc func(context.Context) (provider.Credentials, error)

func (f credentialsFunc) Credentials(ctx context.Context) (provider.Credentials, error) {
	return f(ctx)
}

func withCredentials(f func(*parts, context.Context) (provider.Credentials, error)) func(*parts) {
	return func(p *parts) {
		p.config.Credentials = credentialsFunc(func(ctx context.Context) (provider.Credentials, error) { return f(p, ctx) })
	}
}

func withKeys(id, secret, token string) func(*parts) {
	return func(p *parts) {
		fill := strings.NewReplacer("<canary>", p.exercise.canary)
		p.config.Credentials = provider.Static(fill.Replace(id), fill.Replace(secret), fill.Replace(token))
	}
}

// jarFunc is a cookie jar of functions.
type jarFunc struct {
	set func([]*http.Cookie)
	get func() []*http.Cookie
}

func (j jarFunc) SetCookies(_ *url.URL, cookies []*http.Cookie) { j.set(cookies) }
func (j jarFunc) Cookies(*url.URL) []*http.Cookie               { return j.get() }

func withJar(get func(*parts) []*http.Cookie, set func(*parts)) func(*parts) {
	return func(p *parts) {
		p.config.HTTPClient = &http.Client{Jar: jarFunc{
			set: func([]*http.Cookie) { set(p) },
			get: func() []*http.Cookie { return get(p) },
		}}
	}
}

func noCookies(*parts) []*http.Cookie { return nil }
func setNothing(*parts)               {}

// secretsText returns an error's text with all secrets that a transport sees.
func (p *parts) secretsText(r *http.Request) string {
	body := ""
	if r.GetBody != nil {
		if reader, err := r.GetBody(); err == nil {
			text, _ := io.ReadAll(reader)
			body = string(text)
		}
	}
	return strings.Join([]string{
		fmt.Sprint(r.URL, " ", r.Header, " ", body), spellings(p.exercise.id()), spellings(p.exercise.secret()), spellings(p.exercise.token()),
	}, " ")
}

// foreignError is an error of a transport whose fields show a request.
type foreignError struct{ URL, Text string }

func (e *foreignError) Error() string { return e.Text }

func partCases() []partCase {
	return slices.Concat(transportCases(), bodyPartCases(), credentialsCases(), jarCases())
}

func transportCases() []partCase {
	return []partCase{
		{name: "a transport that ignores its context", hangs: true, want: lost, part: withTransport(func(p *parts, _ *http.Request) (*http.Response, error) {
			p.never()
			return nil, errors.New("late")
		})},
		{name: "a transport whose response comes late", hangs: true, want: lost, part: withTransport(func(p *parts, r *http.Request) (*http.Response, error) {
			p.never()
			return &http.Response{StatusCode: 200, Header: http.Header{}, Body: bodyFunc{close: func() error { p.closed <- struct{}{}; return nil }}, Request: r}, nil
		})},
		{name: "a transport that returns nothing", want: lost, part: withTransport(func(*parts, *http.Request) (*http.Response, error) { return nil, nil })},
		{name: "a transport that returns a response and an error", want: lost, part: withTransport(func(p *parts, r *http.Request) (*http.Response, error) {
			return &http.Response{StatusCode: 200, Body: http.NoBody, Request: r}, errors.New("failed")
		})},
		{name: "a transport that returns an empty response", want: garbled, part: withTransport(func(*parts, *http.Request) (*http.Response, error) {
			return &http.Response{}, nil
		})},
		{name: "a transport that returns status 101", want: garbled, part: withTransport(func(p *parts, r *http.Request) (*http.Response, error) {
			return &http.Response{StatusCode: 101, Header: http.Header{}, Request: r, Body: bodyFunc{read: func([]byte) (int, error) { p.never(); return 0, io.EOF }}}, nil
		})},
		{name: "a transport that panics", panics: "in RoundTrip", part: withTransport(func(*parts, *http.Request) (*http.Response, error) { panic("in RoundTrip") })},
		{name: "a transport whose error shows the request", want: lost, part: withTransport(func(p *parts, r *http.Request) (*http.Response, error) {
			return nil, errors.New(p.secretsText(r))
		})},
		{name: "a transport whose error has the request in a field", want: lost, part: withTransport(func(p *parts, r *http.Request) (*http.Response, error) {
			return nil, &foreignError{URL: p.secretsText(r), Text: "failed"}
		})},
		{name: "a transport whose error wraps the request", want: lost, part: withTransport(func(p *parts, r *http.Request) (*http.Response, error) {
			return nil, &url.Error{Op: "Get", URL: p.secretsText(r), Err: &foreignError{URL: p.secretsText(r), Text: "failed"}}
		})},
		{name: "a transport that fails with a context's error", want: lost, part: withTransport(func(*parts, *http.Request) (*http.Response, error) {
			return nil, fmt.Errorf("inside: %w", context.Canceled)
		})},
	}
}

func bodyPartCases() []partCase {
	return []partCase{
		{name: "a body whose Read blocks", hangs: true, want: lost, part: withBody(func(p *parts) io.ReadCloser {
			return bodyFunc{read: func([]byte) (int, error) { p.never(); return 0, io.EOF }}
		})},
		{name: "a body whose Close blocks", hangs: true, want: lost, part: withBody(func(p *parts) io.ReadCloser {
			return bodyFunc{close: func() error { p.never(); return nil }}
		})},
		{name: "a body whose Read and Close block", hangs: true, want: lost, part: withBody(func(p *parts) io.ReadCloser {
			return bodyFunc{read: func([]byte) (int, error) { p.never(); return 0, io.EOF }, close: func() error { p.never(); return nil }}
		})},
		{name: "a body that never makes progress", hangs: true, want: either, part: withBody(func(*parts) io.ReadCloser {
			return bodyFunc{read: func([]byte) (int, error) { time.Sleep(time.Millisecond); return 0, nil }}
		})},
		{name: "a body whose Read panics", panics: "in Read", part: withBody(func(*parts) io.ReadCloser {
			return bodyFunc{read: func([]byte) (int, error) { panic("in Read") }}
		})},
		{name: "a body whose Close panics", panics: "in Close", part: withBody(func(*parts) io.ReadCloser {
			return bodyFunc{close: func() error { panic("in Close") }}
		})},
		{name: "a body that fails with what it was sent", want: lost, part: withTransport(func(p *parts, r *http.Request) (*http.Response, error) {
			return &http.Response{StatusCode: 200, Header: http.Header{}, ContentLength: -1, Request: r, Body: bodyFunc{read: func([]byte) (int, error) {
				return 0, &foreignError{URL: p.secretsText(r), Text: p.secretsText(r)}
			}}}, nil
		})},
		{name: "a body that fails to close", want: either, part: withBody(func(*parts) io.ReadCloser {
			return bodyFunc{close: func() error { return errors.New("not closed") }}
		})},
	}
}

func credentialsCases() []partCase {
	return []partCase{
		{name: "credentials that ignore their context", hangs: true, want: lost, part: withCredentials(func(p *parts, _ context.Context) (provider.Credentials, error) {
			p.never()
			return provider.Credentials{}, errors.New("late")
		})},
		{name: "cached credentials that ignore their context", hangs: true, want: lost, part: func(p *parts) {
			p.config.Credentials = provider.Cache(func(context.Context) (provider.Credentials, error) {
				p.never()
				return provider.Credentials{}, errors.New("late")
			})
		}},
		{name: "credentials that wait for their context", hangs: true, want: lost, part: withCredentials(func(_ *parts, ctx context.Context) (provider.Credentials, error) {
			<-ctx.Done()
			return provider.Credentials{}, ctx.Err()
		})},
		{name: "credentials that panic", panics: "in Credentials", part: withCredentials(func(*parts, context.Context) (provider.Credentials, error) { panic("in Credentials") })},
		{name: "cached credentials that panic", panics: "in fetch", part: func(p *parts) {
			p.config.Credentials = provider.Cache(func(context.Context) (provider.Credentials, error) { panic("in fetch") })
		}},
		{name: "no keys and no error", want: denied, part: withCredentials(func(*parts, context.Context) (provider.Credentials, error) {
			return provider.Credentials{}, nil
		})},
		{name: "an error that shows the keys", want: denied, part: withCredentials(func(p *parts, _ context.Context) (provider.Credentials, error) {
			c, _ := provider.Static(p.exercise.id(), p.exercise.secret(), p.exercise.token()).Credentials(context.Background())
			return c, errors.New("failed")
		})},
		{name: "an empty key", want: denied, part: withKeys("", "<canary>secret", "")},
		{name: "an empty secret", want: denied, part: withKeys("LTAI<canary>", "", "")},
		{name: "a key of white space", want: denied, part: withKeys(" \t", "<canary>secret", "")},
		{name: "a secret of white space", want: denied, part: withKeys("LTAI<canary>", "\n", "")},
		{name: "a key with a line end", want: denied, part: withKeys("LTAI<canary>\n", "<canary>secret", "")},
		{name: "a secret with a line end", want: denied, part: withKeys("LTAI<canary>", "<canary>secret\r\n", "")},
		{name: "a token with a control character", want: denied, part: withKeys("LTAI<canary>", "<canary>secret", "a\x00<canary>")},
	}
}

func jarCases() []partCase {
	return []partCase{
		{name: "a jar that blocks before the request", hangs: true, want: lost, part: withJar(func(p *parts) []*http.Cookie { p.never(); return nil }, setNothing)},
		{name: "a jar that blocks after the request", hangs: true, want: lost, part: withJar(noCookies, func(p *parts) { p.never() })},
		{name: "a jar that panics before the request", panics: "in Cookies", part: withJar(func(*parts) []*http.Cookie { panic("in Cookies") }, setNothing)},
		{name: "a jar that panics after the request", panics: "in SetCookies", part: withJar(noCookies, func(*parts) { panic("in SetCookies") })},
		{name: "a jar with hostile cookies", want: ok, part: withJar(func(*parts) []*http.Cookie {
			return []*http.Cookie{{Name: "a\r\nX-Evil: 1", Value: "b\r\n\r\n"}, {Name: "", Value: strings.Repeat("c", 1<<10)}, {}}
		}, setNothing)},
	}
}

func TestMisbehavingTransportsAndCredentialsDoNotHarmCallers(t *testing.T) {
	standard := captureStandardLog(t)
	before := runtime.NumGoroutine()
	number := 70000
	t.Run("part", func(t *testing.T) {
		for i, c := range partCases() {
			number += 20
			number := number
			if testing.Short() && i%8 != 0 {
				continue
			}
			t.Run(c.name, func(t *testing.T) {
				t.Parallel()
				var group sync.WaitGroup
				for j, client := range adapterClients() {
					group.Go(func() { c.check(t, client, number+3*j) })
				}
				group.Wait()
				if stacks := leftIn("part/" + c.name + "/"); stacks != "" {
					t.Errorf("goroutines are left:\n%s", stacks)
				}
			})
		}
	})
	if text := markPattern.FindString(standard.String()); text != "" {
		t.Errorf("the standard logger shows the secret %s: %s", text, standard)
	}
	if text := leftAbove(before, longTime); text != "" {
		t.Errorf("%d goroutines before; after:\n%s", before, text)
	}
}

func (c *partCase) check(t *testing.T, client *hostileClient, number int) {
	limits := []limit{byTimeout}
	if c.hangs {
		limits = append(limits, byDeadline, byCancel)
	}
	var group sync.WaitGroup
	for i, l := range limits {
		group.Go(func() {
			name := "part/" + c.name + "/" + client.name + limitNames[l]
			problem := func(format string, args ...any) { t.Errorf(client.name+limitNames[l]+": "+format, args...) }
			inCell(t.Context(), name, func(ctx context.Context) {
				c.exercise(ctx, t, client, l, fmt.Sprintf("canary%05dx", number+i), problem)
			})
		})
	}
	group.Wait()
}

func (c *partCase) exercise(ctx context.Context, t *testing.T, client *hostileClient, l limit, canary string, problem func(string, ...any)) {
	w := new(witness)
	v := exercise{canary: canary}
	server := newHostileServer(t, client, each(func(p *peer, r request) {
		p.say(respondWith("200 OK", "Set-Cookie: a=b\r\n", p.honest(r)))
	}))
	defer server.close()
	v.endpoint = "http://" + server.address() + "/"
	timeout := time.Minute
	if l == byTimeout && c.hangs {
		timeout = shortTime
	}
	v.config = hostileConfig(timeout, slog.NewJSONHandler(w, &slog.HandlerOptions{Level: slog.LevelDebug}))
	p := &parts{exercise: v, config: &v.config, end: make(chan struct{}), closed: make(chan struct{}, 100)}
	defer close(p.end)
	c.part(p)
	ctx, stop := l.apply(provider.WithTrace(ctx, w.trace()))
	defer stop()
	var panicked any
	err, returned := within(slack+shortTime, func() (err error) {
		defer func() { panicked = recover() }()
		return client.ask(ctx, v)
	})
	if !returned {
		problem("hangs")
		return
	}
	if err != nil {
		w.seeError(err)
	}
	if panicked != nil {
		w.see(panicked)
	}
	if text := shown(w.String(), []string{canary}, server.sent()); text != "" {
		problem("a secret is shown: %s", text)
	}
	if got := c.outcome(l, err, panicked); got != "" {
		problem("%s", got)
	}
}

// outcome returns the fault of an outcome, or an empty text.
func (c *partCase) outcome(l limit, err error, panicked any) string {
	kind, known := kindIn(err)
	switch {
	case c.panics != "" && panicked != nil && strings.Contains(fmt.Sprint(panicked), c.panics):
	case c.panics != "" || panicked != nil:
		return fmt.Sprintf("got the panic %v and the error %v; want the panic %q", panicked, err, c.panics)
	case l == byDeadline && errors.Is(err, context.DeadlineExceeded) && !known:
	case l == byCancel && errors.Is(err, context.Canceled) && !known:
	case l == byTimeout && known && slices.Contains(c.want, kind):
	default:
		return fmt.Sprintf("got %s: %v; want %s", kindName(kind), err, kindNames(c.want))
	}
	return ""
}
