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
