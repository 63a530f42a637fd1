package providertest

import (
	"reflect"

	"github.com/imagequery/imagequery/image"
	"github.com/imagequery/imagequery/provider"
)

// defaults asks for everything.
func defaults(t *trial) {
	for _, o := range t.oracles() {
		o.ask(image.Query{})
		info := o.session.Client.Info()
		for _, f := range []image.Field{image.FieldSources, image.FieldStatuses} {
			t.checkWords(o, info, f)
		}
	}
}

// checkWords fails if a word of the provider is nowhere in the world.
func (t *trial) checkWords(o *oracle, info provider.Info, f image.Field) {
	for _, word := range info.Words[f] {
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

// get asks for images one by one.
func get(t *trial) {
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

// checkClient tries the credentials, with a server that lets everything pass and
// with one that refuses it.
func checkClient(t *trial) {
	if err := t.open(t.harness.World(smallPage), provider.Config{}).Client.Check(t.context()); err != nil {
		t.failf("Check of good credentials: %w", err)
	}
	t.eachError(func(e ErrorCase, s *Session) {
		if err := s.Client.Check(t.context()); asError(err) == nil {
			t.failf("Check where the answer is %s: error %v, want a *provider.Error", e.Code, err)
		}
	})
}
