package provider

import (
	"cmp"
	"context"
	"fmt"
	"iter"
	"maps"
	"slices"
	"time"

	"golang.org/x/sync/errgroup"

	"github.com/imagequery/imagequery/image"
)

// Target is one client under a name that is unique in a search.
type Target struct {
	Name   string
	Client *Client
}

// Hit is one image and the target that it was found in.
type Hit struct {
	Target string      `json:"target"`
	Image  image.Image `json:"image"`
}

// TargetError says that one target failed, so its images may be missing.
type TargetError struct {
	Target string
	Report Report // how far it came
	Err    error
}

func (e *TargetError) Error() string { return fmt.Sprintf("%s: %v", e.Target, e.Err) }

// Unwrap returns what happened.
func (e *TargetError) Unwrap() error { return e.Err }

// SearchOptions tune a search. Nil means the defaults.
type SearchOptions struct {
	Concurrency   int           // targets that are asked at once; 0: 16
	TargetTimeout time.Duration // for one target, once it is being asked, with the time that its hits wait to be taken; 0: none
	FailFast      bool          // the first failure ends the search

	// Distinct gives each image once among the targets with the same endpoint
	// host, as the first of them in the list of targets sees it. The hits of the
	// later ones then wait for those before.
	Distinct bool
}

const defaultConcurrency = 16

// Search asks many targets the same query. Hits come as they arrive: those of one
// target in its order, those of several interleaved. A target that fails yields
// one [*TargetError], and the others go on. The query's limit holds over all
// targets, and what it stops is no failure; which images come then depends on who
// answers first. If ctx ends, its error comes last.
// The [Trace] of ctx gets a [Report] of every target.
//
// A query that is not valid, a Native section for a provider that no target has,
// and targets without a client or a unique name are [InvalidArgument], and
// nothing is sent.
func Search(ctx context.Context, targets []Target, q image.Query, options *SearchOptions) iter.Seq2[Hit, error] {
	return func(yield func(Hit, error) bool) {
		s := search{
			targets: slices.Clone(targets), query: q, yield: yield, target: ContextTrace(ctx).Target,
			yielded: make([]int, len(targets)), failed: make([]bool, len(targets)),
		}
		if options != nil {
			s.options = *options
		}
		if err := s.check(); err != nil {
			yield(Hit{}, err)
			return
		}
		s.query = q.Normalized()
		if s.run(ctx) && ctx.Err() != nil {
			yield(Hit{}, &Error{Err: contextEnd(ctx)})
		}
	}
}

// search is one run over the targets.
type search struct {
	targets []Target
	query   image.Query
	options SearchOptions
	yield   func(Hit, error) bool
	target  func(Report) // hook; may be nil

	enough  bool // the limit is reached, or the consumer has gone
	stopped bool // nothing is yielded any more
	found   int
	yielded []int  // hits of each target
	failed  []bool // targets whose failure was yielded
}

// event is what a target reports.
type event struct {
	target int
	kind   eventKind
	image  image.Image
	err    error // of a failure
	report Report
}

type eventKind uint8

const (
	imageFound   eventKind = iota
	targetFailed           // before it is done
	targetDone
)

// run yields hits and failures until all targets are done. It returns only then,
// and reports whether the consumer saw everything.
func (s *search) run(ctx context.Context) bool {
	ctx, cancel := context.WithCancel(ctx)
	events := s.ask(ctx)
	defer func() {
		s.enough, s.stopped = true, true
		cancel()
		for e := range events {
			s.take(e)
		}
	}()
	pick := newPicker(s)
	for e := range events {
		pick.add(e)
		if s.stopped {
			cancel()
		}
	}
	return !s.stopped
}

// take handles one event, in the order in which the consumer is to see them.
func (s *search) take(e event) {
	switch {
	case e.kind == targetDone:
		s.done(e)
	case s.stopped:
	case e.kind == targetFailed:
		s.failed[e.target] = true
		s.enough = !s.yield(Hit{}, e.err)
		s.stopped = s.enough || s.options.FailFast
	default:
		s.found++
		s.yielded[e.target]++
		s.enough = !s.yield(Hit{Target: s.targets[e.target].Name, Image: e.image}, nil) || s.found == s.query.Limit
		s.stopped = s.enough
	}
}

// done closes the report of a target. What it failed to bring is not missing if
// nobody wanted it any more.
func (s *search) done(e event) {
	if s.target == nil {
		return
	}
	e.report.Matched = s.yielded[e.target]
	if s.enough && !s.failed[e.target] {
		e.report.Complete, e.report.Err = true, nil
	}
	s.target(e.report)
}

// ask starts the targets, and closes the channel when all are done.
func (s *search) ask(ctx context.Context) <-chan event {
	events := make(chan event)
	var group errgroup.Group
	group.SetLimit(cmp.Or(s.options.Concurrency, defaultConcurrency))
	go func() {
		defer close(events)
		for i := range s.targets {
			group.Go(func() error {
				s.askTarget(ctx, i, events)
				return nil
			})
		}
		_ = group.Wait()
	}()
	return events
}

func (s *search) askTarget(ctx context.Context, i int, events chan<- event) {
	target, began := s.targets[i], time.Now()
	c := &counter{report: Report{Target: target.Name, Provider: target.Client.info.Name, Region: target.Client.info.Region}}
	if s.query.SkipUnreported {
		c.report.Skipped = target.Client.unreported(s.query)
	}
	asked := WithTrace(ctx, c.trace())
	if s.options.TargetTimeout > 0 {
		var cancel context.CancelFunc
		asked, cancel = context.WithTimeout(asked, s.options.TargetTimeout)
		defer cancel()
	}
	var failure error
	for m, err := range target.Client.Images(asked, s.query) {
		if err != nil {
			failure = err
			break
		}
		c.count(func(r *Report) { r.Matched++ })
		events <- event{target: i, image: m}
	}
	report := c.finish(began, failure)
	if failure != nil {
		events <- event{target: i, kind: targetFailed, err: &TargetError{Target: target.Name, Report: report, Err: failure}}
	}
	events <- event{target: i, kind: targetDone, report: report}
}

func (s *search) check() error {
	if err := s.query.Validate(); err != nil {
		return &Error{Kind: InvalidArgument, Err: err}
	}
	if o := s.options; o.Concurrency < 0 || o.TargetTimeout < 0 {
		return badSearch("SearchOptions: Concurrency %d, TargetTimeout %s: negative; leave them 0 for the default", o.Concurrency, o.TargetTimeout)
	}
	names := map[string]bool{}
	providers := map[string]bool{}
	for i, target := range s.targets {
		if target.Client == nil {
			return badSearch("target %d (%q) has no Client; make one with an adapter's New", i, target.Name)
		}
		if target.Name == "" || names[target.Name] {
			return badSearch("target %d: name %q: want a unique, non-empty name", i, target.Name)
		}
		names[target.Name] = true
		providers[target.Client.info.Name] = true
	}
	for _, name := range slices.Sorted(maps.Keys(s.query.Native)) {
		if !providers[name] {
			return badSearch("query field native: no target has the provider %q; remove its section, or add a target", name)
		}
	}
	return nil
}

func badSearch(format string, args ...any) error {
	return &Error{Kind: InvalidArgument, Message: fmt.Sprintf(format, args...)}
}
