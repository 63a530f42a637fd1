package wire

import "encoding/binary"

// A known is a text that stood in a document before. It is a copy, and mostly two
// comparisons of eight bytes find it again.
type known struct {
	text        string
	first, last uint64 // eight bytes of either end
	mask        uint64 // of the bytes in them that a shorter text has
	second      uint64 // the eight bytes behind the first ones, if there are more than 16
	tail        int    // where the last ones begin
}

const chunk = 8 // bytes that are compared at once

func know(text string) known {
	k := known{text: text, mask: 1<<(8*min(len(text), chunk)) - 1, tail: max(0, len(text)-chunk)}
	padded := append([]byte(text), make([]byte, chunk)...)
	k.first, k.last = load(padded, 0), load(padded, k.tail)
	if len(text) > 2*chunk {
		k.second = load(padded, chunk)
	}
	return k
}

// load returns the eight bytes at b[i:].
func load(b []byte, i int) uint64 { return binary.LittleEndian.Uint64(b[i : i+chunk : i+chunk]) }

// ends reports whether either end of the text is where it would be if the text stood
// at i; not if fewer than eight bytes are left there.
func (k *known) ends(data []byte, i int) bool {
	at := i + k.tail
	return at+chunk <= len(data) && ((load(data, i)^k.first)|(load(data, at)^k.last))&k.mask == 0
}

// middle reports whether what is between the ends is there, too.
func (k *known) middle(data []byte, i int) bool {
	return len(k.text) <= 2*chunk || load(data, i+chunk) == k.second &&
		(len(k.text) <= 3*chunk || string(data[i+chunk:i+k.tail]) == k.text[chunk:k.tail])
}

// recent are texts that stood in one place of documents.
type recent struct {
	texts [8]known
	count int // of all that were added
}

// at returns the one that stands at i, or nothing.
func (r *recent) at(data []byte, i int) string {
	for k := range min(r.count, len(r.texts)) {
		if t := &r.texts[k]; t.ends(data, i) && t.middle(data, i) {
			return t.text
		}
	}
	return ""
}

// add remembers a text in the place of the one that was added longest ago.
func (r *recent) add(text string) {
	r.texts[r.count%len(r.texts)] = know(text)
	r.count++
}
