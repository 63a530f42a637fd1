package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"

	"github.com/spf13/pflag"

	"github.com/imagequery/imagequery/examples/internal/fakeconfig"
	"github.com/imagequery/imagequery/fakecloud"
	"github.com/imagequery/imagequery/provider"
)

// run is the command: args are those behind its name. It returns the exit status:
// 0 after an interrupt, 2 if it could not serve.
func run(ctx context.Context, args []string, stdout, stderr io.Writer) int {
	o, err := parse(args, stdout)
	if errors.Is(err, pflag.ErrHelp) {
		return 0
	}
	if err == nil {
		err = o.serve(ctx, stdout)
	}
	if err != nil {
		_, _ = fmt.Fprintf(stderr, "fakecloud: %s\n", printable(err))
		return 2
	}
	return 0
}

// printable returns the lines of an error, each as safe for a terminal as the errors
// of the library are. Names in a file can hold any character. The name of the package
// is left out, since the command has the same.
func printable(err error) string {
	var lines []string
	for line := range strings.Lines(strings.Replace(err.Error(), "fakecloud: ", "", 1)) {
		lines = append(lines, (&provider.Error{Message: line}).Error())
	}
	return strings.Join(lines, "\n")
}

// options is what the flags say.
type options struct{ addr, world, faults string }

func parse(args []string, stdout io.Writer) (options, error) {
	var o options
	flags := pflag.NewFlagSet("fakecloud", pflag.ContinueOnError)
	flags.StringVar(&o.addr, "addr", "127.0.0.1:0", "loopback `ADDRESS` to serve on; port 0 is any free one")
	flags.StringVar(&o.world, "world", "", "JSON `FILE` with accounts and images (default: the sample world)")
	flags.StringVar(&o.faults, "faults", "", "JSON `FILE` with what goes wrong, and when (default: nothing)")
	flags.Usage = func() {
		_, _ = fmt.Fprintf(stdout, "%s\nUsage:\n  fakecloud [flags]\n\n%s", about, flags.FlagUsages())
	}
	err := flags.Parse(args)
	if err == nil && flags.NArg() > 0 {
		err = fmt.Errorf("unexpected argument %q; see --help", flags.Arg(0))
	}
	return o, err
}

const about = `fakecloud serves made-up clouds on this machine until it is interrupted. It prints
a configuration for imagesearch that works with them.
`

// read reads a file, or returns the default where no file is named.
func read[T any](path string, parse func(io.Reader) (T, error), byDefault T) (T, error) {
	if path == "" {
		return byDefault, nil
	}
	file, err := os.Open(path)
	if err != nil {
		return byDefault, err
	}
	defer func() { _ = file.Close() }() // it was only read
	value, err := parse(file)
	if err != nil {
		return value, fmt.Errorf("%s: %w", path, err)
	}
	return value, nil
}

// serve serves until ctx ends.
func (o options) serve(ctx context.Context, stdout io.Writer) error {
	world, err := read(o.world, fakecloud.ReadWorld, fakecloud.Sample())
	if err != nil {
		return err
	}
	cloud, err := o.open(world)
	if err != nil {
		return err
	}
	server, err := cloud.Listen(o.addr)
	if err != nil {
		return err
	}
	if err := describe(stdout, world, server.URL()); err != nil {
		return errors.Join(err, server.Close())
	}
	<-ctx.Done()
	return server.Close()
}

// open returns a cloud in which the faults act.
func (o options) open(world fakecloud.World) (*fakecloud.Cloud, error) {
	faults, err := read(o.faults, fakecloud.ReadFaults, nil)
	if err != nil {
		return nil, err
	}
	cloud, err := fakecloud.New(world)
	if err != nil {
		return nil, err
	}
	if err := cloud.SetFaults(faults...); err != nil {
		return nil, fmt.Errorf("%s: %w", o.faults, err)
	}
	return cloud, nil
}

// describe prints a configuration, and in its comments what else to know.
func describe(w io.Writer, world fakecloud.World, url string) error {
	text, err := fakeconfig.YAML(world, url)
	if err != nil {
		return err
	}
	intro := fmt.Sprintf("# Serving Alibaba Cloud at %s/ and QingCloud at %s/iaas/ until interrupted.\n", url, url)
	for _, account := range world.Accounts {
		for _, key := range account.Keys {
			intro += fmt.Sprintf("# account %q: fake key %q, secret %q%s\n", account.Name, key.ID, key.Secret, remarks(key))
		}
	}
	_, err = fmt.Fprintf(w, "%s# Save this text, and give it to imagesearch --config.\n%s", intro, text)
	return err
}

func remarks(key fakecloud.Key) string {
	text := ""
	if key.Token != "" {
		text += fmt.Sprintf(", token %q", key.Token)
	}
	for _, mark := range []struct {
		set  bool
		text string
	}{{key.Disabled, "disabled"}, {key.Expired, "expired"}, {key.Denied, "denied"}} {
		if mark.set {
			text += ", " + mark.text
		}
	}
	return text
}
