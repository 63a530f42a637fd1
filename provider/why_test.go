package provider_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"math/rand/v2"
	"runtime"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/imagequery/imagequery/image"
	"github.com/imagequery/imagequery/provider"
)

// randomImage has some of the values that randomMiss asks for.
func randomImage(rng *rand.Rand, i int) image.Image {
	pick := func(values ...string) string { return values[rng.IntN(len(values))] }
	m := image.Image{
		Ref:  image.Ref{Provider: "fake", Region: pick("r", "s"), ID: fmt.Sprintf("m-%d", i)},
		Name: pick("web-1", "web-2", "db-1", "Web-1"), Family: pick("", "web", "db"), Source: image.Source(pick("self", "system", "")),
		Owner: pick("1", "2", ""), Visibility: image.Visibility(pick("private", "public")), Status: image.Status(pick("available", "deprecated")),
		OS: image.OS(pick("linux", "windows")), Platform: pick("ubuntu", "centos", ""), OSVersion: pick("22.04", "22.04.3", "7", ""),
		Arch: image.Arch(pick("x86_64", "arm64")), SourceInstance: pick("i-1", "i-2", ""), SourceSnapshots: []string{pick("s-1", "s-2"), "s-3"},
		ResourceGroup: pick("rg-1", "rg-2"), Created: june.AddDate(0, rng.IntN(12), 0), Tags: map[string]string{pick("env", "app"): pick("a", "b")},
	}
	if rng.IntN(4) == 0 {
		m.Created, m.Tags, m.SourceSnapshots = time.Time{}, nil, nil
	}
	return m
}

// randomMiss sets about a third of the predicates. Some of the values do not occur.
func randomMiss(rng *rand.Rand) image.Query {
	all := image.Query{
		IDs: []string{"m-1", "m-2", "m-x"}, Names: []string{"web-1", "WEB-1"}, NameGlobs: []string{"web-*", "x*"}, NameContains: []string{"EB", "y"},
		Families: []string{"web", "Web"}, Regions: []string{"r"}, Sources: []image.Source{"self"}, Owners: []string{"1", "3"},
		Visibilities: []image.Visibility{"private"}, Statuses: []image.Status{"available"}, OSes: []image.OS{"linux"},
		Platforms: []string{"ubuntu", "ubunut"}, OSVersions: []string{"22", "8"}, Archs: []image.Arch{"amd64", "i386"},
		Tags: map[string]string{"env": "a"}, SourceInstances: []string{"i-1"}, SourceSnapshots: []string{"s-1"}, ResourceGroups: []string{"rg-1"},
		CreatedAfter: june.AddDate(0, 3, 0), CreatedBefore: june.AddDate(0, 9, 0),
	}
	return pick(all, func(string) bool { return rng.IntN(3) == 0 })
}

// pick returns a query with the predicates that keep chooses by their names.
func pick(q image.Query, keep func(string) bool) (out image.Query) {
	var members map[string]json.RawMessage
	text, _ := json.Marshal(q)
	_ = json.Unmarshal(text, &members)
	for _, f := range q.Fields() {
		if !keep(string(f)) {
			delete(members, string(f))
		}
	}
	text, _ = json.Marshal(members)
	_ = json.Unmarshal(text, &out)
	return out
}

func TestWhyCountsAsMatchDoes(t *testing.T) {
	for seed := range uint64(300) {
		rng := rand.New(rand.NewPCG(seed, 1))
		s := &server{}
		for i := range 60 {
			s.images = append(s.images, randomImage(rng, i))
		}
		q := randomMiss(rng)
		d, err := provider.Why(t.Context(), []provider.Target{{Name: "t", Client: provider.New(s, provider.Config{})}}, q, nil)
		if err != nil {
			t.Fatal(err)
		}
		wantMatched := len(matching(q, s.images))
		var want [][2]int
		for _, f := range q.Fields() {
			only := pick(q, func(name string) bool { return name == string(f) })
			others := pick(q, func(name string) bool { return name != string(f) })
			want = append(want, [2]int{len(s.images) - len(matching(only, s.images)), len(matching(others, s.images)) - wantMatched})
		}
		var got [][2]int
		for i, p := range d.Predicates {
			got = append(got, [2]int{p.Excludes, p.Alone})
			if p.Field != q.Fields()[i] {
				t.Errorf("%s: predicate %d is %s", q, i, p.Field)
			}
			checkMissing(t, q, p, s.images)
		}
		if diff := cmp.Diff(want, got); diff != "" || d.Matched != wantMatched || d.Images != len(s.images) {
			t.Errorf("%s: %d of %d match, want %d (-want +got):\n%s", q, d.Matched, d.Images, wantMatched, diff)
		}
	}
}

// matching returns the images that match a query.
func matching(q image.Query, images []image.Image) (out []image.Image) {
	for _, m := range images {
		if q.Match(m) {
			out = append(out, m)
		}
	}
	return out
}

// checkMissing compares missing values and the counts of near ones with the images.
func checkMissing(t *testing.T, q image.Query, p provider.Exclusion, images []image.Image) {
	t.Helper()
	if p.Field != image.FieldNames {
		return
	}
	others := pick(q, func(name string) bool { return name != string(p.Field) })
	var missing []string
	for _, name := range q.Names {
		if !slices.ContainsFunc(images, func(m image.Image) bool { return m.Name == name }) {
			missing = append(missing, name)
		}
	}
	var got []string
	for _, m := range p.Missing {
		got = append(got, m.Value)
		for _, n := range m.Nearest {
			have := matching(image.Query{Names: []string{n.Value}}, images)
			if match := matching(others, have); n.Images != len(have) || n.Matches != len(match) {
				t.Errorf("%s: near value %+v, want %d images and %d matches", q, n, len(have), len(match))
			}
		}
	}
	if !slices.Equal(got, missing) {
		t.Errorf("%s: missing %q, want %q", q, got, missing)
	}
}

func TestWhyDoesNotDependOnTheOrderOfImages(t *testing.T) {
	rng := rand.New(rand.NewPCG(7, 7))
	var images []image.Image
	for i := range 500 {
		m := randomImage(rng, i)
		m.Name = fmt.Sprintf("wen-%d", rng.IntN(200))
		images = append(images, m)
	}
	q := image.Query{Names: []string{"wem-1", "wen-17 "}, Owners: []string{"1"}, Regions: []string{"r"}}
	var first provider.Diagnosis
	for round := range 20 {
		rng.Shuffle(len(images), func(i, j int) { images[i], images[j] = images[j], images[i] })
		d, err := provider.Why(t.Context(), []provider.Target{{Name: "t", Client: provider.New(&server{images: images}, provider.Config{})}}, q, nil)
		if err != nil {
			t.Fatal(err)
		}
		if round == 0 {
			first = d
		}
		if diff := cmp.Diff(first, d); diff != "" {
			t.Fatalf("round %d (-first +got):\n%s", round, diff)
		}
	}
}

// generated lists images that it makes page by page.
type generated struct {
	images int
	last   func() // called for the last page
}

func (g generated) Info() provider.Info { return provider.Info{Name: "fake", Region: "r"} }

func (g generated) Plan(image.Query) ([]provider.Call, error) {
	return []provider.Call{{Action: "List", Paging: provider.Paging{MaxSize: pageOf}}}, nil
}

func (g generated) Fetch(_ context.Context, _ provider.Call, at provider.Cursor) (*provider.Page, error) {
	page := &provider.Page{Total: g.images}
	for i := at.Offset; i < min(at.Offset+at.Size, g.images); i++ {
		page.Images = append(page.Images, image.Image{
			Ref: image.Ref{Provider: "fake", Region: "r", ID: fmt.Sprintf("m-%08d", i)}, Name: fmt.Sprintf("server-image-%08d", i),
			Owner: fmt.Sprint(i), Status: image.StatusAvailable, Platform: "ubuntu", Tags: map[string]string{"n": fmt.Sprint(i)},
		})
	}
	if at.Offset+at.Size >= g.images && g.last != nil {
		g.last()
	}
	return page, nil
}

// bigMiss matches no image of generated, although each of them has values of its own.
var bigMiss = image.Query{
	Names: []string{"server-image-x0000000"}, NameGlobs: []string{"Server-*"}, Owners: []string{"owner"}, Platforms: []string{"ubunut"},
	Tags: map[string]string{"n": "none"}, Statuses: []image.Status{image.StatusDeprecated},
}

func heap() uint64 {
	runtime.GC()
	var stats runtime.MemStats
	runtime.ReadMemStats(&stats)
	return stats.HeapAlloc
}

func TestWhyKeepsFewValuesOfManyImages(t *testing.T) {
	const images = 100_000
	var after uint64
	before := heap()
	g := generated{images: images, last: func() { after = heap() }}
	d, err := provider.Why(t.Context(), []provider.Target{{Name: "t", Client: provider.New(g, provider.Config{Listing: provider.Listing{Prefetch: 1}})}}, bigMiss, nil)
	if err != nil || d.Images != images || d.Matched != 0 {
		t.Fatalf("%s, %v", d, err)
	}
	// 40 bytes an image for the set of seen images, which grows by doubling.
	if limit := before + 40*images + 4<<20; after > limit {
		t.Errorf("%d bytes in use at the last page, want at most %d", after, limit)
	}
	for _, p := range d.Predicates {
		if p.Excludes != images || len(p.Instead) > 8 || len(p.Missing) != 1 || len(p.Missing[0].Nearest) > 3 {
			t.Errorf("%+v", p)
		}
	}
}

func TestWhyHandlesManyValues(t *testing.T) {
	q := image.Query{}
	for i := range 5000 {
		q.IDs = append(q.IDs, fmt.Sprintf("x-%d", i))
	}
	q.IDs = append(q.IDs, "m-0001")
	s := &server{images: imagesOf(300)}
	d, err := provider.Why(t.Context(), []provider.Target{{Name: "t", Client: provider.New(s, provider.Config{})}}, q, nil)
	if err != nil || d.Matched != 1 || len(d.Predicates[0].Missing) != 5000 || len(d.Causes) != 0 {
		t.Errorf("%d match, %d missing, causes %v, %v", d.Matched, len(d.Predicates[0].Missing), d.Causes, err)
	}
}

func TestWhyHasAStableForm(t *testing.T) {
	s := &server{images: imagesOf(3), words: map[image.Field][]string{image.FieldSources: {"self"}}}
	q := image.Query{Names: []string{"Web-1"}, Limit: 4, SkipUnreported: true}
	d, err := provider.Why(t.Context(), []provider.Target{{Name: "t", Client: provider.New(s, provider.Config{})}}, q, nil)
	if err != nil {
		t.Fatal(err)
	}
	got, err := json.Marshal(d)
	if err != nil {
		t.Fatal(err)
	}
	const want = `{"query":{"names":["Web-1"]},"complete":true,"images":3,"matched":0,` +
		`"predicates":[{"field":"names","values":["Web-1"],"excludes":3,"alone":3,"example":{"provider":"fake","region":"r","id":"m-0000"},` +
		`"instead":[{"value":"web-0","images":1},{"value":"web-1","images":1},{"value":"web-2","images":1}],` +
		`"missing":[{"value":"Web-1","nearest":[{"value":"web-1","images":1,"matches":1,"how":"case"},` +
		`{"value":"web-0","images":1,"matches":1,"how":"spelling"},{"value":"web-2","images":1,"matches":1,"how":"spelling"}]}]}],` +
		`"closest":{"provider":"fake","region":"r","id":"m-0000","name":"web-0","fails":["names"]},"widened":false,` +
		`"targets":[{"target":"t","provider":"fake","region":"r","complete":true,"images":3,"matched":0,"sources":["self"],"default_sources":true}],` +
		`"causes":[{"kind":"value","field":"names","text":"no image in the scope has \"Web-1\"; the nearest: \"web-1\" differs in case (1 image, 1 would match), ` +
		`\"web-0\" is spelled alike (1 image, 1 would match), \"web-2\" is spelled alike (1 image, 1 would match)"}]}`
	if diff := cmp.Diff(want, string(got)); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	var decoded provider.Diagnosis
	if err := json.Unmarshal(got, &decoded); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(d, decoded); diff != "" {
		t.Errorf("decoded (-want +got):\n%s", diff)
	}
}

func TestWhyJoinsFailuresAndCountsTheRest(t *testing.T) {
	down := errors.New("down")
	bad := &server{page: func(int) error { return down }}
	targets := []provider.Target{
		{Name: "bad", Client: provider.New(bad, provider.Config{})},
		{Name: "good", Client: provider.New(&server{images: imagesOf(3)}, provider.Config{})},
	}
	d, err := provider.Why(t.Context(), targets, image.Query{Names: []string{"web-1"}}, nil)
	if !errors.Is(err, down) || d.Complete || d.Matched != 1 || d.Targets[0].Error == "" || !d.Targets[1].Complete {
		t.Errorf("%v: %+v", err, d)
	}
	if len(d.Causes) != 1 || d.Causes[0].Kind != provider.CauseFailed {
		t.Errorf("causes %v", d.Causes)
	}
}

func TestWhyRanksTheValuesOfATagBySpelling(t *testing.T) {
	images := imagesOf(5)
	for i, value := range []string{"", "p", "staging", "prod", "prd-eu"} {
		images[i].Tags = map[string]string{"env": value}
	}
	targets := []provider.Target{{Name: "t", Client: provider.New(&server{images: images}, provider.Config{})}}
	d, err := provider.Why(t.Context(), targets, image.Query{Tags: map[string]string{"env": "prd"}}, nil)
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, n := range d.Predicates[0].Missing[0].Nearest {
		got = append(got, n.Value)
	}
	if diff := cmp.Diff([]string{"env=prod", "env=p", "env=prd-eu"}, got); diff != "" {
		t.Errorf("nearest values differ (-want +got):\n%s", diff)
	}
}

func TestWhyCountsAnImageOnceWithDistinct(t *testing.T) {
	targets := []provider.Target{
		{Name: "a", Client: provider.New(&server{images: imagesOf(3)}, provider.Config{})},
		{Name: "b", Client: provider.New(&server{images: imagesOf(4)}, provider.Config{})},
	}
	for distinct, want := range map[bool]int{false: 7, true: 4} {
		d, err := provider.Why(t.Context(), targets, image.Query{}, &provider.SearchOptions{Distinct: distinct})
		if err != nil || d.Images != want || d.Matched != want {
			t.Errorf("distinct %t: %s, %v", distinct, d, err)
		}
	}
}

// BenchmarkWhy counts a listing whose pages cost nothing, for a query with six
// predicates that no image matches.
func BenchmarkWhy(b *testing.B) {
	targets := []provider.Target{{Name: "t", Client: provider.New(preparedPages(many), provider.Config{})}}
	b.ReportAllocs()
	for b.Loop() {
		if _, err := provider.Why(b.Context(), targets, bigMiss, nil); err != nil {
			b.Fatal(err)
		}
	}
	b.ReportMetric(float64(b.Elapsed())/float64(b.N*many), "ns/image")
}
