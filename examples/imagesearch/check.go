package main

import (
	"context"
	"fmt"
	"strings"
	"sync/atomic"
	"time"

	"golang.org/x/sync/errgroup"

	"github.com/imagequery/imagequery/provider"
)

const defaultChecks = 16

// checkAll asks every target whether it answers with its credentials, and prints a
// line for each in their order. Why one failed goes to the standard error.
func (a *app) checkAll(ctx context.Context, targets []provider.Target) {
	var group errgroup.Group
	group.SetLimit(defaultChecks)
	if a.options.concurrency > 0 {
		group.SetLimit(a.options.concurrency)
	}
	for _, target := range targets {
		group.Go(func() error {
			a.tally.done(check(ctx, target))
			return nil
		})
	}
	_ = group.Wait()
	a.progress.end()
	a.printChecks(a.tally.of(targets))
}

// check reports how one target answers.
func check(ctx context.Context, target provider.Target) provider.Report {
	var requests, retries atomic.Int64
	ctx = provider.WithTrace(ctx, &provider.Trace{
		Request: func(provider.RequestInfo) { requests.Add(1) },
		Retry:   func(provider.RetryInfo) { retries.Add(1) },
	})
	began, info := time.Now(), target.Client.Info()
	err := target.Client.Check(ctx)
	return provider.Report{
		Target: target.Name, Provider: info.Name, Region: info.Region, Complete: err == nil,
		Requests: int(requests.Load()), Retries: int(retries.Load()), Elapsed: time.Since(began), Err: err,
	}
}

func (a *app) printChecks(reports []provider.Report) {
	var b strings.Builder
	for _, r := range reports {
		outcome := "ok"
		if r.Err != nil {
			outcome = "failed"
			a.fail(&provider.TargetError{Target: r.Target, Report: r, Err: r.Err})
		}
		fmt.Fprintf(&b, "%s: %s\n", oneLine(r.Target), outcome)
	}
	_, err := fmt.Fprint(a.stdout, b.String())
	a.wrote(err)
}
