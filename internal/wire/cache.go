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

// A cachedToken is a text that a document held before. Its first eight bytes are
// compared first.
type cachedToken struct {
	text  string
	first uint64
	mask  uint64 // of the first bytes, if the text is shorter
}

const chunk = 8 // bytes that are compared at once

func newCachedToken(text string) cachedToken {
	var b [chunk]byte
	copy(b[:], text)
	return cachedToken{text, load(b[:], 0), 1<<(8*min(len(text), chunk)) - 1}
}

// load returns the eight bytes at b[i:].
func load(b []byte, i int) uint64 { return binary.LittleEndian.Uint64(b[i : i+chunk : i+chunk]) }

// isAt reports whether the text stands at i; not near the end of the document.
func (k *cachedToken) isAt(data []byte, i int) bool {
	rest := data[i:]
	return len(rest) >= chunk+len(k.text) && (load(rest, 0)^k.first)&k.mask == 0 &&
		(len(k.text) <= chunk || string(rest[chunk:len(k.text)]) == k.text[chunk:])
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
