package provider_test

import (
	"context"
	"slices"
	"testing"

	"github.com/imagequery/imagequery/image"
	"github.com/imagequery/imagequery/provider"
)

const pageOf = 100

// prepared is a provider whose pages are ready; the last one is empty.
type prepared []*provider.Page

// preparedPages has n images, a whole number of pages.
func preparedPages(n int) prepared {
	images := imagesOf(n)
	for i := range images {
		images[i].Source = image.SourceSelf
	}
	var out prepared
	for page := range slices.Chunk(images, pageOf) {
		out = append(out, &provider.Page{Images: page, Total: n})
	}
	return append(out, &provider.Page{Total: n})
}

func (p prepared) Info() provider.Info { return provider.Info{Name: "fake", Region: "r"} }

func (p prepared) Plan(image.Query) ([]provider.Call, error) {
	return []provider.Call{{Action: "List", Paging: provider.Paging{MaxSize: pageOf}}}, nil
}

func (p prepared) Fetch(_ context.Context, _ provider.Call, at provider.Cursor) (*provider.Page, error) {
	return p[at.Offset/pageOf], nil
}

const many = 10_000

// BenchmarkPages streams a listing whose pages cost nothing: what is left is the
// page engine.
func BenchmarkPages(b *testing.B) {
	client := provider.New(preparedPages(many), provider.Config{})
	b.ReportAllocs()
	for b.Loop() {
		n := 0
		for _, err := range client.Images(b.Context(), image.Query{}) {
			if err != nil {
				b.Fatal(err)
			}
			n++
		}
		if n != many {
			b.Fatalf("%d images, want %d", n, many)
		}
	}
	b.ReportMetric(float64(b.Elapsed())/float64(b.N*many), "ns/image")
}

// BenchmarkNewest chooses from the same listing, at one target.
func BenchmarkNewest(b *testing.B) {
	targets := []provider.Target{{Name: "t", Client: provider.New(preparedPages(many), provider.Config{})}}
	b.ReportAllocs()
	for b.Loop() {
		if _, err := provider.Newest(b.Context(), targets, image.Query{}, nil); err != nil {
			b.Fatal(err)
		}
	}
	b.ReportMetric(float64(b.Elapsed())/float64(b.N*many), "ns/image")
}

// BenchmarkNewestBy chooses from the same listing, by keys that make one, few and
// very many groups.
func BenchmarkNewestBy(b *testing.B) {
	targets := []provider.Target{{Name: "t", Client: provider.New(preparedPages(many), provider.Config{})}}
	for _, bench := range []struct {
		name   string
		groups int
		key    func(provider.Hit) string
	}{
		{"one-group", 1, func(provider.Hit) string { return "" }},
		{"7-groups", 7, func(h provider.Hit) string { return h.Image.Name }},
		{"each-image", many, func(h provider.Hit) string { return h.Image.ID }},
	} {
		b.Run(bench.name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				hits, err := provider.NewestBy(b.Context(), targets, image.Query{}, bench.key, nil)
				if err != nil || len(hits) != bench.groups {
					b.Fatalf("%d groups, error %v; want %d", len(hits), err, bench.groups)
				}
			}
			b.ReportMetric(float64(b.Elapsed())/float64(b.N*many), "ns/image")
		})
	}
}
