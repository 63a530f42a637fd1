// Command imagesearch asks many clouds at once which machine images match a
// query. Run it with --help.
package main

import (
	"context"
	"os"
	"os/signal"
	"syscall"

	"github.com/imagequery/imagequery/examples/targets"
)

func main() {
	signal.Ignore(syscall.SIGPIPE) // a closed pipe is an error of Write, see run
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	context.AfterFunc(ctx, stop) // a second signal ends the process at once
	os.Exit(run(ctx, os.Args[1:], os.Stdout, os.Stderr, &targets.Options{LookupEnv: os.LookupEnv}))
}
