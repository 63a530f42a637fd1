package main

import (
	"context"
	"slices"

	"github.com/imagequery/imagequery/provider"
)

// diagnosis is the answer of why_no_match.
type diagnosis struct {
	completeness
	Diagnosis provider.Diagnosis `json:"diagnosis" jsonschema:"what each predicate excludes, and the likeliest causes first"`
}

func (d *diagnosis) text() string { return d.heading(d.Diagnosis.String()) }

// why is the tool why_no_match.
func (s *server) why(ctx context.Context, a arguments) (answer, error) {
	var f found
	var d provider.Diagnosis
	err := s.collect(ctx, a, &f, func(ctx context.Context, targets []provider.Target, o *provider.SearchOptions) (err error) {
		d, err = provider.Why(ctx, targets, a.Query, o)
		return err
	})
	if err != nil {
		return nil, err
	}
	d.Causes = slices.Clone(d.Causes)
	for i := range d.Causes {
		d.Causes[i].Text = inArgumentWords(d.Causes[i].Text)
	}
	d.Targets = slices.Clone(d.Targets)
	for i := range d.Targets {
		t := &d.Targets[i]
		t.Error = inArgumentWords(t.Error)
		t.Defaults = slices.Clone(t.Defaults) // of the client
		for j := range t.Defaults {
			t.Defaults[j].Effect = inArgumentWords(t.Defaults[j].Effect)
		}
	}
	return &diagnosis{f.completeness, d}, nil
}
