package main

import (
	"context"
	"errors"

	"github.com/imagequery/imagequery/provider"
)

// search prints the hits of the targets, and an error for each that fails.
func (r *runner) search(ctx context.Context, targets []provider.Target, source hitSource) {
	out := r.newPrinter(targets)
	for hit, err := range source(ctx) {
		if err != nil {
			r.failSearch(ctx, err)
			continue
		}
		if !r.checkWrite(out.print(hit)) {
			return
		}
	}
	r.progress.end()
	r.checkWrite(out.end())
}

// newest prints the newest image. Unless --allow-partial is given, it prints
// nothing where a target failed, which may have had a newer one.
func (r *runner) newest(ctx context.Context, targets []provider.Target) {
	hit, err := provider.Newest(ctx, targets, r.options.query, r.options.search())
	var failed *provider.TargetError
	switch {
	case errors.Is(err, provider.NotFound) && !errors.As(err, &failed):
		r.printErrors(err)
		r.status = exitNothing
	case err != nil:
		r.failSearch(ctx, err)
	}
	if r.status == exitFailed && !r.options.allowPartial {
		return
	}
	r.progress.end()
	out := r.newPrinter(targets)
	if hit.Target != "" && !r.checkWrite(out.print(hit)) {
		return
	}
	r.checkWrite(out.end())
}

// failSearch prints the errors of a search. The end of the whole run is not repeated
// after a target that failed because of it.
func (r *runner) failSearch(ctx context.Context, err error) {
	for _, one := range joinedErrors(err) {
		var target *provider.TargetError
		if r.status == exitFailed && errors.Is(one, ctx.Err()) && !errors.As(one, &target) {
			continue
		}
		r.fail(one)
	}
}
