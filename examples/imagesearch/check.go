package main

import (
	"context"
	"fmt"
	"io"
	"strings"
	"sync/atomic"
	"time"

	"golang.org/x/sync/errgroup"

	"github.com/imagequery/imagequery/examples/internal/printable"
	"github.com/imagequery/imagequery/provider"
)

const defaultChecks = 16

// checkAll checks the credentials of every target, and prints a line for each in their
// order. The errors go to standard error.
func (r *runner) checkAll(ctx context.Context, targets []provider.Target) {
	var group errgroup.Group
	group.SetLimit(defaultChecks)
	if r.options.concurrency > 0 {
		group.SetLimit(r.options.concurrency)
	}
	for _, target := range targets {
		group.Go(func() error {
			check(provider.WithTrace(ctx, r.trace.hooks(target.Name)), target)
			return nil
		})
	}
	_ = group.Wait()
	r.progress.end()
	r.printChecks(r.stats.of(targets))
}

// check checks the credentials of one target, and calls the hooks of ctx as a search
// does.
func check(ctx context.Context, target provider.Target) {
	var requests, retries atomic.Int64
	ctx = provider.WithTrace(ctx, &provider.Trace{
		Request: func(context.Context, provider.RequestInfo) { requests.Add(1) },
		Retry:   func(context.Context, provider.RetryInfo) { retries.Add(1) },
	})
	began, info := time.Now(), target.Client.Info()
	hooks, end := provider.ContextTrace(ctx), func(int, error) {}
	if hooks.Start != nil {
		ctx, end = hooks.Start(ctx, provider.SpanInfo{Kind: provider.SpanTarget, Provider: info.Name, Region: info.Region})
	}
	err := target.Client.Check(ctx)
	hooks.Target(ctx, provider.Report{
		Target: target.Name, Provider: info.Name, Region: info.Region, Complete: err == nil,
		Requests: int(requests.Load()), Retries: int(retries.Load()), Elapsed: time.Since(began), Err: err,
	})
	end(0, err)
}

// printChecks prints a line for each target, or its report in JSON.
func (r *runner) printChecks(reports []provider.Report) {
	var b strings.Builder
	for _, report := range reports {
		outcome := "ok"
		if report.Err != nil {
			outcome = "failed"
			r.fail(&provider.TargetError{Target: report.Target, Report: report, Err: report.Err})
		}
		fmt.Fprintf(&b, "%s: %s\n", printable.Line(report.Target), outcome)
	}
	if r.options.output == formatJSON {
		r.checkWrite(writeObjects(r.stdout, reports))
		return
	}
	_, err := io.WriteString(r.stdout, b.String())
	r.checkWrite(err)
}
