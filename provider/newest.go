package provider

import (
	"context"
	"errors"
	"fmt"

	"github.com/imagequery/imagequery/image"
)

// Newest finds the newest image over all targets, by [image.CompareNewest] and,
// for equal Refs, by the name of the target: the same answer in whatever order
// the targets answer. A query that names no statuses asks for available images
// only; one that names no sources, owners or IDs asks for self and system images
// only, since others may carry any name. A limit is [InvalidArgument].
//
// It returns the best of what answered and the joined failures, if any: the
// newest may have been in a target that failed. Where every target answered and
// nothing was found, the error is [NotFound].
func Newest(ctx context.Context, targets []Target, q image.Query, options *SearchOptions) (Hit, error) {
	wanted, err := NewestQuery(q)
	if err != nil {
		return Hit{}, err
	}
	var best Hit
	var errs []error
	found := false
	for hit, err := range Search(ctx, targets, wanted, options) {
		switch {
		case err != nil:
			errs = append(errs, err)
		case !found || preferred(hit, best):
			best, found = hit, true
		}
	}
	switch {
	case found:
		return best, errors.Join(errs...)
	case len(errs) > 0:
		return Hit{}, errors.Join(errs...)
	default:
		return Hit{}, notFound(ctx, targets, wanted, options)
	}
}

// NewestQuery returns what [Newest] asks for a query: with the statuses and sources
// that it presumes. A limit is [InvalidArgument].
func NewestQuery(q image.Query) (image.Query, error) {
	if q.Limit != 0 {
		return q, badSearch("query field limit: value %d: the newest is one image by itself; leave it 0", q.Limit)
	}
	if len(q.Sources) == 0 && len(q.Owners) == 0 && len(q.IDs) == 0 {
		q.Sources = []image.Source{image.SourceSelf, image.SourceSystem}
	}
	if len(q.Statuses) == 0 {
		q.Statuses = []image.Status{image.StatusAvailable}
	}
	return q, nil
}

func preferred(a, b Hit) bool {
	if a.Image.Ref == b.Image.Ref {
		return a.Target < b.Target
	}
	return image.CompareNewest(a.Image, b.Image) < 0
}

// notFound says that nothing was found, and how many images match in other
// states.
func notFound(ctx context.Context, targets []Target, q image.Query, options *SearchOptions) error {
	q.Statuses = nil
	others := map[image.Ref]bool{}
	for hit, err := range Search(withoutTargets(ctx), targets, q, options) {
		if err != nil {
			return &Error{Kind: NotFound, Message: "no image matches; those in other states could not be counted"}
		}
		others[hit.Image.Ref] = true
	}
	if len(others) == 0 {
		return &Error{Kind: NotFound, Message: "no image matches"}
	}
	return &Error{Kind: NotFound, Message: fmt.Sprintf("no image matches; %d do in other states", len(others))}
}
