package apispec_test

import (
	"testing"
	"time"

	"github.com/imagequery/imagequery/image"
	"github.com/imagequery/imagequery/internal/apispec"
	"github.com/imagequery/imagequery/provider"
)

// BenchmarkEncode plans one predicate in each layout, and a query without predicates
// to compare with.
func BenchmarkEncode(b *testing.B) {
	ids := image.Query{IDs: numbers(10)}
	pushed := func(name string, field image.Field, layout apispec.Layout, encode apispec.Encode) apispec.Param {
		return apispec.Param{Name: name, Field: field, Support: provider.Superset, Layout: layout, Encode: encode}
	}
	for name, bench := range map[string]struct {
		param apispec.Param
		query image.Query
	}{
		"no predicate": {pushed("Id", image.FieldIDs, apispec.OnePerCall, nil), image.Query{}},
		"one per call": {pushed("Id", image.FieldIDs, apispec.OnePerCall, apispec.Plain), ids},
		"comma list":   {pushed("Id", image.FieldIDs, apispec.CommaList, apispec.Number), ids},
		"JSON array":   {pushed("Id", image.FieldIDs, apispec.JSONArray, apispec.Plain), ids},
		"numbered":     {pushed("Id.n", image.FieldIDs, apispec.Numbered, apispec.Plain), ids},
		"words": {pushed("Status", image.FieldStatuses, apispec.CommaList, statuses.Encode),
			image.Query{Statuses: []image.Status{image.StatusPending, image.StatusAvailable}}},
		"tags": {pushed("Tag.n.Key", image.FieldTags, apispec.TagPairs, nil),
			image.Query{Tags: map[string]string{"app": "web", "env": "prod", "team": ""}}},
		"filter": {pushed("Filter.Start", image.FieldCreatedAfter, apispec.OnePerCall, apispec.MinuteBefore),
			image.Query{CreatedAfter: time.Date(2024, 1, 2, 3, 4, 5, 0, time.UTC)}},
	} {
		b.Run(name, func(b *testing.B) {
			p := newProvider(listing(bench.param), &sender{})
			b.ReportAllocs()
			for b.Loop() {
				if calls, err := p.Plan(bench.query); err != nil || len(calls) == 0 {
					b.Fatal(calls, err)
				}
			}
		})
	}
}

// BenchmarkFetch fetches a page without images.
func BenchmarkFetch(b *testing.B) {
	p := newProvider(scoped(), &sender{body: noImages})
	call := must(p.Plan(image.Query{Names: []string{"web"}, Owners: []string{"1"}}))[1]
	b.ReportAllocs()
	for b.Loop() {
		if _, err := p.Fetch(b.Context(), call, provider.Cursor{Offset: 150, Size: 50}); err != nil {
			b.Fatal(err)
		}
	}
}
