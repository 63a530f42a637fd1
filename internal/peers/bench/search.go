package main

import (
	"context"
	"fmt"
	"sync"
	"time"

	"github.com/imagequery/imagequery/provider"
)

const accounts = 100

// searches measures one question to many accounts.
func (b *bench) searches() error {
	const images = 500 // of each account
	latency := 20 * time.Millisecond
	a := apis()[0]
	ways := []struct {
		name string
		run  func(target) error
	}{
		{"imagequery, Search, defaults (256 requests at once)", searchOf(a, 0)},
		{"imagequery, Search, 100 requests at once", searchOf(a, accounts)},
		{"vendor's client, accounts at once, pages of 100 in turn", sdksAtOnce(a)},
		{"vendor's client, everything in turn", sdksInTurn(a)},
	}
	if err := b.site.setup(images, latency); err != nil {
		return err
	}
	var variants []variant
	for _, way := range ways {
		variants = append(variants, func() error { return way.run(target{url: b.site.url, total: images}) })
	}
	samples, err := interleave(b.rounds(5), 2*time.Second, variants)
	if err != nil {
		return err
	}
	t := table{
		Title:   "Many accounts",
		Note:    fmt.Sprintf("%d accounts of %d ECS images, 100 a page, %v of latency for each request: %d images.", accounts, images, latency, accounts*images),
		Columns: []string{"", "ms", "times ours", "µs CPU per image"},
	}
	costs := summarize(samples)
	for i, s := range costs {
		t.add(ways[i].name, millis(s.Wall), times(s.Wall/costs[0].Wall), micros(s.CPU/(accounts*images)))
	}
	b.Tables = append(b.Tables, t)
	return nil
}

func searchOf(a api, concurrency int) func(target) error {
	return func(to target) error {
		var targets []provider.Target
		for i := range accounts {
			client, err := a.client(provider.Config{Endpoint: to.url + a.path})
			if err != nil {
				return err
			}
			targets = append(targets, provider.Target{Name: fmt.Sprint("account-", i), Client: client})
		}
		hits := 0
		for _, err := range provider.Search(context.Background(), targets, a.query, &provider.SearchOptions{InFlight: concurrency}) {
			if err != nil {
				return err
			}
			hits++
		}
		return complete(hits, to)
	}
}

func complete(images int, to target) error {
	if images != accounts*to.total {
		return fmt.Errorf("%d images of %d came", images, accounts*to.total)
	}
	return nil
}

// sdksAtOnce gives every account a goroutine and a client of its own.
func sdksAtOnce(a api) func(target) error {
	return func(to target) error {
		fetchers, err := clientsOf(a, to)
		if err != nil {
			return err
		}
		errs := make([]error, accounts)
		found := make([]int, accounts)
		var wg sync.WaitGroup
		for i, fetch := range fetchers {
			wg.Go(func() { found[i], errs[i] = loop(fetch, 100, allCame) })
		}
		wg.Wait()
		sum := 0
		for i, err := range errs {
			if err != nil {
				return err
			}
			sum += found[i]
		}
		return complete(sum, to)
	}
}

func sdksInTurn(a api) func(target) error {
	return func(to target) error {
		fetchers, err := clientsOf(a, to)
		if err != nil {
			return err
		}
		sum := 0
		for _, fetch := range fetchers {
			images, err := loop(fetch, 100, allCame)
			if err != nil {
				return err
			}
			sum += images
		}
		return complete(sum, to)
	}
}

// clientsOf makes the clients in turn, since the vendor's constructor is not safe
// for concurrent use.
func clientsOf(a api, to target) ([]fetcher, error) {
	var out []fetcher
	for range accounts {
		fetch, err := a.sdk(to, a)
		if err != nil {
			return nil, err
		}
		out = append(out, fetch)
	}
	return out, nil
}
