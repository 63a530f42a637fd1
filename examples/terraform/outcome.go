package terraform

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-go/tftypes"

	"github.com/imagequery/imagequery/provider"
)

// outcome is the result of one search.
type outcome struct {
	hits         []provider.Hit
	reports      []provider.Report
	allowPartial bool
	newest       bool
}

// diagnose returns the diagnostics of a search that ended with an error or with nil.
func (o outcome) diagnose(ctx context.Context, err error) (diags diag.Diagnostics) {
	if end := ctx.Err(); end != nil {
		diags.AddError("Search interrupted", "The search was stopped before every target had answered: "+end.Error())
		return diags
	}
	var failed []error
	for _, one := range joined(err) {
		if _, ok := errors.AsType[*provider.TargetError](one); ok {
			failed = append(failed, one)
			continue
		}
		diags.Append(searchError(one))
	}
	if len(failed) > 0 {
		diags.Append(o.partial(failed))
	}
	if o.newest && len(o.hits) == 0 && !diags.HasError() {
		diags.AddError("No image found", "No image of the targets that answered matches.")
	}
	return diags
}

// searchError returns the diagnostic of an error that concerns the whole search.
func searchError(err error) diag.Diagnostic {
	detail := messageOf(err)
	if errors.Is(err, provider.NotFound) {
		return diag.NewErrorDiagnostic("No image found", detail)
	}
	field, reason, ok := strings.Cut(strings.TrimPrefix(detail, "query field "), ": ")
	if ok && strings.HasPrefix(detail, "query field ") {
		return diag.NewAttributeErrorDiagnostic(pathOf(field), "Invalid "+field, reason)
	}
	return diag.NewErrorDiagnostic("Search failed", detail)
}

// maxNamed bounds the targets that a diagnostic names.
const maxNamed = 20

// partial returns the diagnostic of targets that failed: a warning if the answer of
// the others is to be used, and there is one.
func (o outcome) partial(failed []error) diag.Diagnostic {
	var lines []string
	for _, err := range failed[:min(len(failed), maxNamed)] {
		lines = append(lines, inAttributeWords(err.Error()))
	}
	if more := len(failed) - maxNamed; more > 0 {
		lines = append(lines, fmt.Sprintf("and %d more", more))
	}
	summary := fmt.Sprintf("%d of %d targets failed", len(failed), len(o.reports))
	list := "\n\n" + strings.Join(lines, "\n")
	switch {
	case len(failed) == len(o.reports):
		return diag.NewErrorDiagnostic(summary, "No target answered completely."+list)
	case o.allowPartial:
		return diag.NewWarningDiagnostic(summary, "Images of these targets may be missing from the result."+list)
	}
	return diag.NewErrorDiagnostic(summary, "Images of these targets may be missing. Set allow_partial = true to use those of the other targets."+list)
}

// outputs returns the values of the outputs of both data sources by name. The JSON form
// of an image is the value of an image, besides its target.
func (o outcome) outputs(grouped bool) (map[string]any, error) {
	images, missing, reports := []any{}, []any{}, []any{}
	for _, hit := range o.hits {
		value, err := decoded(hit.Image)
		if err != nil {
			return nil, fmt.Errorf("%s: image %s: %w", hit.Target, hit.Image.Ref, err)
		}
		members := value.(map[string]any)
		members["target"] = hit.Target
		images = append(images, members)
	}
	for _, r := range o.reports {
		value, err := decoded(r)
		if err != nil {
			return nil, fmt.Errorf("%s: report: %w", r.Target, err)
		}
		members := value.(map[string]any)
		if !r.Complete {
			missing = append(missing, r.Target)
			members["error"] = inAttributeWords(r.Err.Error())
		}
		reports = append(reports, members)
	}
	out := map[string]any{"images": images, "complete": len(missing) == 0, "missing": missing, "reports": reports}
	if len(images) > 0 && !grouped {
		out["image"] = images[0]
	}
	return out, nil
}

// reports collects the reports of a search.
type reports struct {
	targets []provider.Target
	mu      sync.Mutex
	byName  map[string]provider.Report
}

func newReports(targets []provider.Target) *reports {
	return &reports{targets: targets, byName: map[string]provider.Report{}}
}

func (r *reports) trace() *provider.Trace {
	return &provider.Trace{Target: func(_ context.Context, report provider.Report) {
		r.mu.Lock()
		defer r.mu.Unlock()
		r.byName[report.Target] = report
	}}
}

// all returns the reports in the order of the targets.
func (r *reports) all() []provider.Report {
	r.mu.Lock()
	defer r.mu.Unlock()
	var all []provider.Report
	for _, t := range r.targets {
		if report, ok := r.byName[t.Name]; ok {
			all = append(all, report)
		}
	}
	return all
}

// pathText returns a path as it is written in a configuration.
func pathText(at *tftypes.AttributePath) string {
	steps := stepsOf(at)
	if len(steps) == 0 {
		return "a value"
	}
	root, _ := steps[0].(string)
	return pathOf(root, slices.Clone(steps[1:])...).String()
}
