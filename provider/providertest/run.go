package providertest

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"sync"
	"testing"
	"testing/synctest"

	"github.com/imagequery/imagequery/image"
	"github.com/imagequery/imagequery/provider"
)

// Run checks that the adapter of a harness is right. Each check is a parallel
// subtest with a world of its own.
func Run(t *testing.T, h Harness) {
	t.Helper()
	for _, problem := range h.problems() {
		t.Error(problem)
	}
	if t.Failed() {
		return
	}
	for _, c := range checks {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			if reason, excused := h.Cannot[c.name]; excused {
				t.Logf("not checked: %s", reason)
				return
			}
			failures := c.failures(t, h, chosenEffort())
			for _, failure := range failures {
				t.Error(failure)
			}
			if len(failures) > 0 {
				t.Logf("%s demands: %s", c.name, c.demand())
			}
		})
	}
}

// problems are mistakes in the harness itself.
func (h Harness) problems() (out []string) {
	if h.World == nil || h.Open == nil {
		out = append(out, "the harness needs World and Open")
	}
	for _, name := range slices.Sorted(maps.Keys(h.Cannot)) {
		switch {
		case !slices.ContainsFunc(checks, func(c check) bool { return c.name == name }):
			out = append(out, fmt.Sprintf("Harness.Cannot names %q, which is no check", name))
		case h.Cannot[name] == "":
			out = append(out, fmt.Sprintf("Harness.Cannot gives no reason for %q", name))
		}
	}
	return out
}

// check is one demand on an adapter.
type check struct {
	name  string
	run   func(*checkRun)
	waits bool // it runs in a bubble of testing/synctest
}

// failures runs the check and returns what is wrong.
func (c check) failures(t *testing.T, h Harness, e effort) []error {
	run := &checkRun{check: c, harness: h, effort: e}
	if c.waits {
		synctest.Test(t, func(t *testing.T) { run.start(t) })
	} else {
		run.start(t)
	}
	return run.failures
}

// effort bounds the checks that could run any number of queries.
type effort struct {
	world        int // images of a world: enough of each kind, and few enough to be asked thousands of times
	queries      int // random queries, under the first reading
	further      int // and under each of the others
	minField     int // of these, queries that set a field
	oneField     int // values of a predicate that are asked for one by one
	twoFields    int // queries of two predicates, for each two of them that a reading is asked
	perGoroutine int // of each of many goroutines
	hugeBytes    int // bytes of a response that is too long
}

// thorough has several times the queries with which the suite's own tests find each wrong adapter.
var thorough = effort{world: 80, queries: 1000, further: 200, minField: 25, oneField: 6, twoFields: 3, perGoroutine: 4, hugeBytes: 48 << 20}

// quick is the effort of go test -short.
var quick = effort{world: 80, queries: 160, further: 40, minField: 4, oneField: 2, twoFields: 1, perGoroutine: 2, hugeBytes: 17 << 20}

func chosenEffort() effort {
	if testing.Short() {
		return quick
	}
	return thorough
}

// checkRun is one check under way.
type checkRun struct {
	check   check
	harness Harness
	effort  effort
	t       testing.TB // for its context and its cleanup; failures are kept here

	mu       sync.Mutex
	failures []error
}

// maxFailures is how many failures of one check are worth reading.
const maxFailures = 5

// ended is what a check panics with to end early.
type ended struct{}

func (t *checkRun) start(tb testing.TB) {
	defer func() {
		if v := recover(); v != nil && v != any(ended{}) {
			panic(v)
		}
	}()
	t.t = tb
	t.check.run(t)
}

// end ends the check early. Only the goroutine of the check may call it.
func (t *checkRun) end() { panic(ended{}) }

// fatalf records a failure and ends the check.
func (t *checkRun) fatalf(format string, args ...any) {
	t.failf(format, args...)
	t.end()
}

func (t *checkRun) failf(format string, args ...any) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if len(t.failures) < maxFailures {
		t.failures = append(t.failures, fmt.Errorf(format, args...))
	}
}

// tooManyFailures reports whether the check has failed often enough to stop.
func (t *checkRun) tooManyFailures() bool {
	t.mu.Lock()
	defer t.mu.Unlock()
	return len(t.failures) == maxFailures
}

// requires ends the check with a failure unless the harness gives something.
func (t *checkRun) requires(given bool, what string) {
	if !given {
		t.fatalf("%w", &missingError{what: what, check: t.check.name})
	}
}

// missingError says that a check lacks something of the harness.
type missingError struct{ what, check string }

func (e *missingError) Error() string {
	return fmt.Sprintf("the harness gives no %s: give it, or say in Harness.Cannot[%q] why that is impossible", e.what, e.check)
}

func (t *checkRun) context() context.Context { return t.t.Context() }

// open starts a fake under the first reading.
func (t *checkRun) open(world []image.Image, c provider.Config) *Session {
	return t.openAs(t.readings()[0], world, c)
}

// openWorld starts a fake that holds the usual world.
func (t *checkRun) openWorld() (*Session, []image.Image) {
	world := t.harness.World(t.effort.world)
	return t.open(world, provider.Config{}), world
}

func (t *checkRun) openAs(reading string, world []image.Image, c provider.Config) *Session {
	s := t.harness.Open(t.t, world, Options{Reading: reading, Config: c})
	if s == nil || s.Client == nil || s.Requests == nil {
		t.t.Fatal("Harness.Open returned no session with a Client and Requests")
	}
	return s
}

func (t *checkRun) readings() []string {
	if len(t.harness.Readings) == 0 {
		return []string{""}
	}
	return t.harness.Readings
}

func (t *checkRun) inScope(q image.Query, m image.Image) bool {
	return t.harness.Scope == nil || t.harness.Scope(q, m)
}

// answer returns all images of a query.
func (t *checkRun) answer(s *Session, q image.Query) ([]image.Image, error) {
	return provider.Collect(s.Client.Images(t.context(), q))
}

// firstCall returns the first call of the empty query.
func (t *checkRun) firstCall(s *Session) provider.Call {
	plan := t.explain(s, image.Query{})
	if len(plan.Calls) == 0 {
		t.fatalf("the plan of the empty query has no call")
	}
	return plan.Calls[0]
}

// requestsOf returns the requests that fn makes the client send.
func requestsOf(s *Session, fn func()) []Request {
	before := len(s.Requests())
	fn()
	return s.Requests()[before:]
}

// sent returns the requests of a session. It ends the check if there are fewer than
// least, or if err is not nil.
func (t *checkRun) sent(s *Session, err error, least int, what string) []Request {
	sent := s.Requests()
	if err != nil || len(sent) < least {
		t.fatalf("%s: %d requests, error %v", what, len(sent), err)
	}
	return sent
}

// reported returns the predicates on fields that the API reports.
func reported(info provider.Info) []image.Field {
	return slices.DeleteFunc(image.AllFields(), func(f image.Field) bool { return info.Support[f] == provider.None })
}

// withSupport lists the predicates with one of the kinds of support.
func withSupport(info provider.Info, kinds ...provider.Support) []image.Field {
	return slices.DeleteFunc(image.AllFields(), func(f image.Field) bool { return !slices.Contains(kinds, info.Support[f]) })
}

// asError is an error as clients return it, or nil.
func asError(err error) *provider.Error {
	if e, ok := errors.AsType[*provider.Error](err); ok {
		return e
	}
	return nil
}

// count returns how many images are of some kind.
func count(images []image.Image, is func(image.Image) bool) (n int) {
	for _, m := range images {
		if is(m) {
			n++
		}
	}
	return n
}

func refs(images []image.Image) []image.Ref {
	out := make([]image.Ref, len(images))
	for i, m := range images {
		out[i] = m.Ref
	}
	return out
}
