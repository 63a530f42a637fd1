package image

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"time"
	"unicode/utf8"
)

// QueryError is one bad value of a [Query]. [Query.Validate] joins one for each.
type QueryError struct {
	Field  string // the field as the JSON form names it, such as "statuses" or "limit"
	Value  string // what stands there
	Reason string // what is wrong with it, and what to write instead
}

// Error names the field, the value and the remedy.
func (e *QueryError) Error() string {
	return fmt.Sprintf("query field %s: value %q: %s", e.Field, e.Value, e.Reason)
}

// Validate returns an error that joins a [*QueryError] for every bad value, or
// nil: words that no enumeration has, empty texts, bad patterns, an empty tag
// key, a period that ends before it begins or is not within the years 1 to 9999,
// a negative limit, a Native section without a provider's or a parameter's name.
// Find the first with [errors.As].
func (q Query) Validate() error {
	var c complaints
	for _, p := range q.predicates() {
		for _, value := range p.values {
			if reason := reasonAgainst(p.field, value); reason != "" {
				c.add(string(p.field), value, reason)
			}
		}
	}
	if value, ok := q.Tags[""]; ok {
		c.add(string(FieldTags), "="+value, "empty tag key; give each tag a key")
	}
	c.checkPeriod(q.CreatedAfter, q.CreatedBefore)
	if q.Limit < 0 {
		c.add("limit", strconv.Itoa(q.Limit), "negative; leave it 0 for every image")
	}
	c.checkNative(q.Native)
	return errors.Join(c...)
}

type complaints []error

func (c *complaints) add(field, value, reason string) {
	*c = append(*c, &QueryError{Field: field, Value: value, Reason: reason})
}

func (c *complaints) checkPeriod(after, before time.Time) {
	c.checkYear(FieldCreatedAfter, after)
	c.checkYear(FieldCreatedBefore, before)
	if !after.IsZero() && !before.IsZero() && !after.Before(before) {
		c.add(string(FieldCreatedAfter), timeText(after),
			"not before created_before ("+timeText(before)+"), so nothing could match; swap or widen them")
	}
}

// checkYear refuses what RFC 3339, and so the JSON form, cannot say.
func (c *complaints) checkYear(field Field, t time.Time) {
	if local := t.Year(); local < 1 || local > 9999 || t.UTC().Year() < 1 || t.UTC().Year() > 9999 {
		c.add(string(field), timeText(t), "want a year from 1 to 9999")
	}
}

func (c *complaints) checkNative(native map[string]map[string]string) {
	for _, provider := range slices.Sorted(maps.Keys(native)) {
		if provider == "" {
			c.add("native", provider, "empty provider name; write for instance aliyunecs")
		}
		if _, ok := native[provider][""]; ok {
			c.add("native", provider, "empty parameter name; write a documented one")
		}
	}
}

const reasonEmpty = "empty; remove it, an unset field asks nothing"

func reasonAgainst(field Field, value string) string {
	switch {
	case value == "":
		return reasonEmpty
	case !utf8.ValidString(value):
		return "not valid UTF-8, which no provider can mean; write it anew"
	}
	switch field {
	case FieldNameGlobs:
		if err := checkGlob(value); err != nil {
			return "bad pattern: " + err.Error()
		}
	case FieldPlatforms:
		if ParsePlatform(value) == "" {
			return reasonEmpty
		}
	case FieldSources:
		return sources.reasonAgainst(Source(value))
	case FieldVisibilities:
		return visibilities.reasonAgainst(Visibility(value))
	case FieldStatuses:
		return statuses.reasonAgainst(Status(value))
	case FieldOSes:
		return oses.reasonAgainst(OS(value))
	case FieldArchs:
		return archs.reasonAgainst(normalArch(Arch(value)))
	}
	return ""
}

func (w words[E]) reasonAgainst(e E) string {
	if w.has(e) {
		return ""
	}
	return "unknown " + w.name + "; want " + w.list()
}
