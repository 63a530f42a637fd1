package fakecloud

import (
	"slices"

	"github.com/imagequery/imagequery/image"
)

// filter says whether a row belongs to an answer.
type filter func(*row) bool

// keep returns the rows that pass every filter.
func keep(rows []*row, filters []filter) []*row {
	var kept []*row
	for _, r := range rows {
		if passes(r, filters) {
			kept = append(kept, r)
		}
	}
	return kept
}

func passes(r *row, filters []filter) bool {
	for _, f := range filters {
		if !f(r) {
			return false
		}
	}
	return true
}

// sourceIn passes images of one of the sources; the empty one is an unknown source.
func sourceIn(sources ...image.Source) filter {
	return func(r *row) bool { return slices.Contains(sources, r.Source) }
}

// carries passes records that have the value.
func carries(name, value string) filter {
	return func(r *row) bool { return r.wire.text(name) == value }
}

// carriesIfAny passes records that have the value, and those without the field.
func carriesIfAny(name, value string) filter {
	return func(r *row) bool {
		has := r.wire.text(name)
		return has == "" || has == value
	}
}

// offering passes images whose hidden attribute allows the value.
func offering(attribute, value string) filter {
	return func(r *row) bool { return r.offers(attribute, value) }
}

// featuring passes records with the feature, and those that do not mention it.
func featuring(feature, value string) filter {
	return func(r *row) bool {
		features, _ := r.wire["Features"].(map[string]any)
		has := record(features).text(feature)
		return has == "" || has == value
	}
}

// tagged passes images with the tag, whatever its value if none was sent.
func tagged(tag element) filter {
	return func(r *row) bool {
		value, ok := r.Tags[tag.key]
		return ok && (!tag.valued || value == tag.value)
	}
}
