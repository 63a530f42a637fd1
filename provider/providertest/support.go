package providertest

import (
	"errors"
	"slices"
	"strings"

	"github.com/imagequery/imagequery/image"
	"github.com/imagequery/imagequery/provider"
)

// supportPushed compares what Info says of each predicate with the requests.
func supportPushed(t *trial) {
	world := t.harness.World(t.effort.world)
	info := t.open(world, provider.Config{}).Client.Info()
	for _, f := range reported(info) {
		s := t.open(world, provider.Config{})
		usual, seen := t.sentFor(s, image.Query{}), false
		for q := range singles(world, f, t.effort.singles) {
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

// sentFor returns what a query sends, pages aside.
func (t *trial) sentFor(s *Session, q image.Query) map[string]bool {
	out := map[string]bool{}
	var err error
	for _, r := range asked(s, func() { _, err = t.answer(s, q) }) {
		out[r.Action+"?"+t.essence(r).Encode()] = true
	}
	if err != nil {
		t.failf("%s: %w", q, err)
	}
	return out
}

// supportNone asks for what the API never reports.
func supportNone(t *trial) {
	s := t.open(t.harness.World(t.effort.world), provider.Config{})
	info := s.Client.Info()
	for _, f := range withSupport(info, provider.None) {
		q := fullQuery(f)
		sent := asked(s, func() {
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
	for q := range singles(m, f, 1) {
		return q
	}
	return image.Query{}
}

func (t *trial) checkRefused(s *Session, f image.Field, q image.Query) {
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

func (t *trial) checkSkipped(s *Session, f image.Field, q image.Query) {
	if got, err := t.answer(s, q); err != nil || len(got) > 0 {
		t.failf("%s with SkipUnreported: %d images came, error %v", f, len(got), err)
	}
	var report provider.Report
	ctx := provider.WithTrace(t.context(), &provider.Trace{Target: func(r provider.Report) { report = r }})
	targets := []provider.Target{{Name: "only", Client: s.Client}}
	hits, err := provider.Collect(provider.Search(ctx, targets, q, nil))
	if err != nil || len(hits) > 0 || !report.Complete || !slices.Equal(report.Skipped, []image.Field{f}) {
		t.failf("%s with SkipUnreported in a search: %d images, error %v, complete %t, skipped %v", f, len(hits), err, report.Complete, report.Skipped)
	}
}
