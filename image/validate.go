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

// QueryError reports one bad value of a [Query].
type QueryError struct {
	Field  string // the name in the JSON form, such as "statuses" or "limit"
	Value  string // the bad value
	Reason string // why it is bad, and the remedy
}

// Error returns the field, the value, the reason and the remedy on one line.
func (e *QueryError) Error() string {
	return fmt.Sprintf("query field %s: value %q: %s", e.Field, e.Value, e.Reason)
}

// Validate checks every value of q. The error joins one [*QueryError] per bad
// value; [errors.As] finds the first. Bad values are unknown words, empty texts,
// texts that are not UTF-8, malformed globs, an empty tag key, a time outside the
// years 1 to 9999, a CreatedAfter that is not before CreatedBefore, a negative
// limit, and an empty provider or parameter name in Native.
func (q Query) Validate() error {
	var v validator
	for _, p := range q.predicates() {
		for _, value := range p.values {
			if reason := invalidReason(p.field, value); reason != "" {
				v.add(string(p.field), value, reason)
			}
		}
	}
	if value, ok := q.Tags[""]; ok {
		v.add(string(FieldTags), "="+value, "empty tag key; give each tag a key")
	}
	v.checkPeriod(q.CreatedAfter, q.CreatedBefore)
	if q.Limit < 0 {
		v.add("limit", strconv.Itoa(q.Limit), "negative; leave it 0 for every image")
	}
	v.checkNative(q.Native)
	return errors.Join(v...)
}

// validator collects the bad values of a query.
type validator []error

func (v *validator) add(field, value, reason string) {
	*v = append(*v, &QueryError{Field: field, Value: value, Reason: reason})
}

func (v *validator) checkPeriod(after, before time.Time) {
	v.checkYear(FieldCreatedAfter, after)
	v.checkYear(FieldCreatedBefore, before)
	if !after.IsZero() && !before.IsZero() && !after.Before(before) {
		v.add(string(FieldCreatedAfter), timeText(after),
			"not before created_before ("+timeText(before)+"), so no image can match; swap or widen them")
	}
}

// checkYear refuses times that RFC 3339, and so the JSON form, cannot express.
func (v *validator) checkYear(field Field, t time.Time) {
	if local := t.Year(); local < 1 || local > 9999 || t.UTC().Year() < 1 || t.UTC().Year() > 9999 {
		v.add(string(field), timeText(t), "want a year from 1 to 9999")
	}
}

func (v *validator) checkNative(native map[string]map[string]string) {
	for _, provider := range slices.Sorted(maps.Keys(native)) {
		if provider == "" {
			v.add("native", provider, "empty provider name; write for instance aliyunecs")
		}
		if _, ok := native[provider][""]; ok {
			v.add("native", provider, "empty parameter name; write a documented one")
		}
		for _, param := range slices.Sorted(maps.Keys(native[provider])) {
			if text := provider + "." + param + "=" + native[provider][param]; !utf8.ValidString(text) {
				v.add("native", text, reasonEncoding)
			}
		}
	}
}

const (
	reasonEmpty    = "empty; remove it, or leave the field unset"
	reasonEncoding = "not valid UTF-8; correct the text"
)

func invalidReason(field Field, value string) string {
	switch {
	case value == "":
		return reasonEmpty
	case !utf8.ValidString(value):
		return reasonEncoding
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
		return sources.invalidReason(Source(value))
	case FieldVisibilities:
		return visibilities.invalidReason(Visibility(value))
	case FieldStatuses:
		return statuses.invalidReason(Status(value))
	case FieldOSes:
		return oses.invalidReason(OS(value))
	case FieldArchs:
		return archs.invalidReason(Arch(value))
	}
	return ""
}

func (n enum[E]) invalidReason(e E) string {
	if n.has(n.neutral(e)) {
		return ""
	}
	return "unknown " + n.name + "; want " + n.list()
}
