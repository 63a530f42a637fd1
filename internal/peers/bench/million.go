package main

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"github.com/imagequery/imagequery/image"
	"github.com/imagequery/imagequery/provider"
)

// outcome is what a process of its own reports about one listing.
type outcome struct {
	Wall, CPU float64 // microseconds
	PeakMB    float64
}

// lonely lists what is run in a process of its own.
func lonely() []lister {
	a := apis()[0]
	return []lister{
		ours(a, "imagequery, streamed", provider.Config{}),
		ours(a, "imagequery, streamed, KeepNative", keepNative),
		collected(a, "imagequery, collected", provider.Config{}),
		serial(a, "vendor's client, streamed, in turn", 100, allCame, openECS),
		serial(a, "encoding/json and net/http, streamed, in turn", 100, allCame, openPlain),
		discarded(a, "bodies thrown away, 16 at once"),
	}
}

func collected(a api, name string, c provider.Config) lister {
	return lister{name, func(to target) (int, error) {
		client, err := to.ours(a, c)
		if err != nil {
			return 0, err
		}
		images, err := provider.Collect(client.Images(context.Background(), image.Query{}))
		return len(images), err
	}}
}

func discarded(a api, name string) lister {
	return lister{name, func(to target) (int, error) {
		var next, images atomic.Int64
		errs := make([]error, 16)
		var wg sync.WaitGroup
		for i := range errs {
			wg.Go(func() {
				fetch, err := openFloor(to, a)
				for rows := 1; err == nil && rows > 0; images.Add(int64(rows)) {
					rows, _, err = fetch(int(next.Add(1)), 100)
				}
				errs[i] = err
			})
		}
		wg.Wait()
		for _, err := range errs {
			if err != nil {
				return 0, err
			}
		}
		return int(images.Load()), nil
	}}
}

// alone runs one of the listers in this process, and prints its outcome.
func alone(name, url string, total int) error {
	for _, l := range slices.Concat(lonely(), choosers(), fleetListers()) {
		if l.name != name {
			continue
		}
		s, err := measure(l.run(target{url: url, total: total}))
		if err != nil {
			return err
		}
		text, err := json.Marshal(outcome{s.Wall, s.CPU, peakMB("self")})
		fmt.Println(string(text))
		return err
	}
	return fmt.Errorf("no lister is called %q", name)
}

// inChild runs a lister in a process of its own.
func (b *bench) inChild(name string, total int) (o outcome, err error) {
	command, err := again("alone", name, b.site.url, fmt.Sprint(total))
	if err != nil {
		return o, err
	}
	text, err := command.Output()
	if err == nil {
		err = json.Unmarshal(text, &o)
	}
	return o, err
}

// million lists very many images, each way in a process of its own.
func (b *bench) million() error {
	total := 1_000_000
	if b.quick {
		total = 100_000
	}
	if err := b.site.setup(total, 0); err != nil {
		return err
	}
	t := table{
		Title:   "Very many images",
		Note:    fmt.Sprintf("%d ECS images over loopback, no latency, each way in a process of its own.", total),
		Columns: []string{"", "s", "images/s", "µs CPU per image", "peak RSS in MB"},
	}
	for i, l := range append(lonely(), choosers()...) {
		o, err := b.inChild(l.name, total)
		if err != nil {
			return err
		}
		seconds := o.Wall / 1e6
		t.add(l.name, fmt.Sprintf("%.2f", seconds), fmt.Sprintf("%.0f", float64(total)/seconds), micros(o.CPU/float64(total)), fmt.Sprintf("%.0f", o.PeakMB))
		switch i {
		case 0:
			b.atMost(80, o.PeakMB, "%d images streamed: peak RSS in MB", total)
		case 2:
			b.atMost(1400, o.PeakMB, "%d images collected: peak RSS in MB", total)
		case len(lonely()), len(lonely()) + 1:
			b.atMost(112, o.PeakMB, "%d images, %s: peak RSS in MB", total, l.name)
		}
	}
	b.Tables = append(b.Tables, t)
	return nil
}

// connections counts what each way opens for one listing, in a process of its own.
func (b *bench) connections() error {
	const total = 5000
	t := table{
		Title:   "Connections",
		Note:    fmt.Sprintf("%d ECS images, 20 ms of latency: TCP connections opened by a fresh process, and the most requests in flight at once.", total),
		Columns: []string{"", "connections", "in flight", "requests"},
	}
	for i, l := range lonely() {
		if err := b.site.setup(total, 20*time.Millisecond); err != nil {
			return err
		}
		if _, err := b.inChild(l.name, total); err != nil {
			return err
		}
		c, err := b.site.counts()
		if err != nil {
			return err
		}
		t.add(l.name, fmt.Sprint(c.Connections), fmt.Sprint(c.Peak), fmt.Sprint(c.Requests))
		if i == 0 {
			b.atMost(1, float64(c.Connections)/float64(c.Peak), "5,000 images: connections for each request in flight")
		}
	}
	b.Tables = append(b.Tables, t)
	return nil
}
