package provider

import (
	"fmt"
	"strings"

	"github.com/imagequery/imagequery/image"
)

// Diagnosis is the result of [Why]. Its JSON form is stable: names in snake case,
// in the order below. An image that several targets return counts for each, unless
// SearchOptions.Distinct is set.
type Diagnosis struct {
	Query      image.Query   `json:"query"`             // normalized, without limit and skip_unreported
	Complete   bool          `json:"complete"`          // no target failed
	Images     int           `json:"images"`            // in the scope
	Matched    int           `json:"matched"`           // of them, those that match the query
	Predicates []Exclusion   `json:"predicates"`        // in the order of the query
	Closest    *NearMiss     `json:"closest,omitempty"` // nil if an image matches, or the scope is empty
	Widened    bool          `json:"widened"`           // wider scopes were searched, too
	Outside    []Outside     `json:"outside,omitempty"` // images that match outside the scope
	Targets    []TargetScope `json:"targets"`           // in the order of the targets
	Causes     []Cause       `json:"causes"`            // why no image matches, the likeliest first; see [CauseKind]
}

// Exclusion counts the images that one predicate excludes.
type Exclusion struct {
	Field    image.Field `json:"field"`
	Values   []string    `json:"values"`
	Excludes int         `json:"excludes"` // images of the scope that do not fulfil the predicate
	Alone    int         `json:"alone"`    // of them, those that fulfil every other predicate

	// Example is one of the images that the predicate alone excludes. Nil: none.
	Example *image.Ref `json:"example,omitempty"`
	// Instead counts the values that those images have, the first 8 by text.
	Instead []ValueCount `json:"instead,omitempty"`
	// MoreInstead reports whether those images have other values, too.
	MoreInstead bool `json:"more_instead,omitempty"`
	// Missing are the values that no image of the scope has.
	Missing []MissingValue `json:"missing,omitempty"`
}

// ValueCount is a value and the number of images that have it.
type ValueCount struct {
	Value  string `json:"value"`
	Images int    `json:"images"`
}

// MissingValue is a value of a predicate that no image of the scope has, and up to
// three values of images that are near it, the nearest first. Near values are
// searched for the first 16 values of a predicate, and for no fixed vocabulary.
type MissingValue struct {
	Value   string      `json:"value"`
	Nearest []NearValue `json:"nearest,omitempty"`
}

// NearValue is a value that occurs in the scope, near a missing one.
type NearValue struct {
	Value   string `json:"value"`
	Images  int    `json:"images"`  // that have the value
	Matches int    `json:"matches"` // of them, those that fulfil every other predicate

	// How says in what it differs: "case" only; "space" (white space, and perhaps
	// case); "key" (a tag with the same key); "spelling" (up to three characters, and
	// no more than a third); "part" (one contains the other); "time" (the nearest time
	// of creation).
	How string `json:"how"`
}

// NearMiss is the image that fails the fewest predicates, the first one by its Ref.
type NearMiss struct {
	image.Ref
	Name  string        `json:"name,omitempty"`
	Fails []image.Field `json:"fails"`
}

// Outside counts images that fulfil every predicate but sources, and are not in the
// scope of the query.
type Outside struct {
	Reason  OutsideReason `json:"reason"`
	Source  image.Source  `json:"source,omitempty"` // of the images, for OutsideSources
	Param   string        `json:"param,omitempty"`  // with the default that leaves them out, for OutsideDefault
	Effect  string        `json:"effect,omitempty"` // of the default, and the way to include the images
	Images  int           `json:"images"`
	Example image.Ref     `json:"example"`
}

// OutsideReason says what puts an image outside the scope of a query.
type OutsideReason string

// The reasons why an image is outside the scope.
const (
	OutsideSources OutsideReason = "sources" // it is of a source that is not requested
	OutsideNative  OutsideReason = "native"  // the query's Native parameters leave it out
	OutsideDefault OutsideReason = "default" // a default of the provider leaves it out
)

// TargetScope is the scope of a query at one target.
type TargetScope struct {
	Target   string         `json:"target"`
	Provider string         `json:"provider"`
	Region   string         `json:"region,omitempty"`
	Complete bool           `json:"complete"`          // the target did not fail
	Images   int            `json:"images"`            // in the scope
	Matched  int            `json:"matched"`           // of them, those that match the query
	Sources  []image.Source `json:"sources,omitempty"` // that are listed; nil: the API does not say

	// DefaultSources reports whether Sources are the provider's default scope, since
	// the query has neither sources nor IDs.
	DefaultSources bool `json:"default_sources"`
	// Defaults are those of the provider that narrow the scope.
	Defaults []Default `json:"defaults,omitempty"`
	// Unreported are the predicates on fields that the API never reports, so that no
	// image of this target can match.
	Unreported []image.Field `json:"unreported,omitempty"`
	// NotRequested are remarks about values that no image of the API can have.
	NotRequested []string `json:"not_requested,omitempty"`
	// Error says on one line why the target failed; empty if it is complete.
	Error string `json:"error,omitempty"`
}

// Cause is one reason why no image matches, on one line.
type Cause struct {
	Kind  CauseKind   `json:"kind"`
	Field image.Field `json:"field,omitempty"` // the predicate, if the cause is about one
	Text  string      `json:"text"`            // without the name of the predicate
}

// CauseKind classifies a [Cause].
type CauseKind string

// The kinds of causes.
const (
	CauseFailed       CauseKind = "failed"        // a target failed: its images are unknown
	CauseOutside      CauseKind = "outside"       // images match outside the scope
	CauseEmpty        CauseKind = "empty"         // the scope holds no images
	CauseValue        CauseKind = "value"         // no image of the scope has any of the values
	CausePredicate    CauseKind = "predicate"     // one predicate alone excludes images
	CauseTogether     CauseKind = "together"      // several predicates exclude each other
	CauseNotRequested CauseKind = "not_requested" // no image of an API can have a value
	CauseUnreported   CauseKind = "unreported"    // an API never reports a field
	CauseUnseen       CauseKind = "unseen"        // images that no target can see
)

// String returns the predicate, if any, and the text.
func (c Cause) String() string {
	if c.Field != "" {
		return string(c.Field) + ": " + c.Text
	}
	return c.Text
}

// String returns the diagnosis as text of several lines, for display: the counts,
// the predicates, and the causes.
func (d Diagnosis) String() string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s in the scope of %s; %d match\n", countImages(d.Images), d.Query, d.Matched)
	for _, p := range d.Predicates {
		fmt.Fprintf(&b, "  %s: excludes %d, alone %d\n", p.Field, p.Excludes, p.Alone)
	}
	for _, c := range d.Causes {
		fmt.Fprintf(&b, "  cause: %s\n", oneLine(c.String()))
	}
	return b.String()
}

func countImages(n int) string {
	if n == 1 {
		return "1 image"
	}
	return fmt.Sprintf("%d images", n)
}

// diagnosis completes the result.
func (w *missSearch) diagnosis(err error) Diagnosis {
	d := Diagnosis{
		Query: w.query, Complete: err == nil, Images: w.counts.images, Matched: w.counts.matched,
		Predicates: []Exclusion{}, Widened: w.widened, Outside: w.outside, Targets: []TargetScope{}, Causes: []Cause{},
	}
	for _, p := range w.counts.predicates {
		d.Predicates = append(d.Predicates, p.exclusion())
	}
	if w.counts.fails != 0 && d.Matched == 0 {
		d.Closest = &w.counts.closest
	}
	for i, target := range w.targets {
		d.Targets = append(d.Targets, w.scopes[i].describe(target, w.query))
	}
	sortOutside(d.Outside)
	d.addCauses(w.counts.explained())
	return d
}

func (p *predicateCounts) exclusion() Exclusion {
	out := Exclusion{
		Field: p.field, Values: p.values, Excludes: p.excludes, Alone: p.alone,
		Instead: p.instead.first, MoreInstead: p.instead.more, Missing: p.missing.list(),
	}
	if p.alone > 0 {
		out.Example = &p.example
	}
	return out
}

func (s *scope) describe(target Target, q image.Query) TargetScope {
	c := target.Client
	_, notRequested := c.narrow(q)
	out := TargetScope{
		Target: target.Name, Provider: c.info.Name, Region: c.info.Region, Complete: s.err == nil,
		Images: s.images, Matched: s.matched, Sources: s.sources, DefaultSources: len(q.Sources) == 0 && len(q.IDs) == 0,
		Defaults: s.defaults, Unreported: c.unreported(q), NotRequested: notRequested,
	}
	if s.err != nil {
		out.Error = oneLine(s.err.Error())
	}
	return out
}
