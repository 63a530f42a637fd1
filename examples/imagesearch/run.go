package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"syscall"

	"github.com/imagequery/imagequery/examples/targets"
	"github.com/imagequery/imagequery/provider"
)

// The exit statuses.
const (
	exitComplete = 0 // every target answered completely
	exitFailed   = 1 // a target failed, or the answer could not be written
	exitUsage    = 2 // bad flag, query or configuration; nothing was sent
	exitNothing  = 3 // --newest found nothing, and every target answered
	// 128 plus the number of a signal: the signal ended the run
)

// app is one run of the command.
type app struct {
	stdout, stderr io.Writer
	around         *targets.Options
	deadline       *deadline // of writes
	unwritable     bool      // a write to the standard output has failed
	options        options
	progress       *progress
	tally          tally
	status         int
}

// run is the command: args are those behind its name. It returns the exit status.
func run(ctx context.Context, args []string, stdout, stderr io.Writer, around *targets.Options) int {
	d := newDeadline()
	defer d.after(ctx)()
	out, errOut := &endableWriter{w: stdout, over: d.over}, &endableWriter{w: stderr, over: d.over}
	a := &app{around: around, deadline: d, progress: newProgress(errOut, isTerminal(stderr))}
	a.stdout, a.stderr = a.progress.beside(out), a.progress.beside(errOut)
	command := newCommand(a)
	command.SetArgs(append([]string{}, args...))
	err := command.ExecuteContext(ctx)
	if failure := out.failure(); failure != nil {
		a.wrote(failure)
	} else if err != nil {
		a.complain(err)
		a.status = exitUsage
	}
	var signaled ended
	if errors.As(context.Cause(ctx), &signaled) {
		return signaled.status()
	}
	return a.status
}

// execute is called when the flags are read. Its errors mean that no cloud was
// asked; from the first request on, failures are complained about as they come.
func (a *app) execute(ctx context.Context) error {
	if a.options.version {
		a.wrote(printVersion(a.stdout))
		return nil
	}
	if err := a.options.check(); err != nil {
		return err
	}
	configured, closeSample, err := a.configured()
	if err != nil {
		return err
	}
	defer closeSample()
	ctx, cancel := a.options.bound(ctx)
	defer cancel()
	defer a.deadline.after(ctx)() // stopped before cancel
	targets, plans, err := a.prepare(ctx, configured)
	if err != nil {
		return err
	}
	report, err := a.openReport()
	if err != nil {
		return err
	}
	if a.options.explain {
		a.wrote(printPlans(a.stdout, targets, plans))
	} else {
		a.ask(ctx, targets)
	}
	a.writeReport(report, targets)
	return nil
}

// prepare finds out what can be wrong before a cloud is asked.
func (a *app) prepare(ctx context.Context, configured []targets.Target) ([]provider.Target, []*provider.Plan, error) {
	selected, err := a.options.selected(configured)
	if err != nil {
		return nil, nil, err
	}
	opened, err := a.open(selected)
	if err != nil {
		return nil, nil, err
	}
	plans, err := explainAll(opened, a.options.query)
	if err == nil && !a.options.explain {
		err = targets.Authenticate(ctx, selected)
	}
	return opened, plans, err
}

// ask sends what the flags want to be sent.
func (a *app) ask(ctx context.Context, targets []provider.Target) {
	ctx = provider.WithTrace(ctx, a.tally.trace())
	if a.options.progress.shows(a.progress.terminal) {
		a.progress.start(&a.tally, len(targets))
		defer a.progress.end()
	}
	switch {
	case a.options.checkTargets:
		a.checkAll(ctx, targets)
	case a.options.newest:
		a.newest(ctx, targets)
	default:
		a.search(ctx, targets)
	}
	a.progress.end()
	a.noteUnreadable(targets)
}

// fail reports a failure that does not end the run at once.
func (a *app) fail(err error) {
	a.status = exitFailed
	a.complain(err)
}

// wrote takes the outcome of writing the answer, and reports whether writing may
// go on. A reader that has gone away is no failure: it wants no more.
func (a *app) wrote(err error) bool {
	switch {
	case err == nil:
		return true
	case a.unwritable, errors.Is(err, syscall.EPIPE), errors.Is(err, io.ErrClosedPipe):
	default:
		a.fail(fmt.Errorf("standard output: %w", err))
	}
	a.unwritable = true
	return false
}

// complain writes one line for each error that is joined in err.
func (a *app) complain(err error) {
	for _, one := range parts(err) {
		_, _ = fmt.Fprintf(a.stderr, "imagesearch: %s\n", oneLine(inFlagWords(one.Error())))
	}
}
