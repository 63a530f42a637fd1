package main

import (
	"errors"
	"fmt"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/imagequery/imagequery/examples/targets"
)

const long = `imagesearch searches machine images across cloud accounts and regions.

An image must match every predicate. Values are spelled the same for every cloud.
Without a configuration imagesearch searches a built-in sample cloud.

Exit status:
  0    every target returned a complete result
  1    a target failed or is incomplete; the images of the others are printed, with
       --newest and --newest-per only if --allow-partial is set
  2    bad flag, query or configuration, or missing credentials; nothing was sent
  3    --newest or --newest-per found no image, and every target was complete
  4    --verify found an image that is no longer current
  130  ended by SIGINT; 143 by SIGTERM
A reader that closes the output early, such as head, is no failure.`

const examples = `  imagesearch --platform ubuntu --status available             # the sample cloud
  imagesearch --config clouds.yaml --source self --output csv  # all images of your own
  imagesearch --target 'prod/*' --name-glob 'web-*' --tag env=prod --limit 10
  imagesearch --created-after 2026-01-01 --arch arm64 --output ndjson
  imagesearch --native aliyunecs.InstanceType=ecs.g7.large --explain
  imagesearch --newest --platform ubuntu --output json         # the image to launch
  imagesearch --newest-per platform,arch --lock images.json    # the images to launch, as a record
  imagesearch --verify images.json                             # whether they are still the newest
  imagesearch --config clouds.yaml --report report.json        # the outcome of each target
  imagesearch --config clouds.yaml --check                     # whether the credentials work
  source <(imagesearch completion bash)`

func newCommand(r *runner) *cobra.Command {
	command := &cobra.Command{
		Use:           "imagesearch [flags]",
		Long:          long,
		Example:       examples,
		Args:          noArguments,
		SilenceErrors: true,
		SilenceUsage:  true,
		RunE:          func(c *cobra.Command, _ []string) error { return r.execute(c.Context()) },
	}
	command.SetOut(r.stdout)
	command.SetErr(r.stderr)
	command.Flags().SortFlags = false
	groups := r.options.groups()
	r.options.flags = command.Flags()
	for _, g := range groups {
		command.Flags().AddFlagSet(g.flags)
	}
	command.SetFlagErrorFunc(func(c *cobra.Command, err error) error {
		return fmt.Errorf("%w%s; see --help", err, suggestionFor(c, err))
	})
	r.setHelp(command, groups)
	r.setCompletion(command)
	return command
}

// suggestionFor names the flag or the word that was probably meant.
func suggestionFor(c *cobra.Command, err error) string {
	var unknown *pflag.NotExistError
	if errors.As(err, &unknown) {
		var names []string
		c.Flags().VisitAll(func(f *pflag.Flag) { names = append(names, "--"+f.Name) })
		return didYouMean("--"+unknown.GetSpecifiedName(), names)
	}
	var invalid *pflag.InvalidValueError
	if errors.As(err, &invalid) && !strings.Contains(invalid.GetValue(), ",") && !strings.Contains(err.Error(), "did you mean") {
		known := choices()[invalid.GetFlag().Name]
		if invalid.GetFlag().Name == "arch" {
			known = append(known, archSpellings()...)
		}
		return didYouMean(invalid.GetValue(), known)
	}
	return ""
}

func noArguments(_ *cobra.Command, args []string) error {
	if len(args) > 0 {
		return fmt.Errorf("unexpected argument %q: every value belongs to a flag; see --help", args[0])
	}
	return nil
}

// setHelp prints the flags of the root command in groups.
func (r *runner) setHelp(root *cobra.Command, groups []group) {
	usual := root.HelpFunc()
	root.SetHelpFunc(func(c *cobra.Command, args []string) {
		if c != root {
			usual(c, args)
			return
		}
		var b strings.Builder
		fmt.Fprintf(&b, "%s\n\nUsage:\n  %s\n", c.Long, c.UseLine())
		for _, g := range groups {
			fmt.Fprintf(&b, "\n%s:\n%s", g.title, g.flags.FlagUsagesWrapped(helpWidth))
		}
		fmt.Fprintf(&b, "\nConfiguration:\n%s\n%s\n\nExamples:\n%s\n", indented(targets.Example), targets.WithoutCredentials, c.Example)
		_, err := fmt.Fprint(c.OutOrStdout(), b.String())
		r.checkWrite(err)
	})
}

const helpWidth = 110
