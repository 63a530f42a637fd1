package provider

import (
	"context"
	"encoding/json"
	"maps"
	"math/bits"
	"slices"
	"strings"

	"github.com/imagequery/imagequery/image"
)

// scope is what a query's calls to one target can return, and the wider scopes.
type scope struct {
	sources  []image.Source // nil: the API does not say
	defaults []Default      // that narrow it
	calls    []Call         // that list it without pushdown
	wider    []widening     // each wider than the one before
	err      error          // why the target cannot be listed

	images, matched int
}

// widening is one step to a wider scope.
type widening struct {
	calls []Call
	Outside
}

// outside returns why an image that this step found is not in a scope.
func (w widening) outside(sources []image.Source, m image.Image) Outside {
	if sources != nil && m.Source != "" && !slices.Contains(sources, m.Source) {
		return Outside{Reason: OutsideSources, Source: m.Source}
	}
	return w.Outside
}

// scopeOf returns the scope of a normalized query.
func (c *Client) scopeOf(q image.Query) scope {
	lookUp := c.lookUp(q)
	calls, err := c.callsOf(lookUp)
	if err == nil {
		_, err = c.plan(q) // refuses the same queries as a search
	}
	if err != nil {
		return scope{err: err}
	}
	s := scope{sources: c.scopeSources(lookUp, q), defaults: defaultsOf(calls, c.info.Defaults)}
	listing := image.Query{Sources: lookUp.Sources, Native: c.nativeOf(calls, q)}
	if len(lookUp.IDs) > 0 && len(q.Sources) == 0 {
		listing.Sources = c.everySource()
	}
	if s.calls, err = c.callsOf(listing); err != nil { // Native names the sources
		listing.Sources = nil
		s.calls, err = c.callsOf(listing)
	}
	s.err = err
	if len(c.unreported(q)) == 0 {
		s.wider = c.widenings(q, s)
	}
	return s
}

// lookUp returns the part of a query that decides about its scope.
func (c *Client) lookUp(q image.Query) image.Query {
	out := image.Query{IDs: q.IDs, Sources: q.Sources, Native: q.Native}
	if c.info.Support[image.FieldIDs] == None {
		out.IDs = nil
	}
	if c.info.Support[image.FieldSources] == None {
		out.Sources = nil
	}
	return out
}

func (c *Client) callsOf(q image.Query) ([]Call, error) {
	plan, err := c.plan(q)
	if err != nil {
		return nil, err
	}
	return plan.Calls, nil
}

// everySource returns the sources that an image of the API can have; nil if it
// reports none.
func (c *Client) everySource() []image.Source {
	if c.info.Support[image.FieldSources] == None {
		return nil
	}
	words, fixed := c.info.Values[image.FieldSources]
	if !fixed {
		return image.Sources()
	}
	var out []image.Source
	for _, word := range words {
		out = append(out, image.Source(word))
	}
	return out
}

func (c *Client) scopeSources(lookUp, q image.Query) []image.Source {
	switch {
	case len(lookUp.Sources) > 0:
		return slices.DeleteFunc(slices.Clone(lookUp.Sources), func(s image.Source) bool { return !slices.Contains(c.everySource(), s) })
	case len(q.IDs) > 0 || c.info.Sources == nil:
		return c.everySource()
	default:
		return c.info.Sources
	}
}

// nativeOf returns the query's Native parameters with those that calls set to turn
// defaults off.
func (c *Client) nativeOf(calls []Call, q image.Query) map[string]map[string]string {
	section := maps.Clone(q.Native[c.info.Name])
	for _, d := range c.info.Defaults {
		if len(calls) > 0 && calls[0].Params.Has(d.Param) {
			section = withParam(section, d.Param, calls[0].Params.Get(d.Param))
		}
	}
	return map[string]map[string]string{c.info.Name: section}
}

func withParam(section map[string]string, param, value string) map[string]string {
	out := map[string]string{param: value}
	for key, other := range section {
		if key != param {
			out[key] = other
		}
	}
	return out
}

// defaultsOf returns the defaults that narrow one of the calls.
func defaultsOf(calls []Call, defaults []Default) []Default {
	var out []Default
	for _, d := range defaults {
		if slices.ContainsFunc(calls, func(c Call) bool { return !c.Params.Has(d.Param) }) {
			out = append(out, d)
		}
	}
	return out
}

// widenings returns the steps to the widest scope. A step that cannot be planned is
// left out.
func (c *Client) widenings(q image.Query, s scope) []widening {
	var out []widening
	name := c.info.Name
	wider := q
	wider.Native = map[string]map[string]string{name: q.Native[name]}
	add := func(o Outside) {
		if calls, err := c.callsOf(wider.Normalized()); err == nil && len(calls) > 0 {
			out = append(out, widening{calls, o})
		}
	}
	if every := c.everySource(); s.sources != nil && len(s.sources) < len(every) {
		wider.Sources = every
		add(Outside{Reason: OutsideSources})
	}
	if len(q.Native[name]) > 0 {
		wider.Native = nil
		add(Outside{Reason: OutsideNative})
	}
	for _, d := range c.info.Defaults {
		if d.Others != "" && slices.Contains(s.defaults, d) {
			wider.Native = map[string]map[string]string{name: withParam(wider.Native[name], d.Param, d.Others)}
			add(Outside{Reason: OutsideDefault, Param: d.Param, Effect: d.Effect})
		}
	}
	return out
}

// widerCalls returns the calls of a step; none if the adapter has learned meanwhile that
// there is no such step.
func (c *Client) widerCalls(q image.Query, step int) []Call {
	wider := c.scopeOf(q).wider
	if step >= len(wider) {
		return nil
	}
	return wider[step].calls
}

// otherPlan is an adapter whose calls do not depend on the query.
type otherPlan struct {
	Adapter
	calls func() ([]Call, error)
}

// Plan returns the calls, whatever the query.
func (o otherPlan) Plan(image.Query) ([]Call, error) { return o.calls() }

// Prepare prepares the adapter below, if it is a [Preparer].
func (o otherPlan) Prepare(ctx context.Context) error {
	if adapter, ok := o.Adapter.(Preparer); ok {
		return adapter.Prepare(ctx)
	}
	return nil
}

// withPlan returns a client with the calls that a function derives from c. It never
// refuses a query.
func (c *Client) withPlan(calls func(*Client) ([]Call, error)) *Client {
	out := *c
	out.adapter = otherPlan{c.adapter, func() ([]Call, error) { return calls(c) }}
	out.info.Support, out.info.Values, out.info.Defaults = nil, nil, nil
	return &out
}

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
