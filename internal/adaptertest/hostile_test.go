package adaptertest_test

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"runtime"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/imagequery/imagequery/provider"
)

// limit is the time after which an exercise with a hanging server is cancelled.
type limit uint8

const (
	byTimeout  limit = iota // AttemptTimeout, or the other end
	byDeadline              // the context's
	byCancel                // the context's
)

var limitNames = []string{"", "/deadline", "/cancelled"}

// apply returns a context that the limit ends.
func (l limit) apply(ctx context.Context) (context.Context, context.CancelFunc) {
	if l == byDeadline {
		return context.WithTimeout(ctx, shortTime)
	}
	ctx, cancel := context.WithCancel(ctx)
	if l == byCancel {
		timer := time.AfterFunc(shortTime, cancel)
		return ctx, func() { timer.Stop(); cancel() }
	}
	return ctx, cancel
}

const (
	shortTime = 150 * time.Millisecond // until a limit
	longTime  = 30 * time.Second       // of an exercise without a limit; a longer one hangs
	promptly  = 5 * time.Second        // after a context has ended
)

// cell is one case for one client.
type cell struct {
	c      hostileCase
	client *hostileClient
	limit  limit
	number int
}

func (c *cell) name() string { return c.c.name + "/" + c.client.name + limitNames[c.limit] }

func (c *cell) canary() string { return fmt.Sprintf("canary%05dx", c.number) }

// cellsOf are the cells of a case.
func cellsOf(c hostileCase, number *int) (cells []*cell) {
	for _, client := range hostileClients() {
		limits := []limit{byTimeout}
		switch {
		case c.hangs && client.credentials:
			limits = []limit{byDeadline, byCancel}
		case c.hangs:
			limits = []limit{byTimeout, byDeadline, byCancel}
		}
		for _, l := range limits {
			*number++
			cells = append(cells, &cell{c: c, client: client, limit: l, number: *number})
		}
	}
	return cells
}

// want are the outcomes that a cell may have, of those without an end of the
// context.
func (c *cell) want() []provider.Kind {
	want := c.c.want
	if c.client.metadata {
		want = append(slices.Clone(want), c.c.credentials...)
	}
	if c.client.optional || c.client.plain && c.c.plain {
		want = append(slices.Clone(want), fine)
	}
	return want
}

// Each cell has a known outcome, ends in time, shows no secret, and leaves no
// goroutine.
func TestHostileServersDoNotHarmCallers(t *testing.T) {
	profiles.use(t)
	standard := captureStandardLog(t)
	before := runtime.NumGoroutine()
	cases := hostileCases()
	var allCells []*cell
	var mu sync.Mutex
	signatures := map[*cell][]string{}
	number := 0
	t.Run("case", func(t *testing.T) {
		for i, c := range cases {
			cells := cellsOf(c, &number)
			allCells = append(allCells, cells...)
			if testing.Short() && i%8 != 0 {
				continue
			}
			t.Run(c.name, func(t *testing.T) {
				t.Parallel()
				var group sync.WaitGroup
				for _, cell := range cells {
					group.Go(func() {
						sent := cell.check(t)
						mu.Lock()
						defer mu.Unlock()
						signatures[cell] = sent
					})
				}
				group.Wait()
				if stacks := leftIn(c.name + "/"); stacks != "" {
					t.Errorf("goroutines are left:\n%s", stacks)
				}
			})
		}
	})
	logged := standard.String()
	for _, c := range allCells {
		if text := shown(logged, []string{c.canary()}, signatures[c]); text != "" && !c.c.echoes {
			t.Errorf("%s: the standard logger shows a secret: %s", c.name(), text)
		}
	}
	if text := leftAbove(before, longTime); text != "" {
		t.Errorf("%d goroutines before; after:\n%s", before, text)
	}
}

// leftAbove waits until there are no more goroutines than before, and returns the
// stacks of all if that takes too long.
func leftAbove(before int, atMost time.Duration) string {
	deadline := time.Now().Add(atMost)
	for runtime.NumGoroutine() > before {
		if time.Now().After(deadline) {
			return stacksWith("")
		}
		time.Sleep(20 * time.Millisecond)
	}
	return ""
}

// check runs a cell, and returns the signatures that its server was sent.
func (c *cell) check(t *testing.T) (signatures []string) {
	inCell(t.Context(), c.name(), func(ctx context.Context) { signatures = c.exercise(ctx, t) })
	return signatures
}

func (c *cell) exercise(ctx context.Context, t *testing.T) []string {
	w := new(witness)
	v := exercise{canary: c.canary()}
	server := newHostileServer(t, c.client, c.c.serve, c.client.secrets(v)...)
	defer server.close()
	scheme := "http"
	if c.c.https {
		scheme = "https"
	}
	v.endpoint = scheme + "://" + server.address() + "/"
	v.config = hostileConfig(c.attemptTimeout(), slog.NewJSONHandler(w, &slog.HandlerOptions{Level: slog.LevelDebug}))
	times := 1
	if c.c.twice {
		times = 2
	}
	for range times {
		c.once(provider.WithTrace(ctx, w.trace()), t, v, w)
	}
	signatures := server.sent()
	if text := shown(w.String(), []string{c.canary(), metadataMark}, signatures); text != "" {
		t.Errorf("%s: a secret is shown: %s", c.name(), text)
	}
	return signatures
}

func (c *cell) attemptTimeout() time.Duration {
	switch {
	case !c.c.hangs:
		return longTime / 3
	case c.limit == byTimeout:
		return shortTime
	default:
		return time.Minute
	}
}

// once runs one exercise under the limit of the cell.
func (c *cell) once(ctx context.Context, t *testing.T, v exercise, w *witness) {
	l, bound := c.limit, longTime
	if c.client.credentials && l == byTimeout {
		l = byDeadline
	}
	if l != byTimeout {
		bound = shortTime + slack
	}
	ctx, stop := l.apply(ctx)
	defer stop()
	err, returned := within(bound, func() error { return c.client.ask(ctx, v) })
	if !returned {
		t.Errorf("%s: hangs after %s", c.name(), bound)
		return
	}
	if err != nil {
		w.seeError(err)
		if bad := badRune(err.Error()); bad != "" {
			t.Errorf("%s: the error's text has %s: %q", c.name(), bad, err)
		}
	}
	c.verify(ctx, t, err)
}

// within calls a function, and stops waiting for it after a time.
func within(bound time.Duration, ask func() error) (err error, returned bool) {
	done := make(chan error, 1)
	go func() { done <- ask() }()
	select {
	case err := <-done:
		return err, true
	case <-time.After(bound):
		return nil, false
	}
}

// slack is for a busy machine. Promptness is checked by the tests of cancellation.
const slack = 30 * time.Second

func (c *cell) verify(ctx context.Context, t *testing.T, err error) {
	kind, known := kindIn(err)
	switch {
	case known && slices.Contains(c.want(), kind) && c.limit == byTimeout:
	case known && kind == provider.Unavailable && c.limit == byTimeout && c.c.hangs: // the time was over before the refusal
	case known && slices.Contains(c.want(), kind) && kind == provider.BadResponse: // refused before the limit
	case known && c.client.optional && kind == fine:
	case errors.Is(err, context.DeadlineExceeded) && !known && (c.limit == byDeadline || c.client.credentials):
	case errors.Is(err, context.Canceled) && !known && c.limit == byCancel && ctx.Err() != nil:
	default:
		t.Errorf("%s: got %s: %v; want %s", c.name(), kindName(kind), err, c.wantText())
	}
}

func (c *cell) wantText() string {
	switch c.limit {
	case byDeadline:
		return "the deadline"
	case byCancel:
		return "the cancellation"
	default:
		return kindNames(c.want())
	}
}
