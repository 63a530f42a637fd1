package main

import (
	"context"
	"errors"

	"github.com/imagequery/imagequery/provider"
)

// search prints what the targets find, and complains about those that fail.
func (a *app) search(ctx context.Context, targets []provider.Target) {
	out := newPrinter(a.stdout, a.options, targets)
	for hit, err := range provider.Search(ctx, targets, a.options.query, a.options.search()) {
		if err != nil {
			a.failSearch(ctx, err)
			continue
		}
		if !a.wrote(out.print(hit)) {
			return
		}
	}
	a.progress.end()
	a.wrote(out.end())
}

// newest prints the newest image. Unless --allow-partial is given, it prints
// nothing where a target failed, which may have had a newer one.
func (a *app) newest(ctx context.Context, targets []provider.Target) {
	hit, err := provider.Newest(ctx, targets, a.options.query, a.options.search())
	var failed *provider.TargetError
	switch {
	case errors.Is(err, provider.NotFound) && !errors.As(err, &failed):
		a.complain(err)
		a.status = exitNothing
	case err != nil:
		a.failSearch(ctx, err)
	}
	if a.status == exitFailed && !a.options.allowPartial {
		return
	}
	a.progress.end()
	out := newPrinter(a.stdout, a.options, targets)
	if hit.Target != "" && !a.wrote(out.print(hit)) {
		return
	}
	a.wrote(out.end())
}

// failSearch complains about what made a search fail. That the whole run has ended
// is no news after a target has said so.
func (a *app) failSearch(ctx context.Context, err error) {
	for _, one := range parts(err) {
		var target *provider.TargetError
		if a.status == exitFailed && errors.Is(one, ctx.Err()) && !errors.As(one, &target) {
			continue
		}
		a.fail(one)
	}
}
