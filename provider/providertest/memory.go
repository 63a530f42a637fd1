package providertest

import (
	"fmt"
	"maps"
	"runtime"
	"slices"
	"unsafe"
	"weak"

	"github.com/imagequery/imagequery/image"
	"github.com/imagequery/imagequery/provider"
)

var keepNative = provider.Config{Listing: provider.Listing{KeepNative: true}}

// memoryAliases overwrites all that images of one listing refer to, and looks for
// changes in other images and in other listings.
func memoryAliases(t *checkRun) {
	s := t.open(t.harness.World(t.effort.world), keepNative)
	var listings [2][]image.Image
	var texts [2][]string
	for i := range listings {
		var err error
		if listings[i], err = t.answer(s, image.Query{}); err != nil {
			t.failf("listing %d: %w", i+1, err)
			return
		}
		texts[i] = printed(listings[i])
	}
	for i, m := range listings[0] {
		if now := fmt.Sprintf("%#v", m); now != texts[0][i] {
			t.failf("%s changed when another image of its listing was overwritten", m.Ref)
		}
		overwrite(m)
	}
	if !slices.Equal(printed(listings[1]), texts[1]) {
		t.failf("images changed when those of an earlier listing were overwritten")
	}
	again, err := t.answer(s, image.Query{})
	if err != nil || !slices.Equal(slices.Sorted(slices.Values(printed(again))), slices.Sorted(slices.Values(texts[1]))) {
		t.failf("a later listing shows what was written into images of an earlier one, error %v", err)
	}
}

// printed returns all that images refer to as texts.
func printed(images []image.Image) []string {
	out := make([]string, len(images))
	for i, m := range images {
		out[i] = fmt.Sprintf("%#v", m)
	}
	return out
}

// overwrite changes all memory that an image refers to.
func overwrite(m image.Image) {
	for key := range maps.Clone(m.Tags) {
		m.Tags[key] = "overwritten"
	}
	for i := range m.Disks {
		m.Disks[i] = image.Disk{Type: "overwritten"}
	}
	for i := range m.SourceSnapshots {
		m.SourceSnapshots[i] = "overwritten"
	}
	for i := range m.Native {
		m.Native[i] = '#'
	}
}

// memoryRetained keeps one image of a listing, and finds out whether memory of the
// others stays in use.
func memoryRetained(t *checkRun) {
	world := slices.Clone(t.harness.World(t.effort.world))
	for i := range world {
		world[i].Name += fmt.Sprintf(" with the number %d", i) // short texts share their memory
	}
	kept, others := t.keepOne(t.open(world, keepNative))
	if kept.ID == "" {
		return
	}
	for range 3 { // pools give up their memory after the second
		runtime.GC()
	}
	names, natives := 0, 0
	for _, o := range others {
		names += alive(o.name)
		natives += alive(o.native)
	}
	for what, n := range map[string]int{"names": names, "native records": natives} {
		if most := len(others) / 4; n > most {
			t.failf("one image is in use, and the %s of %d of %d others stay in memory, want at most %d", what, n, len(others), most)
		}
	}
	runtime.KeepAlive(kept)
}

// memoryOf refers to the memory of an image without keeping it in use.
type memoryOf struct{ name, native weak.Pointer[byte] }

func alive(p weak.Pointer[byte]) int {
	if p.Value() == nil {
		return 0
	}
	return 1
}

// keepOne lists all images, and returns one of them with the memory of the others.
//
//go:noinline
func (t *checkRun) keepOne(s *Session) (retained image.Image, others []memoryOf) {
	got, err := t.answer(s, image.Query{})
	if err != nil || len(got) == 0 {
		t.failf("%d images came, error %v", len(got), err)
		return retained, nil
	}
	for _, m := range got[1:] {
		var o memoryOf
		if m.Name != "" {
			o.name = weak.Make(unsafe.StringData(m.Name))
		}
		if len(m.Native) > 0 {
			o.native = weak.Make(&m.Native[0])
		}
		others = append(others, o)
	}
	return got[0], others
}
