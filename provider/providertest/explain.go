package providertest

import (
	"fmt"
	"maps"
	"net/url"
	"reflect"
	"slices"
	"strings"

	"github.com/imagequery/imagequery/image"
	"github.com/imagequery/imagequery/provider"
)

// explain compares plans with what the fake is sent.
func explain(t *trial) {
	world := t.harness.World(t.effort.world)
	s := t.open(world, provider.Config{})
	for q := range t.explainable(s.Client.Info(), world) {
		if t.hopeless() {
			return
		}
		plan, ok := t.explained(s, q)
		if !ok {
			continue
		}
		var err error
		sent := asked(s, func() { _, err = t.answer(s, q) })
		if err != nil {
			t.failf("%s: %w", q, err)
		}
		t.checkSent(q, plan, sent)
	}
}

// explainable are queries of all sorts.
func (t *trial) explainable(info provider.Info, world []image.Image) func(yield func(image.Query) bool) {
	return func(yield func(image.Query) bool) {
		if !yield(image.Query{}) {
			return
		}
		for q := range Queries(9, t.effort.queries/10, world, reported(info)) {
			if !yield(q) {
				return
			}
		}
	}
}

// explained returns the plan, of which nothing was sent and all can be read.
func (t *trial) explained(s *Session, q image.Query) (plan *provider.Plan, ok bool) {
	var err error
	if sent := asked(s, func() { plan, err = s.Client.Explain(q) }); len(sent) > 0 {
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

// checkSent wants every call of the plan to be sent, and nothing else.
func (t *trial) checkSent(q image.Query, plan *provider.Plan, sent []Request) {
	planned := map[string]bool{}
	for _, call := range plan.Calls {
		planned[call.Action+"?"+call.Params.Encode()] = false
	}
	for _, r := range sent {
		key := r.Action + "?" + t.essence(r).Encode()
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

// essence is a request without what every request has: the page and the protocol.
func (t *trial) essence(r Request) url.Values {
	out := maps.Clone(r.Params)
	for _, name := range slices.Concat(t.harness.Paging, t.harness.Protocol) {
		delete(out, name)
	}
	return out
}

// plan makes the same plan twice, and writes into the first.
func plan(t *trial) {
	world := t.harness.World(t.effort.world)
	s := t.open(world, provider.Config{})
	for q := range t.explainable(s.Client.Info(), world) {
		if t.hopeless() {
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

// checkCallIsKept wants the pages of a call to leave it as it is.
func (t *trial) checkCallIsKept(s *Session) {
	plan, err := s.Client.Explain(image.Query{})
	if err != nil || len(plan.Calls) == 0 {
		t.failf("the plan of the empty query has no call, error %v", err)
		return
	}
	call := plan.Calls[0]
	before := provider.Call{Action: call.Action, Params: maps.Clone(call.Params), Pushed: slices.Clone(call.Pushed), Paging: call.Paging}
	if _, err := provider.Collect(s.Client.Do(t.context(), call)); err != nil {
		t.failf("the first call of the empty query: %w", err)
	}
	if !reflect.DeepEqual(before, call) {
		t.failf("to fetch its pages changed the call\n%+v\nto\n%+v", before, call)
	}
}
