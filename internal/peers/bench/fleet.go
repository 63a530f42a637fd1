package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"github.com/imagequery/imagequery/image"
	"github.com/imagequery/imagequery/provider"
)

const (
	fleetTargets  = 2000
	fleetLatency  = 100 * time.Millisecond
	fleetInFlight = 256 // the default of SearchOptions.InFlight
)

// fleetFloor is the time that the latency alone takes.
const fleetFloor = (fleetTargets + fleetInFlight - 1) / fleetInFlight * fleetLatency

// fleetListers send one request to each of very many targets.
func fleetListers() []lister {
	a := apis()[0]
	return []lister{fleetSearch(a), fleetDiscarded(a)}
}

// fleetSearch searches the targets, each with a client of its own, with the defaults
// of a search.
func fleetSearch(a api) lister {
	return lister{fmt.Sprintf("imagequery, Search of %d targets", fleetTargets), func(to target) (int, error) {
		var targets []provider.Target
		for i := range fleetTargets {
			client, err := to.ours(a, provider.Config{})
			if err != nil {
				return 0, err
			}
			targets = append(targets, provider.Target{Name: fmt.Sprint("account-", i), Client: client})
		}
		images := 0
		for _, err := range provider.Search(context.Background(), targets, image.Query{}, nil) {
			if err != nil {
				return images, err
			}
			images++
		}
		return images, nil
	}}
}

// fleetDiscarded sends as many requests, as many at once, with net/http alone. It shows
// what a busy machine adds to the floor.
func fleetDiscarded(a api) lister {
	return lister{fmt.Sprintf("bodies thrown away, %d at once", fleetInFlight), func(to target) (int, error) {
		to.transport = &http.Transport{MaxIdleConnsPerHost: fleetInFlight}
		var next atomic.Int64
		errs := make([]error, fleetInFlight)
		var wg sync.WaitGroup
		for i := range errs {
			wg.Go(func() {
				fetch, err := openFloor(to, a)
				for err == nil && next.Add(1) <= fleetTargets {
					_, _, err = fetch(1, a.maxPage)
				}
				errs[i] = err
			})
		}
		wg.Wait()
		return to.total, errors.Join(errs...)
	}}
}

// fleet measures a search of very many targets of one page.
func (b *bench) fleet() error {
	t := table{
		Title: "Targets of one page",
		Note: fmt.Sprintf("%d targets, each a page of ECS images, %v of latency for each request, %d requests in flight (the default of Search): at least %v. Medians by the clock of fresh processes, in turn.",
			fleetTargets, fleetLatency, fleetInFlight, fleetFloor),
		Columns: []string{"", "images of each", "s", "CPU s", "times the floor", "times the floor, less CPU", "connections", "most in flight", "peak RSS in MB"},
	}
	for _, images := range []int{1, 99} {
		all, err := b.fleetRounds(images)
		if err != nil {
			return err
		}
		for i, s := range all {
			floor := inMicros(fleetFloor)
			t.add(fleetListers()[i].name, fmt.Sprint(images), fmt.Sprintf("%.2f", s.Wall/1e6), fmt.Sprintf("%.2f", s.CPU/1e6),
				times(s.Wall/floor), times((s.Wall-s.CPU)/floor),
				fmt.Sprint(s.served.Connections), fmt.Sprint(s.served.Peak), fmt.Sprintf("%.0f", s.PeakMB))
		}
		b.fleetGoals(images, all[0])
	}
	b.Tables = append(b.Tables, t)
	return nil
}

func (b *bench) fleetGoals(images int, s searched) {
	of := fmt.Sprintf("%d targets of %d images", fleetTargets, images)
	b.atMost(1.5, max(0, s.Wall-s.CPU)/inMicros(fleetFloor), "%s: times the floor, less CPU", of)
	b.atMost(2, float64(s.served.Connections)/fleetInFlight, "%s: connections for each request in flight", of)
	b.atMost(200, s.PeakMB, "%s: peak RSS in MB", of)
}

// fleetRounds returns the median round of each lister.
func (b *bench) fleetRounds(images int) ([]searched, error) {
	listers := fleetListers()
	rounds := make([][]searched, len(listers))
	for range b.rounds(5) {
		for i, l := range listers {
			s, err := b.fleetOnce(l.name, images)
			if err != nil {
				return nil, err
			}
			rounds[i] = append(rounds[i], s)
		}
	}
	var out []searched
	for _, list := range rounds {
		slices.SortFunc(list, func(a, b searched) int { return cmp.Compare(a.Wall, b.Wall) })
		out = append(out, list[len(list)/2])
	}
	return out, nil
}

func (b *bench) fleetOnce(name string, images int) (s searched, err error) {
	if err := b.site.setup(images, fleetLatency); err != nil {
		return s, err
	}
	if s.outcome, err = b.inChild(name, fleetTargets*images); err != nil {
		return s, err
	}
	s.served, err = b.site.counts()
	return s, err
}
