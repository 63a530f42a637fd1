package main

import (
	"context"
	_ "embed"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/imagequery/imagequery/examples/targets"
	"github.com/imagequery/imagequery/image"
	"github.com/imagequery/imagequery/provider"
)

// familiesTimeout bounds the requests that completing --family sends.
const familiesTimeout = 2 * time.Second

// setCompletion tells a shell the values of each flag.
func (r *runner) setCompletion(command *cobra.Command) {
	known := r.completions()
	command.Flags().VisitAll(func(f *pflag.Flag) {
		if f.Value.Type() == "FILE" || f.NoOptDefVal != "" {
			return
		}
		complete, ok := known[f.Name]
		if f.Value.Type() == "DIR" {
			complete = cobra.FixedCompletions(nil, cobra.ShellCompDirectiveFilterDirs)
		} else if !ok {
			complete = cobra.FixedCompletions(choices()[f.Name], cobra.ShellCompDirectiveNoFileComp)
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

// isCompletion reports whether a shell asks for the words that can follow.
func isCompletion(args []string) bool {
	return len(args) > 0 && (args[0] == cobra.ShellCompRequestCmd || args[0] == cobra.ShellCompNoDescRequestCmd)
}

// allowRepeats accepts a scalar flag again, because cobra parses the flags twice to
// complete a word.
func allowRepeats(flags *pflag.FlagSet) {
	flags.VisitAll(func(f *pflag.Flag) { f.Value = repeatable{f.Value} })
}

type repeatable struct{ pflag.Value }

func (v repeatable) Set(text string) error {
	if err := v.Value.Set(text); !errors.Is(err, errRepeated) {
		return err
	}
	return nil
}

// completions are the functions of the flags whose values are no fixed list.
func (r *runner) completions() map[string]cobra.CompletionFunc {
	return map[string]cobra.CompletionFunc{
		"target":     r.ofTargets(func(t targets.Target) string { return t.Name }),
		"exclude":    r.ofTargets(func(t targets.Target) string { return t.Name }),
		"region":     r.ofTargets(func(t targets.Target) string { return t.Config.Region }),
		"family":     r.completeFamilies,
		"columns":    completeList("columns"),
		"sort":       completeList("sort"),
		"count-by":   completeList("count-by"),
		"newest-per": completeList("newest-per"),
	}
}

// ofTargets completes a text of the targets of the configuration. Without a readable
// configuration there is none.
func (r *runner) ofTargets(text func(targets.Target) string) cobra.CompletionFunc {
	return func(*cobra.Command, []string, string) ([]string, cobra.ShellCompDirective) {
		all, _ := r.configured()
		var out []string
		for _, t := range all {
			out = append(out, text(t))
		}
		return distinct(out), cobra.ShellCompDirectiveNoFileComp
	}
}

// completeFamilies searches the selected targets: families are in no configuration.
// The targets that do not respond in time have no part in it.
func (r *runner) completeFamilies(c *cobra.Command, _ []string, _ string) ([]string, cobra.ShellCompDirective) {
	ctx, cancel := context.WithTimeout(c.Context(), familiesTimeout)
	defer cancel()
	all, err := r.configured()
	if err != nil {
		return nil, cobra.ShellCompDirectiveNoFileComp
	}
	selected, err := r.options.selected(all)
	if err != nil {
		return nil, cobra.ShellCompDirectiveNoFileComp
	}
	opened, err := r.open(selected)
	if err != nil {
		return nil, cobra.ShellCompDirectiveNoFileComp
	}
	var families []string
	query := image.Query{Sources: r.options.query.Sources, SkipUnreported: true}
	for hit, err := range provider.Search(ctx, opened, query, nil) {
		if err == nil {
			families = append(families, hit.Image.Family)
		}
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
