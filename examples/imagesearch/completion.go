package main

import (
	_ "embed"
	"fmt"
	"slices"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/imagequery/imagequery/examples/internal/fakeconfig"
	"github.com/imagequery/imagequery/examples/targets"
	"github.com/imagequery/imagequery/fakecloud"
)

// setCompletion tells a shell the values of each flag.
func (r *runner) setCompletion(command *cobra.Command) {
	known, fixed := r.completions(), choices()
	command.Flags().VisitAll(func(f *pflag.Flag) {
		if f.Value.Type() == "FILE" || f.Value.Type() == "DIR" || f.NoOptDefVal != "" {
			return // completed by the shell: the script for bash needs a package to list directories only
		}
		complete, ok := known[f.Name]
		if !ok {
			complete = cobra.FixedCompletions(fixed[f.Name], cobra.ShellCompDirectiveNoFileComp)
		}
		if err := command.RegisterFlagCompletionFunc(f.Name, complete); err != nil {
			panic(err) // the flag exists: it is being visited
		}
	})
	command.ValidArgsFunction = cobra.NoFileCompletions
	command.InitDefaultCompletionCmd("completion")
	if completion, _, err := command.Find([]string{"completion"}); err == nil && completion != command {
		setShells(completion)
	}
}

// isCompletion reports whether a shell requests completions.
func isCompletion(args []string) bool {
	return len(args) > 0 && (args[0] == cobra.ShellCompRequestCmd || args[0] == cobra.ShellCompNoDescRequestCmd)
}

// completionArguments joins --sort and a key that descends, which cobra takes for a flag.
func completionArguments(args []string) []string {
	if last := len(args) - 1; last > 1 && args[last-1] == "--sort" && strings.HasPrefix(args[last], "-") {
		return append(slices.Clone(args[:last-1]), "--sort="+args[last])
	}
	return args
}

// ignoreErrors accepts every value of a flag. To complete a word, cobra parses the
// flags before it twice, and an error in one of them would end the completion.
func ignoreErrors(flags *pflag.FlagSet) {
	flags.VisitAll(func(f *pflag.Flag) { f.Value = lenient{f.Value} })
}

type lenient struct{ pflag.Value }

func (v lenient) Set(text string) error {
	_ = v.Value.Set(text)
	return nil
}

// completions are the functions of the flags whose values are no fixed list.
func (r *runner) completions() map[string]cobra.CompletionFunc {
	names := r.ofPlaces(func(p targets.Place) string { return p.Name })
	return map[string]cobra.CompletionFunc{
		"target":     names,
		"exclude":    names,
		"region":     r.ofPlaces(func(p targets.Place) string { return p.Region }),
		"family":     r.completeFamilies,
		"columns":    completeList("columns"),
		"sort":       completeList("sort"),
		"count-by":   completeList("count-by"),
		"newest-per": completeList("newest-per"),
	}
}

// ofPlaces completes a text of the targets of the configuration, or of the sample
// cloud. It sends nothing, and needs no credentials.
func (r *runner) ofPlaces(text func(targets.Place) string) cobra.CompletionFunc {
	return func(*cobra.Command, []string, string) ([]string, cobra.ShellCompDirective) {
		var out []string
		for _, place := range r.places() {
			out = append(out, text(place))
		}
		return distinct(out), cobra.ShellCompDirectiveNoFileComp
	}
}

// places returns where the targets are, as far as it can be known.
func (r *runner) places() []targets.Place {
	if file := r.configFile(); file != "" {
		return targets.Outline(file, r.environment)
	}
	loaded, _ := fakeconfig.Sample(r.environment) // a completion prints no errors
	var places []targets.Place
	for _, t := range loaded {
		places = append(places, targets.Place{Name: t.Name, Provider: t.Provider, Region: t.Config.Region})
	}
	return places
}

// completeFamilies completes the families of the sample cloud. Those of other clouds
// are in no configuration, and completing a word sends no request.
func (r *runner) completeFamilies(*cobra.Command, []string, string) ([]string, cobra.ShellCompDirective) {
	if r.configFile() != "" {
		return nil, cobra.ShellCompDirectiveNoFileComp
	}
	world := fakecloud.Sample()
	images := slices.Clone(world.Images)
	for _, account := range world.Accounts {
		images = append(images, account.Images...)
	}
	var families []string
	for _, m := range images {
		families = append(families, m.Family)
	}
	return distinct(families), cobra.ShellCompDirectiveNoFileComp
}

// distinct returns the texts that are not empty, each once and in order.
func distinct(texts []string) []string {
	slices.Sort(texts)
	return slices.DeleteFunc(slices.Compact(texts), func(s string) bool { return s == "" })
}

// completeList completes the last key of a list, which may have a sign in --sort.
func completeList(flag string) cobra.CompletionFunc {
	return func(_ *cobra.Command, _ []string, text string) ([]string, cobra.ShellCompDirective) {
		end := strings.LastIndex(text, ",") + 1
		if flag == "sort" && strings.HasPrefix(text[end:], "-") {
			end++
		}
		given := strings.Split(text[:end], ",")
		var out []string
		for _, name := range choices()[flag] {
			if !slices.Contains(given, name) {
				out = append(out, text[:end]+name)
			}
		}
		return out, cobra.ShellCompDirectiveNoFileComp | cobra.ShellCompDirectiveNoSpace
	}
}

// withoutPackage lets the script for bash work without the package bash-completion.
//
//go:embed completion.bash
var withoutPackage string

const bashHelp = `Print the completion script for bash. To load it in this shell:

	source <(imagesearch completion bash)

To load it in every new shell, add that line to ~/.bashrc. No package is needed.
`

// setShells refuses unknown shells, and completes the script for bash.
func setShells(completion *cobra.Command) {
	completion.Args = nil
	completion.RunE = unknownShell
	for _, shell := range completion.Commands() {
		if shell.Name() != "bash" {
			continue
		}
		script := shell.RunE
		shell.Long = bashHelp
		shell.RunE = func(c *cobra.Command, args []string) error {
			if err := script(c, args); err != nil {
				return err
			}
			_, err := fmt.Fprint(c.OutOrStdout(), withoutPackage)
			return err
		}
	}
}

// unknownShell refuses a completion for a shell that has none.
func unknownShell(c *cobra.Command, args []string) error {
	var shells []string
	for _, one := range c.Commands() {
		shells = append(shells, one.Name())
	}
	if len(args) == 0 {
		return fmt.Errorf("completion: no shell: want %s", alternatives(shells))
	}
	return fmt.Errorf("completion %q: want %s%s", args[0], alternatives(shells), didYouMean(args[0], shells))
}
