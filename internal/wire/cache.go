package wire

import "encoding/binary"

// Decoders keep two caches from object to object and from page to page. Both affect
// speed, never results.
//
//   - The order of keys: after each member, the two members that followed it last are
//     compared with the document first ([table.scan]).
//   - Recent values: each field of few different values, such as a status, compares its
//     last eight values with the document first. Rows share the memory of such a value,
//     and what it was converted to ([recentValues]).
//
// On rows whose texts, times, numbers and missing members are random, the first saves a
// fifth of a whole call, and the second a seventh. Caches of skipped values, of unknown
// keys and of all short texts saved less than a twentieth there, and do not exist.

// A cachedToken is a text that a document held before. It is a copy, and usually two
// comparisons of eight bytes find it again.
type cachedToken struct {
	text        string
	first, last uint64 // eight bytes of either end
	mask        uint64 // of the bytes in them that a shorter text has
	second      uint64 // the eight bytes behind the first ones, if there are more than 16
	tail        int    // where the last ones begin
}

const chunk = 8 // bytes that are compared at once

func newCachedToken(text string) cachedToken {
	k := cachedToken{text: text, mask: 1<<(8*min(len(text), chunk)) - 1, tail: max(0, len(text)-chunk)}
	k.first, k.last = padded(text), padded(text[k.tail:])
	if len(text) > 2*chunk {
		k.second = padded(text[chunk:])
	}
	return k
}

// padded returns the first eight bytes of a text, which may be shorter.
func padded(text string) uint64 {
	var b [chunk]byte
	copy(b[:], text)
	return load(b[:], 0)
}

// load returns the eight bytes at b[i:].
func load(b []byte, i int) uint64 { return binary.LittleEndian.Uint64(b[i : i+chunk : i+chunk]) }

// isAt reports whether the text stands at i; not if fewer than eight bytes are left
// there.
func (k *cachedToken) isAt(data []byte, i int) bool { return k.ends(data, i) && k.middle(data, i) }

// ends reports whether either end of the text is where it would be if the text stood
// at i.
func (k *cachedToken) ends(data []byte, i int) bool {
	at := i + k.tail
	return at+chunk <= len(data) && ((load(data, i)^k.first)|(load(data, at)^k.last))&k.mask == 0
}

// middle reports whether b has the text between its ends, too.
func (k *cachedToken) middle(data []byte, i int) bool {
	return len(k.text) <= 2*chunk || load(data, i+chunk) == k.second &&
		(len(k.text) <= 3*chunk || string(data[i+chunk:i+k.tail]) == k.text[chunk:k.tail])
}

// recentValues are the last different values of one field.
type recentValues[V any] struct {
	values [8]recentValue[V]
	count  int // of all that were added
}

// A recentValue is a string as a document wrote it, and what it was converted to. In its
// quotes, a string is not the beginning of another one.
type recentValue[V any] struct {
	quoted cachedToken
	text   string
	value  V
}

// at returns the cached value at i, or nil.
func (r *recentValues[V]) at(data []byte, i int) *recentValue[V] {
	for k := range min(r.count, len(r.values)) {
		if v := &r.values[k]; v.quoted.isAt(data, i) {
			return v
		}
	}
	return nil
}

// add caches a value in place of the oldest one.
func (r *recentValues[V]) add(quoted, text string, value V) {
	r.values[r.count%len(r.values)] = recentValue[V]{newCachedToken(quoted), text, value}
	r.count++
}
