package providertest

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"reflect"
	"slices"
	"strings"
	"time"

	"github.com/imagequery/imagequery/image"
	"github.com/imagequery/imagequery/provider"
)

// supportPushed compares what Info says of each predicate with the requests.
func supportPushed(t *checkRun) {
	s, world := t.openWorld()
	info := s.Client.Info()
	usual := t.sentFor(s, image.Query{})
	for _, f := range reported(info) {
		seen := slices.ContainsFunc(oneFieldQueries(world, f, t.effort.oneField), func(q image.Query) bool {
			return slices.ContainsFunc(t.sentFor(s, q), func(request string) bool { return !slices.Contains(usual, request) })
		})
		support := info.Support[f]
		if pushed := support == provider.Exact || support == provider.Superset; seen != pushed {
			t.failf("%s: Info says %s, and requests show it: %t", f, support, seen)
		}
	}
}

// sentFor returns the operations that a query sends, without pages and protocol.
func (t *checkRun) sentFor(s *Session, q image.Query) (out []string) {
	var err error
	for _, r := range requestsOf(s, func() { _, err = t.answer(s, q) }) {
		params := maps.Clone(r.Params)
		for _, name := range slices.Concat(t.harness.Paging, t.harness.Protocol) {
			delete(params, name)
		}
		out = append(out, r.Action+"?"+params.Encode())
	}
	if err != nil {
		t.failf("%s: %w", q, err)
	}
	return out
}

func supportNone(t *checkRun) {
	s, _ := t.openWorld()
	anything := Images(provider.Info{Name: "any", Region: "any"}, 50)
	for _, f := range withSupport(s.Client.Info(), provider.None) {
		q := oneFieldQueries(anything, f, 1)[0]
		sent := requestsOf(s, func() {
			t.checkRefused(s, f, q)
			q.SkipUnreported = true
			t.checkSkipped(s, f, q)
		})
		if len(sent) > 0 {
			t.failf("%s is never reported, and %d requests were sent", f, len(sent))
		}
	}
}

func (t *checkRun) checkRefused(s *Session, f image.Field, q image.Query) {
	plan, err := s.Client.Explain(q)
	if err != nil || !slices.Equal(plan.Unsupported, []image.Field{f}) || len(plan.Calls) > 0 {
		t.failf("%s: the plan of what is never reported is, error %v:\n%s", f, err, plan)
	}
	got, err := t.answer(s, q)
	if !errors.Is(err, provider.Unsupported) || len(got) > 0 {
		t.failf("%s is never reported: %d images came, error %v: want Unsupported", f, len(got), err)
		return
	}
	for _, word := range []string{string(f), "SkipUnreported"} {
		if !strings.Contains(err.Error(), word) {
			t.failf("%s is never reported, and the error does not say %q: %v", f, word, err)
		}
	}
}

func (t *checkRun) checkSkipped(s *Session, f image.Field, q image.Query) {
	if got, err := t.answer(s, q); err != nil || len(got) > 0 {
		t.failf("%s with SkipUnreported: %d images came, error %v", f, len(got), err)
	}
	var report provider.Report
	ctx := provider.WithTrace(t.context(), &provider.Trace{Target: func(_ context.Context, r provider.Report) { report = r }})
	targets := []provider.Target{{Name: "only", Client: s.Client}}
	hits, err := provider.Collect(provider.Search(ctx, targets, q, nil))
	if err != nil || len(hits) > 0 || !report.Complete || !slices.Equal(report.Skipped, []image.Field{f}) {
		t.failf("%s with SkipUnreported in a search: %d images, error %v, complete %t, skipped %v", f, len(hits), err, report.Complete, report.Skipped)
	}
}

// supersetRows compares the rows of the server with each pushed predicate.
func supersetRows(t *checkRun) {
	dropped := map[image.Field]int{}
	var pushed []image.Field
	for _, o := range t.oracles() {
		pushed = withSupport(o.session.Client.Info(), provider.Superset, provider.Exact)
		for _, f := range pushed {
			n := o.countSuperset(f)
			if n > 0 && o.session.Client.Info().Support[f] == provider.Exact {
				t.failf("%s%s is called exact, and the server returned %d images that do not match", o.prefix, f, n)
			}
			dropped[f] += n
		}
	}
	info := t.open(nil, provider.Config{}).Client.Info()
	for _, f := range pushed {
		if info.Support[f] == provider.Superset && dropped[f] == 0 {
			t.checkIgnoredPredicate(f)
		}
	}
}

// countSuperset counts the images that the server returns for a predicate and that do not match it.
func (o *oracle) countSuperset(f image.Field) (dropped int) {
	for _, q := range oneFieldQueries(o.world, f, o.effort.oneField) {
		for _, call := range o.explain(o.session, q).Calls {
			if slices.Contains(call.Pushed, f) {
				dropped += o.countNonMatching(o.session, q, call)
			}
		}
	}
	return dropped
}

func (t *checkRun) countNonMatching(s *Session, q image.Query, call provider.Call) int {
	rows, err := provider.Collect(s.Client.Do(t.context(), call))
	if err != nil {
		t.failf("%s: %w", q, err)
	}
	return len(rows) - count(rows, q.Match)
}

// checkIgnoredPredicate repeats a query with a server that ignores the parameters of a
// predicate, if the world has no image that only the client excludes.
func (t *checkRun) checkIgnoredPredicate(f image.Field) {
	world := t.harness.World(t.effort.world)
	sent := false
	for _, q := range oneFieldQueries(world, f, t.effort.oneField) {
		s := t.open(world, provider.Config{})
		t.requires(s.Ignore != nil, "Session.Ignore, since the world has no image that only the predicate "+string(f)+" excludes")
		for _, call := range t.explain(s, q).Calls {
			if !slices.Contains(call.Pushed, f) {
				continue
			}
			sent = true
			s.Ignore(addedParams(t.firstCall(s), call)...)
			if t.countNonMatching(s, q, call) > 0 {
				return
			}
		}
	}
	if sent { // that nothing is, another check says
		t.failf("%s is called superset, and the server never returned an image that does not match, even when it ignores the predicate", f)
	}
}

// addedParams names the parameters of a call that base does not have.
func addedParams(base, call provider.Call) []string {
	return slices.DeleteFunc(slices.Sorted(maps.Keys(call.Params)), func(name string) bool {
		return slices.Equal(base.Params[name], call.Params[name])
	})
}

// explain compares plans with the requests that are sent.
func explain(t *checkRun) {
	s, queries := t.openForPlans()
	for _, q := range queries {
		if t.tooManyFailures() {
			return
		}
		var plan *provider.Plan
		if sent := requestsOf(s, func() { plan = t.explain(s, q) }); len(sent) > 0 {
			t.failf("%s: Explain sent %d requests", q, len(sent))
		}
		t.checkSent(q, plan, t.sentFor(s, q))
	}
}

// openForPlans opens a session, and returns queries of all sorts that suit it.
func (t *checkRun) openForPlans() (*Session, []image.Query) {
	s, world := t.openWorld()
	random := Queries(9, t.effort.queries/10, world, reported(s.Client.Info()))
	return s, slices.AppendSeq([]image.Query{{}}, random)
}

// explain returns the plan of a query, and ends the check if there is none.
func (t *checkRun) explain(s *Session, q image.Query) *provider.Plan {
	plan, err := s.Client.Explain(q)
	if err != nil {
		t.fatalf("%s: %w", q, err)
	}
	return plan
}

// checkSent checks that the plan prints all its parameters, that every call of it was
// sent, and no other.
func (t *checkRun) checkSent(q image.Query, plan *provider.Plan, sent []string) {
	text := plan.String()
	var planned []string
	for _, call := range plan.Calls {
		planned = append(planned, call.Action+"?"+call.Params.Encode())
		for name, values := range call.Params {
			if line := name + "=" + values[0]; !strings.Contains(text, line) {
				t.failf("%s: the text of the plan lacks %s:\n%s", q, line, text)
			}
		}
	}
	slices.Sort(planned)
	slices.Sort(sent)
	if sent = slices.Compact(sent); !slices.Equal(slices.Compact(planned), sent) {
		t.failf("%s: the requests were %q, and the plan has\n%s", q, sent, plan)
	}
}

// plan makes the same plan twice, and writes into the first.
func plan(t *checkRun) {
	s, queries := t.openForPlans()
	for _, q := range queries {
		if t.tooManyFailures() {
			return
		}
		before := q.String()
		first, second := t.explain(s, q), t.explain(s, q)
		if !reflect.DeepEqual(first, second) {
			t.failf("%s: two plans differ:\n%s\n%s", q, first, second)
			continue
		}
		was := fmt.Sprintf("%+v", *second)
		for _, call := range first.Calls {
			if call.Params != nil {
				call.Params.Set("written", "by the caller")
			}
			clear(call.Pushed)
		}
		third := t.explain(s, q)
		if fmt.Sprintf("%+v", *second) != was || fmt.Sprintf("%+v", *third) != was {
			t.failf("%s: what a caller writes into a plan shows in others:\n%s\n%s", q, second, third)
		}
		if q.String() != before {
			t.failf("the plan changed its query %s to %s", before, q)
		}
	}
	t.checkCallIsKept(s)
}

// planClock compares the plans of queries with those of a later time.
func planClock(t *checkRun) {
	s, queries := t.openForPlans()
	var before []string
	for _, q := range queries {
		before = append(before, t.explain(s, q).String())
	}
	time.Sleep(400*24*time.Hour + time.Hour + time.Minute + time.Second)
	for i, q := range queries {
		if after := t.explain(s, q).String(); after != before[i] {
			t.failf("%s: the plan has changed after a year:\n%s\n%s", q, before[i], after)
		}
	}
}

// checkCallIsKept checks that fetching the pages of a call does not change it.
func (t *checkRun) checkCallIsKept(s *Session) {
	call := t.firstCall(s)
	before := call
	before.Params, before.Pushed = maps.Clone(call.Params), slices.Clone(call.Pushed)
	if _, err := provider.Collect(s.Client.Do(t.context(), call)); err != nil {
		t.failf("the first call of the empty query: %w", err)
	}
	if !reflect.DeepEqual(before, call) {
		t.failf("to fetch its pages changed the call\n%+v\nto\n%+v", before, call)
	}
}
