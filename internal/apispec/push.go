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

// dimension is one predicate and its alternative parameters. Each call has one of the
// alternatives.
type dimension struct {
	field        image.Field
	alternatives []params
}

// dimensions returns the predicates that can be sent, in the order of the table.
// Possible is false if no image can match, because a predicate has no value that an
// image of the provider can have.
func (o *Operation[R]) dimensions(q image.Query) (out []dimension, possible bool) {
	seen := map[image.Field]bool{}
	for _, p := range o.Params {
		if !p.isPushed() || seen[p.Field] {
			continue
		}
		seen[p.Field] = true
		alternatives, encoding := o.alternatives(p.Field, q)
		if encoding == NoMatch {
			return nil, false
		}
		if len(alternatives) > 0 {
			out = append(out, dimension{field: p.Field, alternatives: alternatives})
		}
	}
	return out, true
}

// alternatives returns the alternative parameters for the predicate on a field, over all
// documented parameters that express it. The list is empty if the predicate is not
// sent. If one alternative cannot be pushed down, the list is empty: the others alone
// would miss images.
func (o *Operation[R]) alternatives(field image.Field, q image.Query) (all []params, encoding Encoding) {
	encoding = NoMatch
	for _, p := range o.Params {
		if p.Field != field || !p.isPushed() {
			continue
		}
		alternatives, ofParam := p.alternatives(q)
		switch ofParam {
		case NotPushable:
			return nil, NotPushable
		case Pushable:
			encoding = Pushable
		}
		all = append(all, alternatives...)
	}
	return all, encoding
}

// isPushed reports whether the parameter expresses a predicate.
func (p *Param) isPushed() bool {
	return p.Role == Free && (p.Support == provider.Superset || p.Support == provider.Exact)
}

// alternatives returns the alternative parameters for the predicate of one parameter.
func (p *Param) alternatives(q image.Query) ([]params, Encoding) {
	if p.Layout == TagPairs {
		return p.tags(q.Tags), Pushable
	}
	values := q.Values(p.Field)
	if len(values) == 0 {
		return nil, Pushable
	}
	wire, encoding := p.encode(values)
	if encoding != Pushable {
		return nil, encoding
	}
	return p.layOut(wire), Pushable
}

// encode encodes all values. One that cannot be pushed makes all of them NotPushable.
func (p *Param) encode(values []string) (wire []string, encoding Encoding) {
	for _, value := range values {
		encoded, encoding := []string{value}, Pushable
		if p.Encode != nil {
			encoded, encoding = p.Encode(value)
		}
		if encoding == NotPushable || p.Layout == CommaList && strings.Contains(strings.Join(encoded, ""), ",") {
			return nil, NotPushable
		}
		wire = append(wire, encoded...)
	}
	if len(wire) == 0 {
		return nil, NoMatch
	}
	return wire, Pushable
}

// layOut splits the values over calls, and returns the parameters of each.
func (p *Param) layOut(values []string) []params {
	var out []params
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

func (p *Param) chunk(values []string) params {
	switch p.Layout {
	case CommaList:
		return params{p.Name: strings.Join(values, ",")}
	case JSONArray:
		text, _ := json.Marshal(values)
		return params{p.Name: string(text)}
	case Numbered:
		out := params{}
		for i, value := range values {
			out[strings.TrimSuffix(p.Name, "n")+strconv.Itoa(i+1)] = value
		}
		return out
	default:
		return params{p.Name: values[0]}
	}
}

// tags returns the parameters for the tags, up to the number that the operation
// takes. An empty value is not sent, since the provider may read it as any value.
func (p *Param) tags(tags map[string]string) []params {
	keys := slices.Sorted(maps.Keys(tags))
	if len(keys) == 0 {
		return nil
	}
	out := params{}
	for i, key := range keys[:min(len(keys), p.perCall(len(keys)))] {
		name := strings.Replace(p.Name, ".n.", fmt.Sprintf(".%d.", i+1), 1)
		out[name] = key
		if tags[key] != "" {
			out[strings.TrimSuffix(name, "Key")+"Value"] = tags[key]
		}
	}
	return []params{out}
}

// withinMaxCalls drops the predicates that would lead to more than provider.MaxCalls.
func withinMaxCalls(dimensions []dimension, scopes []Scope) []dimension {
	var out []dimension
	for _, d := range dimensions {
		if with := append(slices.Clone(out), d); countCalls(with, scopes) <= provider.MaxCalls {
			out = with
		}
	}
	return out
}

// countCalls returns how many calls the predicates lead to over all scopes.
func countCalls(dimensions []dimension, scopes []Scope) (calls int) {
	for _, scope := range scopes {
		n := 1
		for _, d := range pushableIn(dimensions, scope) {
			n *= len(d.alternatives)
		}
		calls += n
	}
	return calls
}

// pushableIn returns the predicates that can be pushed down in a scope.
func pushableIn(dimensions []dimension, scope Scope) []dimension {
	var out []dimension
	for _, d := range dimensions {
		if !slices.Contains(scope.Without, d.field) {
			out = append(out, d)
		}
	}
	return out
}
