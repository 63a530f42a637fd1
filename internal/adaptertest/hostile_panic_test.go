package adaptertest_test

import (
	"context"
	"errors"
	"fmt"
	"reflect"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/imagequery/imagequery/aliyunecs"
	"github.com/imagequery/imagequery/provider"
)

// ways are the functions of the library that send requests, with the first of two
// targets, and with a search of both.
var ways = []struct {
	name string
	use  func(ctx context.Context, targets []provider.Target) error
}{
	{"Images", func(ctx context.Context, targets []provider.Target) error {
		return errorOf(provider.Collect(targets[0].Client.Images(ctx, selfImages)))
	}},
	{"Do", func(ctx context.Context, targets []provider.Target) error {
		plan, err := targets[0].Client.Explain(selfImages)
		if err != nil {
			return err
		}
		return errorOf(provider.Collect(targets[0].Client.Do(ctx, plan.Calls[0])))
	}},
	{"Search", func(ctx context.Context, targets []provider.Target) error {
		return errorOf(provider.Collect(provider.Search(ctx, targets, selfImages, nil)))
	}},
	{"Search for distinct images", func(ctx context.Context, targets []provider.Target) error {
		return errorOf(provider.Collect(provider.Search(ctx, targets, selfImages, &provider.SearchOptions{Distinct: true})))
	}},
	{"Newest", func(ctx context.Context, targets []provider.Target) error {
		return errorOf(provider.Newest(ctx, targets, selfImages, nil))
	}},
}

func errorOf[T any](_ T, err error) error { return err }

// panicCase is a place where the user's code panics.
type panicCase struct {
	name string
	set  func(*exercise) // nil: the trace panics
	hook string          // the trace's hook that panics
}

// panicCases are every part that the user may bring, on the first page and if it works
// until then on a later one, and every hook that a trace has.
func panicCases() (cases []panicCase) {
	for _, place := range places {
		cases = append(cases, panicCase{name: place.name, set: func(v *exercise) {
			place.set(v, func() { panic("on purpose") })
		}})
		if !place.works {
			continue
		}
		cases = append(cases, panicCase{name: place.name + " on a later page", set: func(v *exercise) {
			var calls atomic.Int32
			place.set(v, func() {
				if calls.Add(1) > 4 {
					panic("on purpose")
				}
			})
		}})
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
	return each(func(p *peer) {
		if served.Add(1) == 1 {
			send(respondWith("429 Slow", "", "{}"))(p)
			return
		}
		sendPage(p)
	})
}

// The user's code panics at each place where a client, a search or a credentials
// provider calls it. The panic has the original stack, and comes after all other
// requests have ended.
func TestPanicsReachTheCaller(t *testing.T) {
	watchAll(t)
	for _, c := range panicCases() {
		for _, way := range ways {
			isSearch := way.name != "Images" && way.name != "Do"
			if c.hook == "Target" && !isSearch {
				continue
			}
			t.Run(c.name+"/"+way.name, func(t *testing.T) {
				watched(t, func(ctx context.Context) {
					ours, closeOurs := pagedECS(t, throttledFirst(), c.set)
					defer closeOurs()
					others, closeOthers := pagedECS(t, pagesFrom(c.hanging()), nil)
					defer closeOthers()
					ctx = provider.WithTrace(ctx, c.trace())
					targets := []provider.Target{{Name: "it", Client: ours}, {Name: "other", Client: others}}
					err, panicked, returned := within(longTime, func() error { return way.use(ctx, targets) })
					switch {
					case !returned:
						t.Fatal("it hangs")
					case panicked == nil:
						t.Fatalf("no panic, but the error %v", err)
					}
					checkPanic(t, panicked)
				})
			})
		}
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

// pagedECS returns a client of a server, and the function that closes the server.
func pagedECS(t *testing.T, serve func(*peer), set func(*exercise)) (client *provider.Client, end func()) {
	t.Helper()
	v := quietExercise()
	server := newHostileServer(t, adapterClients()[0], v, serve)
	v.config.Retry.Attempts = 5
	if set != nil {
		set(v)
	}
	return v.paged(t, aliyunecs.New), server.close
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
