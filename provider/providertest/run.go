package providertest

import (
	"fmt"
	"maps"
	"slices"
	"testing"
	"testing/synctest"
)

// Run checks that the adapter of a harness is right. Each check is a parallel
// subtest with a world of its own.
func Run(t *testing.T, h Harness) {
	t.Helper()
	for _, problem := range h.problems() {
		t.Error(problem)
	}
	if t.Failed() {
		return
	}
	for _, c := range checks {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			if reason, excused := h.Cannot[c.name]; excused {
				t.Logf("not checked: %s", reason)
				return
			}
			failures := c.failures(t, h, thorough)
			for _, failure := range failures {
				t.Error(failure)
			}
			if len(failures) > 0 {
				t.Logf("why: %s", c.why)
			}
		})
	}
}

// problems are mistakes in the harness itself.
func (h Harness) problems() (out []string) {
	if h.World == nil || h.Open == nil {
		out = append(out, "the harness needs World and Open")
	}
	for _, name := range slices.Sorted(maps.Keys(h.Cannot)) {
		switch {
		case !slices.ContainsFunc(checks, func(c check) bool { return c.name == name }):
			out = append(out, fmt.Sprintf("Harness.Cannot names %q, which is no check", name))
		case h.Cannot[name] == "":
			out = append(out, fmt.Sprintf("Harness.Cannot gives no reason for %q", name))
		}
	}
	return out
}

// check is one rule.
type check struct {
	name, why string
	run       func(*trial)
	waits     bool // it runs where time passes as soon as everybody waits
}

// failures runs the check and returns what is wrong.
func (c check) failures(t *testing.T, h Harness, e effort) []error {
	t.Helper()
	trial := &trial{check: c, harness: h, effort: e}
	if !c.waits {
		trial.use(t)
		return trial.failed
	}
	synctest.Test(t, func(t *testing.T) { trial.use(t) })
	return trial.failed
}

// effort says how many questions the checks ask that could ask any number.
type effort struct {
	world     int // images of a world: enough of each kind, and few enough to be asked thousands of times
	queries   int // random queries, under the first reading
	further   int // and under each of the others
	minField  int // of these, queries that set a field
	singles   int // values of a predicate that are asked for one by one
	pairs     int // queries of two predicates, for each two of them
	questions int // of each of many goroutines
	huge      int // bytes of an answer that is too long
}

var thorough = effort{world: 80, queries: 2000, further: 1000, minField: 50, singles: 12, pairs: 3, questions: 8, huge: 48 << 20}
