package adaptertest_test

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"log/slog"
	"os"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/imagequery/imagequery/provider"
)

// TestMain runs more tests in parallel than there are processors: most of them wait.
func TestMain(m *testing.M) {
	flag.Parse()
	if parallel := flag.Lookup("test.parallel"); parallel.Value.String() == parallel.DefValue {
		_ = parallel.Value.Set("8")
	}
	os.Exit(m.Run())
}

func TestHostileServersDoNotHarmCallers(t *testing.T) { runCases(t, serverCases()) }

func TestMisbehavingTransportsAndCredentialsDoNotHarmCallers(t *testing.T) {
	runCases(t, partCases())
}

func TestCancellationEndsEachStageOfARequest(t *testing.T) { runCases(t, stageCases()) }

// runCases runs cases with all their clients. Each has a known outcome, ends in time,
// shows no secret, and leaves no goroutine.
func runCases(t *testing.T, cases []hostileCase) {
	t.Helper()
	profiles.use(t)
	watchGoroutines(t)
	standard := captureStandardLog(t)
	var all []*cell
	t.Cleanup(func() {
		for _, c := range all {
			if text := shown(standard.String(), append(c.signatures, c.canary)...); text != "" && !c.c.echoes {
				t.Errorf("%s/%s: the standard logger shows a secret: %s", c.c.name, c.name(), text)
			}
		}
	})
	for i, c := range cases {
		if testing.Short() && i%8 != 0 && !c.waits {
			continue
		}
		cells := cellsOf(c, len(all))
		all = append(all, cells...)
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			labelled(t, func(ctx context.Context) {
				var group sync.WaitGroup
				for _, cell := range cells {
					group.Go(func() { cell.check(ctx, t) })
				}
				group.Wait()
			})
		})
	}
}

// limit is the time after which an exercise with a hanging server is cancelled.
type limit uint8

const (
	byTimeout  limit = iota // AttemptTimeout, or the other end
	byDeadline              // the context's
	byCancel                // the context's, soon after the exercise reached its place
)

const (
	shortTime = 150 * time.Millisecond // until a limit
	longTime  = 2 * time.Minute        // of an exercise without a limit; a longer one hangs
	promptly  = 5 * time.Second        // after a context was cancelled
)

// cell is one case for one client.
type cell struct {
	c          hostileCase
	client     *hostileClient
	limit      limit
	canary     string
	signatures []string // that the server was sent
}

func (c *cell) name() string {
	return c.client.name + []string{"", "/deadline", "/cancelled"}[c.limit]
}

// cellsOf are the cells of a case. Their canaries follow those of the cells before.
func cellsOf(c hostileCase, before int) (cells []*cell) {
	clients := hostileClients
	if c.clients != nil {
		clients = c.clients
	}
	for _, client := range clients() {
		limits := []limit{byTimeout}
		switch {
		case c.waits:
			limits = []limit{byCancel}
		case c.hangs && client.credentials:
			limits = []limit{byDeadline, byCancel}
		case c.hangs:
			limits = []limit{byTimeout, byDeadline, byCancel}
		}
		for _, l := range limits {
			canary := fmt.Sprintf("canary%05dx", before+len(cells))
			cells = append(cells, &cell{c: c, client: client, limit: l, canary: canary})
		}
	}
	return cells
}

// check exercises a cell. It cancels up to three times: on a busy machine one try may be late.
func (c *cell) check(ctx context.Context, t *testing.T) {
	took := c.exercise(ctx, t)
	for again := 0; again < 2 && took > promptly; again++ {
		took = c.exercise(ctx, t)
	}
	if took > promptly {
		t.Errorf("%s: returns %s after the cancellation, want at most %s", c.name(), took.Round(time.Millisecond), promptly)
	}
}

// exercise returns the time from the cancellation to the end; 0: it was not cancelled,
// or hangs, which is an error already.
func (c *cell) exercise(ctx context.Context, t *testing.T) (took time.Duration) {
	w := new(witness)
	v := newExercise(c.canary, c.attemptTimeout(), slog.NewJSONHandler(w, &slog.HandlerOptions{Level: slog.LevelDebug}))
	v.trace = w.trace()
	defer close(v.end)
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	var cancelled atomic.Pointer[time.Time]
	stop := func() {
		now := time.Now()
		cancelled.Store(&now)
		cancel()
	}
	if c.limit == byCancel {
		v.reached = sync.OnceFunc(func() { time.AfterFunc(20*time.Millisecond, stop) })
		if c.client.metadata { // it has a timeout of its own
			time.AfterFunc(shortTime, stop)
		}
	}
	server := c.start(t, v)
	defer server.close()
	if c.c.unsent {
		cancel()
	}
	ctx = provider.WithTrace(ctx, v.trace)
	returned := c.once(ctx, t, v, w)
	if at := cancelled.Load(); at != nil && returned {
		took = time.Since(*at)
	}
	if c.c.twice {
		c.once(ctx, t, v, w)
	}
	requests, signatures := server.received()
	if c.c.unsent && requests > 0 {
		t.Errorf("%s: %d requests were sent", c.name(), requests)
	}
	c.signatures = signatures
	if text := shown(w.String(), append(c.signatures, c.canary, metadataMark)...); text != "" {
		t.Errorf("%s: a secret is shown: %s", c.name(), text)
	}
	return took
}

// start starts the server of an exercise, and sets the client's configuration.
func (c *cell) start(t *testing.T, v *exercise) *hostileServer {
	serve := c.c.serve
	if serve == nil {
		serve = hangs(honest)
	}
	server := newHostileServer(t, c.client, v, serve)
	if c.c.https {
		v.endpoint = strings.Replace(v.endpoint, "http:", "https:", 1)
	}
	if c.c.set != nil {
		c.c.set(v)
	}
	return server
}

func (c *cell) attemptTimeout() time.Duration {
	switch {
	case !c.c.hangs:
		return longTime / 3
	case c.limit == byTimeout:
		return shortTime
	default:
		return 2 * longTime
	}
}

// once asks once, and reports whether that came to an end.
func (c *cell) once(ctx context.Context, t *testing.T, v *exercise, w *witness) (returned bool) {
	if c.limit == byDeadline || c.client.credentials && c.limit == byTimeout {
		deadline, stop := context.WithTimeout(ctx, shortTime)
		defer stop()
		ctx = deadline
	}
	o, returned := outcomeOf(func() error { return c.client.ask(ctx, v) })
	if !returned {
		t.Errorf("%s: hangs", c.name())
		return false
	}
	if o.panicked != nil {
		w.see(o.panicked)
	}
	if o.err != nil {
		w.seeError(o.err)
		text := o.err.Error()
		if c.client.searches { // its errors are joined, one to a line
			text = strings.ReplaceAll(text, "\n", "; ")
		}
		if bad := badRune(text); bad != "" {
			t.Errorf("%s: the error's text has %s: %q", c.name(), bad, o.err)
		}
	}
	if !c.allows(ctx, o) {
		kind, _ := kindIn(o.err)
		t.Errorf("%s: got %s: %v, panic %v; want %v, panic %t", c.name(), kindName(kind), o.err, o.panicked, c.want(), c.c.panics)
	}
	return true
}

// outcome is an error, or what a function panicked with.
type outcome struct {
	err      error
	panicked any
}

// outcomeOf calls a function, and returns false if it takes too long.
func outcomeOf(ask func() error) (outcome, bool) {
	done := make(chan outcome, 1)
	go func() {
		var o outcome
		defer func() {
			o.panicked = recover()
			done <- o
		}()
		o.err = ask()
	}()
	select {
	case o := <-done:
		return o, true
	case <-time.After(longTime):
		return outcome{}, false
	}
}

// want are the outcomes that a cell may have, of those without an end of the context.
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

// allows reports whether a cell may have an outcome. The context is that of the request.
func (c *cell) allows(ctx context.Context, o outcome) bool {
	if c.c.panics || o.panicked != nil {
		return c.c.panics && isPurpose(o.panicked)
	}
	kind, known := kindIn(o.err)
	wanted := known && slices.Contains(c.want(), kind)
	switch {
	case known && c.client.optional && kind == fine:
		return true
	case wanted && (c.limit == byTimeout || kind == provider.BadResponse): // refused before the limit
		return true
	case known && c.limit == byTimeout && c.c.hangs && kind == provider.Unavailable: // the time was over before the refusal
		return true
	case c.limit == byCancel:
		return !known && errors.Is(o.err, context.Canceled) || wanted && c.client.metadata && ctx.Err() == nil // its own timeout came first
	default:
		return !known && errors.Is(o.err, context.DeadlineExceeded) && (c.limit == byDeadline || c.client.credentials)
	}
}
