package provider_test

import (
	"cmp"
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	gocmp "github.com/google/go-cmp/cmp"

	"github.com/imagequery/imagequery/image"
	"github.com/imagequery/imagequery/provider"
)

// randomEstate is a few targets that share images, with few values for each
// property, so that ties of every kind occur.
func randomEstate(rng *rand.Rand) map[string][]image.Image {
	pick := func(texts ...string) string { return texts[rng.IntN(len(texts))] }
	var pool []image.Image
	for i := range 1 + rng.IntN(40) {
		m := image.Image{
			Ref:       image.Ref{Provider: "fake", Region: pick("r-1", "r-2"), ID: fmt.Sprint("m-", i)},
			Name:      pick("web-1", "web-2", "web-10"),
			Platform:  pick("", "ubuntu", "debian"),
			OSVersion: pick("", "12", "22.04"),
			Arch:      image.Arch(pick("", "arm64", "x86_64")),
			Source:    image.Source(pick("", "self", "self", "system", "shared")),
			Owner:     pick("", "1", "2"),
			Family:    pick("", "web", "a\x00b"),
			Status:    image.Status(pick("available", "available", "deprecated", "failed")),
		}
		if rng.IntN(4) > 0 {
			m.Created = june.Add(time.Duration(rng.IntN(3)) * time.Hour)
		}
		pool = append(pool, m)
	}
	estate := map[string][]image.Image{}
	for i := range 1 + rng.IntN(4) {
		name := fmt.Sprint("account-", i, "/r")
		estate[name] = nil
		for _, m := range pool {
			if rng.IntN(3) > 0 {
				m.Description = "as listed by " + name
				estate[name] = append(estate[name], m)
			}
		}
	}
	return estate
}

func randomQuery(rng *rand.Rand) image.Query {
	var q image.Query
	if rng.IntN(3) == 0 {
		q.Sources = []image.Source{image.SourceShared, image.SourceSelf}
	}
	if rng.IntN(3) == 0 {
		q.Statuses = []image.Status{image.StatusDeprecated, image.StatusAvailable}
	}
	if rng.IntN(4) == 0 {
		q.Owners = []string{"2"}
	}
	if rng.IntN(4) == 0 {
		q.Platforms = []string{"ubuntu"}
	}
	return q
}

func estateTargets(estate map[string][]image.Image, rng *rand.Rand) []provider.Target {
	var targets []provider.Target
	for name, images := range estate {
		targets = append(targets, provider.Target{Name: name, Client: provider.New(&server{images: images}, provider.Config{})})
	}
	rng.Shuffle(len(targets), func(i, j int) { targets[i], targets[j] = targets[j], targets[i] })
	return targets
}

// newestByHand sorts every hit that may be chosen and takes the first of each
// group. It shares no code with NewestBy but the order of images.
func newestByHand(estate map[string][]image.Image, q image.Query, keys []provider.GroupKey) []provider.Hit {
	if q.Statuses == nil {
		q.Statuses = []image.Status{image.StatusAvailable}
	}
	if q.Sources == nil && q.Owners == nil {
		q.Sources = []image.Source{image.SourceSelf, image.SourceSystem}
	}
	var hits []provider.Hit
	for name, images := range estate {
		for _, m := range images {
			if q.Match(m) {
				hits = append(hits, provider.Hit{Target: name, Image: m})
			}
		}
	}
	slices.SortFunc(hits, func(a, b provider.Hit) int {
		return cmp.Or(
			slices.Compare(valuesByHand(a, keys), valuesByHand(b, keys)),
			image.CompareNewest(a.Image, b.Image),
			cmp.Compare(a.Target, b.Target),
		)
	})
	return slices.CompactFunc(hits, func(a, b provider.Hit) bool {
		return slices.Equal(valuesByHand(a, keys), valuesByHand(b, keys))
	})
}

func valuesByHand(h provider.Hit, keys []provider.GroupKey) []string {
	all := map[provider.GroupKey]string{
		"target": h.Target, "provider": h.Image.Provider, "region": h.Image.Region, "platform": h.Image.Platform,
		"os_version": h.Image.OSVersion, "arch": string(h.Image.Arch), "source": string(h.Image.Source),
		"owner": h.Image.Owner, "family": h.Image.Family,
	}
	var values []string
	for _, key := range keys {
		values = append(values, all[key])
	}
	return values
}

func randomKeys(rng *rand.Rand) []provider.GroupKey {
	keys := provider.GroupKeys()
	rng.Shuffle(len(keys), func(i, j int) { keys[i], keys[j] = keys[j], keys[i] })
	return keys[:rng.IntN(4)]
}

func TestNewestByAgreesWithSortedHits(t *testing.T) {
	for seed := range uint64(2000) {
		rng := rand.New(rand.NewPCG(seed, 21))
		estate, q, keys := randomEstate(rng), randomQuery(rng), randomKeys(rng)
		key, err := provider.KeyOf(keys...)
		if err != nil {
			t.Fatal(err)
		}
		got, err := provider.NewestBy(t.Context(), estateTargets(estate, rng), q, key, nil)
		want := newestByHand(estate, q, keys)
		if errors.Is(err, provider.NotFound) != (len(want) == 0) || (err != nil) != (len(want) == 0) {
			t.Fatalf("seed %d: error %v with %d groups", seed, err, len(want))
		}
		if diff := gocmp.Diff(want, got); diff != "" {
			t.Fatalf("seed %d: newest of %v by %v (-want +got):\n%s", seed, q, keys, diff)
		}
	}
}

func TestNewestByWithOneGroupIsNewest(t *testing.T) {
	for seed := range uint64(200) {
		rng := rand.New(rand.NewPCG(seed, 22))
		estate, q := randomEstate(rng), randomQuery(rng)
		targets := estateTargets(estate, rng)
		want, wantErr := provider.Newest(t.Context(), targets, q, nil)
		got, err := provider.NewestBy(t.Context(), targets, q, func(provider.Hit) string { return "all" }, nil)
		if fmt.Sprint(err) != fmt.Sprint(wantErr) || len(got) > 1 || len(got) == 1 && got[0].Image.Ref != want.Image.Ref {
			t.Fatalf("seed %d: %v, error %v; want %v, error %v", seed, got, err, want, wantErr)
		}
	}
}

func TestNewestByReturnsGroupsOfTargetsThatAnswered(t *testing.T) {
	good := &server{images: []image.Image{
		newestOf("1", image.SourceSelf, image.StatusAvailable, june), newestOf("2", image.SourceSystem, image.StatusAvailable, june),
	}}
	targets := []provider.Target{
		{Name: "throttled", Client: provider.New(&server{page: func(int) error { return provider.Throttled }}, provider.Config{})},
		{Name: "good", Client: provider.New(good, provider.Config{})},
		{Name: "denied", Client: provider.New(&server{page: func(int) error { return provider.PermissionDenied }}, provider.Config{})},
	}
	bySource, err := provider.KeyOf(provider.GroupSource)
	if err != nil {
		t.Fatal(err)
	}
	hits, err := provider.NewestBy(t.Context(), targets, image.Query{}, bySource, nil)
	if len(hits) != 2 || hits[0].Image.ID != "1" || hits[1].Image.ID != "2" {
		t.Errorf("hits %v, want images 1 and 2", hits)
	}
	if !errors.Is(err, provider.Throttled) || !errors.Is(err, provider.PermissionDenied) {
		t.Errorf("error %v, want those of both targets", err)
	}
}

func TestNewestByRefusesBadArguments(t *testing.T) {
	s := &server{images: imagesOf(1)}
	targets := []provider.Target{{Name: "a", Client: provider.New(s, provider.Config{})}}
	key := func(h provider.Hit) string { return h.Target }
	for name, test := range map[string]struct {
		targets []provider.Target
		query   image.Query
		key     func(provider.Hit) string
		want    string
	}{
		"no key":     {targets, image.Query{}, nil, "the key is nil"},
		"a limit":    {targets, image.Query{Limit: 2}, key, "query field limit: value 2"},
		"bad query":  {targets, image.Query{Statuses: []image.Status{"done"}}, key, "unknown status"},
		"no targets": {nil, image.Query{}, key, "no targets"},
	} {
		hits, err := provider.NewestBy(t.Context(), test.targets, test.query, test.key, nil)
		if hits != nil || !errors.Is(err, provider.InvalidArgument) || !strings.Contains(err.Error(), test.want) {
			t.Errorf("%s: %v, error %v; want invalid argument that contains %q", name, hits, err, test.want)
		}
	}
	if s.requests() > 0 {
		t.Errorf("%d requests were sent", s.requests())
	}
}
