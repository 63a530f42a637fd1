package provider

import (
	"encoding/json"
	"math/bits"
	"slices"
	"strings"

	"github.com/imagequery/imagequery/image"
)

// missCounts counts which predicates exclude the images of a scope.
type missCounts struct {
	predicates      []*predicateCounts
	images, matched int
	closest         NearMiss
	fails           uint32 // of closest: the predicates, as bits
}

// predicateCounts are the counts of one predicate.
type predicateCounts struct {
	field           image.Field
	values          []string
	only            image.Query // the predicate alone
	excludes, alone int
	example         image.Ref // excluded by this predicate alone
	instead         valueCounts
	missing         missingValues
	texts           []string // buffer
}

func newMissCounts(q image.Query) *missCounts {
	c := &missCounts{}
	for _, field := range q.Fields() {
		p := &predicateCounts{field: field, values: q.Values(field), only: onlyPredicate(q, field)}
		p.missing = newMissingValues(field, p.values, p.only)
		c.predicates = append(c.predicates, p)
	}
	return c
}

// onlyPredicate returns a query with one predicate of q, by its name in JSON.
func onlyPredicate(q image.Query, field image.Field) (only image.Query) {
	var members map[string]json.RawMessage
	text, err := json.Marshal(q)
	if err == nil {
		err = json.Unmarshal(text, &members)
	}
	if err == nil {
		text, err = json.Marshal(map[string]json.RawMessage{string(field): members[string(field)]})
	}
	if err == nil {
		err = json.Unmarshal(text, &only)
	}
	if err != nil {
		panic(err) // a valid query has a JSON form
	}
	return only
}

// add counts an image and reports whether it matches.
func (c *missCounts) add(m *image.Image) bool {
	c.images++
	var fails uint32
	for i, p := range c.predicates {
		if !p.only.Match(*m) {
			fails |= 1 << i
		}
	}
	for i, p := range c.predicates {
		p.add(m, fails&(1<<i) != 0, fails&^(1<<i) == 0)
	}
	if fails == 0 {
		c.matched++
		return true
	}
	c.addClosest(m, fails)
	return false
}

// addClosest keeps the image that fails the fewest predicates, the first by its
// Ref.
func (c *missCounts) addClosest(m *image.Image, fails uint32) {
	fewer := bits.OnesCount32(fails) - bits.OnesCount32(c.fails)
	if c.fails == 0 || fewer < 0 || fewer == 0 && compareRefs(m.Ref, c.closest.Ref) < 0 {
		c.fails = fails
		c.closest = NearMiss{Ref: m.Ref, Name: m.Name}
		for i, p := range c.predicates {
			if fails&(1<<i) != 0 {
				c.closest.Fails = append(c.closest.Fails, p.field)
			}
		}
	}
}

// add counts an image. OthersMatch reports whether it fulfils the other predicates.
func (p *predicateCounts) add(m *image.Image, excluded, othersMatch bool) {
	if !excluded && p.missing.complete() {
		return
	}
	p.texts = appendValues(p.texts[:0], p.field, m)
	p.missing.add(p.texts, m, othersMatch)
	if !excluded {
		return
	}
	p.excludes++
	if !othersMatch {
		return
	}
	p.alone++
	p.example = firstRef(p.example, m.Ref)
	for _, text := range p.texts {
		p.instead.add(text)
	}
}

// explained reports whether the scope explains that no image matches, as [Why]
// defines it.
func (c *missCounts) explained() bool {
	return c.matched > 0 || slices.ContainsFunc(c.predicates, func(p *predicateCounts) bool {
		return p.alone > 0 && (p.excludes < c.images || p.missing.respelled())
	})
}

// firstRef returns the first of two references; an empty one is none.
func firstRef(a, b image.Ref) image.Ref {
	if a == (image.Ref{}) || compareRefs(b, a) < 0 {
		return b
	}
	return a
}

func compareRefs(a, b image.Ref) int { return strings.Compare(a.String(), b.String()) }

// maxInstead is how many values [Exclusion].Instead has at the most.
const maxInstead = 8

// valueCounts counts the first values by text.
type valueCounts struct {
	first []ValueCount
	more  bool // there are other values
}

// add counts a value. A value that is left out once stays left out, since the
// values that stay only become smaller: the counts are exact.
func (v *valueCounts) add(text string) {
	at, found := slices.BinarySearchFunc(v.first, text, func(c ValueCount, text string) int { return strings.Compare(c.Value, text) })
	if found {
		v.first[at].Images++
		return
	}
	if at < maxInstead {
		v.first = slices.Insert(v.first, at, ValueCount{Value: strings.Clone(text), Images: 1})
	}
	v.more = v.more || at == maxInstead || len(v.first) > maxInstead
	v.first = v.first[:min(len(v.first), maxInstead)]
}
