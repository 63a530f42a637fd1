package provider

import (
	"context"
	"errors"
	"fmt"

	"github.com/imagequery/imagequery/image"
)

// Newest returns the newest image over all targets, by [image.CompareNewest] and,
// for equal Refs, by the name of the target. The result does not depend on the
// order of the responses. If the query has no statuses, only available images
// count. If it has no sources, owners or IDs, only self and system images count,
// because other accounts can publish images of any name.
//
// Newest returns the best hit of the targets that succeeded together with the
// joined errors of the others. The caller decides whether to use such a hit: the
// newest image may be in a target that failed. The Kind is [NotFound] if every
// target succeeded and no image matches, [InvalidArgument] if the query has a
// limit, and otherwise as in [Search].
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

// NewestQuery returns the query that [Newest] runs: q with its default statuses and
// sources. The Kind is [InvalidArgument] if q has a limit.
func NewestQuery(q image.Query) (image.Query, error) {
	if q.Limit != 0 {
		return q, badSearch("query field limit: value %d: Newest returns one image; leave the limit 0", q.Limit)
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

// notFound returns the error that no image was found, with the number of images
// that match in another status.
func notFound(ctx context.Context, targets []Target, q image.Query, options *SearchOptions) error {
	q.Statuses = nil
	others := map[image.Ref]bool{}
	for hit, err := range Search(withoutTargets(ctx), targets, q, options) {
		if err != nil {
			return &Error{Kind: NotFound, Message: "no image matches; images in other statuses could not be counted"}
		}
		others[hit.Image.Ref] = true
	}
	if len(others) == 0 {
		return &Error{Kind: NotFound, Message: "no image matches"}
	}
	return &Error{Kind: NotFound, Message: fmt.Sprintf("no image matches; %d match in another status", len(others))}
}
