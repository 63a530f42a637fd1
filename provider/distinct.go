package provider

import (
	"sync"

	"github.com/imagequery/imagequery/image"
)

// targetGroup is a part of the targets of a search, in the order of the search: all
// of them, or for a Distinct search those with one endpoint host. The targets of an
// ordered group deliver their hits one after another. Those whose turn has not come
// hold back what they have, so only the next few are started.
type targetGroup struct {
	targets []int

	// These are zero in a group without order.
	window      int // targets that are started, from the one whose turn it is
	prefetching int // targets that may prefetch, likewise
	seen        map[image.Ref]bool
	passed      []chan struct{} // by position; closed when the target and all before it are done

	mu   sync.Mutex
	done []bool
	next int // position of the first target that is not done
}

// groups returns the groups of the targets, and the group of each target. The bounds
// of the ordered ones keep the pages that are held back within the limiter.
func (s *search) groups() (all []*targetGroup, of []*targetGroup) {
	of = make([]*targetGroup, len(s.targets))
	byHost := map[string]*targetGroup{}
	for i, target := range s.targets {
		host := target.Client.info.Host
		if !s.options.Distinct {
			host = ""
		}
		if byHost[host] == nil {
			byHost[host] = new(targetGroup)
			all = append(all, byHost[host])
		}
		of[i] = byHost[host]
		of[i].targets = append(of[i].targets, i)
	}
	if s.options.Distinct {
		for _, g := range all {
			g.order(max(1, s.limiter.limit/len(all)), max(1, s.limiter.limit/len(all)/usualPrefetch))
		}
	}
	return all, of
}

const usualPrefetch = 16

// order makes an ordered group.
func (g *targetGroup) order(window, prefetching int) {
	n := len(g.targets)
	g.window, g.prefetching, g.seen = window, prefetching, map[image.Ref]bool{}
	g.done, g.passed = make([]bool, n), make([]chan struct{}, n)
	for i := range g.passed {
		g.passed[i] = make(chan struct{})
	}
}

func (g *targetGroup) isOrdered() bool { return g.seen != nil }

// await returns when the target at a position and all before it are done. It does not
// observe a context, because all targets end with that of the search.
func (g *targetGroup) await(position int) {
	if g.isOrdered() && position >= 0 {
		<-g.passed[position]
	}
}

// finish marks the target at a position as done.
func (g *targetGroup) finish(position int) {
	if !g.isOrdered() {
		return
	}
	g.mu.Lock()
	defer g.mu.Unlock()
	g.done[position] = true
	for g.next < len(g.done) && g.done[g.next] {
		close(g.passed[g.next])
		g.next++
	}
}

// isRepeated reports whether the group has delivered an image before. Only the
// goroutine that ranges calls it.
func (g *targetGroup) isRepeated(r image.Ref) bool {
	if !g.isOrdered() {
		return false
	}
	before := g.seen[r]
	g.seen[r] = true
	return before
}

// delivery sends the images of a target when its turn has come. The first image is
// taken before, so that the client prefetches.
type delivery struct {
	group    *targetGroup
	position int
	clock    *targetClock
	send     func(image.Image)

	first *image.Image // waits for the turn
	begun bool
}

func (d *delivery) add(m image.Image) {
	if d.group.isOrdered() && !d.begun {
		d.begun, d.first = true, &m
		d.clock.exclude(func() { d.group.await(d.position - d.group.prefetching) })
		return
	}
	d.flush()
	d.send(m)
}

func (d *delivery) flush() {
	if d.first != nil {
		d.clock.exclude(func() { d.group.await(d.position - 1) })
		d.send(*d.first)
		d.first = nil
	}
}
