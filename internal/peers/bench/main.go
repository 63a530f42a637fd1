// Command bench measures this library beside the vendors' own clients: the same
// bytes from the same server, in one run, with the variants in turn.
//
//	cd internal/peers && GOWORK=off go run ./bench [-quick] [-json] [-only decoding]
//
// It prints Markdown, or JSON. A full run takes about five minutes; a quick one has
// fewer rounds and smaller listings, and builds nothing.
package main

import (
	"flag"
	"fmt"
	"os"
	"strconv"
	"time"
)

func main() {
	if err := run(os.Args[1:]); err != nil {
		fmt.Fprintln(os.Stderr, "bench:", err)
		os.Exit(1)
	}
}

// run is the command, or what it starts in processes of their own.
func run(args []string) error {
	switch {
	case len(args) == 1 && args[0] == "serve":
		return serve()
	case len(args) == 4 && args[0] == "alone":
		total, err := strconv.Atoi(args[3])
		if err != nil {
			return err
		}
		return alone(args[1], args[2], total)
	}
	flags := flag.NewFlagSet("bench", flag.ExitOnError)
	quick := flags.Bool("quick", false, "fewer rounds, smaller listings, no builds")
	asJSON := flags.Bool("json", false, "print JSON instead of Markdown")
	only := flags.String("only", "", "run one part: decoding, cpu, walls, search, fleet, million, connections, memory or importing")
	if err := flags.Parse(args); err != nil {
		return err
	}
	b := &bench{report: newReport(*quick), quick: *quick}
	if err := b.all(*only); err != nil {
		return err
	}
	if *asJSON {
		return b.writeJSON(os.Stdout)
	}
	return b.writeMarkdown(os.Stdout)
}

// bench is one run of everything.
type bench struct {
	*report
	quick bool
	site  *site
}

func (b *bench) all(only string) (err error) {
	if b.site, err = startSite(); err != nil {
		return err
	}
	defer func() {
		if closing := b.site.close(); err == nil {
			err = closing
		}
	}()
	for _, part := range []struct {
		name string
		run  func() error
		slow bool
	}{
		{"decoding", b.decoding, false}, {"cpu", b.listingCPU, false}, {"walls", b.wallTimes, false}, {"search", b.searches, false},
		{"fleet", b.fleet, false}, {"million", b.million, false}, {"connections", b.connections, false}, {"memory", b.memory, true}, {"importing", b.importing, true},
	} {
		if only != "" && only != part.name || only == "" && part.slow && b.quick {
			continue
		}
		start := time.Now()
		if err := part.run(); err != nil {
			return fmt.Errorf("%s: %w", part.name, err)
		}
		fmt.Fprintf(os.Stderr, "bench: %s took %v\n", part.name, time.Since(start).Round(time.Second))
	}
	return nil
}

// rounds is how often a variant runs, where a full run has it so many times.
func (b *bench) rounds(full int) int {
	if b.quick {
		return max(3, full/5)
	}
	return full
}

// patience is how long one listing may take.
func (b *bench) patience() time.Duration {
	if b.quick {
		return 3 * time.Second
	}
	return 12 * time.Second
}
