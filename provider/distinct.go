package provider

import "github.com/imagequery/imagequery/image"

// picker decides which events reach the consumer, and when.
type picker struct {
	take   func(event)           // the consumer
	groups map[string]*hostGroup // nil: every event, at once
	hostOf []string
}

// hostGroup is the targets with one endpoint host, in the order of the search.
type hostGroup struct {
	targets []int // that are not done, the one whose turn it is first
	done    map[int]bool
	waiting map[int][]event
	seen    map[image.Ref]bool
}

func newPicker(s *search) *picker {
	p := &picker{take: s.take}
	if !s.options.Distinct {
		return p
	}
	p.groups = map[string]*hostGroup{}
	for i, target := range s.targets {
		host := target.Client.info.Host
		p.hostOf = append(p.hostOf, host)
		if p.groups[host] == nil {
			p.groups[host] = &hostGroup{done: map[int]bool{}, waiting: map[int][]event{}, seen: map[image.Ref]bool{}}
		}
		p.groups[host].targets = append(p.groups[host].targets, i)
	}
	return p
}

// add takes an event in, and hands out what may reach the consumer now.
func (p *picker) add(e event) {
	if p.groups == nil {
		p.take(e)
		return
	}
	p.groups[p.hostOf[e.target]].add(e, p.take)
}

// add passes a failure on at once; everything else waits for its target's turn.
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
