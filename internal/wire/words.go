package wire

import "encoding/binary"

// words remembers texts that come again and again, so that each is allocated
// once. Where two live in one place, a third replaces the older one.
type words [256][2]string

const maxWord = 128 // bytes of a text that may be remembered

func (w *words) intern(b []byte) string {
	place := &w[placeOf(b)%uint64(len(w))]
	for _, known := range place {
		if known == string(b) {
			return known
		}
	}
	place[0], place[1] = string(b), place[0]
	return place[0]
}

// placeOf hashes the length and both ends of a text.
func placeOf(b []byte) uint64 {
	h := uint64(len(b))
	if len(b) < 8 {
		for _, c := range b {
			h = h<<7 ^ h>>57 ^ uint64(c)
		}
	} else {
		h ^= binary.LittleEndian.Uint64(b) ^ binary.LittleEndian.Uint64(b[len(b)-8:])<<1
	}
	return h * 0x9E3779B97F4A7C15 >> 32
}
