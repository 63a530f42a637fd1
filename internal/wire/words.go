package wire

// words remembers the texts of a document that come again and again, so that
// each is allocated once. A text that meets another one in its slot replaces it.
type words [256]string

func (w *words) intern(b []byte) string {
	hash := uint32(len(b))
	for _, c := range b {
		hash = hash*31 + uint32(c)
	}
	slot := &w[hash%uint32(len(w))]
	if *slot != string(b) {
		*slot = string(b)
	}
	return *slot
}
