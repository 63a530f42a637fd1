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
)

// app is one run of the command.
type app struct {
	stdout, stderr io.Writer
	around         *targets.Options
	options        options
	progress       *progress
	tally          tally
	status         int
}

// run is the command: args are those behind its name. It returns the exit status.
func run(ctx context.Context, args []string, stdout, stderr io.Writer, around *targets.Options) int {
	a := &app{around: around, progress: newProgress(stderr)}
	a.stdout, a.stderr = a.progress.beside(stdout), a.progress.beside(stderr)
	command := newCommand(a)
	command.SetArgs(append([]string{}, args...))
	if err := command.ExecuteContext(ctx); err != nil {
		a.complain(err)
		return exitUsage
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
	if a.options.progress.shows(a.progress.screen) {
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
// go on. A reader that has gone away needs no message.
func (a *app) wrote(err error) bool {
	switch {
	case err == nil:
		return true
	case errors.Is(err, syscall.EPIPE), errors.Is(err, io.ErrClosedPipe):
		a.status = exitFailed
	default:
		a.fail(fmt.Errorf("standard output: %w", err))
	}
	return false
}

// complain writes one line for each error that is joined in err.
func (a *app) complain(err error) {
	for _, one := range parts(err) {
		_, _ = fmt.Fprintf(a.stderr, "imagesearch: %s\n", oneLine(inFlagWords(one.Error())))
	}
}
