package provider

import "github.com/imagequery/imagequery/image"

// sequencer passes events to the consumer: immediately, or for a Distinct search in
// the order of the targets with one endpoint host.
type sequencer struct {
	take   func(event)           // the consumer
	groups map[string]*hostGroup // by host; nil: not Distinct
	hostOf []string              // by target
}

// hostGroup holds the targets with one endpoint host, in the order of the search.
type hostGroup struct {
	targets []int // not done yet; events of the first one pass
	done    map[int]bool
	waiting map[int][]event
	seen    map[image.Ref]bool
}

func newSequencer(search *search) *sequencer {
	q := &sequencer{take: search.take}
	if !search.options.Distinct {
		return q
	}
	q.groups = map[string]*hostGroup{}
	for i, target := range search.targets {
		host := target.Client.info.Host
		q.hostOf = append(q.hostOf, host)
		if q.groups[host] == nil {
			q.groups[host] = &hostGroup{done: map[int]bool{}, waiting: map[int][]event{}, seen: map[image.Ref]bool{}}
		}
		q.groups[host].targets = append(q.groups[host].targets, i)
	}
	return q
}

// add receives an event and passes on every event whose turn has come.
func (q *sequencer) add(e event) {
	if q.groups == nil {
		q.take(e)
		return
	}
	q.groups[q.hostOf[e.target]].add(e, q.take)
}

// add passes a failure on immediately. Other events wait for the turn of their
// target.
func (g *hostGroup) add(e event, take func(event)) {
	if e.kind == targetFailed {
		take(e)
		return
	}
	g.waiting[e.target] = append(g.waiting[e.target], e)
	g.done[e.target] = e.kind == targetDone
	for len(g.targets) > 0 {
		turn := g.targets[0]
		for _, w := range g.waiting[turn] {
			if w.kind == targetDone || !g.seen[w.image.Ref] {
				g.seen[w.image.Ref] = true
				take(w)
			}
		}
		delete(g.waiting, turn)
		if !g.done[turn] {
			break
		}
		g.targets = g.targets[1:]
	}
}
