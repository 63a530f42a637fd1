package provider

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"sync"

	"golang.org/x/sync/errgroup"

	"github.com/imagequery/imagequery/image"
)

// Standing says whether a recorded choice still holds.
type Standing string

// The standings of an entry of a [Resolution].
const (
	// StandingCurrent: the query chooses this image today.
	StandingCurrent Standing = "current"

	// StandingSuperseded: the image is available or still matches the query, and the
	// query chooses another one today, which is in By.
	StandingSuperseded Standing = "superseded"

	// StandingDeprecated: the image is deprecated and no longer matches the query. By
	// is the image that the query chooses today, if any.
	StandingDeprecated Standing = "deprecated"

	// StandingGone: the image does not exist, cannot be launched, or no longer
	// matches the query while no other image of its group does. By is the image that
	// the query chooses today, if any.
	StandingGone Standing = "gone"

	// StandingUnknown: a target that could decide it failed, or the query does not choose
	// the image and its target is not among the targets. Err says which. By is the newest image of the
	// targets that answered, if it is another one.
	StandingUnknown Standing = "unknown"
)

// Verdict says how one entry of a [Resolution] stands.
type Verdict struct {
	Entry    Resolved // as recorded
	Standing Standing
	By       *Hit // the other image that the query chooses for the group today; nil: there is none

	// Changed reports whether the image exists and its neutral record differs from
	// the recorded digest: its name, owner, tags or another field. A version of the
	// library that reads more fields than the one that made the record also has
	// another digest.
	Changed bool

	Err error // of the target that failed, if Standing is StandingUnknown; else nil
}

// Verify runs the query of a record again and returns a verdict for each entry, in
// the order of the record. Targets should be those of the record, under the same
// names. Groups that the record does not have are not reported.
//
// The search sends the requests of one [NewestBy]. Images of the record that it does
// not return are looked up by their identifiers, together for each target, in
// whatever state they are, but not at targets that have already failed. FailFast has
// no effect.
//
// Every entry has a verdict although targets fail; the error joins the errors of the
// targets. If a target failed that can have images of an entry's group, the entry is
// never StandingCurrent, since the newest image may be there. The Kind is
// [InvalidArgument], without verdicts, if the record is not one that Resolve makes,
// and otherwise as in [Search].
func Verify(ctx context.Context, targets []Target, r Resolution, options *SearchOptions) ([]Verdict, error) {
	if err := r.validate(); err != nil {
		return nil, err
	}
	key, err := KeyOf(r.Keys...)
	if err != nil {
		return nil, err
	}
	wanted, err := NewestQuery(r.Query)
	if err != nil {
		return nil, err
	}
	if options != nil {
		all := *options
		all.FailFast = false
		options = &all
	}
	newest, errs := newestOf(ctx, targets, wanted, key, options)
	v := verifier{
		targets: targets, record: r, query: wanted, options: options,
		newest: newest, failures: failuresOf(errs), found: map[targetRef]image.Image{},
	}
	if len(errs) == 1 && len(v.failures) == 0 && errors.Is(errs[0], InvalidArgument) {
		return nil, errs[0] // the search was refused
	}
	errs = append(errs, v.lookUp(ctx)...)
	var verdicts []Verdict
	for _, e := range r.Entries {
		verdicts = append(verdicts, v.verdict(e))
	}
	return verdicts, errors.Join(errs...)
}

// verifier holds what is known about the entries of a record.
type verifier struct {
	targets []Target
	record  Resolution
	query   image.Query
	options *SearchOptions
	newest  map[string]Hit // by the key of the group
	panics  panicRecord    // of look-ups

	mu       sync.Mutex
	failures map[string]error // by the name of the target
	found    map[targetRef]image.Image
}

type targetRef struct {
	target string
	ref    image.Ref
}

// best returns the newest image of an entry's group.
func (v *verifier) best(e Resolved) (Hit, bool) {
	hit, ok := v.newest[joinGroup(v.record.Keys, e.Group)]
	return hit, ok
}

// missing returns the identifiers that the search did not return, by target.
func (v *verifier) missing() map[string][]string {
	ids := map[string][]string{}
	for _, e := range v.record.Entries {
		if hit, ok := v.best(e); !ok || hit.Image.Ref != e.Ref {
			ids[e.Target] = append(ids[e.Target], e.Ref.ID)
		}
	}
	return ids
}

// lookUp requests the images that the search did not return, and returns the errors
// of the targets that fail.
func (v *verifier) lookUp(ctx context.Context) []error {
	const atOnce = 16
	missing := v.missing()
	searched := slices.DeleteFunc(slices.Clone(v.targets), func(t Target) bool {
		return len(missing[t.Name]) == 0 || v.failures[t.Name] != nil
	})
	errs := v.checkNames(missing)
	var group errgroup.Group
	group.SetLimit(atOnce)
	for _, target := range searched {
		group.Go(func() error {
			defer v.panics.record()
			if err := v.lookUpAt(ctx, target, missing[target.Name]); err != nil {
				v.mu.Lock()
				defer v.mu.Unlock()
				v.failures[target.Name], errs = err, append(errs, err)
			}
			return nil
		})
	}
	_ = group.Wait()
	v.panics.raise()
	return errs
}

// checkNames makes a failure of each name that no target has.
func (v *verifier) checkNames(missing map[string][]string) (errs []error) {
	for _, name := range slices.Sorted(maps.Keys(missing)) {
		if slices.ContainsFunc(v.targets, func(t Target) bool { return t.Name == name }) {
			continue
		}
		v.failures[name] = &TargetError{Target: name, Err: badResolution("no target has this name, which listed an image of the record; add that target")}
		errs = append(errs, v.failures[name])
	}
	return errs
}

func (v *verifier) lookUpAt(ctx context.Context, target Target, ids []string) error {
	q := image.Query{IDs: ids, Native: v.widened(target.Client.info)}
	for hit, err := range Search(withoutTargets(ctx), []Target{target}, q, v.options) {
		if err != nil {
			return err
		}
		v.mu.Lock()
		v.found[targetRef{target.Name, hit.Image.Ref}] = hit.Image
		v.mu.Unlock()
	}
	return nil
}

// widened returns the native parameters of the record's query that list what a default
// of the provider leaves out. The others could leave out an image that has changed.
func (v *verifier) widened(info Info) map[string]map[string]string {
	params := map[string]string{}
	for _, d := range info.Defaults {
		if value := v.query.Native[info.Name][d.Param]; value != "" && value == d.Others {
			params[d.Param] = value
		}
	}
	if len(params) == 0 {
		return nil
	}
	return map[string]map[string]string{info.Name: params}
}

func (v *verifier) verdict(e Resolved) Verdict {
	out := Verdict{Entry: e}
	best, chosen := v.best(e)
	if chosen && best.Image.Ref == e.Ref {
		out.Changed = changed(e, best.Image)
		out.settle(StandingCurrent, v.failureFor(e))
		return out
	}
	if chosen {
		out.By = &best
	}
	m, found := v.found[targetRef{e.Target, e.Ref}]
	out.Changed = found && changed(e, m)
	usable := m.Status == image.StatusAvailable || v.query.Match(m)
	switch {
	case v.failures[e.Target] != nil:
		out.settle(StandingUnknown, v.failures[e.Target])
	case found && usable && chosen:
		out.settle(StandingSuperseded, nil)
	case found && usable:
		out.settle(StandingGone, v.failureFor(e))
	case found && m.Status == image.StatusDeprecated:
		out.settle(StandingDeprecated, nil)
	default:
		out.settle(StandingGone, nil)
	}
	return out
}

// settle sets the standing, which a failure makes unknown.
func (v *Verdict) settle(s Standing, failure error) {
	v.Standing, v.Err = s, failure
	if failure != nil {
		v.Standing = StandingUnknown
	}
}

// changed reports whether an image differs from the recorded one.
func changed(e Resolved, m image.Image) bool {
	digest, err := digestOf(m)
	return err != nil || digest != e.Digest
}

// failureFor returns the error of a target that can have images of an entry's group.
func (v *verifier) failureFor(e Resolved) error {
	for _, target := range v.targets {
		if err := v.failures[target.Name]; err != nil && canList(target, e.Group) {
			return err
		}
	}
	return nil
}

// canList reports whether a target can list images of a group. The region of a
// target does not bound it, because one endpoint can list several regions.
func canList(target Target, group map[GroupKey]string) bool {
	name, byTarget := group[GroupTarget]
	adapter, byProvider := group[GroupProvider]
	return (!byTarget || name == target.Name) && (!byProvider || adapter == target.Client.Info().Name)
}

// String returns the standing in words, such as "superseded by m-2".
func (v Verdict) String() string {
	if v.Standing == StandingSuperseded && v.By != nil {
		return fmt.Sprintf("%s by %s", v.Standing, v.By.Image.ID)
	}
	return string(v.Standing)
}
