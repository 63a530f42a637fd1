package main

import (
	"context"
	"errors"
	"fmt"
	"iter"

	"github.com/imagequery/imagequery/examples/journal"
	"github.com/imagequery/imagequery/examples/targets"
	"github.com/imagequery/imagequery/provider"
)

// hitSource yields the hits of a run: from the clouds, from journals, or both.
type hitSource func(context.Context) iter.Seq2[provider.Hit, error]

// openSource returns where the hits of a search come from, and a function that
// closes it. It sends nothing.
func (r *runner) openSource(targets []provider.Target) (hitSource, func() error, error) {
	o := &r.options
	settings := journal.Options{KeepNative: o.nativeRecord}
	if o.journal != "" || o.hasQuery() {
		settings.Query = &o.query
	}
	switch {
	case len(o.fromJournals) > 0:
		record, err := journal.Read(o.fromJournals, targets, settings)
		if err != nil {
			return nil, nil, fmt.Errorf("--from-journal: %w", err)
		}
		return record.Search, func() error { return nil }, nil
	case o.journal != "":
		j, err := journal.Open(o.journal, targets, settings)
		if err != nil {
			return nil, nil, fmt.Errorf("--journal: %w", err)
		}
		return func(ctx context.Context) iter.Seq2[provider.Hit, error] { return j.Search(ctx, o.search()) }, j.Close, nil
	default:
		search := func(ctx context.Context) iter.Seq2[provider.Hit, error] {
			if len(targets) == 0 { // an empty shard
				return func(func(provider.Hit, error) bool) {}
			}
			return provider.Search(ctx, targets, o.query, o.search())
		}
		return search, func() error { return nil }, nil
	}
}

// hasQuery reports whether a flag is given that belongs to the query.
func (o *options) hasQuery() bool {
	for _, flag := range o.queryFlags() {
		if o.given(flag) {
			return true
		}
	}
	return false
}

// checkJournal refuses a query that would be another one in each run.
func (o *options) checkJournal() error {
	if o.journal != "" && o.age != "" {
		return fmt.Errorf("--journal: the age %q is another time in each run: give a date, such as %s", o.age, "2026-01-31")
	}
	if len(o.fromJournals) > 0 && o.age != "" {
		return errors.New("--from-journal prints what the journals' query found: leave the age out")
	}
	return nil
}

// configEnvironment is the environment of the configuration file. A run that reads
// journals needs no credentials, so it needs none of their variables either.
func (r *runner) configEnvironment() *targets.Options {
	if len(r.options.fromJournals) == 0 {
		return r.environment
	}
	changed := *r.environment
	changed.LookupEnv = func(name string) (string, bool) {
		if value, set := r.environment.LookupEnv(name); set {
			return value, true
		}
		return "unset", true
	}
	return &changed
}
