package provider

import (
	"hash/maphash"

	"github.com/imagequery/imagequery/image"
)

// mark numbers the passes of a listing, from 1.
type mark uint32

// marks remembers in which pass an image came last. It keeps 128 bits of hash
// instead of the reference, so that an image that is not kept takes little room.
type marks struct {
	seeds [2]maphash.Seed
	last  map[[2]uint64]mark
}

func newMarks() marks {
	return marks{seeds: [2]maphash.Seed{maphash.MakeSeed(), maphash.MakeSeed()}, last: map[[2]uint64]mark{}}
}

// set marks an image, and returns the mark that it had; 0 if it never came.
func (m marks) set(r image.Ref, now mark) (before mark) {
	key := [2]uint64{maphash.Comparable(m.seeds[0], r), maphash.Comparable(m.seeds[1], r)}
	before = m.last[key]
	m.last[key] = now
	return before
}
