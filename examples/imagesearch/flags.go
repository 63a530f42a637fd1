package main

import (
	"strings"

	"github.com/spf13/pflag"

	"github.com/imagequery/imagequery/examples/internal/providers"
	"github.com/imagequery/imagequery/image"
	"github.com/imagequery/imagequery/provider"
)

// group is one section of the help.
type group struct {
	title string
	flags *pflag.FlagSet
}

func newGroup(title string) group {
	flags := pflag.NewFlagSet(title, pflag.ContinueOnError)
	flags.SortFlags = false
	return group{title, flags}
}

// groups defines every flag.
func (o *options) groups() []group {
	return []group{o.targetFlags(), o.predicateFlags(), o.questionFlags(), o.outputFlags(), o.runFlags()}
}

func (o *options) targetFlags() group {
	g := newGroup("Targets")
	g.flags.Var(scalar(&o.config, "FILE", plainText), "config", "targets and credentials, in YAML (default: $IMAGESEARCH_CONFIG, or else a built-in sample cloud)")
	g.flags.Var(list(&o.targets, "GLOB", plainText), "target", "only targets whose name matches (list)")
	g.flags.Var(list(&o.providers, "NAME", plainText), "provider", "only targets of this provider: "+strings.Join(providers.Names(), ", ")+" (list)")
	g.flags.Var(list(&o.excluded, "GLOB", plainText), "exclude", "no targets whose name matches (list)")
	g.flags.Var(scalar(&o.shard, "I/N", parseShard), "shard", "only the accounts of shard I of N, such as 0/16; the division is the same on every machine")
	return g
}

func (o *options) predicateFlags() group {
	g := newGroup("Predicates; flags marked (list) may be repeated, and an image must have one of the values")
	o.flagOf = map[image.Field]string{}
	q := &o.query
	for _, p := range []struct {
		field image.Field
		flag  string
		value *value
		usage string
	}{
		{image.FieldIDs, "id", list(&q.IDs, "ID", plainText), "identifier (list)"},
		{image.FieldNames, "name", list(&q.Names, "NAME", plainText), "exact name (list)"},
		{image.FieldNameGlobs, "name-glob", list(&q.NameGlobs, "GLOB", plainText), "pattern of the whole name: * ? [a-z] (list)"},
		{image.FieldNameContains, "name-contains", list(&q.NameContains, "TEXT", plainText), "part of the name, ignoring case (list)"},
		{image.FieldFamilies, "family", list(&q.Families, "NAME", plainText), "image family (list)"},
		{image.FieldSources, "source", list(&q.Sources, "SOURCE", image.ParseSource), "origin: " + words(image.Sources()) + " (list)"},
		{image.FieldOwners, "owner", list(&q.Owners, "ACCOUNT", plainText), "account identifier of the owner (list)"},
		{image.FieldVisibilities, "visibility", list(&q.Visibilities, "WORD", image.ParseVisibility), words(image.Visibilities()) + " (list)"},
		{image.FieldStatuses, "status", list(&q.Statuses, "STATUS", image.ParseStatus), words(image.Statuses()) + " (list)"},
		{image.FieldOSes, "os", list(&q.OSes, "OS", image.ParseOS), words(image.OSes()) + " (list)"},
		{image.FieldOSVersions, "os-version", list(&q.OSVersions, "VERSION", plainText), "version of the operating system: 22 and 22.04 match 22.04.3 (list)"},
		{image.FieldPlatforms, "platform", list(&q.Platforms, "NAME", plainText), "distribution in any usual spelling, such as ubuntu or RHEL (list)"},
		{image.FieldArchs, "arch", list(&q.Archs, "ARCH", image.ParseArch), words(image.Archs()) + ", or another spelling such as amd64 (list)"},
		{image.FieldRegions, "region", list(&q.Regions, "REGION", plainText), "region or zone of the image (list)"},
		{image.FieldTags, "tag", tags(&q.Tags), "a tag; an empty value matches an empty value only; may be repeated, and all must match"},
		{image.FieldResourceGroups, "resource-group", list(&q.ResourceGroups, "ID", plainText), "resource group (list)"},
		{image.FieldSourceInstances, "source-instance", list(&q.SourceInstances, "ID", plainText), "instance that the image was made from (list)"},
		{image.FieldSourceSnapshots, "source-snapshot", list(&q.SourceSnapshots, "ID", plainText), "snapshot that the image was made from (list)"},
		{image.FieldCreatedAfter, "created-after", scalar(&q.CreatedAfter, "TIME", o.parseTime), "created at this time or later: RFC 3339, YYYY-MM-DD in UTC, or an age such as 36h, 30d or 8w"},
		{image.FieldCreatedBefore, "created-before", scalar(&q.CreatedBefore, "TIME", o.parseTime), "created before this time, in the same forms"},
	} {
		g.flags.Var(p.value, p.flag, p.usage)
		o.flagOf[p.field] = p.flag
	}
	return g
}

func (o *options) questionFlags() group {
	g := newGroup("Search")
	g.flags.Var(scalar(&o.query.Limit, "N", parseCount), "limit", "at most N images over all targets: the first that arrive, or the first of --sort (default: all)")
	toggle(g.flags, &o.query.SkipUnreported, "skip-unreported", "a target whose API never reports the field of a predicate has no images, instead of an error")
	g.flags.Var(natives(&o.query.Native), "native", "a documented parameter of one provider; may be repeated")
	toggle(g.flags, &o.distinct, "distinct", "each image once among the targets with the same endpoint host, as the first of them sees it")
	toggle(g.flags, &o.newest, "newest", "only the newest image over all targets; without --status only available images count, and without --source, --owner and --id only self and system images; prints nothing if a target fails")
	g.flags.Var(scalar(&o.newestPer, "KEY[,KEY]", parseGroupKeys), "newest-per", "the newest image of each group, by the rules of --newest; keys: "+words(provider.GroupKeys()))
	g.flags.Var(scalar(&o.lock, "FILE", parseFile), "lock", "with --newest or --newest-per: write the chosen images and the query as a record, in JSON")
	g.flags.Var(scalar(&o.verify, "FILE", plainText), "verify", "instead of images: run the query of a record again, and print for each of its images whether it is current, superseded, deprecated or gone; status 4 unless all are current")
	toggle(g.flags, &o.allowPartial, "allow-partial", "with --newest or --newest-per: if targets fail, print the newest images of the others")
	toggle(g.flags, &o.why, "why", "instead of images: print how many images each predicate excludes, in total and alone, and why none matches; with --newest, its default predicates count too")
	toggle(g.flags, &o.explain, "explain", "print the requests that each target would get; sends nothing and needs no credentials")
	toggle(g.flags, &o.checkTargets, "check", "only check whether each target accepts its credentials")
	return g
}

func (o *options) outputFlags() group {
	g := newGroup("Output")
	g.flags.Var(choice(&o.output, "FORMAT", formats()), "output", words(formats())+"; ndjson prints images as they arrive; html is one page without network, its ages counted until now or $SOURCE_DATE_EPOCH")
	g.flags.Var(scalar(&o.template, "TEXT", parseTemplate), "template", "print each image by a Go text/template, such as '{{.Target}} {{.ID}} {{.Name}}', and a newline")
	g.flags.Var(scalar(&o.columns, "NAME[,NAME]", parseColumns), "columns", "of table and csv: target, the keys that json has, or tags.KEY (default of table: the main ones that fit the terminal)")
	g.flags.Var(scalar(&o.sort, "KEY[,KEY]", parseSort), "sort", "order of the images, before --limit applies; -KEY descends")
	g.flags.Var(scalar(&o.countBy, "KEY[,KEY]", parseKeys), "count-by", "instead of images: print how many have each value of the keys")
	toggle(g.flags, &o.nativeRecord, "native-record", "add each provider's own record to json, ndjson and csv")
	g.flags.Var(scalar(&o.report, "FILE", plainText), "report", "at the end, write the outcome of each target as JSON (-: to standard error)")
	g.flags.Var(scalar(&o.journal, "DIR", plainText), "journal", "record each target in DIR as it completes, and do not search again targets that are complete in DIR, so that a run that was killed continues where it stopped")
	g.flags.Var(list(&o.fromJournals, "DIR", plainText), "from-journal", "print the images of journals; sends nothing (list)")
	return g
}

func (o *options) runFlags() group {
	g := newGroup("Run")
	g.flags.Var(scalar(&o.trace, "FILE", parseFile), "trace", "write a trace of targets, pages, attempts and waits, for chrome://tracing or Perfetto")
	g.flags.Var(scalar(&o.timeout, "DURATION", parseDuration), "timeout", "end the whole run after this time, such as 30s (default: none)")
	g.flags.Var(scalar(&o.concurrency, "N", parseCount), "concurrency", "the largest number of requests in flight; with --check, of targets (default: 256; 16 with --check)")
	g.flags.Var(scalar(&o.prefetch, "N", parseCount), "prefetch", "the number of pages of a target that are requested ahead (default: 16)")
	g.flags.Var(choice(&o.progress, "WHEN", showModes()), "progress", words(showModes())+"; a progress line on standard error; auto: if that is a terminal")
	g.flags.Var(choice(&o.summary, "WHEN", showModes()), "summary", words(showModes())+"; one line about the run at its end, on standard error; auto: if that is a terminal")
	toggle(g.flags, &o.version, "version", "print the version of this command and the commit it was built from")
	toggle(g.flags, new(bool), "help", "print this help")
	g.flags.Lookup("help").Shorthand = "h"
	return g
}

// choices are the values that a shell may complete, by flag.
func choices() map[string][]string {
	return map[string][]string{
		"provider":   providers.Names(),
		"source":     texts(image.Sources()),
		"visibility": texts(image.Visibilities()),
		"status":     texts(image.Statuses()),
		"os":         texts(image.OSes()),
		"arch":       texts(image.Archs()),
		"platform":   image.Platforms(),
		"output":     texts(formats()),
		"progress":   texts(showModes()),
		"summary":    texts(showModes()),
		"newest-per": texts(provider.GroupKeys()),
		"columns":    keyNames(imageKeys()),
		"sort":       keyNames(imageKeys()),
		"count-by":   keyNames(imageKeys()),
	}
}

// archSpellings are other usual spellings of architectures, for suggestions.
func archSpellings() []string { return []string{"amd64", "x64", "x86", "i686", "aarch64"} }
