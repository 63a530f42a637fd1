// Command mcp serves searches for machine images over the Model Context Protocol, so
// that an AI assistant can ask for them. It lists images and changes nothing.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"log"
	"log/slog"
	"os"
	"os/signal"
	"strings"
	"syscall"
	"time"

	"github.com/modelcontextprotocol/go-sdk/mcp"

	"github.com/imagequery/imagequery/examples/internal/fakeconfig"
	"github.com/imagequery/imagequery/examples/internal/printable"
	"github.com/imagequery/imagequery/examples/targets"
	"github.com/imagequery/imagequery/provider"
)

// The exit statuses.
const (
	exitEnded  = 0 // the client ended the session, or a signal the process
	exitFailed = 1 // the connection broke
	exitUsage  = 2 // bad flags or configuration
)

func main() {
	// The standard output has the protocol and no other text, whatever a package prints.
	protocol := os.Stdout
	os.Stdout = os.Stderr
	log.SetOutput(io.Discard) // net/http writes there what a server sends after a response
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	status := run(ctx, os.Args[1:], os.Stdin, protocol, os.Stderr, nil)
	stop()
	os.Exit(status)
}

// run serves one client on stdin and stdout until it ends. It returns the exit status.
func run(ctx context.Context, args []string, stdin io.ReadCloser, stdout io.WriteCloser, stderr io.Writer, environment *targets.Options) int {
	o, err := parseFlags(args, stderr, environment)
	if errors.Is(err, flag.ErrHelp) {
		return exitEnded
	}
	var searchable []provider.Target
	if err == nil {
		searchable, err = o.open(environment)
	}
	if err != nil {
		for line := range strings.Lines(err.Error()) {
			_, _ = fmt.Fprintf(stderr, "imagequery-mcp: %s\n", printable.Line(line))
		}
		return exitUsage
	}
	logger := slog.New(slog.NewTextHandler(stderr, &slog.HandlerOptions{Level: slog.LevelWarn}))
	err = newServer(searchable, o.timeout, logger).Run(ctx, &mcp.IOTransport{Reader: stdin, Writer: stdout})
	if err != nil && ctx.Err() == nil {
		return exitFailed // the SDK has logged it
	}
	return exitEnded
}

// options is what the flags say.
type options struct {
	config  string // a path
	sample  bool
	timeout time.Duration // of a tool call
}

func parseFlags(args []string, stderr io.Writer, environment *targets.Options) (o options, err error) {
	flags := flag.NewFlagSet("imagequery-mcp", flag.ContinueOnError)
	flags.SetOutput(io.Discard)
	flags.StringVar(&o.config, "config", "", "the targets, in the YAML `file` of imagesearch; default: $IMAGESEARCH_CONFIG")
	flags.BoolVar(&o.sample, "sample", false, "serve a built-in sample cloud, none of whose images is real")
	flags.DurationVar(&o.timeout, "timeout", 50*time.Second, "end a tool call after this `duration`; targets that have not answered by then are missing")
	err = flags.Parse(args)
	if errors.Is(err, flag.ErrHelp) {
		flags.SetOutput(stderr)
		_, _ = fmt.Fprintln(stderr, "imagequery-mcp serves searches for machine images over MCP on the standard input and output.")
		flags.PrintDefaults()
	}
	if err != nil {
		return o, err
	}
	if o.config == "" && !o.sample {
		o.config, _ = lookUp(environment, "IMAGESEARCH_CONFIG")
	}
	switch {
	case flags.NArg() > 0:
		return o, fmt.Errorf("unexpected argument %q: give flags only", flags.Arg(0))
	case o.config == "" && !o.sample:
		return o, errors.New("no targets: give --config FILE, set IMAGESEARCH_CONFIG, or give --sample for a built-in sample cloud")
	case o.config != "" && o.sample:
		return o, errors.New("--config and --sample exclude each other: give one of them")
	case o.timeout <= 0:
		return o, fmt.Errorf("--timeout %s: want a duration above zero, such as 50s", o.timeout)
	}
	return o, nil
}

func lookUp(environment *targets.Options, name string) (string, bool) {
	if environment == nil || environment.LookupEnv == nil {
		return os.LookupEnv(name)
	}
	return environment.LookupEnv(name)
}

// open opens the targets. It sends nothing.
func (o *options) open(environment *targets.Options) ([]provider.Target, error) {
	load := func() ([]targets.Target, error) { return targets.Load(o.config, environment) }
	if o.sample {
		load = func() ([]targets.Target, error) { return fakeconfig.Sample(environment) }
	}
	loaded, err := load()
	if err != nil {
		return nil, err
	}
	for i := range loaded {
		loaded[i].Config.UserAgent = "imagequery-mcp"
	}
	return targets.Open(loaded)
}
