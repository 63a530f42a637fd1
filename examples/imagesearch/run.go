package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"syscall"
	"time"

	"github.com/imagequery/imagequery/examples/internal/printable"
	"github.com/imagequery/imagequery/examples/targets"
	"github.com/imagequery/imagequery/provider"
)

// The exit statuses.
const (
	exitComplete = 0 // every target returned a complete result
	exitFailed   = 1 // a target failed, or the output could not be written
	exitUsage    = 2 // bad flag, query or configuration; nothing was sent
	exitNothing  = 3 // --newest or --newest-per found no image, and every target is complete
	exitChanged  = 4 // --verify found an image that is no longer current
	// 128 plus the number of a signal: the signal ended the run
)

// runner is one run of the command.
type runner struct {
	stdout, stderr io.Writer
	environment    *targets.Options
	deadline       *deadline // of writes
	unwritable     bool      // a write to the standard output has failed
	options        options
	progress       *progress
	screen         screen // of the standard output
	printed        int    // images that were printed, or counted by --count-by
	stats          statistics
	trace          *traceFile // nil: none
	generated      time.Time  // of a page
	status         int
}

// run is the command: args are those behind its name. It returns the exit status.
func run(ctx context.Context, args []string, stdout, stderr io.Writer, environment *targets.Options) int {
	return runOn(ctx, newScreen(stdout, environment.LookupEnv), args, stdout, stderr, environment)
}

// runOn is run for a standard output that is written to a given screen.
func runOn(ctx context.Context, s screen, args []string, stdout, stderr io.Writer, environment *targets.Options) int {
	d := newDeadline()
	defer d.after(ctx)()
	out, errOut := &deadlineWriter{w: stdout, over: d.over}, &deadlineWriter{w: stderr, over: d.over}
	r := &runner{environment: environment, deadline: d, progress: newProgress(errOut, isTerminal(stderr), newScreen(stderr, environment.LookupEnv).width), screen: s}
	r.stdout, r.stderr = r.progress.beside(out), r.progress.beside(errOut)
	command := newCommand(r)
	if isCompletion(args) {
		ignoreErrors(command.Flags())
		args = completionArguments(args)
	}
	command.SetArgs(append([]string{}, args...))
	err := command.ExecuteContext(ctx)
	if failure := out.failure(); failure != nil {
		r.checkWrite(failure)
	} else if err != nil {
		r.printErrors(err)
		r.status = exitUsage
	}
	var signaled ended
	if errors.As(context.Cause(ctx), &signaled) {
		return signaled.status()
	}
	return r.status
}

// execute is called when the flags are read. Its errors mean that no request
// was sent; from the first request on, failures are printed when they happen.
func (r *runner) execute(ctx context.Context) error {
	if r.options.version {
		if err := r.options.checkAlone("version"); err != nil {
			return err
		}
		r.checkWrite(printVersion(r.stdout))
		return nil
	}
	if err := r.options.check(r.configFile()); err != nil {
		return err
	}
	if err := r.setGenerated(); err != nil {
		return err
	}
	configured, err := r.configured()
	if err != nil {
		return err
	}
	ctx, cancel := r.options.bound(ctx)
	defer cancel()
	defer r.deadline.after(ctx)() // stopped before cancel
	targets, plans, err := r.prepare(ctx, configured)
	if err != nil {
		return err
	}
	if err := r.options.checkLock(); err != nil {
		return err
	}
	source, closeSource, err := r.openSource(targets)
	if err != nil {
		return err
	}
	report, err := r.openReport()
	if err != nil {
		return errors.Join(err, closeSource())
	}
	if r.trace, err = r.options.openTrace(); err != nil {
		return errors.Join(err, report.Close(), closeSource())
	}
	r.notePlatforms()
	if r.options.explain {
		r.checkWrite(printPlans(r.stdout, targets, plans, r.options.output))
	} else {
		r.noteUnreported(targets, plans)
		r.send(ctx, targets, source)
	}
	if err := closeSource(); err != nil {
		r.fail(err)
	}
	if err := r.trace.close(); err != nil {
		r.fail(err)
	}
	r.writeReport(report, targets)
	return nil
}

// prepare opens the targets and plans the query. Its errors are those that can be found
// before a request of the search is sent.
func (r *runner) prepare(ctx context.Context, configured []targets.Target) ([]provider.Target, []*provider.Plan, error) {
	selected, err := r.options.selected(configured)
	if err != nil {
		return nil, nil, err
	}
	opened, err := r.open(selected)
	if err != nil {
		return nil, nil, err
	}
	if err := r.options.checkRecord(opened); err != nil {
		return nil, nil, err
	}
	plans, err := explainAll(opened, r.options.query)
	if err != nil && r.options.verify != "" {
		err = fmt.Errorf("--verify %s: %w", r.options.verify, err)
	}
	if err == nil && !r.options.explain && len(r.options.fromJournals) == 0 {
		err = targets.Authenticate(ctx, selected)
	}
	return opened, plans, err
}

// send runs the requests of the mode that the flags choose.
func (r *runner) send(ctx context.Context, targets []provider.Target, source hitSource) {
	began := time.Now()
	ctx = provider.WithTrace(ctx, r.stats.trace())
	if !r.options.checkTargets {
		ctx = provider.WithTrace(ctx, r.trace.hooks(""))
	}
	if r.options.progress.shows(r.progress.terminal) {
		r.progress.start(&r.stats, len(targets))
		defer r.progress.end()
	}
	switch {
	case r.options.checkTargets:
		r.checkAll(ctx, targets)
	case r.options.why:
		r.why(ctx, targets)
	case r.options.verify != "":
		r.verifyRecord(ctx, targets)
	case r.options.choosesNewest():
		r.newestImages(ctx, targets)
	default:
		r.search(ctx, targets, source)
	}
	r.progress.end()
	r.noteUnreadable(targets)
	r.printSummary(targets, time.Since(began))
}

// fail reports a failure that does not end the run at once.
func (r *runner) fail(err error) {
	r.status = exitFailed
	r.printErrors(err)
}

// checkWrite handles the error of a write to the standard output, and reports whether
// writing may go on. A reader that has gone away is no failure.
func (r *runner) checkWrite(err error) bool {
	switch {
	case err == nil:
		return true
	case errors.As(err, new(templateError)):
		r.fail(err)
		return false
	case r.unwritable, errors.Is(err, syscall.EPIPE), errors.Is(err, io.ErrClosedPipe):
	default:
		r.fail(fmt.Errorf("standard output: %w", err))
	}
	r.unwritable = true
	return false
}

// printErrors writes one line for each error that is joined in err.
func (r *runner) printErrors(err error) {
	for _, one := range joinedErrors(err) {
		_, _ = fmt.Fprintf(r.stderr, "imagesearch: %s\n", printable.Line(inFlagWords(one.Error())))
	}
}
