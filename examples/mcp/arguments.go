package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/google/jsonschema-go/jsonschema"

	"github.com/imagequery/imagequery/examples/internal/timetext"
	"github.com/imagequery/imagequery/examples/internal/words"
	"github.com/imagequery/imagequery/image"
	"github.com/imagequery/imagequery/provider"
)

// arguments is what a call asks for.
type arguments struct {
	Query        image.Query         `json:"-"`
	Targets      []string            `json:"targets"` // patterns
	Providers    []string            `json:"providers"`
	NewestPer    []provider.GroupKey `json:"newest_per"`
	AllowPartial bool                `json:"allow_partial"`
	Distinct     bool                `json:"distinct"`
	Limit        int                 `json:"limit"` // images in an answer
	Cursor       string              `json:"cursor"`
}

// parseArguments reads the arguments of a call. Its error joins one for each bad
// argument. The client may have left the schema unchecked, so all of it is checked here.
func parseArguments(data json.RawMessage, schema *jsonschema.Schema) (arguments, error) {
	a := arguments{Limit: defaultLimit}
	values := map[string]json.RawMessage{}
	if len(data) > 0 {
		if err := json.Unmarshal(data, &values); err != nil {
			return a, errors.New("arguments: want an object with the arguments by name")
		}
	}
	var errs []error
	for _, name := range slices.Sorted(maps.Keys(values)) {
		if err := a.set(name, values[name], schema); err != nil {
			errs = append(errs, fmt.Errorf("%s: %w", name, err))
		}
	}
	if len(errs) > 0 {
		return a, errors.Join(errs...)
	}
	return a, errors.Join(queryErrors(a.Query), a.check(slices.Sorted(maps.Keys(values))))
}

// set reads one argument. Null means that it is not given.
func (a *arguments) set(name string, value json.RawMessage, schema *jsonschema.Schema) error {
	wanted, ok := schema.Properties[name]
	if !ok {
		return unknownArgument(name, slices.Sorted(maps.Keys(schema.Properties)))
	}
	if string(value) == "null" {
		return nil
	}
	err := a.decode(name, value)
	if errors.As(err, new(*json.UnmarshalTypeError)) {
		return fmt.Errorf("value %s: want %s", shortened(string(value)), shapeOf(wanted))
	}
	return err
}

// decode decodes one argument into the field of its name.
func (a *arguments) decode(name string, value json.RawMessage) (err error) {
	if name == "created_after" || name == "created_before" {
		if value, err = timeValue(value); err != nil {
			return err
		}
	}
	one, err := json.Marshal(map[string]json.RawMessage{name: value})
	if err != nil {
		return err
	}
	if name == "skip_unreported" || slices.ContainsFunc(queryParameters(), func(p parameter) bool { return p.name == name }) {
		return json.Unmarshal(one, &a.Query)
	}
	return json.Unmarshal(one, a)
}

func unknownArgument(name string, known []string) error {
	if near, ok := words.Nearest(name, known); ok {
		return fmt.Errorf("unknown argument; did you mean %s?", near)
	}
	return fmt.Errorf("unknown argument; want %s", strings.Join(known, ", "))
}

// timeValue reads a time, a day or an age, and returns it as a query has it.
func timeValue(value json.RawMessage) (json.RawMessage, error) {
	var written string
	if err := json.Unmarshal(value, &written); err != nil {
		return nil, err
	}
	t, err := timetext.Parse(written)
	if err != nil {
		return nil, fmt.Errorf("value %q: %w", shortened(written), err)
	}
	return json.Marshal(t)
}

// shapeOf says what values a schema takes.
func shapeOf(s *jsonschema.Schema) string {
	switch s.Type {
	case "array":
		return "a list of texts, such as [\"a\", \"b\"]"
	case "object":
		return fmt.Sprintf("an object, such as %s", s.Examples[0])
	case "string":
		return "a text"
	case "integer":
		return "a whole number"
	}
	return "true or false"
}

// shortened bounds what is repeated of a value.
func shortened(value string) string {
	const most = 80
	if runes := []rune(value); len(runes) > most {
		return string(runes[:most]) + "…"
	}
	return value
}

// queryErrors validates a query. Its error names each argument with a bad value.
func queryErrors(q image.Query) error {
	err := q.Validate()
	joined, ok := err.(interface{ Unwrap() []error })
	if !ok {
		return err
	}
	var errs []error
	for _, one := range joined.Unwrap() {
		if bad, ok := errors.AsType[*image.QueryError](one); ok {
			one = fmt.Errorf("%s: value %q: %s", bad.Field, shortened(bad.Value), bad.Reason)
		}
		errs = append(errs, one)
	}
	return errors.Join(errs...)
}

// check finds what is wrong with arguments that are not predicates.
func (a *arguments) check(given []string) error {
	if a.Limit < 1 || a.Limit > maxLimit {
		return fmt.Errorf("limit: value %d: want 1 to %d", a.Limit, maxLimit)
	}
	others := slices.DeleteFunc(given, func(name string) bool { return name == "cursor" || name == "limit" })
	if a.Cursor != "" && len(others) > 0 {
		return fmt.Errorf("%s: has no effect with cursor, which continues an earlier answer: leave it out", others[0])
	}
	for i, key := range a.NewestPer {
		if !slices.Contains(provider.GroupKeys(), key) || slices.Contains(a.NewestPer[:i], key) {
			return fmt.Errorf("newest_per: value %q: want different words of %v", shortened(string(key)), provider.GroupKeys())
		}
	}
	return nil
}

// selected returns the targets that targets and providers choose.
func (a *arguments) selected(all []provider.Target) ([]provider.Target, error) {
	left := all
	for _, by := range []struct {
		argument string
		values   []string
		of       func(provider.Target) string
	}{
		{"targets", a.Targets, func(t provider.Target) string { return t.Name }},
		{"providers", a.Providers, func(t provider.Target) string { return t.Client.Info().Name }},
	} {
		for _, value := range by.values {
			if !slices.ContainsFunc(all, func(t provider.Target) bool { return matches(value, by.of(t)) }) {
				return nil, fmt.Errorf("%s: value %q: matches no target; there are %s", by.argument, shortened(value), nameAll(all))
			}
		}
		left = slices.DeleteFunc(slices.Clone(left), func(t provider.Target) bool {
			chosen := func(value string) bool { return matches(value, by.of(t)) }
			return len(by.values) > 0 && !slices.ContainsFunc(by.values, chosen)
		})
	}
	if len(left) == 0 {
		return nil, errors.New("targets and providers together leave no target: drop one of them")
	}
	return left, nil
}

// matches uses the patterns of image names for other names.
func matches(glob, name string) bool {
	return image.Query{NameGlobs: []string{glob}}.Match(image.Image{Name: name})
}

func nameAll(all []provider.Target) string {
	var names []string
	for _, t := range all {
		names = append(names, fmt.Sprintf("%s (%s)", t.Name, t.Client.Info().Name))
	}
	names, more := atMost(names, maxNames)
	text := strings.Join(names, ", ")
	if more > 0 {
		text += fmt.Sprintf(" and %d more", more)
	}
	return text
}
