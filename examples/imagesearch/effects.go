package main

import (
	"fmt"
	"maps"
	"slices"
)

// checkEffects refuses flags that would have no effect. --check only asks whether
// targets answer, and --explain sends nothing.
func (o *options) checkEffects() error {
	var mode string
	without := map[string]bool{}
	switch {
	case o.checkTargets:
		mode = "--check"
		for field, flag := range o.flagOf {
			without[flag] = slices.Contains(o.query.Fields(), field)
		}
		without["limit"] = o.query.Limit > 0
		without["skip-unreported"] = o.query.SkipUnreported
		without["native"] = len(o.query.Native) > 0
	case o.explain:
		mode = "--explain"
		without["report"] = o.report != ""
		without["timeout"] = o.timeout > 0
		without["concurrency"] = o.concurrency > 0
	default:
		return nil
	}
	without["distinct"] = o.distinct
	without["native-record"] = o.nativeRecord
	without["prefetch"] = o.prefetch > 0
	for _, flag := range slices.Sorted(maps.Keys(without)) {
		if without[flag] {
			return fmt.Errorf("--%s has no effect with %s: drop one of them", flag, mode)
		}
	}
	return nil
}
