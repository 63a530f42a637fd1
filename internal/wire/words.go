package wire

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
	if len(b) >= chunk {
		h ^= load(b, 0) ^ load(b, len(b)-chunk)<<1
	} else {
		for _, c := range b {
			h = h<<8 ^ uint64(c)
		}
	}
	return h * 0x9E3779B97F4A7C15 >> 32
}
