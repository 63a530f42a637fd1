package provider

import (
	"hash/maphash"
	"math/bits"

	"github.com/imagequery/imagequery/image"
)

// generation numbers the scans of a run, from 1.
type generation uint32

// seenSet records the last generation in which each image was received. It stores 64 bits
// of a hash of the reference and 32 bits of another hash of the ID instead of the
// reference itself, so an image takes 16 bytes, plus half as much for free slots.
// It consists of several tables, which grow one at a time, to keep the memory
// that growing needs small. It is not safe for concurrent use.
type seenSet struct {
	seeds    [2]maphash.Seed
	tables   [16]seenTable
	last     image.Ref // without ID; most images of a run have the same
	lastHash uint64
}

// seenTable is a hash table with linear probing.
type seenTable struct {
	slots []seenSlot // at most four fifths of them in use
	used  int
}

// seenSlot holds one image. A slot with generation 0 is free.
type seenSlot struct {
	low  uint64
	high uint32
	last generation
}

func newSeenSet() seenSet {
	const few = 16 // slots of each table, enough for a page or two
	s := seenSet{seeds: [2]maphash.Seed{maphash.MakeSeed(), maphash.MakeSeed()}}
	slots := make([]seenSlot, few*len(s.tables))
	for i := range s.tables {
		s.tables[i].slots, slots = slots[:few:few], slots[few:]
	}
	return s
}

// set records that an image was received in a generation. It returns the generation
// recorded before, 0 if the image is new.
func (s *seenSet) set(r image.Ref, now generation) (before generation) {
	low, high := s.place(r)^maphash.String(s.seeds[0], r.ID), uint32(maphash.String(s.seeds[1], r.ID))
	return s.tables[high%uint32(len(s.tables))].set(low, high, now)
}

// place returns the hash of a reference without its ID.
func (s *seenSet) place(r image.Ref) uint64 {
	if r.ID = ""; r != s.last {
		s.last, s.lastHash = r, maphash.Comparable(s.seeds[0], r)
	}
	return s.lastHash
}

func (t *seenTable) set(low uint64, high uint32, now generation) (before generation) {
	if t.used >= len(t.slots)/5*4 {
		t.grow()
	}
	s := t.slot(low, high)
	before = s.last
	if before == 0 {
		t.used++
	}
	*s = seenSlot{low, high, now}
	return before
}

// slot returns the slot of a hash, or the free slot where the hash belongs.
func (t *seenTable) slot(low uint64, high uint32) *seenSlot {
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

func (t *seenTable) grow() {
	old := t.slots
	t.slots = make([]seenSlot, len(old)+len(old)/2)
	for _, s := range old {
		if s.last != 0 {
			*t.slot(s.low, s.high) = s
		}
	}
}
