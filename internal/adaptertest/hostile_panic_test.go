package adaptertest_test

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"reflect"
	"runtime"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/imagequery/imagequery/aliyunecs"
	"github.com/imagequery/imagequery/image"
	"github.com/imagequery/imagequery/provider"
)

// ways are the functions of the library that send requests, with one client, and
// with a search that has another target besides.
var ways = []struct {
	name string
	use  func(ctx context.Context, client, other *provider.Client) error
}{
	{"Images", func(ctx context.Context, client, _ *provider.Client) error {
		_, err := provider.Collect(client.Images(ctx, selfImages))
		return err
	}},
	{"Do", func(ctx context.Context, client, _ *provider.Client) error {
		plan, err := client.Explain(selfImages)
		if err != nil {
			return err
		}
		_, err = provider.Collect(client.Do(ctx, plan.Calls[0]))
		return err
	}},
	{"Search", func(ctx context.Context, client, other *provider.Client) error {
		_, err := provider.Collect(provider.Search(ctx, targetsNamed(client, other), selfImages, nil))
		return err
	}},
	{"Search for distinct images", func(ctx context.Context, client, other *provider.Client) error {
		_, err := provider.Collect(provider.Search(ctx, targetsNamed(client, other), selfImages, &provider.SearchOptions{Distinct: true}))
		return err
	}},
	{"Newest", func(ctx context.Context, client, other *provider.Client) error {
		_, err := provider.Newest(ctx, targetsNamed(client, other), selfImages, nil)
		return err
	}},
}

var selfImages = image.Query{Sources: []image.Source{image.SourceSelf}}

func targetsNamed(client, other *provider.Client) []provider.Target {
	return []provider.Target{{Name: "it", Client: client}, {Name: "other", Client: other}}
}

// panicCase is a place where foreign code panics.
type panicCase struct {
	name string
	set  func(c *provider.Config) // nil: the trace panics
	hook string                   // the trace's hook that panics
}

// panicCases has every hook that a trace has.
func panicCases() []panicCase {
	cases := []panicCase{
		{name: "a transport on a later page", set: func(c *provider.Config) {
			var sent atomic.Int32
			c.HTTPClient = &http.Client{Transport: transportFunc(func(r *http.Request) (*http.Response, error) {
				if sent.Add(1) > 4 {
					panic("on purpose")
				}
				return http.DefaultTransport.RoundTrip(r)
			})}
		}},
		{name: "credentials on a later page", set: func(c *provider.Config) {
			var asked atomic.Int32
			keys := c.Credentials
			c.Credentials = credentialsFunc(func(ctx context.Context) (provider.Credentials, error) {
				if asked.Add(1) > 4 {
					panic("on purpose")
				}
				return keys.Credentials(ctx)
			})
		}},
		{name: "cached credentials", set: func(c *provider.Config) {
			c.Credentials = provider.Cache(func(context.Context) (provider.Credentials, error) { panic("on purpose") })
		}},
	}
	hooks := reflect.TypeFor[provider.Trace]()
	for i := range hooks.NumField() {
		if hook := hooks.Field(i); hook.IsExported() {
			cases = append(cases, panicCase{name: "hook " + hook.Name, hook: hook.Name})
		}
	}
	return cases
}

// tracePanicking returns a trace whose named hook panics.
func tracePanicking(hook string) *provider.Trace {
	t := new(provider.Trace)
	field := reflect.ValueOf(t).Elem().FieldByName(hook)
	field.Set(reflect.MakeFunc(field.Type(), func([]reflect.Value) []reflect.Value { panic("on purpose") }))
	return t
}

// throttledFirst throttles the first request, and then returns pages of one image.
func throttledFirst() func(*peer) {
	var served atomic.Int32
	return each(func(p *peer, r request) {
		if served.Add(1) == 1 {
			p.say(respondWith("429 Slow", "", "{}"))
			return
		}
		p.say(respond200(p.server.client.pageBody(r)))
	})
}

// The user's code panics at each place where a client, a search or a credentials
// provider calls it. The panic has the original stack, and comes after all other
// requests have ended.
func TestPanicsReachTheCaller(t *testing.T) {
	before := runtime.NumGoroutine()
	client := adapterClients()[0]
	for _, c := range panicCases() {
		for _, way := range ways {
			isSearch := way.name != "Images" && way.name != "Do"
			if c.hook == "Target" && !isSearch {
				continue
			}
			name := "panic/" + c.name + "/" + way.name
			t.Run(name, func(t *testing.T) {
				inCell(t.Context(), name, func(ctx context.Context) {
					ours := newHostileServer(t, client, throttledFirst())
					defer ours.close()
					others := newHostileServer(t, client, pagesFrom(c.hanging()))
					defer others.close()
					ctx = provider.WithTrace(ctx, c.trace())
					panicked, err, returned := recovered(func() error { return way.use(ctx, openECS(t, ours, c.set), openECS(t, others, nil)) })
					switch {
					case !returned:
						t.Fatal("it hangs")
					case panicked == nil:
						t.Fatalf("no panic, but the error %v", err)
					}
					checkPanic(t, panicked)
				})
				if stacks := leftIn(name); stacks != "" {
					t.Errorf("goroutines are left:\n%s", stacks)
				}
			})
		}
	}
	if text := leftAbove(before, longTime); text != "" {
		t.Errorf("%d goroutines before; after:\n%s", before, text)
	}
}

// hanging is the page at which the other target hangs. A hook that needs the end
// of a target waits for both.
func (c *panicCase) hanging() int {
	if c.hook == "Target" {
		return 100
	}
	return 3
}

func (c *panicCase) trace() *provider.Trace {
	if c.hook == "" {
		return nil
	}
	return tracePanicking(c.hook)
}

func openECS(t *testing.T, server *hostileServer, set func(*provider.Config)) *provider.Client {
	t.Helper()
	c := hostileConfig(time.Minute, slog.DiscardHandler)
	c.Retry.Attempts = 5
	c.Listing.PageSize = 1
	c.Credentials = provider.Static("LTAI"+metadataMark, metadataMark, "")
	if set != nil {
		set(&c)
	}
	client, err := exercise{endpoint: "http://" + server.address() + "/", config: c}.client(aliyunecs.New)
	if err != nil {
		t.Fatal(err)
	}
	return client
}

// recovered calls a function and returns what it panics with.
func recovered(f func() error) (panicked any, err error, returned bool) {
	err, returned = within(longTime, func() (err error) {
		defer func() { panicked = recover() }()
		return f()
	})
	return panicked, err, returned
}

// checkPanic wants the value that was panicked with, and if it comes from another
// goroutine, the stack that it had there.
func checkPanic(t *testing.T, panicked any) {
	t.Helper()
	if panicked == "on purpose" {
		return
	}
	err, _ := panicked.(error)
	var e *provider.PanicError
	switch {
	case !errors.As(err, &e):
		t.Errorf("the panic is %v", panicked)
	case e.Value != "on purpose" || !strings.Contains(fmt.Sprint(e), "on purpose"):
		t.Errorf("the panic's value is %v", e.Value)
	case !strings.Contains(string(e.Stack), "adaptertest_test.panicCases") && !strings.Contains(string(e.Stack), "adaptertest_test.tracePanicking"):
		t.Errorf("the stack does not show where the panic was:\n%s", e.Stack)
	}
}

func TestInvalidArgumentsAreRefused(t *testing.T) {
	client := adapterClients()[0]
	server := newHostileServer(t, client, each(func(p *peer, r request) { p.say(respond200(p.honest(r))) }))
	defer server.close()
	ecs := openECS(t, server, nil)
	plan, err := ecs.Explain(selfImages)
	if err != nil {
		t.Fatal(err)
	}
	negative := plan.Calls[0]
	negative.Paging.MaxSize = -1
	for name, use := range map[string]func() error{
		"search without targets": func() error {
			_, err := provider.Collect(provider.Search(t.Context(), nil, selfImages, nil))
			return err
		},
		"newest without targets": func() error {
			_, err := provider.Newest(t.Context(), []provider.Target{}, selfImages, nil)
			return err
		},
		"negative page size": func() error {
			_, err := provider.Collect(ecs.Do(t.Context(), negative))
			return err
		},
		"negative page size of a client": func() error {
			c := hostileConfig(time.Second, slog.DiscardHandler)
			c.Listing.PageSize = -1
			_, err := exercise{canary: metadataMark, endpoint: "http://" + server.address() + "/", config: c}.client(aliyunecs.New)
			return err
		},
	} {
		if err := use(); !errors.Is(err, provider.InvalidArgument) {
			t.Errorf("%s: error %v, want %v", name, err, provider.InvalidArgument)
		}
	}
	if n := server.count(); n > 0 {
		t.Errorf("%d requests were sent", n)
	}
}
