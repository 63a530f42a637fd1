package provider

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"

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
	hits, err := NewestBy(ctx, targets, q, oneGroup, options)
	if len(hits) == 0 {
		return Hit{}, err
	}
	return hits[0], err
}

// oneGroup is the key of a search without groups.
func oneGroup(Hit) string { return "" }

// NewestBy returns the newest image of each group, ordered by the keys of the
// groups. Images with the same key are one group; [KeyOf] makes the usual keys. Key
// is called on the calling goroutine, once for each image that matches, and must
// depend on its argument alone. Within a group the rules of [Newest] hold: its
// order, its default statuses and sources, and its errors. With a key that is the
// same for all images, NewestBy returns what Newest returns.
//
// NewestBy returns the hits of the targets that succeeded together with the joined
// errors of the others. A target that failed may have newer images of any group,
// and groups of its own. The memory that it uses is proportional to the number of
// groups, and with [SearchOptions].Distinct to the number of images. The Kind is
// [InvalidArgument] if key is nil, and otherwise as in Newest.
func NewestBy(ctx context.Context, targets []Target, q image.Query, key func(Hit) string, options *SearchOptions) ([]Hit, error) {
	if key == nil {
		return nil, badSearch("NewestBy: the key is nil; make one with KeyOf, or use Newest")
	}
	wanted, err := NewestQuery(q)
	if err != nil {
		return nil, err
	}
	groups, errs := newestOf(ctx, targets, wanted, key, options)
	if len(groups) == 0 && len(errs) == 0 {
		return nil, notFound(ctx, targets, wanted, options)
	}
	return inKeyOrder(groups), errors.Join(errs...)
}

// newestOf returns the newest hit of each group by its key, and the errors of the
// search.
func newestOf(ctx context.Context, targets []Target, wanted image.Query, key func(Hit) string, options *SearchOptions) (map[string]Hit, []error) {
	groups := map[string]Hit{}
	var errs []error
	for hit, err := range Search(ctx, targets, wanted, options) {
		if err != nil {
			errs = append(errs, err)
			continue
		}
		k := key(hit)
		if best, found := groups[k]; !found || preferred(hit, best) {
			groups[k] = hit
		}
	}
	return groups, errs
}

func inKeyOrder(groups map[string]Hit) []Hit {
	var hits []Hit
	for _, k := range slices.Sorted(maps.Keys(groups)) {
		hits = append(hits, groups[k])
	}
	return hits
}

// NewestQuery returns the query that [Newest] and [NewestBy] run: q with its default
// statuses and sources. The Kind is [InvalidArgument] if q has a limit.
func NewestQuery(q image.Query) (image.Query, error) {
	if q.Limit != 0 {
		return q, badSearch("query field limit: value %d: the newest image of a group is one image; leave the limit 0", q.Limit)
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
