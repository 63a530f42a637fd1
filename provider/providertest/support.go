package providertest

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"net/url"
	"reflect"
	"slices"
	"strings"
	"time"

	"github.com/imagequery/imagequery/image"
	"github.com/imagequery/imagequery/provider"
)

// supportPushed compares what Info says of each predicate with the requests.
func supportPushed(t *checkRun) {
	world := t.harness.World(t.effort.world)
	s := t.open(world, provider.Config{})
	info := s.Client.Info()
	usual := t.sentFor(s, image.Query{})
	for _, f := range reported(info) {
		seen := false
		for q := range oneFieldQueries(world, f, t.effort.oneField) {
			for request := range t.sentFor(s, q) {
				seen = seen || !usual[request]
			}
			if seen {
				break
			}
		}
		support := info.Support[f]
		if pushed := support == provider.Exact || support == provider.Superset; seen != pushed {
			t.failf("%s: Info says %s, and requests show it: %t", f, support, seen)
		}
	}
}

// sentFor returns the parameters that a query sends, without those of paging.
func (t *checkRun) sentFor(s *Session, q image.Query) map[string]bool {
	out := map[string]bool{}
	var err error
	for _, r := range requestsOf(s, func() { _, err = t.answer(s, q) }) {
		out[r.Action+"?"+t.operationParams(r).Encode()] = true
	}
	if err != nil {
		t.failf("%s: %w", q, err)
	}
	return out
}

// supportNone queries fields that the API never reports.
func supportNone(t *checkRun) {
	s := t.open(t.harness.World(t.effort.world), provider.Config{})
	info := s.Client.Info()
	for _, f := range withSupport(info, provider.None) {
		q := fullQuery(f)
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

// fullQuery sets a predicate, whatever it is.
func fullQuery(f image.Field) image.Query {
	m := Images(provider.Info{Name: "any", Region: "any"}, 50)
	for q := range oneFieldQueries(m, f, 1) {
		return q
	}
	return image.Query{}
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
				t.failf("%s%s is called exact, and the server returned %d images that do not match", o.readingPrefix(), f, n)
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

// countSuperset counts the images that the server returns for a predicate and that do
// not match it.
func (o *oracle) countSuperset(f image.Field) (dropped int) {
	for q := range oneFieldQueries(o.world, f, o.effort.oneField) {
		plan, err := o.session.Client.Explain(q)
		if err != nil {
			o.failf("%s: %w", q, err)
			return dropped
		}
		for _, call := range plan.Calls {
			if slices.Contains(call.Pushed, f) {
				dropped += o.countNonMatching(o.session, q, call)
			}
		}
	}
	return dropped
}

// countNonMatching counts the images of a call that do not match.
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
	for q := range oneFieldQueries(world, f, t.effort.oneField) {
		s := t.open(world, provider.Config{})
		t.requires(s.Ignore != nil, "Session.Ignore, since the world has no image that only the predicate "+string(f)+" excludes")
		base, err1 := s.Client.Explain(image.Query{})
		plan, err2 := s.Client.Explain(q)
		if err1 != nil || err2 != nil {
			t.failf("%s: errors %v, %v", q, err1, err2)
			return
		}
		for _, call := range plan.Calls {
			if !slices.Contains(call.Pushed, f) {
				continue
			}
			sent = true
			s.Ignore(addedParams(base.Calls[0], call)...)
			if t.countNonMatching(s, q, call) > 0 {
				return
			}
		}
	}
	if !sent {
		return // which another check is for
	}
	t.failf("%s is called superset, and the server never returned an image that does not match, even when it ignores the predicate", f)
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
		plan, ok := t.explainOnce(s, q)
		if !ok {
			continue
		}
		var err error
		sent := requestsOf(s, func() { _, err = t.answer(s, q) })
		if err != nil {
			t.failf("%s: %w", q, err)
		}
		t.checkSent(q, plan, sent)
	}
}

// openForPlans opens a session, and returns queries of all sorts that suit it.
func (t *checkRun) openForPlans() (*Session, []image.Query) {
	world := t.harness.World(t.effort.world)
	s := t.open(world, provider.Config{})
	random := Queries(9, t.effort.queries/10, world, reported(s.Client.Info()))
	return s, slices.AppendSeq([]image.Query{{}}, random)
}

// explainOnce returns the plan. It checks that no request was sent and that the plan
// prints all its fields.
func (t *checkRun) explainOnce(s *Session, q image.Query) (plan *provider.Plan, ok bool) {
	var err error
	if sent := requestsOf(s, func() { plan, err = s.Client.Explain(q) }); len(sent) > 0 {
		t.failf("%s: Explain sent %d requests", q, len(sent))
	}
	if err != nil {
		t.failf("%s: %w", q, err)
		return nil, false
	}
	text := plan.String()
	for _, call := range plan.Calls {
		for name, values := range call.Params {
			if line := name + "=" + values[0]; !strings.Contains(text, line) {
				t.failf("%s: the text of the plan lacks %s:\n%s", q, line, text)
			}
		}
	}
	return plan, true
}

// checkSent checks that every call of the plan was sent, and no other.
func (t *checkRun) checkSent(q image.Query, plan *provider.Plan, sent []Request) {
	planned := map[string]bool{}
	for _, call := range plan.Calls {
		planned[call.Action+"?"+call.Params.Encode()] = false
	}
	for _, r := range sent {
		key := r.Action + "?" + t.operationParams(r).Encode()
		if _, ok := planned[key]; !ok {
			t.failf("%s: %s was sent, and the plan has\n%s", q, key, plan)
			return
		}
		planned[key] = true
	}
	for key, was := range planned {
		if !was {
			t.failf("%s: the plan has %s, which was not sent", q, key)
		}
	}
}

// operationParams is a request without what every request has: the page and the protocol.
func (t *checkRun) operationParams(r Request) url.Values {
	out := maps.Clone(r.Params)
	for _, name := range slices.Concat(t.harness.Paging, t.harness.Protocol) {
		delete(out, name)
	}
	return out
}

// plan makes the same plan twice, and writes into the first.
func plan(t *checkRun) {
	s, queries := t.openForPlans()
	for _, q := range queries {
		if t.tooManyFailures() {
			return
		}
		before := q.String()
		first, err1 := s.Client.Explain(q)
		second, err2 := s.Client.Explain(q)
		if err1 != nil || err2 != nil || !reflect.DeepEqual(first, second) {
			t.failf("%s: two plans differ, errors %v, %v:\n%s\n%s", q, err1, err2, first, second)
			continue
		}
		was := fmt.Sprintf("%+v", *second)
		for _, call := range first.Calls {
			if call.Params != nil {
				call.Params.Set("written", "by the caller")
			}
			clear(call.Pushed)
		}
		third, err := s.Client.Explain(q)
		if err != nil || fmt.Sprintf("%+v", *second) != was || fmt.Sprintf("%+v", *third) != was {
			t.failf("%s: what a caller writes into a plan shows in others, error %v:\n%s\n%s", q, err, second, third)
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
		p, err := s.Client.Explain(q)
		before = append(before, fmt.Sprintf("%v, error %v", p, err))
	}
	time.Sleep(400*24*time.Hour + time.Hour + time.Minute + time.Second)
	for i, q := range queries {
		p, err := s.Client.Explain(q)
		if after := fmt.Sprintf("%v, error %v", p, err); after != before[i] {
			t.failf("%s: the plan has changed after a year:\n%s\n%s", q, before[i], after)
		}
	}
}

// checkCallIsKept checks that fetching the pages of a call does not change it.
func (t *checkRun) checkCallIsKept(s *Session) {
	call := t.firstCall(s)
	before := provider.Call{Action: call.Action, Params: maps.Clone(call.Params), Pushed: slices.Clone(call.Pushed), Paging: call.Paging, Partition: call.Partition}
	if _, err := provider.Collect(s.Client.Do(t.context(), call)); err != nil {
		t.failf("the first call of the empty query: %w", err)
	}
	if !reflect.DeepEqual(before, call) {
		t.failf("to fetch its pages changed the call\n%+v\nto\n%+v", before, call)
	}
}
