package providertest

import (
	"maps"
	"slices"

	"github.com/imagequery/imagequery/image"
	"github.com/imagequery/imagequery/provider"
)

// decoys looks at what the server really gives for each predicate that is sent.
func decoys(t *trial) {
	dropped := map[image.Field]int{}
	var pushed []image.Field
	for _, o := range t.oracles() {
		pushed = withSupport(o.session.Client.Info(), provider.Superset, provider.Exact)
		for _, f := range pushed {
			n := o.decoysOf(f)
			if n > 0 && o.session.Client.Info().Support[f] == provider.Exact {
				t.failf("%s%s is called exact, and the server returned %d images that do not match", o.under(), f, n)
			}
			dropped[f] += n
		}
	}
	info := t.open(nil, provider.Config{}).Client.Info()
	for _, f := range pushed {
		if info.Support[f] == provider.Superset && dropped[f] == 0 {
			t.loosened(f)
		}
	}
}

// decoysOf counts the images that the server returns for a predicate and that do
// not match it.
func (o *oracle) decoysOf(f image.Field) (dropped int) {
	for q := range singles(o.world, f, o.effort.singles) {
		plan, err := o.session.Client.Explain(q)
		if err != nil {
			o.failf("%s: %w", q, err)
			return dropped
		}
		for _, call := range plan.Calls {
			if slices.Contains(call.Pushed, f) {
				dropped += o.rejected(o.session, q, call)
			}
		}
	}
	return dropped
}

// rejected counts the images of a call that do not match.
func (t *trial) rejected(s *Session, q image.Query, call provider.Call) (n int) {
	rows, err := provider.Collect(s.Client.Do(t.context(), call))
	if err != nil {
		t.failf("%s: %w", q, err)
	}
	for _, m := range rows {
		if !q.Match(m) {
			n++
		}
	}
	return n
}

// loosened tries again with a server that ignores what it is sent about a
// predicate, as far as the world has no decoys of its own.
func (t *trial) loosened(f image.Field) {
	world := t.harness.World(t.effort.world)
	sent := false
	for q := range singles(world, f, t.effort.singles) {
		s := t.open(world, provider.Config{})
		if !t.needs(s.Ignore != nil, "Session.Ignore, and the world has no decoy for "+string(f)) {
			return
		}
		base, err1 := s.Client.Explain(image.Query{})
		plan, err2 := s.Client.Explain(q)
		if err1 != nil || err2 != nil {
			t.failf("%s: errors %v, %v", q, err1, err2)
			return
		}
		for _, call := range plan.Calls {
			if !slices.Contains(call.Pushed, f) {
				continue
			}
			sent = true
			s.Ignore(added(base.Calls[0], call)...)
			if t.rejected(s, q, call) > 0 {
				return
			}
		}
	}
	if !sent {
		return // which another check is for
	}
	t.failf("%s is called superset, and the server never returned an image that does not match, even when it ignores the predicate", f)
}

// added names the parameters of a call that base does not have.
func added(base, call provider.Call) []string {
	return slices.DeleteFunc(slices.Sorted(maps.Keys(call.Params)), func(name string) bool {
		return slices.Equal(base.Params[name], call.Params[name])
	})
}
