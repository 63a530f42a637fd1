package provider_test

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/imagequery/imagequery/image"
	"github.com/imagequery/imagequery/provider"
)

// late is a server that takes its time.
type late struct {
	server
	delay time.Duration
}

func (l *late) Fetch(ctx context.Context, c provider.Call, at provider.Cursor) (*provider.Page, error) {
	time.Sleep(l.delay)
	return l.server.Fetch(ctx, c, at)
}

func newestOf(id string, source image.Source, status image.Status, created time.Time) image.Image {
	return image.Image{
		Ref:  image.Ref{Provider: "fake", Region: "r", ID: id},
		Name: "web-" + id, Source: source, Status: status, Created: created,
	}
}

var june = time.Date(2024, 6, 1, 0, 0, 0, 0, time.UTC)

// newestWorld has ties of every kind: a date that three images share, names that
// differ by a version, and one image that two targets see.
func newestWorld() map[string][]image.Image {
	self, available := image.SourceSelf, image.StatusAvailable
	return map[string][]image.Image{
		"a": {newestOf("9", self, available, june), newestOf("10", self, available, june)},
		"b": {newestOf("10", self, available, june), newestOf("2", image.SourceSystem, available, june.Add(-time.Hour))},
		"c": {
			newestOf("11", self, image.StatusDeprecated, june.Add(time.Hour)),
			newestOf("12", image.SourceShared, available, june.Add(time.Hour)),
			newestOf("13", "", available, june.Add(time.Hour)),
			newestOf("14", self, available, time.Time{}),
		},
		"d": nil,
	}
}

func newestTargets(rng *rand.Rand) []provider.Target {
	var targets []provider.Target
	for name, images := range newestWorld() {
		s := &late{server: server{images: images}, delay: time.Duration(rng.IntN(1000)) * time.Millisecond}
		targets = append(targets, provider.Target{Name: name, Client: provider.New(s, provider.Config{})})
	}
	rng.Shuffle(len(targets), func(i, j int) { targets[i], targets[j] = targets[j], targets[i] })
	return targets
}

// The order of targets and responses does not matter.
func TestNewestIsDeterministic(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		rng := rand.New(rand.NewPCG(1, 2))
		for range 1000 {
			got, err := provider.Newest(t.Context(), newestTargets(rng), image.Query{}, nil)
			if err != nil || got.Image.ID != "10" || got.Target != "a" {
				t.Fatalf("%s of %s, error %v; want 10 of a", got.Image.ID, got.Target, err)
			}
		}
	})
}

func TestNewestUsesTrustedSourcesByDefault(t *testing.T) {
	for name, test := range map[string]struct {
		query image.Query
		want  string
	}{
		"shared when named":       {image.Query{Sources: []image.Source{image.SourceShared}}, "12"},
		"anybody's by id":         {image.Query{IDs: []string{"13"}}, "13"},
		"deprecated when named":   {image.Query{Statuses: []image.Status{image.StatusDeprecated}}, "11"},
		"no date is the oldest":   {image.Query{Names: []string{"web-14", "web-2"}}, "2"},
		"available before newer":  {image.Query{Statuses: []image.Status{image.StatusDeprecated, image.StatusAvailable}}, "10"},
		"the only one, undated":   {image.Query{Names: []string{"web-14"}}, "14"},
		"names by their versions": {image.Query{NameGlobs: []string{"web-*"}}, "10"},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				got, err := provider.Newest(t.Context(), newestTargets(rand.New(rand.NewPCG(3, 4))), test.query, nil)
				if err != nil || got.Image.ID != test.want {
					t.Errorf("%s, error %v; want %s", got.Image.ID, err, test.want)
				}
			})
		})
	}
}

func TestNewestWithoutAMatchIsNotFound(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		targets := newestTargets(rand.New(rand.NewPCG(5, 6)))
		_, err := provider.Newest(t.Context(), targets, image.Query{Names: []string{"web-11"}}, nil)
		if !errors.Is(err, provider.NotFound) || !strings.Contains(err.Error(), "1 match in another status") {
			t.Errorf("error %v, want not found that counts the deprecated one", err)
		}
	})
}

func TestNewestRefusesALimit(t *testing.T) {
	if _, err := provider.Newest(t.Context(), nil, image.Query{Limit: 1}, nil); !errors.Is(err, provider.InvalidArgument) {
		t.Errorf("error %v, want invalid argument", err)
	}
}

func TestNewestReturnsTheBestHitAndTheFailures(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		broken := &server{page: func(int) error { return provider.Throttled }}
		targets := append(newestTargets(rand.New(rand.NewPCG(7, 8))), provider.Target{Name: "broken", Client: provider.New(broken, provider.Config{})})
		got, err := provider.Newest(t.Context(), targets, image.Query{}, nil)
		if got.Image.ID != "10" || !errors.Is(err, provider.Throttled) {
			t.Errorf("%s, error %v", got.Image.ID, err)
		}
		got, err = provider.Newest(t.Context(), targets, image.Query{Names: []string{"nothing"}}, nil)
		if got.Image.ID != "" || errors.Is(err, provider.NotFound) || !errors.Is(err, provider.Throttled) {
			t.Errorf("%s, error %v: with a target that failed, nobody knows that there is nothing", got.Image.ID, err)
		}
	})
}

// The hit is that of the first target, in whatever order they respond.
func TestDistinctYieldsEachImageOncePerHost(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		for first := range 3 {
			var targets []provider.Target
			for i := range 3 {
				m := newestOf("1", image.SourceSelf, image.StatusAvailable, june)
				m.Description = fmt.Sprint("as seen by ", i)
				own := newestOf(fmt.Sprint("own-", i), image.SourceSelf, image.StatusAvailable, june)
				s := &late{server: server{images: []image.Image{m, own}}, delay: time.Second * time.Duration((i-first+3)%3)}
				targets = append(targets, provider.Target{Name: fmt.Sprint(i), Client: provider.New(s, provider.Config{})})
			}
			hits, err := provider.Collect(provider.Search(t.Context(), targets, image.Query{}, &provider.SearchOptions{Distinct: true}))
			var got []string
			for _, hit := range hits {
				got = append(got, hit.Target+":"+hit.Image.ID+hit.Image.Description)
			}
			if want := "0:1as seen by 0 0:own-0 1:own-1 2:own-2"; err != nil || strings.Join(got, " ") != want {
				t.Errorf("%v, error %v; want %s", got, err, want)
			}
		}
	})
}
