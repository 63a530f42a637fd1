package image_test

import (
	"testing"

	"github.com/imagequery/imagequery/image"
)

func BenchmarkMatch(b *testing.B) {
	few := image.Query{Statuses: []image.Status{image.StatusAvailable}, Archs: []image.Arch{image.ArchX86_64}}
	for name, query := range map[string]image.Query{
		"none":           {},
		"few":            few,
		"all":            fullQuery(),
		"all normalized": fullQuery().Normalized(),
	} {
		b.Run(name, func(b *testing.B) {
			m := fullImage()
			b.ReportAllocs()
			for b.Loop() {
				if !query.Match(m) {
					b.Fatal("no match")
				}
			}
		})
	}
}

func BenchmarkCompareNewest(b *testing.B) {
	x, y := fullImage(), fullImage()
	x.Name, y.Name = "web-server-2024-10", "web-server-2024-9"
	b.ReportAllocs()
	for b.Loop() {
		if image.CompareNewest(x, y) >= 0 {
			b.Fatal("wrong order")
		}
	}
}
