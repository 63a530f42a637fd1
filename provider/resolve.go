package provider

import (
	"context"
	"errors"
	"maps"
	"slices"
	"time"

	"github.com/imagequery/imagequery/image"
)

// Resolve chooses the newest image of each group of the keys, as [NewestBy] does
// with [KeyOf], and returns the choice as a record. Without keys it chooses one
// image, as [Newest] does.
//
// Resolve returns the choice among the targets that succeeded together with the
// joined errors of the others, whose names are in Failed. The Kind is
// [InvalidArgument] if a key is unknown or repeated, and otherwise as in NewestBy.
func Resolve(ctx context.Context, targets []Target, q image.Query, keys []GroupKey, options *SearchOptions) (Resolution, error) {
	key, err := KeyOf(keys...)
	if err != nil {
		return Resolution{}, err
	}
	wanted, err := NewestQuery(q)
	if err != nil {
		return Resolution{}, err
	}
	out := Resolution{
		Query: wanted.Normalized(), Keys: slices.Clone(keys),
		Time: time.Now().UTC().Truncate(time.Second), Library: libraryVersion(),
	}
	hits, searchErr := NewestBy(ctx, targets, wanted, key, options)
	for _, hit := range hits {
		entry, err := newResolved(keys, hit)
		if err != nil {
			return Resolution{}, err
		}
		out.Entries = append(out.Entries, entry)
	}
	if joined, ok := searchErr.(interface{ Unwrap() []error }); ok {
		out.Failed = slices.Sorted(maps.Keys(failuresOf(joined.Unwrap())))
	}
	return out, searchErr
}

func newResolved(keys []GroupKey, hit Hit) (Resolved, error) {
	m := hit.Image
	digest, err := digestOf(m)
	if err != nil {
		return Resolved{}, &TargetError{Target: hit.Target, Err: &Error{Kind: BadResponse, Message: "image " + m.ID + " has no JSON form", Err: err}}
	}
	return Resolved{groupOf(keys, hit), hit.Target, m.Ref, m.Name, m.Owner, m.Created.UTC(), digest, m}, nil
}

// failuresOf returns the errors of targets among those of a search, by the name of
// the target.
func failuresOf(errs []error) map[string]error {
	failures := map[string]error{}
	for _, err := range errs {
		if failure, ok := errors.AsType[*TargetError](err); ok {
			failures[failure.Target] = err
		}
	}
	return failures
}
