package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
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
type options struct{ addr, world, faults, tls, log, env, writeWorld string }

func parse(args []string, stdout io.Writer) (options, error) {
	var o options
	flags := pflag.NewFlagSet("fakecloud", pflag.ContinueOnError)
	flags.StringVar(&o.addr, "addr", "127.0.0.1:0", "loopback `ADDRESS` to serve on; port 0 is any free one")
	flags.StringVar(&o.world, "world", "", "JSON `FILE` with accounts and images (default: the sample world)")
	flags.StringVar(&o.faults, "faults", "", "JSON `FILE` with what goes wrong, and when (default: nothing)")
	flags.StringVar(&o.tls, "tls", "", "serve https, and write the certificate to trust to `DIR`/ca.pem")
	flags.StringVar(&o.log, "log", "", "append each request as a line of JSON, without secrets, to `FILE`")
	flags.StringVar(&o.env, "env", "", "write the printed environment lines, for a shell, to `FILE`")
	flags.StringVar(&o.writeWorld, "write-world", "", "write the world as JSON to the new `FILE` (-: standard output), and serve nothing")
	flags.Usage = func() {
		_, _ = fmt.Fprintf(stdout, "%s\nUsage:\n  fakecloud [flags]\n\n%s", about, flags.FlagUsages())
	}
	err := flags.Parse(args)
	if err == nil && flags.NArg() > 0 {
		err = fmt.Errorf("unexpected argument %q; see --help", flags.Arg(0))
	}
	if err == nil {
		err = o.check(flags)
	}
	return o, err
}

// check returns an error for flags without effect.
func (o options) check(flags *pflag.FlagSet) error {
	for _, name := range []string{"addr", "faults", "tls", "log", "env"} {
		if o.writeWorld != "" && flags.Changed(name) {
			return fmt.Errorf("--%s has no effect with --write-world, which serves nothing: leave one of them out", name)
		}
	}
	return nil
}

const about = `fakecloud serves made-up clouds on this machine until it is interrupted. It prints
a configuration for imagesearch that works with them, and in its comments the lines
with which a shell points the vendors' clients to them.
`

// serve serves until ctx ends.
func (o options) serve(ctx context.Context, stdout io.Writer) error {
	world, err := read(o.world, fakecloud.ReadWorld, fakecloud.Sample())
	if err != nil {
		return err
	}
	if o.writeWorld != "" {
		return writeWorld(o.writeWorld, world, stdout)
	}
	cloud, err := o.open(world)
	if err != nil {
		return err
	}
	serving, fail := context.WithCancelCause(ctx)
	defer fail(nil)
	if o.log != "" {
		log, err := openLog(o.log, fail)
		if err != nil {
			return err
		}
		defer func() { _ = log.file.Close() }() // each write was checked
		cloud.OnResponse = log.write
	}
	server, err := o.listen(cloud)
	if err != nil {
		return err
	}
	if err := o.announce(stdout, world, server); err != nil {
		return errors.Join(err, server.Close())
	}
	<-serving.Done()
	err = server.Close()
	if ctx.Err() == nil { // the log failed, and no one interrupted
		err = errors.Join(context.Cause(serving), err)
	}
	return err
}

// listen starts the server.
func (o options) listen(cloud *fakecloud.Cloud) (*fakecloud.Server, error) {
	if o.tls == "" {
		return cloud.Listen(o.addr)
	}
	return cloud.ListenTLS(o.addr)
}

// announce writes the files that clients need, and prints the configuration.
func (o options) announce(stdout io.Writer, world fakecloud.World, server *fakecloud.Server) error {
	ca := ""
	if o.tls != "" {
		dir, err := filepath.Abs(o.tls)
		if err == nil {
			err = os.MkdirAll(dir, 0o755)
		}
		ca = filepath.Join(dir, "ca.pem")
		if err == nil {
			err = replaceFile(ca, server.CA(), 0o644)
		}
		if err != nil {
			return err
		}
	}
	environment, err := fakeconfig.Environment(world, server.URL(), ca)
	if err != nil {
		return err
	}
	if o.env != "" {
		if err := replaceFile(o.env, []byte(strings.Join(environment, "\n")+"\n"), 0o600); err != nil {
			return err
		}
	}
	return describe(stdout, world, server.URL(), environment)
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
func describe(w io.Writer, world fakecloud.World, url string, environment []string) error {
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
	for _, line := range environment {
		intro += "# " + strings.TrimPrefix(line, "# ") + "\n"
	}
	_, err = fmt.Fprintf(w, "%s# Save this text as FILE. Then: imagesearch --config FILE, or\n# export IMAGESEARCH_CONFIG=FILE\n%s", intro, text)
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
