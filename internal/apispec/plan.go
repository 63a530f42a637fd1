package apispec

import (
	"fmt"
	"maps"
	"net/url"
	"slices"
	"strings"

	"github.com/imagequery/imagequery/image"
	"github.com/imagequery/imagequery/provider"
)

// params are parameters of one call.
type params map[string]string

func (s *service[R]) Plan(q image.Query) ([]provider.Call, error) {
	op := &s.api.Operations[0]
	native, err := op.native(s.api.Name, q)
	if err != nil {
		return nil, err
	}
	dimensions, possible := op.dimensions(q)
	if !possible {
		return nil, nil
	}
	scopes := s.scopes(q, native)
	dimensions = withinMaxCalls(dimensions, scopes)
	var calls []provider.Call
	for _, scope := range scopes {
		base := provider.Call{Action: op.Action, Paging: op.paging()}
		if len(q.Sources) > 0 && len(scope.Params) > 0 {
			base.Pushed = []image.Field{image.FieldSources}
		}
		pushed := pushableIn(dimensions, scope)
		calls = append(calls, combine(base, s.commonParams(op, q, native, scope, pushed), pushed)...)
	}
	return calls, nil
}

// scopes returns the scopes of the adapter. If Query.Native selects the scope, it
// returns one scope without parameters, in which a predicate is pushed down only if
// it can be in each scope of the adapter.
func (s *service[R]) scopes(q image.Query, native params) []Scope {
	if s.api.Scopes == nil {
		return []Scope{{}}
	}
	scopes := s.api.Scopes(q)
	chosen := func(p Param) bool { return p.Role == Scoped && native.has(&p) }
	if !slices.ContainsFunc(s.api.Operations[0].Params, chosen) {
		return scopes
	}
	var fromNative Scope
	for _, scope := range scopes {
		fromNative.Without = append(fromNative.Without, scope.Without...)
	}
	return []Scope{fromNative}
}

// commonParams returns the parameters that all calls of a scope have.
func (s *service[R]) commonParams(op *Operation[R], q image.Query, native params, scope Scope, pushed []dimension) params {
	out := params{}
	if name, ok := op.nameOf(Location); ok {
		out[name] = s.region
	}
	for _, p := range op.Params {
		sent := slices.ContainsFunc(pushed, func(d dimension) bool { return d.field == p.Field })
		if len(p.Unset) > 0 && !sent && !native.has(&p) {
			maps.Copy(out, p.layOut(p.Unset)[0])
		}
		if p.WithIDs != "" && len(q.IDs) > 0 {
			out[p.Name] = p.WithIDs
		}
	}
	maps.Copy(out, scope.Params)
	maps.Copy(out, native)
	return out
}

// combine returns one call for each combination of alternatives.
func combine(base provider.Call, common params, dimensions []dimension) []provider.Call {
	combinations := []params{common}
	for _, d := range dimensions {
		base.Pushed = append(base.Pushed, d.field)
		var next []params
		for _, c := range combinations {
			for _, alternative := range d.alternatives {
				joined := maps.Clone(c)
				maps.Copy(joined, alternative)
				next = append(next, joined)
			}
		}
		combinations = next
	}
	calls := make([]provider.Call, len(combinations))
	for i, c := range combinations {
		calls[i] = base
		calls[i].Pushed = slices.Clone(base.Pushed)
		calls[i].Params = c.values()
	}
	return calls
}

// values encodes the parameters, and numbers those with the prefix of filters.
func (p params) values() url.Values {
	out := make(url.Values, len(p))
	filters := 0
	for _, key := range slices.Sorted(maps.Keys(p)) {
		name, isFilter := strings.CutPrefix(key, filterPrefix)
		if !isFilter {
			out.Set(key, p[key])
			continue
		}
		filters++
		out.Set(fmt.Sprintf("Filter.%d.Key", filters), name)
		out.Set(fmt.Sprintf("Filter.%d.Value", filters), p[key])
	}
	return out
}

const filterPrefix = "Filter."
