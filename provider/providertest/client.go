package providertest

import (
	"reflect"
	"slices"
	"sync"

	"github.com/imagequery/imagequery/image"
	"github.com/imagequery/imagequery/provider"
)

// defaults runs the empty query.
func defaults(t *checkRun) {
	for _, o := range t.oracles() {
		o.checkQuery(image.Query{})
		info := o.session.Client.Info()
		for _, f := range []image.Field{image.FieldSources, image.FieldStatuses} {
			t.checkVocabulary(o, info, f)
		}
	}
}

// checkVocabulary fails if a word of the provider is nowhere in the world.
func (t *checkRun) checkVocabulary(o *oracle, info provider.Info, f image.Field) {
	for _, word := range info.Values[f] {
		found := false
		var q image.Query
		setTexts(&q, f, []string{word})
		for _, m := range o.world {
			found = found || q.Match(m)
		}
		if !found {
			t.failf("%s: Info has the word %q, and no image of the world", f, word)
		}
	}
}

// get looks up images one by one.
func get(t *checkRun) {
	images := t.harness.World(t.effort.world)
	s := t.open(images, provider.Config{})
	for _, m := range images {
		q := image.Query{IDs: []string{m.ID}}
		if !t.inScope(q, m) {
			continue
		}
		got, err := s.Client.Get(t.context(), m.ID)
		if err != nil || !reflect.DeepEqual(got, m) {
			t.failf("Get(%q) is %v, error %v", m.ID, got, err)
		}
	}
	for _, id := range []string{"no-such-image", "m-", images[0].ID + "x", `no "such", image*`} {
		got, err := s.Client.Get(t.context(), id)
		if e := asError(err); e == nil || e.Kind != provider.NotFound {
			t.failf("Get(%q) is %v, error %v: want NotFound", id, got, err)
		}
	}
}

// checkClient runs Check with a server that accepts the credentials and with one that
// refuses them.
func checkClient(t *checkRun) {
	if err := t.open(t.harness.World(smallPage), provider.Config{}).Client.Check(t.context()); err != nil {
		t.failf("Check of good credentials: %w", err)
	}
	t.eachError(func(e ErrorCase, s *Session) {
		if err := s.Client.Check(t.context()); asError(err) == nil {
			t.failf("Check where the answer is %s: error %v, want a *provider.Error", e.Code, err)
		}
	})
}

// world checks the images that the harness makes.
func world(t *checkRun) {
	images := t.harness.World(t.effort.world)
	if n := len(t.harness.World(0)); n != 0 {
		t.failf("a world of no images has %d", n)
	}
	if len(images) != t.effort.world {
		t.failf("a world of %d images has %d", t.effort.world, len(images))
	}
	if !reflect.DeepEqual(images, t.harness.World(t.effort.world)) {
		t.failf("Harness.World does not return the same images for the same number")
	}
	info := t.open(images, provider.Config{}).Client.Info()
	seen := map[image.Ref]bool{}
	for _, m := range images {
		switch {
		case m.Provider != info.Name || m.ID == "":
			t.failf("%s: want the provider %s, and an identifier", m.Ref, info.Name)
		case seen[m.Ref]:
			t.failf("%s is there twice", m.Ref)
		case len(m.Native) > 0:
			t.failf("%s has Native, which belongs to answers", m.Ref)
		}
		seen[m.Ref] = true
	}
	for _, f := range image.AllFields() {
		checkWorldHas(t, images, f, info.Support[f] != provider.None)
	}
}

// checkWorldHas fails if too few images can be told apart by a field that is reported.
func checkWorldHas(t *checkRun, images []image.Image, f image.Field, reported bool) {
	have := 0
	for _, m := range images {
		if HasField(m, f) {
			have++
		}
	}
	switch {
	case reported && have < 2:
		t.failf("%s: Info says that it is reported, and %d images of the world have it", f, have)
	case !reported && have > 0:
		t.failf("%s: Info says that it is never reported, and %d images of the world have it", f, have)
	}
}

// concurrency runs the same queries on one client sequentially and from many
// goroutines. The race detector finds memory that they share.
func concurrency(t *checkRun) {
	const goroutines = 16
	world := t.harness.World(t.effort.world)
	s := t.open(world, provider.Config{})
	queries := slices.Collect(Queries(11, goroutines*t.effort.perGoroutine, world, reported(s.Client.Info())))
	alone := make([][]image.Image, len(queries))
	for i, q := range queries {
		alone[i], _ = t.answer(s, q)
	}
	var all sync.WaitGroup
	for first := range goroutines {
		all.Go(func() {
			for i := first; i < len(queries); i += goroutines {
				t.repeatQuery(s, queries[i], alone[i])
			}
		})
	}
	all.Wait()
}

func (t *checkRun) repeatQuery(s *Session, q image.Query, alone []image.Image) {
	got, err := t.answer(s, q)
	if !isComplete(alone, got) {
		t.failf("%s: %d images came to one goroutine, %d to one of many, error %v", q, len(alone), len(got), err)
	}
	if _, err := s.Client.Explain(q); err != nil {
		t.failf("%s: %w", q, err)
	}
}
