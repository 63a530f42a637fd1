package main

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"

	"github.com/spf13/pflag"
)

// noEffect lists flags that have no effect together with another one.
type noEffect struct {
	with  string   // the flag that makes the others useless
	flags []string // refused beside it
}

// effectRules returns the combinations of flags in which some have no effect.
func (o *options) effectRules() []noEffect {
	return []noEffect{
		{"check", append(o.queryFlags(), "limit", "distinct", "native-record", "prefetch", "columns", "sort", "template", "count-by")},
		{"explain", []string{"lock", "verify", "limit", "allow-partial", "report", "trace", "timeout", "concurrency", "distinct", "native-record", "prefetch", "columns", "sort", "template", "count-by", "progress", "summary"}},
		{"why", []string{"explain", "check", "lock", "limit", "skip-unreported", "native-record", "allow-partial", "columns", "sort", "template", "count-by", "journal", "from-journal"}},
		{"verify", append(o.queryFlags(), "newest", "newest-per", "lock", "allow-partial", "why", "check", "limit", "distinct", "native-record", "columns", "sort", "template", "count-by", "journal", "from-journal")},
		{"newest", []string{"distinct", "sort"}},
		{"newest-per", []string{"distinct"}},
		{"count-by", []string{"limit", "newest", "newest-per", "sort", "native-record", "columns"}},
		{"template", []string{"output", "columns", "count-by", "native-record"}},
		{"journal", []string{"from-journal", "limit", "newest", "newest-per", "lock", "verify", "why", "distinct", "explain", "check"}},
		{"from-journal", []string{"limit", "newest", "newest-per", "lock", "verify", "why", "distinct", "explain", "check", "trace", "timeout", "concurrency", "prefetch"}},
	}
}

// queryFlags returns the flags that belong to the query, in alphabetical order, but
// for the limit.
func (o *options) queryFlags() []string {
	flags := []string{"skip-unreported", "native"}
	for _, flag := range o.flagOf {
		flags = append(flags, flag)
	}
	slices.Sort(flags)
	return flags
}

// checkEffects refuses flags that would have no effect.
func (o *options) checkEffects() error {
	for _, rule := range o.effectRules() {
		for _, flag := range rule.flags {
			if o.given(rule.with) && o.given(flag) {
				return fmt.Errorf("--%s has no effect with --%s: drop one of them", flag, rule.with)
			}
		}
	}
	return o.checkOutput()
}

// checkFiles refuses a file that one flag writes and another one reads or writes.
func (o *options) checkFiles(config string) error {
	files := []struct{ flag, path string }{{"config", config}, {"verify", o.verify}, {"lock", o.lock}, {"report", o.report}, {"trace", o.trace}}
	for i, written := range files[2:] {
		for _, other := range files[:i+2] {
			if written.path != "" && other.path != "" && sameFile(written.path, other.path) {
				return fmt.Errorf("--%s and --%s name the same file, %s: give each its own", other.flag, written.flag, written.path)
			}
		}
	}
	return nil
}

// sameFile reports whether two paths name one regular file, or one file that does not
// exist yet.
func sameFile(a, b string) bool {
	first, errFirst := os.Stat(a)
	second, errSecond := os.Stat(b)
	if errFirst == nil && errSecond == nil {
		return first.Mode().IsRegular() && os.SameFile(first, second)
	}
	absoluteA, errA := filepath.Abs(a)
	absoluteB, errB := filepath.Abs(b)
	return errA == nil && errB == nil && absoluteA == absoluteB
}

// checkAlone refuses every other flag beside one.
func (o *options) checkAlone(name string) error {
	var err error
	o.flags.Visit(func(f *pflag.Flag) {
		if err == nil && f.Name != name && o.given(f.Name) {
			err = fmt.Errorf("--%s has no effect with --%s: drop one of them", f.Name, name)
		}
	})
	return err
}

// checkOutput refuses flags that have no effect on the output.
func (o *options) checkOutput() error {
	for _, mode := range []string{"explain", "check", "why", "verify"} {
		if !o.given(mode) {
			continue
		}
		if o.output != formatTable && o.output != formatJSON {
			return fmt.Errorf("--output %s has no effect with --%s: give --output table or json", o.output, mode)
		}
		return nil
	}
	if o.given("template") {
		return nil
	}
	chosen := outputNamed(o.output)
	for _, flag := range []string{"native-record", "columns", "sort", "count-by"} {
		if !o.given(flag) || slices.Contains(chosen.accept, flag) {
			continue
		}
		var accepting []format
		for _, other := range outputs() {
			if slices.Contains(other.accept, flag) {
				accepting = append(accepting, other.name)
			}
		}
		return fmt.Errorf("--%s has no effect on --output %s: give --output %s", flag, o.output, alternatives(accepting))
	}
	return o.checkNativeColumn()
}

// checkNativeColumn refuses a column without values, and values without a column.
func (o *options) checkNativeColumn() error {
	if o.columns == nil {
		return nil
	}
	switch column := slices.Contains(keyNames(o.columns), nativeKey().name); {
	case column && !o.nativeRecord:
		return errors.New("--columns native needs --native-record: add it")
	case !column && o.nativeRecord:
		return errors.New("--native-record has no effect with --columns that lack native: add native to them")
	}
	return nil
}

// given reports whether a flag is set to another value than false.
func (o *options) given(name string) bool {
	f := o.flags.Lookup(name)
	return f != nil && f.Changed && f.Value.String() != "false"
}
