package main

import (
	"bytes"
	"fmt"
	"io"
	"net/http"
	"sync/atomic"
	"time"

	"github.com/imagequery/imagequery/image"
	"github.com/imagequery/imagequery/provider"
)

// memory answers every request without a socket, with one body after another.
type memory struct {
	bodies [][]byte
	next   *atomic.Int64
}

func inMemory(bodies ...[]byte) memory { return memory{bodies, new(atomic.Int64)} }

func (m memory) RoundTrip(r *http.Request) (*http.Response, error) {
	body := m.bodies[int(m.next.Add(1))%len(m.bodies)]
	return &http.Response{
		Status: "200 OK", StatusCode: http.StatusOK, Proto: "HTTP/1.1", ProtoMajor: 1, ProtoMinor: 1, Request: r,
		Header:        http.Header{"Content-Type": {"application/json"}},
		ContentLength: int64(len(body)), Body: io.NopCloser(bytes.NewReader(body)),
	}, nil
}

// decoding measures what the images of one page cost: a call that is answered from
// memory with a full page, less the same call with an empty one.
func (b *bench) decoding() error {
	heap := table{
		Title:   fmt.Sprintf("Decoding in a process with a live heap of %d MB", liveHeap>>20),
		Note:    "Varied rows, whole calls: CPU per image. Each run allocates enough for two collections, so the collector's work is in it.",
		Columns: []string{"", "µs CPU", "quartiles", "times ours"},
	}
	for _, a := range apis() {
		alike, err := newPages(a)
		if err != nil {
			return err
		}
		varied := alike.varied()
		for _, rows := range []struct {
			name string
			*pages
			want goals
		}{
			{"rows alike", alike, a.want}, {"varied rows", varied, goals{}},
		} {
			if err := b.decodingOf(rows.pages, rows.name, rows.want); err != nil {
				return err
			}
		}
		if err := b.decodingWithHeap(&heap, varied); err != nil {
			return err
		}
	}
	b.Tables = append(b.Tables, heap)
	return nil
}

// Rows that the goals compare.
const (
	byUs     = "imagequery"
	byVendor = "vendor's client, mapped"
	byACS3   = "vendor's SDK V2.0 core (ACS3), mapped"
	byJSON   = "encoding/json, lean struct"
)

var keepNative = provider.Config{Listing: provider.Listing{KeepNative: true}}

// onePage lists the ways to decode a page.
func onePage(a api) []lister {
	listers := []lister{
		ours(a.limited(), byUs, provider.Config{}),
		ours(a.limited(), "imagequery, KeepNative", keepNative),
		serial(a, "vendor's client", a.maxPage, once, a.sdk),
		serial(a, byVendor, a.maxPage, once, openMapped),
	}
	if a.acs3 != nil {
		listers = append(listers, serial(a, byACS3, a.maxPage, once, openACS3))
	}
	return append(listers,
		serial(a, byJSON, a.maxPage, once, openPlain),
		serial(a, "read and thrown away", a.maxPage, once, openFloor),
	)
}

func once(int, int, int) bool { return true }

// limited is an api of which ours asks for one page.
func (a api) limited() api {
	a.query = image.Query{Limit: a.maxPage, Sources: a.query.Sources}
	return a
}

// fullPages answers with the pages of records in turn.
func (p *pages) fullPages() target {
	return target{url: "http://127.0.0.1", total: p.api.maxPage, transport: inMemory(p.bodies()...)}
}

func (p *pages) emptyPage() target {
	return target{url: "http://127.0.0.1", transport: inMemory(p.page(nil, 1, p.api.maxPage, 0))}
}

// pagesOf runs every lister against both targets, interleaved, and returns the
// differences per image. Each run allocates enough for several collections, so that no
// variant pays for a whole one that is due by chance.
func (b *bench) pagesOf(listers []lister, full, empty target) ([]summary, error) {
	const allocated, most = 32 << 20, 2000 // bytes and calls in one run
	var variants []variant
	var calls []int
	for _, l := range listers {
		for _, to := range []target{full, empty} {
			n, err := callsFor(allocated, l.run(to))
			if err != nil {
				return nil, err
			}
			n = min(n, most)
			calls, variants = append(calls, n), append(variants, repeat(n, l.run(to)))
		}
	}
	samples, err := interleave(b.rounds(15), time.Hour, variants)
	if err != nil {
		return nil, err
	}
	for i := range samples {
		samples[i] = each(samples[i], nil, calls[i])
	}
	var out [][]sample
	for i := 0; i < len(samples); i += 2 {
		out = append(out, each(samples[i], samples[i+1], full.total))
	}
	return summarize(out), nil
}

func repeat(n int, run variant) variant {
	return func() error {
		for range n {
			if err := run(); err != nil {
				return err
			}
		}
		return nil
	}
}

func (b *bench) decodingOf(p *pages, rows string, want goals) error {
	a, listers := p.api, onePage(p.api)
	costs, err := b.pagesOf(listers, p.fullPages(), p.emptyPage())
	if err != nil {
		return err
	}
	t := table{
		Title: fmt.Sprintf("Decoding: %s, %s", a.name, rows),
		Note: fmt.Sprintf("A page of %d images, %d KB, answered from memory, less an empty page: CPU, allocations and bytes per image.",
			a.maxPage, len(p.text)*a.maxPage/len(p.digit)/1000),
		Columns: costColumns,
	}
	t.addCosts(listers, costs)
	b.Tables = append(b.Tables, t)
	if want == (goals{}) {
		return nil
	}
	us := summaryOf(byUs, listers, costs)
	b.atLeast(want.vendor, summaryOf(byVendor, listers, costs).CPU/us.CPU, "decoding, %s: times faster than the vendor's client, mapped", a.name)
	b.atLeast(want.json, summaryOf(byJSON, listers, costs).CPU/us.CPU, "decoding, %s: times faster than encoding/json", a.name)
	b.atMost(6, us.Mallocs, "decoding, %s: allocations per image", a.name)
	return nil
}

var costColumns = []string{"", "µs CPU", "quartiles", "times ours", "allocations", "bytes"}

// addCosts adds a row for each lister. The first one is ours.
func (t *table) addCosts(listers []lister, costs []summary) {
	for i, c := range costs {
		t.add(listers[i].name, micros(c.CPU), c.spread(), times(c.CPU/costs[0].CPU), fmt.Sprintf("%.1f", c.Mallocs), fmt.Sprintf("%.0f", c.Bytes))
	}
}

// liveHeap is the memory that a program has besides, in bytes.
const liveHeap = 256 << 20

// decodingWithHeap measures whole calls while the program holds much memory. The
// collector then runs rarely, and has more to do each time.
func (b *bench) decodingWithHeap(t *table, p *pages) error {
	a := p.api
	listers := []lister{
		ours(a.limited(), byUs, provider.Config{}), serial(a, byVendor, a.maxPage, once, openMapped), serial(a, byJSON, a.maxPage, once, openPlain),
	}
	to := p.fullPages()
	var variants []variant
	var calls []int
	for _, l := range listers {
		n, err := callsFor(2*liveHeap, l.run(to))
		if err != nil {
			return err
		}
		calls, variants = append(calls, n), append(variants, repeat(n, l.run(to)))
	}
	ballast := newBallast(liveHeap)
	samples, err := interleave(b.rounds(5), time.Hour, variants)
	if err != nil {
		return err
	}
	for i := range samples {
		samples[i] = each(samples[i], nil, calls[i]*a.maxPage)
	}
	for i, c := range summarize(samples) {
		t.add(a.name+", "+listers[i].name, micros(c.CPU), c.spread(), times(c.CPU/summarize(samples[:1])[0].CPU))
	}
	return ballast.check()
}

// callsFor returns after how many calls about so many bytes have been allocated.
func callsFor(bytes float64, run variant) (int, error) {
	const calls = 20
	s, err := measure(repeat(calls, run))
	return int(bytes/s.Bytes*calls) + 1, err
}

// ballast is a cache of images, as a program may have one.
type ballast []*image.Image

func newBallast(bytes int) ballast {
	const each = 1 << 10 // bytes, with the texts
	out := make(ballast, 0, bytes/each)
	for i := range cap(out) {
		m := &image.Image{Ref: image.Ref{Provider: "p", Region: "r", ID: fmt.Sprintf("m-%012d", i)}, Disks: make([]image.Disk, 2)}
		m.Name, m.Description = fmt.Sprintf("name-%0100d", i), fmt.Sprintf("description-%0200d", i)
		m.Tags = map[string]string{"number": m.ID}
		out = append(out, m)
	}
	return out
}

// check uses the ballast, so that it stays alive until then.
func (b ballast) check() error {
	for i, m := range b {
		if m.ID == "" {
			return fmt.Errorf("image %d of the ballast has no ID", i)
		}
	}
	return nil
}
