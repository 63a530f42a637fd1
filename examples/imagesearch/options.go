package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"text/template"
	"time"

	"github.com/spf13/pflag"

	"github.com/imagequery/imagequery/image"
	"github.com/imagequery/imagequery/provider"
)

// options are the values of the flags.
type options struct {
	config       string
	targets      []string // patterns
	providers    []string
	excluded     []string // patterns
	shard        shard
	query        image.Query
	distinct     bool
	newest       bool
	newestPer    []provider.GroupKey // nil: none
	lock         string              // a path; empty: none
	verify       string              // a path; empty: none
	record       provider.Resolution // of --verify
	allowPartial bool
	explain      bool
	why          bool
	checkTargets bool
	output       format
	template     *template.Template // nil: none
	columns      []key              // nil: those of the output
	sort         []sortKey
	sortedLimit  int   // --limit, if it applies to the sorted hits
	countBy      []key // nil: print images
	nativeRecord bool
	journal      string        // a directory; empty: none
	fromJournals []string      // directories; none: search the clouds
	age          string        // the last age that was given for a time
	report       string        // a path, or "-" for the standard error
	trace        string        // a path; empty: none
	timeout      time.Duration // 0: none
	concurrency  int           // 0: the library's default
	prefetch     int           // 0: the library's default
	progress     showMode
	summary      showMode
	version      bool

	flags  *pflag.FlagSet         // all of them
	flagOf map[image.Field]string // the flag of each predicate
}

// check validates the combination of flags, and completes the query. Config is the path
// of the configuration.
func (o *options) check(config string) error {
	if err := o.checkEffects(); err != nil {
		return err
	}
	if err := o.checkFiles(config); err != nil {
		return err
	}
	for _, pair := range []struct {
		bad  bool
		text string
	}{
		{o.explain && o.checkTargets, "--explain and --check exclude each other: give one of them"},
		{o.choosesNewest() && o.checkTargets, "--newest and --newest-per exclude --check: give one of them"},
		{o.choosesNewest() && o.given("limit"), "--newest and --newest-per exclude --limit: each group has one newest image"},
		{o.newest && o.newestPer != nil, "--newest and --newest-per exclude each other: give one of them"},
		{o.lock != "" && !o.choosesNewest(), "--lock is for --newest and --newest-per: add one of them"},
		{o.allowPartial && !o.choosesNewest(), "--allow-partial is for --newest and --newest-per: other searches always print the images of the targets that succeed"},
	} {
		if pair.bad {
			return errors.New(pair.text)
		}
	}
	if o.sort != nil {
		o.sortedLimit, o.query.Limit = o.query.Limit, 0
	}
	if o.choosesNewest() {
		narrowed, err := provider.NewestQuery(o.query)
		if err != nil {
			return o.named(err)
		}
		o.query = narrowed // so that --explain shows it
	}
	if err := cmp.Or(o.checkJournal(), o.readRecord()); err != nil {
		return err
	}
	return o.named(o.query.Validate())
}

// named returns the errors of a query with the names of the flags.
func (o *options) named(err error) error {
	if all := joinedErrors(err); len(all) > 1 {
		for i, one := range all {
			all[i] = o.named(one)
		}
		return errors.Join(all...)
	}
	var bad *image.QueryError
	if !errors.As(err, &bad) {
		return err
	}
	flag := o.flagOf[image.Field(bad.Field)]
	if flag == "" {
		flag = bad.Field
	}
	return fmt.Errorf("--%s %q: %s", flag, bad.Value, bad.Reason)
}

// configure sets what the flags set for all targets in the configuration of one.
func (o *options) configure(c *provider.Config) {
	c.Listing.Prefetch = o.prefetch
	c.Listing.KeepNative = o.nativeRecord
	c.UserAgent = "imagesearch"
}

// search are the options of a search.
func (o *options) search() *provider.SearchOptions {
	return &provider.SearchOptions{InFlight: o.concurrency, Distinct: o.distinct}
}

// bound ends the run after --timeout.
func (o *options) bound(ctx context.Context) (context.Context, context.CancelFunc) {
	if o.timeout == 0 {
		return context.WithCancel(ctx)
	}
	return context.WithTimeoutCause(ctx, o.timeout, fmt.Errorf("the --timeout of %s is over", o.timeout))
}
