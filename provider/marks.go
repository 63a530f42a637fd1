package provider

import (
	"hash/maphash"
	"math/bits"

	"github.com/imagequery/imagequery/image"
)

// mark numbers the passes of a listing, from 1.
type mark uint32

// marks remembers in which pass an image came last. Instead of the reference it
// keeps 64 bits of hash, and 32 of another hash of the ID, so that an image that is
// not kept takes 16 bytes, and a half more for free slots. There are several tables so
// that they grow one by one, and need little memory for that.
type marks struct {
	seeds  [2]maphash.Seed
	tables [16]table
}

// table is a hash table with linear probing.
type table struct {
	slots []slot // at most four fifths of them in use
	used  int
}

// slot is one image. It is free if the image never came.
type slot struct {
	low  uint64
	high uint32
	last mark
}

func newMarks() marks {
	const few = 16 // slots of each table, enough for a page or two
	m := marks{seeds: [2]maphash.Seed{maphash.MakeSeed(), maphash.MakeSeed()}}
	slots := make([]slot, few*len(m.tables))
	for i := range m.tables {
		m.tables[i].slots, slots = slots[:few:few], slots[few:]
	}
	return m
}

// set marks an image, and returns the mark that it had; 0 if it never came.
func (m *marks) set(r image.Ref, now mark) (before mark) {
	low, high := maphash.Comparable(m.seeds[0], r), uint32(maphash.String(m.seeds[1], r.ID))
	return m.tables[high%uint32(len(m.tables))].set(low, high, now)
}

func (t *table) set(low uint64, high uint32, now mark) (before mark) {
	if t.used >= len(t.slots)/5*4 {
		t.grow()
	}
	s := t.slot(low, high)
	before = s.last
	if before == 0 {
		t.used++
	}
	*s = slot{low, high, now}
	return before
}

// slot returns the slot of a hash, or the free one where it belongs.
func (t *table) slot(low uint64, high uint32) *slot {
	for i, _ := bits.Mul64(low, uint64(len(t.slots))); ; i++ {
		if i == uint64(len(t.slots)) {
			i = 0
		}
		s := &t.slots[i]
		if s.last == 0 || s.low == low && s.high == high {
			return s
		}
	}
}

func (t *table) grow() {
	old := t.slots
	t.slots = make([]slot, len(old)+len(old)/2)
	for _, s := range old {
		if s.last != 0 {
			*t.slot(s.low, s.high) = s
		}
	}
}
