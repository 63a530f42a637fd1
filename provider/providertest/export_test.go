package providertest

import "testing"

// Checks lists the names of all checks.
func Checks() []string {
	var out []string
	for _, c := range checks {
		out = append(out, c.name)
	}
	return out
}

// Effort bounds the checks that could run any number of queries.
type Effort = effort

var (
	// Little is enough to find a mutant with wrong results.
	Little = Effort{world: 25, queries: 120, further: 50, minField: 1, oneField: 4, twoFields: 1, perGoroutine: 2, hugeBytes: 2 << 20}
	// Least is enough to find one whose results are right.
	Least = Effort{world: 25, queries: 10, further: 10, oneField: 1, perGoroutine: 1, hugeBytes: 2 << 20}
)

// Failures runs all checks with an effort, and returns what each finds wrong.
func Failures(t *testing.T, h Harness, e Effort) map[string][]error {
	out := map[string][]error{}
	for _, c := range checks {
		if _, excused := h.Cannot[c.name]; excused {
			continue
		}
		if failures := c.failures(t, h, e); len(failures) > 0 {
			out[c.name] = failures
		}
	}
	return out
}

// MissingError says that a check lacks something of the harness.
type MissingError = missingError

// Problems are mistakes in a harness.
func Problems(h Harness) []string { return h.problems() }

// Demand returns what the check with a name demands.
func Demand(name string) string { return check{name: name}.demand() }
