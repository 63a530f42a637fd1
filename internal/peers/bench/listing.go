package main

import (
	"fmt"
	"time"

	"github.com/imagequery/imagequery/provider"
)

// enough is a prefetch that asks for all pages of 5,000 images at once.
const enough = 64

// listingCPU measures whole listings over loopback without latency: what the
// client's process uses per image.
func (b *bench) listingCPU() error {
	const total = 5000
	for _, a := range apis() {
		listers := listersOf(a)
		samples, err := b.listings(listers, total, 0, 9)
		if err != nil {
			return err
		}
		t := table{
			Title:   "A whole listing: " + a.name,
			Note:    fmt.Sprintf("%d images over loopback, no latency: CPU of the client's process per image.", total),
			Columns: costColumns,
		}
		for i := range samples {
			samples[i] = each(samples[i], nil, total)
		}
		costs := summarize(samples)
		t.addCosts(listers, costs)
		b.Tables = append(b.Tables, t)
		us, vendor := summaryOf(byUs, listers, costs), summaryOf(a.largePages(byVendor), listers, costs)
		b.atMost(a.want.listing, us.CPU/vendor.CPU, "a whole listing, %s: CPU of the vendor's client's, mapped", a.name)
	}
	return nil
}

// listersOf are the ways to list one api that are compared by what they use.
func listersOf(a api) []lister {
	return []lister{
		ours(a, byUs, provider.Config{}),
		ours(a, "imagequery, KeepNative", keepNative),
		serial(a, a.largePages("vendor's client"), a.maxPage, allCame, a.sdk),
		serial(a, a.largePages(byVendor), a.maxPage, allCame, openMapped),
		serial(a, "vendor's client, pages of 10", 10, allCame, a.sdk),
		serial(a, "encoding/json and net/http", a.maxPage, allCame, openPlain),
		serial(a, "bodies thrown away", a.maxPage, allCame, openFloor),
	}
}

// largePages names the row of somebody who asks for the largest pages.
func (a api) largePages(who string) string { return fmt.Sprintf("%s, pages of %d", who, a.maxPage) }

// listings runs all listers over a listing of the server.
func (b *bench) listings(listers []lister, total int, latency time.Duration, rounds int) ([][]sample, error) {
	if err := b.site.setup(total, latency); err != nil {
		return nil, err
	}
	var variants []variant
	for _, l := range listers {
		variants = append(variants, l.run(target{url: b.site.url, total: total}))
	}
	return interleave(b.rounds(rounds), 2*time.Second, variants)
}

// consumers are the loops that are compared by the clock. Page sizes and stop rules
// of the vendor's client are those of the consumers named.
func consumers() []lister {
	ecs, qing := apis()[0], apis()[3]
	return []lister{
		ours(ecs, "ECS, imagequery, defaults", provider.Config{}),
		ours(ecs, "ECS, imagequery, enough prefetch", provider.Config{Listing: provider.Listing{Prefetch: enough}}),
		serial(ecs, "ECS, vendor's client, 100 a page, as Terraform", 100, shortPage, openECS),
		serial(ecs, "ECS, vendor's client, 50 a page, as Steampipe", 50, allCame, openECS),
		serial(ecs, "ECS, vendor's client, 10 a page, the API's default", 10, allCame, openECS),
		serial(ecs, "ECS, encoding/json and net/http, 100 a page", 100, allCame, openPlain),
		ours(qing, "QingCloud, imagequery, defaults", provider.Config{}),
		serial(qing, "QingCloud, vendor's client, 100 a page", 100, allCame, openQing),
		serial(qing, "QingCloud, vendor's client, 20 a page, its default", 20, allCame, openQing),
	}
}

// pageOf is the size of the pages of the slow consumers, by their place.
var pageOf = map[int]int{2: 100, 3: 50, 4: 10, 5: 100, 7: 100, 8: 20}

// wallTimes measures listings of three sizes at three latencies by the clock.
func (b *bench) wallTimes() error {
	sizes := []int{100, 1000, 5000}
	latencies := []time.Duration{0, 20 * time.Millisecond, 100 * time.Millisecond}
	t := table{
		Title:   "By the clock",
		Note:    "Milliseconds for a listing of so many images, at so many milliseconds of latency for each request.",
		Columns: []string{"images at latency"},
	}
	all := consumers()
	for _, l := range all {
		t.add(l.name)
	}
	for _, total := range sizes {
		for _, latency := range latencies {
			t.Columns = append(t.Columns, fmt.Sprintf("%d at %d", total, latency.Milliseconds()))
			walls, err := b.walls(all, total, latency)
			if err != nil {
				return err
			}
			for i, wall := range walls {
				text := "–"
				if wall > 0 {
					text = millis(wall)
				}
				t.Rows[i] = append(t.Rows[i], text)
			}
			b.wallGoals(walls, total, latency)
		}
	}
	b.Tables = append(b.Tables, t)
	return nil
}

// walls are the times of all consumers, or 0 for those that would take too long.
func (b *bench) walls(all []lister, total int, latency time.Duration) ([]float64, error) {
	var some []lister
	var at []int
	for i, l := range all {
		if size := pageOf[i]; size == 0 || time.Duration(total/size)*latency <= b.patience() {
			some, at = append(some, l), append(at, i)
		}
	}
	samples, err := b.listings(some, total, latency, 3)
	if err != nil {
		return nil, err
	}
	walls := make([]float64, len(all))
	for i, s := range summarize(samples) {
		walls[at[i]] = s.Wall
	}
	return walls, nil
}

func (b *bench) wallGoals(walls []float64, total int, latency time.Duration) {
	if latency != 100*time.Millisecond {
		return
	}
	switch total {
	case 1000:
		b.atMost(2.3, walls[1]/inMicros(latency), "1,000 images at 100 ms, enough prefetch: latencies")
		b.atMost(3.3, walls[0]/inMicros(latency), "1,000 images at 100 ms, defaults: latencies")
	case 5000:
		if walls[2] == 0 {
			return // too slow for a quick run
		}
		b.atLeast(8, walls[2]/walls[0], "5,000 images at 100 ms, defaults: times faster than the serial loop of 100 a page")
	}
}
