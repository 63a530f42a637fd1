package terraform

import (
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-go/tftypes"

	"github.com/imagequery/imagequery/image"
	"github.com/imagequery/imagequery/provider"
)

// queryOf returns the query of a data source's configuration, and a diagnostic for
// each bad value. Unknown values are left out.
func queryOf(inputs []attribute, config map[string]tftypes.Value) (q image.Query, diags diag.Diagnostics) {
	all := map[string]any{}
	for _, a := range inputs {
		if value := fromConfig(config[a.name]); value != nil && inQuery(a) {
			all[a.name] = value
			diags.Append(a.check(config[a.name])...)
		}
	}
	if diags.HasError() {
		return q, diags
	}
	if err := decodeInto(&q, all); err != nil {
		diags.AddError("Invalid query", err.Error())
		return q, diags
	}
	for _, err := range joined(q.Validate()) { // such as a period that ends before it begins
		if bad, ok := errors.AsType[*image.QueryError](err); ok {
			diags.AddAttributeError(pathOf(bad.Field), "Invalid "+bad.Field, fmt.Sprintf("value %q: %s", bad.Value, bad.Reason))
		}
	}
	return q, diags
}

// inQuery reports whether an input is part of the query. The others are options of the
// search.
func inQuery(a attribute) bool {
	for _, known := range append(queryAttributes, limitAttribute) {
		if known.name == a.name {
			return true
		}
	}
	return false
}

// check validates each element of a list by itself, so that a diagnostic has its path,
// and other values as a whole.
func (a attribute) check(v tftypes.Value) (diags diag.Diagnostics) {
	if a.kind != texts {
		return a.checkAt(nil, fromConfig(v))
	}
	for i, element := range as[[]tftypes.Value](v) {
		if element.IsKnown() {
			diags.Append(a.checkAt([]any{i}, []any{fromConfig(element)})...)
		}
	}
	return diags
}

// checkAt validates a query that has only one attribute.
func (a attribute) checkAt(steps []any, value any) (diags diag.Diagnostics) {
	reason := ""
	var q image.Query
	if a.kind == moment {
		reason = momentReason(value)
	} else if err := decodeInto(&q, map[string]any{a.name: value}); err != nil {
		reason = err.Error()
	} else if bad, ok := errors.AsType[*image.QueryError](q.Validate()); ok {
		reason = fmt.Sprintf("value %q: %s", bad.Value, bad.Reason)
	}
	if reason != "" {
		diags.AddAttributeError(pathOf(a.name, steps...), "Invalid "+a.name, reason)
	}
	return diags
}

func momentReason(value any) string {
	if _, err := time.Parse(time.RFC3339, fmt.Sprint(value)); err != nil {
		return fmt.Sprintf("value %q: not a time in RFC 3339; write it like 2026-01-31T12:00:00Z", value)
	}
	return ""
}

// groupKeysOf returns the keys of the attribute per.
func groupKeysOf(config map[string]tftypes.Value) (keys []provider.GroupKey, diags diag.Diagnostics) {
	for i, element := range as[[]tftypes.Value](config[perAttribute.name]) {
		if !element.IsKnown() {
			continue
		}
		key := provider.GroupKey(as[string](element))
		if _, err := provider.KeyOf(key); err != nil {
			diags.AddAttributeError(pathOf(perAttribute.name, i), "Invalid per", messageOf(err))
		}
		keys = append(keys, key)
	}
	if !diags.HasError() {
		if _, err := provider.KeyOf(keys...); err != nil {
			diags.AddAttributeError(pathOf(perAttribute.name), "Invalid per", messageOf(err))
		}
	}
	return keys, diags
}

// messageOf returns the message of an error of the library without its kind, in the
// words of the attributes.
func messageOf(err error) string {
	if e, ok := errors.AsType[*provider.Error](err); ok && e.Message != "" {
		return inAttributeWords(e.Message)
	}
	return inAttributeWords(err.Error())
}

// inAttributeWords says the library's advice in the words of the attributes.
func inAttributeWords(text string) string {
	return strings.NewReplacer(
		"set SkipUnreported", "set skip_unreported = true",
		"SkipUnreported", "skip_unreported",
		"use Limit, or Config.Listing.PageSize", "use limit",
		"set Config.Region", "set regions of the target",
		"set Config.Credentials to aliyuncreds.Default(), which assumes it", "leave out credentials of the target",
		"Config.Credentials", "credentials of the target",
		"Config.EndpointType", "endpoint_type",
		"Config.Endpoint", "endpoint",
		"Config.Region", "regions",
	).Replace(text)
}
