package provider

import (
	"net/url"
	"slices"

	"github.com/imagequery/imagequery/image"
)

// MaxCalls is the largest number of calls in a plan. A predicate that would lead to more
// is checked by the client only.
const MaxCalls = 16

// SplitCalls expresses a predicate by a parameter that takes one value in a call: it
// returns a copy of each call for each value, with field in Pushed. The predicate is
// one of the images that have any of the values. The value "" removes the parameter. An
// empty field divides a listing by a parameter that expresses no predicate.
//
// Several calls are marked as the Partition of one listing, since an image may get
// another value while they are scanned. SplitCalls returns the calls as they are if
// values is empty, or if there would be more than [MaxCalls]. It does not change its
// arguments.
func SplitCalls(calls []Call, field image.Field, param string, values []string) []Call {
	if n := len(calls) * len(values); n == 0 || n > MaxCalls {
		return calls
	}
	var out []Call
	for _, value := range values {
		for _, c := range calls {
			out = append(out, c.with(field, param, value))
		}
	}
	for i := range out {
		out[i].Partition = out[i].Partition || len(out) > 1
	}
	return out
}

// with returns a copy of the call with a value of a parameter.
func (c Call) with(field image.Field, param, value string) Call {
	params := url.Values{}
	for name, values := range c.Params {
		params[name] = slices.Clone(values)
	}
	params.Set(param, value)
	if value == "" {
		params.Del(param)
	}
	c.Params, c.Pushed = params, slices.Clone(c.Pushed)
	if field != "" {
		c.Pushed = append(c.Pushed, field)
	}
	return c
}
