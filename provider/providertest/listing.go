package providertest

import (
	"slices"

	"github.com/imagequery/imagequery/image"
	"github.com/imagequery/imagequery/provider"
)

// smallPage makes several pages out of few images.
const smallPage = 7

// maxWorld is where the search for enough images of one listing ends.
const maxWorld = 20_000

// listing is the first call of the query for everything, and a world all of which
// that call returns.
type listing struct {
	*trial
	call   provider.Call
	world  []image.Image
	config provider.Config
	size   int // of a page
}

// newListing returns a listing in which count(size) images come by pages of the
// configured size, and one more image that could be there. It fails if the harness
// cannot make as many.
func (t *trial) newListing(c provider.Config, count func(size int) int) (*listing, bool) {
	for n, before := t.effort.world, -1; n < maxWorld; n *= 3 {
		world := t.harness.World(n)
		s := t.open(world, c)
		plan, err := s.Client.Explain(image.Query{})
		if err != nil || len(plan.Calls) == 0 {
			t.failf("the plan of the empty query has no call, error %v", err)
			return nil, false
		}
		l := &listing{trial: t, call: plan.Calls[0], config: c, size: plan.Calls[0].Paging.MaxSize}
		got, err := provider.Collect(s.Client.Do(t.context(), l.call))
		if err != nil {
			t.failf("the first call of the empty query: %w", err)
			return nil, false
		}
		if want := count(l.size) + 1; len(got) >= want {
			l.world = only(world, got)[:want]
			return l, true
		}
		if len(got) == before {
			break
		}
		before = len(got)
	}
	t.failf("the first call of the empty query returns too few images to fill several pages, however large the world is")
	return nil, false
}

// only keeps the images that are listed.
func only(world, listed []image.Image) []image.Image {
	in := map[image.Ref]bool{}
	for _, m := range listed {
		in[m.Ref] = true
	}
	return slices.DeleteFunc(slices.Clone(world), func(m image.Image) bool { return !in[m.Ref] })
}

// severalPages ends with a page of one image.
func severalPages(size int) int { return 3*size + 1 }

// isPaged reports whether the listing has pages at all.
func (l *listing) isPaged() bool { return l.call.Paging.MaxSize > 0 }

// of opens a session with the first n images.
func (l *listing) of(n int) *Session { return l.open(l.world[:n], l.config) }

// read asks the call, and returns what came with the number of requests.
func (l *listing) read(s *Session) (got []image.Image, requests int, err error) {
	sent := asked(s, func() { got, err = provider.Collect(s.Client.Do(l.context(), l.call)) })
	return got, len(sent), err
}

// requests is how many requests n images take, at the least and at the most.
func (l *listing) requests(n int) (least, most int) {
	switch {
	case !l.isPaged():
		return 1, 1
	case l.call.Paging.Tokens:
		return max(1, (n+l.size-1)/l.size), n/l.size + 1
	default:
		return n/l.size + 1, n/l.size + 1
	}
}

// isWhole reports whether every image came once and nothing else.
func isWhole(world, got []image.Image) bool {
	times := map[image.Ref]int{}
	for _, m := range got {
		times[m.Ref]++
	}
	for _, m := range world {
		if times[m.Ref] != 1 {
			return false
		}
	}
	return len(times) == len(world)
}
