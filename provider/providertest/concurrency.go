package providertest

import (
	"slices"
	"sync"

	"github.com/imagequery/imagequery/image"
	"github.com/imagequery/imagequery/provider"
)

// concurrency lets many goroutines ask one client what it was asked before by one.
// Under the race detector it finds what they share.
func concurrency(t *trial) {
	const goroutines = 16
	world := t.harness.World(t.effort.world)
	s := t.open(world, provider.Config{})
	queries := slices.Collect(Queries(11, goroutines*t.effort.questions, world, reported(s.Client.Info())))
	alone := make([][]image.Image, len(queries))
	for i, q := range queries {
		alone[i], _ = t.answer(s, q)
	}
	var all sync.WaitGroup
	for first := range goroutines {
		all.Go(func() {
			for i := first; i < len(queries); i += goroutines {
				t.askAgain(s, queries[i], alone[i])
			}
		})
	}
	all.Wait()
}

func (t *trial) askAgain(s *Session, q image.Query, alone []image.Image) {
	got, err := t.answer(s, q)
	if !isWhole(alone, got) {
		t.failf("%s: %d images came to one goroutine, %d to one of many, error %v", q, len(alone), len(got), err)
	}
	if _, err := s.Client.Explain(q); err != nil {
		t.failf("%s: %w", q, err)
	}
}
