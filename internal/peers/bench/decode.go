package main

import (
	"bytes"
	"fmt"
	"io"
	"net/http"
	"time"

	"github.com/imagequery/imagequery/image"
	"github.com/imagequery/imagequery/provider"
)

// memory answers every request with one body, without a socket.
type memory struct{ body []byte }

func (m memory) RoundTrip(r *http.Request) (*http.Response, error) {
	return &http.Response{
		Status: "200 OK", StatusCode: http.StatusOK, Proto: "HTTP/1.1", ProtoMajor: 1, ProtoMinor: 1, Request: r,
		Header:        http.Header{"Content-Type": {"application/json"}},
		ContentLength: int64(len(m.body)), Body: io.NopCloser(bytes.NewReader(m.body)),
	}, nil
}

// decoding measures what the images of one page cost: a call that is answered from
// memory with a full page, less the same call with an empty one.
func (b *bench) decoding() error {
	for _, a := range apis() {
		p, err := newPages(a)
		if err != nil {
			return err
		}
		full := target{url: "http://127.0.0.1", total: a.maxPage, transport: memory{p.page(nil, 1, a.maxPage, a.maxPage)}}
		empty := target{url: "http://127.0.0.1", transport: memory{p.page(nil, 1, a.maxPage, 0)}}
		samples, err := b.pagesOf(onePage(a), full, empty)
		if err != nil {
			return err
		}
		b.tableOfDecoding(a, len(p.text), samples)
	}
	return nil
}

// Rows that the goals compare.
const (
	byUs     = "imagequery"
	byVendor = "vendor's client, mapped"
	byJSON   = "encoding/json, lean struct"
)

// onePage lists who decodes a page.
func onePage(a api) []lister {
	once := func(int, int, int) bool { return true }
	return []lister{
		ours(a.limited(), byUs, provider.Config{Listing: provider.Listing{KeepNative: true}}),
		ours(a.limited(), "imagequery, defaults", provider.Config{}),
		serial(a, "vendor's client", a.maxPage, once, a.sdk),
		serial(a, byVendor, a.maxPage, once, openMapped),
		serial(a, byJSON, a.maxPage, once, openPlain),
		serial(a, "read and thrown away", a.maxPage, once, openFloor),
	}
}

// limited is an api of which ours asks for one page.
func (a api) limited() api {
	a.query = image.Query{Limit: a.maxPage, Sources: a.query.Sources}
	return a
}

// pagesOf runs every lister against both targets, interleaved, and returns the
// differences per image.
func (b *bench) pagesOf(listers []lister, full, empty target) ([]sample, error) {
	const calls = 100 // in one run
	var variants []variant
	for _, l := range listers {
		variants = append(variants, repeat(calls, l.run(full)), repeat(calls, l.run(empty)))
	}
	samples, err := interleave(b.rounds(15), time.Hour, variants)
	if err != nil {
		return nil, err
	}
	var out []sample
	for i := 0; i < len(samples); i += 2 {
		out = append(out, samples[i].minus(samples[i+1], calls*full.total))
	}
	return out, nil
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

func (b *bench) tableOfDecoding(a api, bytes int, samples []sample) {
	t := table{
		Title:   "Decoding: " + a.name,
		Note:    fmt.Sprintf("A page of %d images, %d KB, answered from memory, less an empty page: CPU, allocations and bytes per image.", a.maxPage, bytes/1000),
		Columns: []string{"", "µs CPU", "times ours", "allocations", "bytes"},
	}
	listers := onePage(a)
	us := sampleOf(byUs, listers, samples)
	for i, l := range listers {
		s := samples[i]
		t.add(l.name, micros(s.CPU), times(s.CPU/us.CPU), fmt.Sprintf("%.1f", s.Mallocs), fmt.Sprintf("%.0f", s.Bytes))
	}
	b.Tables = append(b.Tables, t)
	b.atLeast(a.faster, sampleOf(byVendor, listers, samples).CPU/us.CPU, "decoding, %s: times faster than the vendor's client, mapped", a.name)
	b.atLeast(a.faster, sampleOf(byJSON, listers, samples).CPU/us.CPU, "decoding, %s: times faster than encoding/json", a.name)
	b.atMost(12, us.Mallocs, "decoding, %s: allocations per image", a.name)
}
