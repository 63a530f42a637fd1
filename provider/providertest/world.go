package providertest

import (
	"reflect"

	"github.com/imagequery/imagequery/image"
	"github.com/imagequery/imagequery/provider"
)

// world checks the truth that the harness makes.
func world(t *trial) {
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
		worldHas(t, images, f, info.Support[f] != provider.None)
	}
}

// worldHas fails if too few images can be told apart by a field that is reported.
func worldHas(t *trial, images []image.Image, f image.Field, reported bool) {
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
