package providertest

import (
	"iter"
	"math/rand/v2"

	"github.com/imagequery/imagequery/image"
)

// pairs yields n queries with two predicates: of one image, of another, of several,
// and so on.
func pairs(world []image.Image, f, g image.Field, n int) iter.Seq[image.Query] {
	return func(yield func(image.Query) bool) {
		gen := generator{rng: rand.New(rand.NewPCG(5, 5)), world: world}
		for i := range n {
			if q := gen.pair(f, g, []int{1, 1, 3}[i%3]); q.Validate() == nil && !yield(q) {
				return
			}
		}
	}
}

func (g *generator) pair(first, second image.Field, several int) image.Query {
	base := g.imageWith(first)
	for range 20 {
		if HasField(base, second) {
			break
		}
		base = g.imageWith(first)
	}
	var q image.Query
	for i := range several {
		for _, f := range []image.Field{first, second} {
			m := base
			if i > 0 || !HasField(base, f) {
				m = g.imageWith(f)
			}
			if HasField(m, f) {
				g.add(&q, f, m)
			}
		}
	}
	return q
}
