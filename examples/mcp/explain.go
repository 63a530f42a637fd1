package main

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"github.com/imagequery/imagequery/image"
	"github.com/imagequery/imagequery/provider"
)

// explanation is the answer of explain_query.
type explanation struct {
	completeness
	Query string       `json:"query" jsonschema:"the query in words"`
	Plans []targetPlan `json:"plans" jsonschema:"the requests of a search"`
}

// targetPlan is the plan of targets that differ in nothing but their names and regions.
type targetPlan struct {
	Targets []string       `json:"targets"`
	Plan    *provider.Plan `json:"plan" jsonschema:"the calls, and where each predicate is applied; {region} stands for the region of each target"`
}

func (e *explanation) text() string {
	var b strings.Builder
	b.WriteString(e.heading("plan of the query " + e.Query + "; nothing was sent"))
	for _, p := range e.Plans {
		fmt.Fprintf(&b, "%s\n%s", strings.Join(p.Targets, ", "), p.Plan)
	}
	return b.String()
}

// explain is the tool explain_query.
func (s *server) explain(_ context.Context, a arguments) (answer, error) {
	targets, err := a.selected(s.targets)
	if err != nil {
		return nil, err
	}
	plans, err := explainAll(targets, a.Query)
	if err != nil {
		return nil, err
	}
	e := &explanation{completeness: completeness{Complete: true, Missing: []missing{}}, Query: a.Query.Normalized().String(), Plans: []targetPlan{}}
	var alike, failures groups
	byText := map[string]*provider.Plan{}
	for i, plan := range plans {
		if len(plan.Unsupported) > 0 && !a.Query.SkipUnreported {
			failures.add(targets[i].Name, strings.Join(plan.Notes, " "))
		}
		text, err := json.Marshal(plan)
		if err != nil {
			return nil, err
		}
		byText[string(text)] = plan
		alike.add(targets[i].Name, string(text))
	}
	alike.each(func(names, key []string) { e.Plans = append(e.Plans, targetPlan{names, byText[key[0]]}) })
	failures.each(func(names, key []string) {
		e.miss(missing{Kind: "unsupported", Message: key[0], Targets: names})
	})
	return e, nil
}

// explainAll makes the plan of each target, in the words of the arguments. It finds out
// whether the query is good for all of them.
func explainAll(targets []provider.Target, q image.Query) ([]*provider.Plan, error) {
	for name := range q.Native {
		if !slices.ContainsFunc(targets, func(t provider.Target) bool { return t.Client.Info().Name == name }) {
			return nil, fmt.Errorf("native: %q: no target that is searched has this provider: leave it out", shortened(name))
		}
	}
	var plans []*provider.Plan
	for _, t := range targets {
		plan, err := t.Client.Explain(q)
		if err != nil {
			return nil, err
		}
		for i, note := range plan.Notes {
			plan.Notes[i] = inArgumentWords(note)
		}
		withoutRegion(plan)
		plans = append(plans, plan)
	}
	return plans, nil
}

// withoutRegion makes the plans of targets equal that differ in their regions only.
func withoutRegion(plan *provider.Plan) {
	if plan.Region == "" {
		return
	}
	for _, call := range plan.Calls {
		for _, values := range call.Params {
			for i, value := range values {
				if value == plan.Region {
					values[i] = "{region}"
				}
			}
		}
	}
	plan.Region = ""
}
