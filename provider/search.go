package provider

import (
	"cmp"
	"context"
	"fmt"
	"iter"
	"maps"
	"slices"
	"sync"
	"time"

	"github.com/imagequery/imagequery/image"
)

// Target is one account of one provider in one region.
type Target struct {
	Name string // unique in a search, by convention "ACCOUNT/REGION"

	// Account groups targets that share one budget and belong to one shard.
	// Empty means Name up to the first "/".
	Account string

	Client *Client
}

// Across returns one target per region of one account, named "NAME/REGION", whose
// Account is name. Open is an adapter's New function; it is called with a copy of
// base for each region. The clients share base.Budget, or a new [Budget] without
// limits if it is nil, so that a throttled operation is held for all of them.
// Without regions there is one target, called name, for base.Region.
//
// Across sends no requests. The Kind of an error is [InvalidArgument] or that of open.
func Across(name string, open func(Config) (*Client, error), base Config, regions ...string) ([]Target, error) {
	if name == "" {
		return nil, badSearch("Across: the name is empty; want the name of an account")
	}
	if open == nil {
		return nil, badSearch("Across: the function that opens %s is nil; want an adapter's New", name)
	}
	if base.Budget == nil {
		base.Budget = new(Budget)
	}
	if len(regions) == 0 {
		target, err := newTarget(name, name, open, base)
		if err != nil {
			return nil, err
		}
		return []Target{target}, nil
	}
	var targets []Target
	for i, region := range regions {
		if region == "" || slices.Contains(regions[:i], region) {
			return nil, badSearch("Across: region %d of %s, %q: want unique, non-empty regions", i, name, region)
		}
		base.Region = region
		target, err := newTarget(name+"/"+region, name, open, base)
		if err != nil {
			return nil, err
		}
		targets = append(targets, target)
	}
	return targets, nil
}

func newTarget(name, account string, open func(Config) (*Client, error), c Config) (Target, error) {
	client, err := open(c)
	if err != nil {
		return Target{}, &TargetError{Target: name, Err: err}
	}
	return Target{Name: name, Account: account, Client: client}, nil
}

// Hit is one image and the target that returned it.
type Hit struct {
	Target string      `json:"target"`
	Image  image.Image `json:"image"`
}

// TargetError reports that one target of a search failed. Its images may be
// missing.
type TargetError struct {
	Target string
	Report Report // of the target, up to the failure
	Err    error  // usually an [*Error]
}

// Error returns the name of the target and the error on one line that is safe to
// print on a terminal.
func (e *TargetError) Error() string { return oneLine(fmt.Sprintf("%s: %v", e.Target, e.Err)) }

// Unwrap returns Err.
func (e *TargetError) Unwrap() error { return e.Err }

// SearchOptions configures a search. The zero value and a nil pointer are good
// defaults.
type SearchOptions struct {
	// InFlight is the largest number of requests in flight, over all targets; 0
	// means 256. Waits for a [Budget], between attempts, for credentials and for the
	// consumer do not count. First pages go before prefetched pages. A consumer that is
	// slower than the responses delays further requests: 100 images for each request
	// in flight may wait in memory, and as many on prefetched pages.
	InFlight int

	// TargetTimeout bounds each target, from its first request to its last hit.
	// It includes the time that a slow consumer takes, but not the waits for the
	// first request, nor under Distinct for earlier targets. 0 means no bound.
	TargetTimeout time.Duration

	// FailFast ends the search at the first failure.
	FailFast bool

	// Distinct yields each image once among the targets with the same endpoint
	// host: the hit of the target that comes first in the list. Later targets with
	// that host wait with their first pages until the earlier ones are done, so one
	// slow target delays the others with its host.
	Distinct bool
}

const defaultInFlight = 256

// Search runs one query against many targets. It yields hits as they arrive: those
// of one target in its order, those of several targets interleaved. A target that
// fails yields one [*TargetError], at any time, and the other targets continue. So
// a search yields several errors where [Client.Images] yields at most one, last: a
// loop that ends at the first error misses the hits and errors that follow. Without
// an error the hits are complete.
//
// The limit of the query holds over all targets. A target that the limit stops has
// not failed; which images are yielded then depends on which responses come first.
// If ctx ends, its error is yielded last. Breaking out of the loop cancels all
// requests. The [Trace] of ctx receives one [Report] per target.
//
// The Kind is [InvalidArgument], and nothing is sent, if the query is not valid,
// Native has a section for a provider that no target has, there are no targets, or
// a target has no client or no unique name. Other errors are [*TargetError].
func Search(ctx context.Context, targets []Target, q image.Query, options *SearchOptions) iter.Seq2[Hit, error] {
	return func(yield func(Hit, error) bool) {
		ctx, end := startSpan(ctx, SpanInfo{Kind: SpanSearch})
		s := search{
			targets: slices.Clone(targets), query: q, yield: yield, target: ContextTrace(ctx).Target, err: errUnfinished,
			yielded: make([]int, len(targets)), failed: make([]bool, len(targets)), ends: make([]EndSpan, len(targets)),
		}
		defer func() { end(s.found, s.err) }()
		if options != nil {
			s.options = *options
		}
		if err := s.check(); err != nil {
			s.err = err
			yield(Hit{}, err)
			return
		}
		s.limiter = newLimiter(cmp.Or(s.options.InFlight, defaultInFlight), s.options.Distinct)
		isWhole := s.run(ctx)
		s.err = s.failure
		if isWhole && ctx.Err() != nil {
			s.err = &Error{Err: contextEnd(ctx)}
			yield(Hit{}, s.err)
		}
	}
}

// search is one run over the targets.
type search struct {
	targets []Target
	query   image.Query
	options SearchOptions
	yield   func(Hit, error) bool
	target  func(context.Context, Report) // hook; may be nil
	limiter *limiter
	groupOf []*targetGroup // by target

	enough  bool        // the limit is reached or the consumer has stopped
	stopped bool        // no more events are yielded
	panics  panicRecord // of the targets' goroutines
	found   int
	yielded []int  // hits yielded, by target
	failed  []bool // whether the failure was yielded, by target

	failure error     // the first one of a target
	err     error     // of the span
	ends    []EndSpan // of the targets' spans; nil: not started, or over
}

// event is what a target reports.
type event struct {
	target int
	kind   eventKind
	image  image.Image
	err    error // of a failure
	report Report
	ctx    context.Context // of a target that is done
}

type eventKind uint8

const (
	imageFound   eventKind = iota
	targetFailed           // before it is done
	targetDone
)

// run yields hits and failures and returns when all targets are done. It reports
// whether the consumer received everything.
func (s *search) run(ctx context.Context) bool {
	ctx, cancel := context.WithCancel(ctx)
	events := s.start(ctx, cancel)
	defer func() { // also after a panic of the consumer or a hook
		cancel()
		for range events {
		}
		s.endSpans()
		s.panics.raise()
	}()
	defer func() {
		s.enough, s.stopped = true, true
		cancel()
		for e := range events {
			s.handle(e)
		}
	}()
	for e := range events {
		s.stopped = s.stopped || s.panics.recorded()
		s.handle(e)
		if s.stopped {
			cancel()
		}
	}
	return !s.stopped
}

// handle yields the hit or failure of an event, or ends its target.
func (s *search) handle(e event) {
	switch {
	case e.kind == targetDone:
		s.done(e)
	case s.stopped:
	case e.kind == targetFailed:
		s.failed[e.target] = true
		s.failure = cmp.Or(s.failure, e.err)
		s.enough = !s.yield(Hit{}, e.err)
		s.stopped = s.enough || s.options.FailFast
	case s.groupOf[e.target].isRepeated(e.image.Ref):
	default:
		s.found++
		s.yielded[e.target]++
		s.enough = !s.yield(Hit{Target: s.targets[e.target].Name, Image: e.image}, nil) || s.found == s.query.Limit
		s.stopped = s.enough
	}
}

// done completes the report of a target. If the consumer stopped early, a later
// failure does not make the report incomplete.
func (s *search) done(e event) {
	e.report.Matched = s.yielded[e.target]
	if s.enough && !s.failed[e.target] {
		e.report.Complete, e.report.Err = true, nil
	}
	defer s.endSpan(e.target, e.report.Matched, e.report.Err)
	if s.target != nil {
		s.target(e.ctx, e.report)
	}
}

// endSpan ends the span of a target.
func (s *search) endSpan(target, images int, err error) {
	if end := s.ends[target]; end != nil {
		s.ends[target] = nil
		end(images, err)
	}
}

// endSpans ends the spans of the targets that a panic has ended.
func (s *search) endSpans() {
	for i := range s.ends {
		s.endSpan(i, s.yielded[i], errUnfinished)
	}
}

// start starts the targets and closes the channel when all are done. A panic in one
// of them cancels the others.
func (s *search) start(ctx context.Context, cancel context.CancelFunc) <-chan event {
	events := make(chan event)
	groups, of := s.groups()
	s.groupOf = of
	var running sync.WaitGroup
	for _, g := range groups {
		running.Go(func() {
			for position := range g.targets {
				g.await(position - g.window)
				start := s.limiter.start()
				query := func() {
					defer start.end()
					defer g.finish(position)
					defer s.cancelAfterPanic(cancel)
					s.panics.guard(func() { s.queryTarget(ctx, g, position, start, events) })
				}
				if ctx.Err() != nil { // the remaining targets only fail; one after another needs less memory
					query()
				} else {
					running.Go(query)
				}
			}
		})
	}
	go func() {
		running.Wait()
		close(events)
	}()
	return events
}

func (s *search) cancelAfterPanic(cancel context.CancelFunc) {
	if s.panics.recorded() {
		cancel()
	}
}

// queryTarget runs the query at a target, and sends its images, its failure and its end
// as events.
func (s *search) queryTarget(ctx context.Context, g *targetGroup, position int, start *targetStart, events chan<- event) {
	i, began := g.targets[position], time.Now()
	target := s.targets[i]
	c := &counter{report: Report{Target: target.Name, Provider: target.Client.info.Name, Region: target.Client.info.Region}}
	if s.query.SkipUnreported {
		c.report.Skipped = target.Client.unreported(s.query)
	}
	ctx, s.ends[i] = startSpan(context.WithValue(ctx, targetKey{}, target.Name), SpanInfo{Kind: SpanTarget, Provider: c.report.Provider, Region: c.report.Region})
	targetCtx, cancel := context.WithCancelCause(WithTrace(ctx, c.trace()))
	defer cancel(nil)
	limit := &targetLimit{s.limiter, start, newTargetClock(s.options.TargetTimeout, cancel)}
	defer limit.clock.stop()

	var failure error
	out := delivery{group: g, position: position, clock: limit.clock, send: func(m image.Image) { events <- event{target: i, image: m} }}
	for m, err := range target.Client.images(limit.context(targetCtx), s.query) {
		if err != nil {
			failure = err
			break
		}
		c.count(func(r *Report) { r.Matched++ })
		out.add(m)
	}
	report := c.finish(began, failure)
	if failure != nil {
		events <- event{target: i, kind: targetFailed, err: &TargetError{Target: target.Name, Report: report, Err: failure}}
	}
	out.flush()
	events <- event{target: i, kind: targetDone, report: report, ctx: targetCtx}
}

// check validates the search and normalizes its query.
func (s *search) check() error {
	q, err := normalized(s.query)
	if err != nil {
		return err
	}
	s.query = q
	if o := s.options; o.InFlight < 0 || o.TargetTimeout < 0 {
		return badSearch("SearchOptions: InFlight %d, TargetTimeout %s: negative; leave them 0 for the default", o.InFlight, o.TargetTimeout)
	}
	if len(s.targets) == 0 {
		return badSearch("Search: no targets; give at least one")
	}
	names := map[string]bool{}
	providers := map[string]bool{}
	for i, target := range s.targets {
		if target.Client == nil || target.Client.adapter == nil {
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
