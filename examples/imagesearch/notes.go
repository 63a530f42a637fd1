package main

import (
	"fmt"
	"slices"
	"strings"

	"github.com/imagequery/imagequery/examples/internal/printable"
	"github.com/imagequery/imagequery/image"
	"github.com/imagequery/imagequery/provider"
)

// note writes a line to the standard error that is not a failure.
func (r *runner) note(format string, args ...any) {
	_, _ = fmt.Fprintf(r.stderr, "imagesearch: %s\n", printable.Line(fmt.Sprintf(format, args...)))
}

// notePlatforms names the nearest known platform for each one that is not known.
func (r *runner) notePlatforms() {
	if r.options.verify != "" {
		return // its query was noted when the record was made
	}
	known := image.Platforms()
	for _, text := range r.options.query.Platforms {
		name := image.ParsePlatform(text)
		if slices.Contains(known, name) {
			continue
		}
		suggestion := didYouMean(name, known)
		if suggestion == "" {
			suggestion = "; known ones are " + strings.Join(known, ", ")
		}
		r.note("--platform %q is not a known platform, and is searched for as it is%s", text, suggestion)
	}
}

// noteUnreported names the flag that lets --newest succeed although some targets
// never report the field of a predicate.
func (r *runner) noteUnreported(targets []provider.Target, plans []*provider.Plan) {
	if r.options.query.SkipUnreported || !r.options.given("newest") && !r.options.given("newest-per") {
		return
	}
	var flags, names []string
	for i, plan := range plans {
		for _, field := range plan.Unsupported {
			flags = append(flags, "--"+r.options.flagOf[field])
		}
		if len(plan.Unsupported) > 0 {
			names = append(names, targets[i].Name)
		}
	}
	if len(names) == 0 {
		return
	}
	slices.Sort(flags)
	r.note("add --skip-unreported: the newest image needs every target, and the API of %s never reports what %s needs",
		strings.Join(names, ", "), strings.Join(slices.Compact(flags), ", "))
}
