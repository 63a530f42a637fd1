package provider

import (
	"hash/maphash"

	"github.com/imagequery/imagequery/image"
)

// mark numbers the passes of a listing, from 1.
type mark uint32

// marks remembers in which pass an image came last, in a hash table with linear
// probing. It keeps 96 bits of hash instead of the reference, so that an image
// that is not kept takes 16 bytes and a share of the free slots.
type marks struct {
	seeds [2]maphash.Seed
	slots []slot // a power of two, at most three quarters of them in use
	used  int
}

// slot is one image. It is free if the image never came.
type slot struct {
	low  uint64
	high uint32
	last mark
}

func newMarks() marks {
	const few = 64
	return marks{seeds: [2]maphash.Seed{maphash.MakeSeed(), maphash.MakeSeed()}, slots: make([]slot, few)}
}

// set marks an image, and returns the mark that it had; 0 if it never came.
func (m *marks) set(r image.Ref, now mark) (before mark) {
	if m.used >= len(m.slots)/4*3 {
		m.grow()
	}
	low, high := maphash.Comparable(m.seeds[0], r), uint32(maphash.Comparable(m.seeds[1], r))
	s := m.slot(low, high)
	before = s.last
	if before == 0 {
		m.used++
	}
	*s = slot{low, high, now}
	return before
}

// slot returns the slot of a hash, or the free one where it belongs.
func (m *marks) slot(low uint64, high uint32) *slot {
	last := uint64(len(m.slots) - 1)
	for i := low & last; ; i = (i + 1) & last {
		s := &m.slots[i]
		if s.last == 0 || s.low == low && s.high == high {
			return s
		}
	}
}

func (m *marks) grow() {
	old := m.slots
	m.slots = make([]slot, 2*len(old))
	for _, s := range old {
		if s.last != 0 {
			*m.slot(s.low, s.high) = s
		}
	}
}
