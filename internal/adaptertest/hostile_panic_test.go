package adaptertest_test

import (
	"context"
	"errors"
	"net/http"
	"reflect"
	"slices"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/imagequery/imagequery/aliyunecs"
	"github.com/imagequery/imagequery/internal/adaptertest"
	"github.com/imagequery/imagequery/provider"
)

// The user's code panics at each place where a client, a search or a credentials provider calls it.
// The panic has the original stack, and comes after all other requests have ended.
func TestPanicsReachTheCaller(t *testing.T) { runCases(t, panicCases()) }

const purpose = "on purpose"

func panicOnPurpose() { panic(purpose) }

// panicCases are every part that the user may bring, on the first page and if it works
// until then on a later one, and every hook that a trace has.
func panicCases() (all []hostileCase) {
	add := func(name string, clients func() []*hostileClient, serve func(*peer), set func(*exercise)) {
		all = append(all, hostileCase{name: name + " panics", clients: clients, serve: serve, set: set, panics: true})
	}
	for _, place := range places {
		add(place.name, panicClients, nil, func(v *exercise) { place.set(v, panicOnPurpose) })
		if !place.works {
			continue
		}
		add(place.name+" on a later page", listingClients, each(sendPage), func(v *exercise) {
			var calls atomic.Int32
			onePerPage(v)
			place.set(v, func() {
				if calls.Add(1) > 4 {
					panicOnPurpose()
				}
			})
		})
	}
	for _, hook := range reflect.VisibleFields(reflect.TypeFor[provider.Trace]()) {
		clients := listingClients
		if hook.Name == "Target" {
			clients = searchClients
		}
		if hook.IsExported() {
			add("hook "+hook.Name, clients, each(throttleFirst), func(v *exercise) { v.trace = tracePanicking(hook.Name) })
		}
	}
	return all
}

// tracePanicking returns a trace whose named hook panics.
func tracePanicking(hook string) *provider.Trace {
	t := new(provider.Trace)
	field := reflect.ValueOf(t).Elem().FieldByName(hook)
	field.Set(reflect.MakeFunc(field.Type(), func([]reflect.Value) []reflect.Value {
		panicOnPurpose()
		return nil
	}))
	return t
}

// throttleFirst throttles the first request of a server.
func throttleFirst(p *peer) {
	form := honest
	if n, _ := p.server.received(); n == 1 {
		form = respondWith("429 Slow", "", "{}")
	}
	send(form)(p)
}

// isPurpose reports whether a panic has the value that was panicked with, and if it
// comes from another goroutine, the stack that it had there.
func isPurpose(panicked any) bool {
	err, _ := panicked.(error)
	e, ok := errors.AsType[*provider.PanicError](err)
	return panicked == purpose || ok && e.Value == purpose &&
		strings.Contains(e.Error(), purpose) && strings.Contains(string(e.Stack), "adaptertest_test.panicOnPurpose")
}

// panicClients are those of the adapters, and those of ECS that list in other ways.
func panicClients() []*hostileClient { return append(adapterClients(), ecsClients()...) }

// listingClients are those of them that list pages.
func listingClients() []*hostileClient {
	return slices.DeleteFunc(panicClients(), func(c *hostileClient) bool { return c.name == "ECS family" })
}

// ecsClients are clients of ECS for each other function of the library that sends
// requests. A search has another target, whose requests hang.
func ecsClients() (clients []*hostileClient) {
	for name, use := range map[string]func(context.Context, *provider.Client) error{
		"Do": func(ctx context.Context, client *provider.Client) error {
			plan, err := client.Explain(selfImages)
			if err != nil {
				return err
			}
			return errorOf(provider.Collect(client.Do(ctx, plan.Calls[0])))
		},
		"Search": func(ctx context.Context, client *provider.Client) error {
			return errorOf(provider.Collect(provider.Search(ctx, besideHanging(client), selfImages, nil)))
		},
		"Search for distinct images": func(ctx context.Context, client *provider.Client) error {
			distinct := &provider.SearchOptions{Distinct: true}
			return errorOf(provider.Collect(provider.Search(ctx, besideHanging(client), selfImages, distinct)))
		},
		"Newest": func(ctx context.Context, client *provider.Client) error {
			return errorOf(provider.Newest(ctx, besideHanging(client), selfImages, nil))
		},
	} {
		ecs := *adapterClients()[0]
		ecs.name, ecs.searches = "ECS by "+name, name != "Do"
		ecs.ask = asking(ecs.open, use)
		clients = append(clients, &ecs)
	}
	return clients
}

func searchClients() []*hostileClient {
	return slices.DeleteFunc(listingClients(), func(c *hostileClient) bool { return !c.searches })
}

func errorOf[T any](_ T, err error) error { return err }

// besideHanging returns the target of a client, and one whose requests wait for their context.
func besideHanging(client *provider.Client) []provider.Target {
	hanging, err := aliyunecs.New(provider.Config{
		Region: "r-1", Credentials: provider.Static("id", "secret", ""),
		HTTPClient: &http.Client{Transport: adaptertest.RoundTrip(func(r *http.Request) (*http.Response, error) {
			<-r.Context().Done()
			return nil, r.Context().Err()
		})},
	})
	if err != nil {
		panic(err)
	}
	return []provider.Target{{Name: "it", Client: client}, {Name: "other", Client: hanging}}
}
