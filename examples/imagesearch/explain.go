package main

import (
	"fmt"
	"io"
	"maps"
	"regexp"
	"slices"
	"strings"

	"github.com/imagequery/imagequery/examples/internal/printable"
	"github.com/imagequery/imagequery/examples/internal/providers"
	"github.com/imagequery/imagequery/image"
	"github.com/imagequery/imagequery/provider"
)

// explainAll makes every target's plan, which also finds out whether the query is
// good for all of them.
func explainAll(targets []provider.Target, q image.Query) ([]*provider.Plan, error) {
	if err := checkNative(targets, q); err != nil {
		return nil, err
	}
	plans := make([]*provider.Plan, len(targets))
	for i, target := range targets {
		var err error
		if plans[i], err = target.Client.Explain(q); err != nil {
			return nil, err
		}
	}
	return plans, nil
}

func checkNative(targets []provider.Target, q image.Query) error {
	for _, name := range slices.Sorted(maps.Keys(q.Native)) {
		isOf := func(t provider.Target) bool { return t.Client.Info().Name == name }
		if !slices.ContainsFunc(targets, isOf) {
			return fmt.Errorf("--native %s.…: no target has the provider %q; drop it, or choose targets that do%s", name, name, didYouMean(name, providers.Names()))
		}
	}
	return nil
}

// targetPlan is the plan of one target as --explain prints it in JSON.
type targetPlan struct {
	Target string         `json:"target"`
	Plan   *provider.Plan `json:"plan"`
}

// printPlans prints the plan of each target, as text or as JSON.
func printPlans(w io.Writer, targets []provider.Target, plans []*provider.Plan, f format) error {
	if f == formatJSON {
		var all []targetPlan
		for i, plan := range plans {
			all = append(all, targetPlan{targets[i].Name, withAdvice(plan)})
		}
		return writeObjects(w, all)
	}
	return writePlans(w, targets, plans)
}

// withAdvice returns a plan with notes in the words of the flags.
func withAdvice(plan *provider.Plan) *provider.Plan {
	changed := *plan
	changed.Notes = slices.Clone(plan.Notes)
	for i, note := range changed.Notes {
		changed.Notes[i] = adviceFor(plan.Provider, note)
	}
	return &changed
}

// planFields finds the lines of a plan that list predicates.
var planFields = regexp.MustCompile(`(?m)^  (pushed exactly|pushed as superset|applied locally|never reported): .+$`)

func writePlans(w io.Writer, targets []provider.Target, plans []*provider.Plan) error {
	var b strings.Builder
	for i, plan := range plans {
		if i > 0 {
			b.WriteString("\n")
		}
		text := planFields.ReplaceAllStringFunc(withAdvice(plan).String(), func(line string) string {
			label, fields, _ := strings.Cut(line, ": ")
			return label + ": " + withFlags(fields, predicateFlags())
		})
		fmt.Fprintf(&b, "%s\n%s", printable.Line(targets[i].Name), indented(text))
	}
	_, err := io.WriteString(w, b.String())
	return err
}
