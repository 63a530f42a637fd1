package wire

import "encoding/binary"

// words remembers texts that come again and again, so that each is allocated
// once. Where two live in one place, a third replaces the older one.
type words [256][2]string

const maxWord = 128 // bytes of a text that may be remembered

func (w *words) intern(b []byte) string {
	if len(b) > maxWord {
		return string(b)
	}
	place := &w[placeOf(b)%uint64(len(w))]
	switch {
	case place[0] == string(b):
		return place[0]
	case place[1] == string(b):
		return place[1]
	}
	place[0], place[1] = string(b), place[0]
	return place[0]
}

// placeOf hashes the length and both ends of a text.
func placeOf(b []byte) uint64 {
	h := uint64(len(b))
	switch {
	case len(b) >= 8:
		h ^= binary.LittleEndian.Uint64(b) ^ binary.LittleEndian.Uint64(b[len(b)-8:])<<1
	case len(b) >= 4:
		h ^= uint64(binary.LittleEndian.Uint32(b))<<8 ^ uint64(binary.LittleEndian.Uint32(b[len(b)-4:]))<<32
	default:
		for _, c := range b {
			h = h<<8 ^ uint64(c)
		}
	}
	return h * 0x9E3779B97F4A7C15 >> 32
}
