package apispec

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"

	"github.com/imagequery/imagequery/image"
	"github.com/imagequery/imagequery/provider"
)

// dimension is one predicate and the ways of asking for its values; each call
// asks in one of them.
type dimension struct {
	field   image.Field
	choices []pairs
}

// dimensions returns the predicates that can be sent, in the order of the table.
// It is not possible to match anything if no value of a predicate is.
func (o *Operation[R]) dimensions(q image.Query) (out []dimension, possible bool) {
	seen := map[image.Field]bool{}
	for _, p := range o.Params {
		if !p.isPushed() || seen[p.Field] {
			continue
		}
		seen[p.Field] = true
		choices, fit := o.choices(p.Field, q)
		if fit == Impossible {
			return nil, false
		}
		if len(choices) > 0 {
			out = append(out, dimension{field: p.Field, choices: choices})
		}
	}
	return out, true
}

// choices returns the ways of asking for what the query wants of a field, by all
// the parameters that express it; none if the predicate is not sent. If one of
// them cannot be, the others would miss what it would have found.
func (o *Operation[R]) choices(field image.Field, q image.Query) (all []pairs, fit Fit) {
	fit = Impossible
	for _, p := range o.Params {
		if p.Field != field || !p.isPushed() {
			continue
		}
		choices, its := p.choices(q)
		if its == Unsendable {
			return nil, Unsendable
		}
		if its == Sendable {
			fit = Sendable
		}
		all = append(all, choices...)
	}
	return all, fit
}

// isPushed reports whether the parameter expresses a predicate.
func (p *Param) isPushed() bool {
	return p.Role == Free && (p.Support == provider.Superset || p.Support == provider.Exact)
}

func (p *Param) choices(q image.Query) ([]pairs, Fit) {
	if p.Layout == TagPairs {
		return p.tags(q.Tags), Sendable
	}
	values := q.Values(p.Field)
	if len(values) == 0 {
		return nil, Sendable
	}
	wire, fit := p.encode(values)
	if fit != Sendable {
		return nil, fit
	}
	return p.layOut(wire), Sendable
}

func (p *Param) encode(values []string) (wire []string, fit Fit) {
	for _, value := range values {
		words, fit := []string{value}, Sendable
		if p.Encode != nil {
			words, fit = p.Encode(value)
		}
		if fit == Unsendable || p.Layout == CommaList && strings.Contains(strings.Join(words, ""), ",") {
			return nil, Unsendable
		}
		wire = append(wire, words...)
	}
	if len(wire) == 0 {
		return nil, Impossible
	}
	return wire, Sendable
}

// layOut returns the ways of asking for the values, one for each call.
func (p *Param) layOut(values []string) []pairs {
	var out []pairs
	for chunk := range slices.Chunk(values, p.perCall(len(values))) {
		out = append(out, p.chunk(chunk))
	}
	return out
}

func (p *Param) perCall(all int) int {
	switch {
	case p.Layout == OnePerCall:
		return 1
	case p.Max > 0:
		return p.Max
	default:
		return all
	}
}

func (p *Param) chunk(values []string) pairs {
	switch p.Layout {
	case CommaList:
		return pairs{p.Name: strings.Join(values, ",")}
	case JSONArray:
		text, _ := json.Marshal(values)
		return pairs{p.Name: string(text)}
	case Numbered:
		out := pairs{}
		for i, value := range values {
			out[strings.TrimSuffix(p.Name, "n")+strconv.Itoa(i+1)] = value
		}
		return out
	default:
		return pairs{p.Name: values[0]}
	}
}

// tags asks for as many tags as the operation takes. An empty value is left out,
// since it may mean any value.
func (p *Param) tags(tags map[string]string) []pairs {
	keys := slices.Sorted(maps.Keys(tags))
	if len(keys) == 0 {
		return nil
	}
	out := pairs{}
	for i, key := range keys[:min(len(keys), p.perCall(len(keys)))] {
		name := strings.Replace(p.Name, ".n.", fmt.Sprintf(".%d.", i+1), 1)
		out[name] = key
		if tags[key] != "" {
			out[strings.TrimSuffix(name, "Key")+"Value"] = tags[key]
		}
	}
	return []pairs{out}
}

// affordable leaves out the predicates that would make too many calls.
func affordable(dimensions []dimension, scopes []Scope) []dimension {
	var out []dimension
	for _, d := range dimensions {
		if with := append(slices.Clone(out), d); count(with, scopes) <= maxCalls {
			out = with
		}
	}
	return out
}

func count(dimensions []dimension, scopes []Scope) (calls int) {
	for _, scope := range scopes {
		n := 1
		for _, d := range allowed(dimensions, scope) {
			n *= len(d.choices)
		}
		calls += n
	}
	return calls
}

func allowed(dimensions []dimension, scope Scope) []dimension {
	var out []dimension
	for _, d := range dimensions {
		if !slices.Contains(scope.Without, d.field) {
			out = append(out, d)
		}
	}
	return out
}
