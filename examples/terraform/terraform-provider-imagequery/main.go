// Command terraform-provider-imagequery is the provider imagequery of Terraform and
// OpenTofu, which start it.
package main

import (
	"context"
	"flag"
	"fmt"
	"io"
	"log"
	"os"
	"runtime/debug"

	"github.com/hashicorp/terraform-plugin-framework/providerserver"

	"github.com/imagequery/imagequery/examples/terraform"
)

func main() {
	debugged := flag.Bool("debug", false, "print how to attach to this process, for a debugger")
	flag.Parse()
	log.SetOutput(io.Discard) // net/http writes there what a server sends after a response
	options := providerserver.ServeOpts{Address: "registry.terraform.io/imagequery/imagequery", Debug: *debugged}
	if err := providerserver.Serve(context.Background(), terraform.New(version()), options); err != nil {
		_, _ = fmt.Fprintln(os.Stderr, "terraform-provider-imagequery:", err)
		os.Exit(1)
	}
}

// version returns the version of this module that was built.
func version() string {
	if info, ok := debug.ReadBuildInfo(); ok && info.Main.Version != "" {
		return info.Main.Version
	}
	return "(devel)"
}
