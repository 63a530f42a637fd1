package provider

import (
	"cmp"
	"context"
	"errors"
	"slices"
	"time"

	"github.com/imagequery/imagequery/image"
)

// Why lists the scope of a query and reports which predicates exclude how many
// images, and the causes why none matches. It takes the targets and options of
// [Search]. A limit and SkipUnreported are ignored.
//
// The scope is listed without pushdown, so that every image in it is received and
// counted. If no image matches and the scope does not explain it, the scope is
// widened step by step: to every source, without the query's Native parameters, and
// without each default of the provider that narrows a listing. The first step that
// finds images that fulfil the other predicates is reported as [Diagnosis.Outside].
// These listings use pushdown. The scope explains a miss if dropping one predicate
// alone would give matches, and an image in the scope fulfils that predicate or has
// a value that differs from a wanted one in case or white space only.
//
// Why needs memory for a few values of each predicate and, as any listing, about 24
// bytes per image.
//
// If targets fail, Why returns the diagnosis of the others, not Complete, together
// with the joined errors, each a [*TargetError]. The Kinds are those of [Search],
// but predicates that an API never reports are part of the diagnosis and no error.
func Why(ctx context.Context, targets []Target, q image.Query, options *SearchOptions) (Diagnosis, error) {
	s := search{targets: targets, query: q}
	if options != nil {
		s.options = *options
	}
	if err := s.check(); err != nil {
		return Diagnosis{}, err
	}
	w := newMissSearch(targets, s.query, options)
	err := w.listScope(ctx)
	if !w.counts.explained() {
		err = errors.Join(err, w.widen(withoutTargets(ctx)))
	}
	return w.diagnosis(err), err
}

// missSearch finds out why no image matches a query.
type missSearch struct {
	targets []Target
	query   image.Query // normalized, without a limit
	options *SearchOptions
	scopes  []scope // by target
	counts  *missCounts
	outside []Outside
	widened bool
}

func newMissSearch(targets []Target, q image.Query, options *SearchOptions) *missSearch {
	q.Limit, q.SkipUnreported = 0, false
	return &missSearch{targets: targets, query: q, options: options, counts: newMissCounts(q), scopes: make([]scope, len(targets))}
}

// listScope counts every image in the scope of the query.
func (w *missSearch) listScope(ctx context.Context) error {
	targets := slices.Clone(w.targets)
	index := map[string]int{}
	for i := range targets {
		index[targets[i].Name] = i
		targets[i].Client = targets[i].Client.withPlan(func(c *Client) ([]Call, error) {
			s := c.scopeOf(w.query)
			return s.calls, s.err
		})
	}
	err := eachHit(Search(ctx, targets, image.Query{}, w.options), func(hit Hit) {
		s := &w.scopes[index[hit.Target]]
		s.images++
		if w.counts.add(&hit.Image) {
			s.matched++
		}
	}, func(failed *TargetError) { w.scopes[index[failed.Target]].err = failed.Err })
	w.describeScopes()
	return err
}

// describeScopes completes the scopes of the targets that were listed, since their plans
// depend on what an adapter has learned by then.
func (w *missSearch) describeScopes() {
	for i, target := range w.targets {
		listed := w.scopes[i]
		s := target.Client.scopeOf(w.query)
		s.images, s.matched, s.err = listed.images, listed.matched, cmp.Or(listed.err, s.err)
		w.scopes[i] = s
	}
}

// widen repeats the search in wider scopes until one has images that match.
func (w *missSearch) widen(ctx context.Context) error {
	var errs []error
	for step := 0; len(w.outside) == 0; step++ {
		targets, index := w.widerTargets(step)
		if len(targets) == 0 {
			break
		}
		w.widened = true
		errs = append(errs, w.listWider(ctx, targets, index, step))
	}
	return errors.Join(errs...)
}

// widerTargets returns the targets that have a step, with its calls, and their
// positions by name.
func (w *missSearch) widerTargets(step int) ([]Target, map[string]int) {
	var targets []Target
	index := map[string]int{}
	for i, target := range w.targets {
		if s := w.scopes[i]; s.err == nil && step < len(s.wider) {
			target.Client = target.Client.withPlan(func(c *Client) ([]Call, error) { return c.widerCalls(w.query, step), nil })
			index[target.Name] = i
			targets = append(targets, target)
		}
	}
	return targets, index
}

func (w *missSearch) listWider(ctx context.Context, targets []Target, index map[string]int, step int) error {
	wanted := w.query
	wanted.Sources, wanted.Native = nil, nil
	return eachHit(Search(ctx, targets, wanted, w.options), func(hit Hit) {
		s := w.scopes[index[hit.Target]]
		w.addOutside(s.wider[step].outside(s.sources, hit.Image), hit)
	}, func(failed *TargetError) { w.scopes[index[failed.Target]].err = failed.Err })
}

// addOutside counts an image that matches outside the scope for a reason.
func (w *missSearch) addOutside(o Outside, hit Hit) {
	for i := range w.outside {
		if known := &w.outside[i]; known.Reason == o.Reason && known.Source == o.Source && known.Param == o.Param {
			known.Images++
			known.Example = firstRef(known.Example, hit.Image.Ref)
			return
		}
	}
	o.Images, o.Example = 1, hit.Image.Ref
	w.outside = append(w.outside, o)
}

// eachHit drains a search. It returns its joined errors.
func eachHit(hits func(func(Hit, error) bool), found func(Hit), failed func(*TargetError)) error {
	var errs []error
	for hit, err := range hits {
		if err == nil {
			found(hit)
			continue
		}
		errs = append(errs, err)
		if target := (*TargetError)(nil); errors.As(err, &target) {
			failed(target)
		}
	}
	return errors.Join(errs...)
}

// appendValues appends the texts of an image that the predicate on a field is about.
// Unreported ones are left out.
func appendValues(out []string, f image.Field, m *image.Image) []string {
	switch f {
	case image.FieldTags:
		for key, value := range m.Tags {
			out = append(out, key+"="+value)
		}
		return out
	case image.FieldSourceSnapshots:
		return append(out, m.SourceSnapshots...)
	}
	if value := valueOf(f, m); value != "" {
		out = append(out, value)
	}
	return out
}

func valueOf(f image.Field, m *image.Image) string {
	switch f {
	case image.FieldIDs:
		return m.ID
	case image.FieldNames, image.FieldNameGlobs, image.FieldNameContains:
		return m.Name
	case image.FieldFamilies:
		return m.Family
	case image.FieldRegions:
		return m.Region
	case image.FieldSources:
		return string(m.Source)
	case image.FieldOwners:
		return m.Owner
	case image.FieldVisibilities:
		return string(m.Visibility)
	case image.FieldStatuses:
		return string(m.Status)
	case image.FieldOSes:
		return string(m.OS)
	case image.FieldPlatforms:
		return m.Platform
	case image.FieldOSVersions:
		return m.OSVersion
	case image.FieldArchs:
		return string(m.Arch)
	case image.FieldSourceInstances:
		return m.SourceInstance
	case image.FieldResourceGroups:
		return m.ResourceGroup
	case image.FieldCreatedAfter, image.FieldCreatedBefore:
		return timeText(m.Created)
	default:
		return ""
	}
}

func timeText(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.UTC().Format(time.RFC3339)
}
