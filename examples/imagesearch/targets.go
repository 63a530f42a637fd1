package main

import (
	"errors"
	"fmt"
	"strings"

	"github.com/imagequery/imagequery/examples/internal/fakeconfig"
	"github.com/imagequery/imagequery/examples/internal/providers"
	"github.com/imagequery/imagequery/examples/targets"
	"github.com/imagequery/imagequery/image"
	"github.com/imagequery/imagequery/provider"
)

// configured returns the targets of the configuration, or of the sample cloud.
func (r *runner) configured() ([]targets.Target, error) {
	if file := r.configFile(); file != "" {
		return targets.Load(file, r.configEnvironment())
	}
	return r.sample()
}

// configFile returns the path of the configuration, which is empty for the sample
// cloud.
func (r *runner) configFile() string {
	if r.options.config != "" {
		return r.options.config
	}
	file, _ := r.environment.LookupEnv("IMAGESEARCH_CONFIG")
	return file
}

// sample returns the targets of the sample cloud.
func (r *runner) sample() ([]targets.Target, error) {
	loaded, err := fakeconfig.Sample(r.environment)
	_, _ = fmt.Fprintln(r.stderr, "imagesearch: no --config: this is the built-in sample cloud, and none of its images is real")
	return loaded, err
}

// open opens the selected targets, configured as the flags say.
func (r *runner) open(selected []targets.Target) ([]provider.Target, error) {
	for i := range selected {
		r.options.configure(&selected[i].Config)
	}
	return targets.Open(selected)
}

// selected returns the targets that --target, --provider and --exclude leave.
func (o *options) selected(all []targets.Target) ([]targets.Target, error) {
	var errs []error
	byName := matching("target", o.targets, all, matchesName, &errs)
	byProvider := matching("provider", o.providers, all, isOf, &errs)
	excluded := make([]bool, len(all))
	if len(o.excluded) > 0 {
		excluded = matching("exclude", o.excluded, all, matchesName, &errs)
	}
	if err := errors.Join(errs...); err != nil {
		return nil, err
	}
	var left []targets.Target
	for i, t := range all {
		if byName[i] && byProvider[i] && !excluded[i] {
			left = append(left, t)
		}
	}
	if len(left) == 0 {
		return nil, errors.New("--target, --provider and --exclude together leave no target: drop one of them")
	}
	return o.shard.of(left), nil
}

// matching reports for each target whether one of a flag's values matches it. Without
// values, all match.
func matching(flag string, values []string, all []targets.Target, matches func(string, targets.Target) bool, errs *[]error) []bool {
	out := make([]bool, len(all))
	for _, value := range values {
		some := false
		for i, t := range all {
			if matches(value, t) {
				out[i], some = true, true
			}
		}
		if !some {
			*errs = append(*errs, fmt.Errorf("--%s %q matches no target%s; there are %s", flag, value, didYouMean(value, namesFor(flag, all)), nameAll(all)))
		}
	}
	if len(values) == 0 {
		for i := range out {
			out[i] = true
		}
	}
	return out
}

func isOf(name string, t targets.Target) bool { return t.Provider == name }

// matchesName uses the patterns of image names for those of targets.
func matchesName(glob string, t targets.Target) bool {
	q := image.Query{NameGlobs: []string{glob}}
	return q.Match(image.Image{Name: t.Name})
}

// namesFor returns what a value of a flag can be.
func namesFor(flag string, all []targets.Target) []string {
	if flag == "provider" {
		return providers.Names()
	}
	var names []string
	for _, t := range all {
		names = append(names, t.Name)
	}
	return names
}

func nameAll(all []targets.Target) string {
	var names []string
	for _, t := range all {
		names = append(names, fmt.Sprintf("%s (%s)", t.Name, t.Provider))
	}
	return strings.Join(names, ", ")
}
