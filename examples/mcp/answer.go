package main

import (
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"
	"sync"
	"unicode"

	"github.com/imagequery/imagequery/examples/internal/printable"
	"github.com/imagequery/imagequery/provider"
)

// maxNames bounds the names of targets in one list of an answer.
const maxNames = 100

// completeness begins every answer.
type completeness struct {
	Complete bool      `json:"complete" jsonschema:"whether nothing is missing; if false the answer must not be presented as the whole"`
	Missing  []missing `json:"missing" jsonschema:"what is missing and why"`
	Notes    []string  `json:"notes,omitempty" jsonschema:"remarks about the answer"`
}

// missing is one reason why an answer lacks images.
type missing struct {
	Kind    string   `json:"kind" jsonschema:"kind of the failure, such as throttled or permission_denied; more_images: see next_cursor; too_many: narrow the query"`
	Code    string   `json:"code,omitempty" jsonschema:"the error code of the provider"`
	Message string   `json:"message" jsonschema:"why, and what to do"`
	Targets []string `json:"targets,omitempty" jsonschema:"the targets whose images are missing"`
	Images  int      `json:"images,omitempty" jsonschema:"how many images are missing, where it is known"`
}

func (c *completeness) miss(m missing) {
	c.Missing = append(c.Missing, m)
	c.Complete = false
}

// heading says in words whether an answer is complete, and what is missing.
func (c *completeness) heading(found string) string {
	var b strings.Builder
	word := "COMPLETE"
	if !c.Complete {
		word = "INCOMPLETE"
	}
	fmt.Fprintf(&b, "%s: %s\n", word, found)
	for _, m := range c.Missing {
		fmt.Fprintf(&b, "missing: %s\n", m.line())
	}
	for _, note := range c.Notes {
		fmt.Fprintf(&b, "note: %s\n", printable.Line(note))
	}
	return b.String()
}

func (m missing) line() string {
	parts := []string{m.Kind, m.Code, printable.Line(m.Message)}
	if len(m.Targets) > 0 {
		parts = append([]string{strings.Join(m.Targets, ", ")}, parts...)
	}
	return strings.Join(slices.DeleteFunc(parts, func(part string) bool { return part == "" }), ": ")
}

// outcome is the part of a [provider.Report] that tells why images are missing.
type outcome struct {
	Complete   bool           `json:"complete"`
	Skipped    []string       `json:"skipped"`
	Unreadable map[string]int `json:"unreadable"`
	Error      struct {
		Kind    string `json:"kind"`
		Code    string `json:"code"`
		Message string `json:"message"`
	} `json:"error"`
}

// outcomes gathers the reports of a call. A target that is searched several times is
// as incomplete as its worst search.
type outcomes struct {
	mu       sync.Mutex
	byTarget map[string]outcome
}

// watch returns a context whose searches report to the outcomes.
func watch(ctx context.Context) (context.Context, *outcomes) {
	all := &outcomes{byTarget: map[string]outcome{}}
	return provider.WithTrace(ctx, &provider.Trace{Target: func(_ context.Context, r provider.Report) { all.add(r) }}), all
}

func (all *outcomes) add(r provider.Report) {
	var o outcome
	text, err := json.Marshal(r) // its JSON form has the kind in words
	if err == nil {
		err = json.Unmarshal(text, &o)
	}
	if err != nil {
		o.Complete, o.Error.Message = false, err.Error()
	}
	all.mu.Lock()
	defer all.mu.Unlock()
	if before, ok := all.byTarget[r.Target]; !ok || before.Complete {
		all.byTarget[r.Target] = o
	}
}

// completeness says what the searches of some targets lack. Failures that are alike
// are put together.
func (all *outcomes) completeness(targets []provider.Target) completeness {
	all.mu.Lock()
	defer all.mu.Unlock()
	c := completeness{Complete: true, Missing: []missing{}}
	var failures, skips, unreadable groups
	for _, t := range targets {
		o, ok := all.byTarget[t.Name]
		if !ok {
			o.Error.Kind, o.Error.Message = "canceled", "the call ended before this target was searched"
		}
		if !o.Complete {
			failures.add(t.Name, o.Error.Kind, o.Error.Code, inArgumentWords(o.Error.Message))
		}
		if len(o.Skipped) > 0 {
			skips.add(t.Name, "their API never reports "+strings.Join(o.Skipped, ", ")+", so they have no images here (skip_unreported)")
		}
		for _, path := range slices.Sorted(maps.Keys(o.Unreadable)) {
			unreadable.add(t.Name, fmt.Sprintf("values of %s could not be read, so predicates on that field do not match those images", path))
		}
	}
	failures.each(func(names, key []string) {
		c.miss(missing{Kind: key[0], Code: key[1], Message: key[2], Targets: names})
	})
	for _, g := range []groups{skips, unreadable} {
		g.each(func(names, key []string) { c.Notes = append(c.Notes, strings.Join(names, ", ")+": "+key[0]) })
	}
	return c
}

// groups are names by what is said about them, in the order in which it was first said.
type groups struct {
	keys  [][]string
	names [][]string
}

func (g *groups) add(name string, key ...string) {
	i := slices.IndexFunc(g.keys, func(k []string) bool { return slices.Equal(k, key) })
	if i < 0 {
		i, g.keys, g.names = len(g.keys), append(g.keys, key), append(g.names, nil)
	}
	g.names[i] = append(g.names[i], name)
}

func (g *groups) each(f func(names, key []string)) {
	for i, key := range g.keys {
		names, more := atMost(g.names[i], maxNames)
		if more > 0 {
			names = append(slices.Clone(names), fmt.Sprintf("and %d more", more))
		}
		f(names, key)
	}
}

// atMost returns the first values, and how many there are more.
func atMost[T any](values []T, most int) ([]T, int) {
	if len(values) <= most {
		return values, 0
	}
	return values[:most:most], len(values) - most
}

// inArgumentWords says the library's advice in the words of the arguments.
var inArgumentWords = strings.NewReplacer(
	"SkipUnreported", "skip_unreported",
	"the Native parameters", "the native parameters",
	"; Native ", "; with native: ",
).Replace

// escape writes characters that do not show as \u and four digits.
func escape(text string) string { return printable.EscapeFunc(text, hidden) }

// hidden reports whether a reader of a text would not see a character, but a language
// model would.
func hidden(r rune) bool {
	return printable.Invisible(r) || unicode.In(r, unicode.Variation_Selector, unicode.Other_Default_Ignorable_Code_Point)
}
