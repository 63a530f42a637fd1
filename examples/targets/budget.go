package targets

import (
	"math"
	"strconv"

	"go.yaml.in/yaml/v3"

	"github.com/imagequery/imagequery/provider"
)

const keyBudget = "budget"

// limits are those of an account's requests, as the file has them. Zero fields are no
// limits.
type limits struct {
	perSecond       float64
	burst, inFlight int
	line            int // 0: the entry has none
}

// limits returns what the key budget of an entry says.
func (r *reader) limits(node *yaml.Node) limits {
	if node == nil {
		return limits{}
	}
	l := limits{line: node.Line}
	keys := r.mapping(node, keyBudget, "per_second", "burst", "in_flight")
	if keys == nil {
		return l
	}
	l.perSecond = r.rate(keys, "per_second")
	l.burst, l.inFlight = r.positive(keys, "burst"), r.positive(keys, "in_flight")
	switch {
	case keys["per_second"] == nil && keys["in_flight"] == nil:
		r.failf(l.line, "%s: it has no limit: want per_second, in_flight or both", keyBudget)
	case keys["burst"] != nil && keys["per_second"] == nil:
		r.failf(resolved(keys["burst"]).Line, "burst: it is the number of requests that per_second saves up: want per_second besides it")
	}
	return l
}

// rate returns a number above 0, or 0 where the key is left out.
func (r *reader) rate(keys map[string]*yaml.Node, key string) float64 {
	text := r.optional(keys, key)
	rate, err := strconv.ParseFloat(text.text, 64)
	if text.text != "" && (err != nil || !(rate > 0) || math.IsInf(rate, 1)) {
		r.failf(text.line, "%s: want a number above 0, such as 0.5", key)
		return 0
	}
	return rate
}

// positive returns a whole number above 0, or 0 where the key is left out.
func (r *reader) positive(keys map[string]*yaml.Node, key string) int {
	text := r.optional(keys, key)
	n, err := strconv.Atoi(text.text)
	if text.text != "" && (err != nil || n < 1) {
		r.failf(text.line, "%s: want a whole number above 0, such as 4", key)
		return 0
	}
	return n
}

// accountKey tells accounts apart: different vendors have different ones.
type accountKey struct{ vendor, account string }

func (e entry) accountKey() accountKey { return accountKey{e.provider.Vendor, e.account} }

// budgets returns the one budget of each account. All entries of the account share it,
// whichever of them has the key.
func (r *reader) budgets(entries []entry) map[accountKey]*provider.Budget {
	budgets, known := map[accountKey]*provider.Budget{}, map[accountKey]limits{}
	for _, e := range entries {
		key, l := e.accountKey(), e.limits
		if budgets[key] == nil {
			budgets[key] = new(provider.Budget)
		}
		if l.line == 0 {
			continue
		}
		first, found := known[key]
		if !found {
			known[key] = l
			b := budgets[key]
			b.PerSecond, b.Burst, b.InFlight = l.perSecond, l.burst, l.inFlight
			continue
		}
		if first.perSecond != l.perSecond || first.burst != l.burst || first.inFlight != l.inFlight {
			r.failf(l.line, "%s: %s has another one for the same account, and its entries share one: want equal values, or the key in one entry", keyBudget, r.other(first.line))
		}
	}
	return budgets
}
