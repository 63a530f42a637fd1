package providertest

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"
	"testing"

	"github.com/imagequery/imagequery/image"
	"github.com/imagequery/imagequery/provider"
)

// trial is one check under way.
type trial struct {
	check   check
	harness Harness
	effort  effort
	t       testing.TB // for its context and its cleanup; failures are kept here

	mu     sync.Mutex
	failed []error
}

// maxFailures is how many failures of one check are worth reading.
const maxFailures = 5

func (t *trial) use(tb testing.TB) {
	t.t = tb
	t.check.run(t)
}

func (t *trial) failf(format string, args ...any) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if len(t.failed) < maxFailures {
		t.failed = append(t.failed, fmt.Errorf(format, args...))
	}
}

func (t *trial) logf(format string, args ...any) {
	t.t.Helper()
	t.t.Logf(format, args...)
}

// hopeless reports whether more failures would tell nothing new.
func (t *trial) hopeless() bool {
	t.mu.Lock()
	defer t.mu.Unlock()
	return len(t.failed) == maxFailures
}

// needs reports whether the harness gives something, and fails if not.
func (t *trial) needs(given bool, what string) bool {
	if !given {
		t.failf("%w", &missingError{what: what, check: t.check.name})
	}
	return given
}

// missingError says that a check lacks something of the harness.
type missingError struct{ what, check string }

func (e *missingError) Error() string {
	return fmt.Sprintf("the harness gives no %s: give it, or say in Harness.Cannot[%q] why that is impossible", e.what, e.check)
}

func (t *trial) context() context.Context { return t.t.Context() }

// open starts a fake under the first reading.
func (t *trial) open(world []image.Image, c provider.Config) *Session {
	return t.openAs(t.readings()[0], world, c)
}

func (t *trial) openAs(reading string, world []image.Image, c provider.Config) *Session {
	s := t.harness.Open(t.t, world, Options{Reading: reading, Config: c})
	if s == nil || s.Client == nil || s.Requests == nil {
		t.t.Fatal("Harness.Open returned no session with a Client and Requests")
	}
	return s
}

func (t *trial) readings() []string {
	if len(t.harness.Readings) == 0 {
		return []string{""}
	}
	return t.harness.Readings
}

func (t *trial) inScope(q image.Query, m image.Image) bool {
	return t.harness.Scope == nil || t.harness.Scope(q, m)
}

// answer returns every image of a query.
func (t *trial) answer(s *Session, q image.Query) ([]image.Image, error) {
	return provider.Collect(s.Client.Images(t.context(), q))
}

// asked returns the requests that fn makes the client send.
func asked(s *Session, fn func()) []Request {
	before := len(s.Requests())
	fn()
	return s.Requests()[before:]
}

// reported lists the predicates that the API can answer.
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

func refs(images []image.Image) []image.Ref {
	out := make([]image.Ref, len(images))
	for i, m := range images {
		out[i] = m.Ref
	}
	return out
}
