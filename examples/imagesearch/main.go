// Command imagesearch searches machine images across cloud accounts and regions. Run it
// with --help.
package main

import (
	"context"
	"io"
	"log"
	"os"
	"os/signal"
	"runtime/debug"
	"syscall"
	"time"

	"github.com/imagequery/imagequery/examples/targets"
)

func main() {
	collectEarly()
	signal.Ignore(syscall.SIGPIPE) // a closed pipe is an error of Write, see run
	log.SetOutput(io.Discard)      // net/http writes there what a server sends after a response
	var stdout io.Writer = os.Stdout
	if stdoutWasClosed() {
		stdout = closedWriter{}
	}
	ctx := withSignals(context.Background())
	os.Exit(run(ctx, os.Args[1:], stdout, os.Stderr, &targets.Options{LookupEnv: os.LookupEnv}))
}

// collectEarly makes the garbage collector run when the heap has grown by half since the
// last collection, instead of twice as much. $GOGC has precedence.
func collectEarly() {
	if os.Getenv("GOGC") == "" {
		debug.SetGCPercent(50)
	}
}

// closedWriter is a standard output that is closed.
type closedWriter struct{}

func (closedWriter) Write([]byte) (int, error) { return 0, os.ErrClosed }

// ended is the cause of a context that a signal has ended.
type ended struct{ signal syscall.Signal }

func (e ended) Error() string { return "ended by a signal: " + e.signal.String() }

// status returns the exit status, as shells count it.
func (e ended) status() int { return 128 + int(e.signal) }

// withSignals returns a context that ends at an interrupt or a request to terminate.
// The process exits less than a second later, and at once for a second signal.
func withSignals(ctx context.Context) context.Context {
	ctx, cancel := context.WithCancelCause(ctx)
	signals := make(chan os.Signal, 1)
	signal.Notify(signals, os.Interrupt, syscall.SIGTERM)
	go func() {
		number, _ := (<-signals).(syscall.Signal)
		signal.Stop(signals)
		cause := ended{number}
		time.AfterFunc(grace+400*time.Millisecond, func() { os.Exit(cause.status()) })
		cancel(cause)
	}()
	return ctx
}
