package journal_test

import (
	"context"
	"fmt"
	"log"
	"os"

	"github.com/imagequery/imagequery/examples/journal"
	"github.com/imagequery/imagequery/image"
)

// The second run asks no cloud, since the journal has every target complete.
func Example() {
	dir, err := os.MkdirTemp("", "journal")
	if err != nil {
		log.Fatal(err)
	}
	defer os.RemoveAll(dir)
	accounts := &cloud{images: 2} // of an adapter that stands for a real one
	targets := accounts.targets("dev/r1", "prod/r1")
	query := image.Query{}
	for run := 1; run <= 2; run++ {
		j, err := journal.Open(dir, targets, journal.Options{Query: &query})
		if err != nil {
			log.Fatal(err)
		}
		missing, hits := len(j.Missing()), 0
		for _, err := range j.Search(context.Background(), nil) {
			if err != nil {
				log.Fatal(err) // or note the *provider.TargetError and go on
			}
			hits++
		}
		if err := j.Close(); err != nil {
			log.Fatal(err)
		}
		fmt.Println("run", run, "searched", missing, "targets and has", hits, "hits")
	}
	// Output:
	// run 1 searched 2 targets and has 4 hits
	// run 2 searched 0 targets and has 4 hits
}
