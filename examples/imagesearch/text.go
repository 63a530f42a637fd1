package main

import (
	"errors"
	"regexp"
	"strings"
	"sync"

	wordlist "github.com/imagequery/imagequery/examples/internal/words"
	"github.com/imagequery/imagequery/image"
)

// inFlagWords replaces the names of fields and functions in a message of the library by
// those of flags.
func inFlagWords(text string) string {
	for _, predicates := range []*regexp.Regexp{neverReported, setTwice} {
		text = predicates.ReplaceAllStringFunc(text, func(part string) string { return withFlags(part, predicateFlags()) })
	}
	text = unknownParam.ReplaceAllStringFunc(text, withSuggestion)
	return strings.NewReplacer(
		"the query's --", "--",
		"set SkipUnreported", "give --skip-unreported",
		"SkipUnreported", "--skip-unreported",
		"invalid argument: native ", "invalid argument: --native ",
		"use Limit, or Config.Listing.PageSize", "use --limit",
		"set Config.Region", "choose targets with --target",
		"use Client.Check", "use --check",
		"one that Resolve has made", "one that --lock has written",
		"a version of the library that knows it, or resolve again", "a version of imagesearch that knows it, or write it again with --lock",
		"not before created_before", "not before --created-before",
	).Replace(text)
}

// neverReported finds the names of predicates on fields that an API never reports.
var neverReported = regexp.MustCompile(`never reports [a-z_]+(, [a-z_]+)*`)

// setTwice finds the predicate that sets the parameter of a --native, too.
var setTwice = regexp.MustCompile(`[a-z_]+ sets the same parameter`)

// unknownParam finds the name of a parameter that an operation does not have, and the
// names that it has.
var unknownParam = regexp.MustCompile(`native \w+\.([^=]*)="(?:[^"\\]|\\.)*": \w+ has no such parameter; want one of ([\w., ]+)`)

// withSuggestion adds the name that was probably meant to a match of unknownParam. A
// position is 1.
func withSuggestion(part string) string {
	match := unknownParam.FindStringSubmatch(part)
	suggestion := didYouMean(match[1], strings.Split(strings.ReplaceAll(match[2], ".n", ".1"), ", "))
	return strings.Replace(part, "; want one of ", suggestion+"; want one of ", 1)
}

// predicateFlags returns the flag of each predicate.
var predicateFlags = sync.OnceValue(func() map[image.Field]string {
	var o options
	o.predicateFlags()
	return o.flagOf
})

// notRequested finds the name of a predicate with a value that no image of an API has.
var notRequested = regexp.MustCompile(`^[a-z_]+ .* is not requested: `)

// adviceFor is inFlagWords for a remark about one provider.
func adviceFor(name, text string) string {
	if field, rest, _ := strings.Cut(text, " "); notRequested.MatchString(text) {
		text = withFlags(field, predicateFlags()) + " " + rest
	}
	return strings.ReplaceAll(inFlagWords(text), "; Native ", "; --native "+name+".")
}

// didYouMean returns a question with the known word that is nearest to a text.
func didYouMean(text string, known []string) string {
	if word, ok := wordlist.Nearest(text, known); ok && word != text {
		return "; did you mean " + word + "?"
	}
	return ""
}

// indented puts two blanks before each line.
func indented(text string) string {
	var b strings.Builder
	for line := range strings.Lines(text) {
		b.WriteString("  " + line)
	}
	return b.String()
}

// joinedErrors returns the errors that [errors.Join] has joined, or err alone.
func joinedErrors(err error) []error {
	joined, ok := err.(interface{ Unwrap() []error })
	if !ok || err.Error() != errors.Join(joined.Unwrap()...).Error() {
		return []error{err}
	}
	var all []error
	for _, one := range joined.Unwrap() {
		all = append(all, joinedErrors(one)...)
	}
	return all
}
