package provider

import (
	"context"
	"maps"
)

// addUnreadable adds the counts of a page to those of a scan, which may be nil.
func addUnreadable(sum, page map[string]int) map[string]int {
	if sum == nil && len(page) > 0 {
		sum = make(map[string]int, len(page))
	}
	for path, n := range page {
		sum[path] += n
	}
	return sum
}

// logUnreadable logs the values that one scan of a call could not convert.
func (r *run) logUnreadable(call Call, counts map[string]int) {
	if len(counts) > 0 {
		r.client.config.Logger.WarnContext(r.ctx, "values of documented fields could not be converted and are left zero",
			"provider", r.client.info.Name, "region", r.client.info.Region, "action", call.Action, "unreadable", maps.Clone(counts))
	}
}

// traceUnreadable hands on the counts of the last scan of a call.
func traceUnreadable(ctx context.Context, counts map[string]int) {
	if hook := ContextTrace(ctx).unreadable; hook != nil && len(counts) > 0 {
		hook(ctx, counts)
	}
}
