package openstack

import (
	"fmt"
	"maps"
	"net/url"
	"slices"
	"strings"
	"time"
	"unicode"

	"github.com/imagequery/imagequery/image"
	"github.com/imagequery/imagequery/provider"
)

const (
	maxCalls = 16
	maxList  = 4000 // bytes of a list of values in an address
)

var pushable = []image.Field{
	image.FieldIDs, image.FieldNames, image.FieldSources, image.FieldOwners, image.FieldVisibilities, image.FieldStatuses,
	image.FieldTags, image.FieldSourceInstances, image.FieldCreatedAfter, image.FieldCreatedBefore,
}

// filter is one parameter. The server uses only the last of repeated parameters, so
// that each value takes a call.
type filter struct {
	field  image.Field // empty: no predicate
	param  string
	values []string // "" leaves the parameter out; none: the client checks the predicate
}

// nativeParams are the parameters that Query.Native may have. The server takes any
// other one for a property that no image has, and lists nothing.
var nativeParams = []string{
	"architecture", "container_format", "disk_format", "member_status", "min_disk", "min_ram",
	"os_distro", "os_version", "protected", "size_max", "size_min",
}

// Plan lists hidden images and the others by calls of their own, since no response has both.
func (a adapter) Plan(q image.Query) ([]provider.Call, error) {
	base := provider.Call{Action: listImages, Params: url.Values{"visibility": {"all"}}, Paging: provider.Paging{MaxSize: pageSize, Tokens: true}}
	for _, name := range slices.Sorted(maps.Keys(q.Native[Name])) {
		if !slices.Contains(nativeParams, name) {
			return nil, &provider.Error{Kind: provider.InvalidArgument,
				Message: fmt.Sprintf("Native parameter %q: want one of %s", name, strings.Join(nativeParams, ", "))}
		}
		base.Params.Set(name, q.Native[Name][name])
	}
	if tags := slices.Sorted(maps.Keys(q.Tags)); len(tags) > 0 && areSendable(tags) {
		base.Params["tag"] = tags // the exception: the server wants all of them
		base.Pushed = []image.Field{image.FieldTags}
	}
	calls := []provider.Call{base}
	for _, f := range filters(q) {
		if n := len(f.values) * len(calls); n > 0 && n <= maxCalls {
			calls = split(calls, f)
		}
	}
	for i := range calls {
		calls[i].Partition = len(calls) > 1
	}
	return calls, nil
}

// split makes a call for each value out of every call.
func split(calls []provider.Call, f filter) (out []provider.Call) {
	for _, value := range f.values {
		for _, c := range calls {
			c.Params, c.Pushed = url.Values(cloneParams(c.Params)), slices.Clone(c.Pushed)
			c.Params.Set(f.param, value)
			if value == "" {
				c.Params.Del(f.param)
			}
			if f.field != "" {
				c.Pushed = append(c.Pushed, f.field)
			}
			out = append(out, c)
		}
	}
	return out
}

func cloneParams(params url.Values) url.Values {
	out := url.Values{}
	for name, values := range params {
		out[name] = slices.Clone(values)
	}
	return out
}

func filters(q image.Query) []filter {
	out := []filter{
		{"", "os_hidden", hidden(q.Statuses)},
		{image.FieldStatuses, "status", lists(wireWords(statuses, image.StatusDeprecated, q.Statuses))},
		{image.FieldIDs, "id", lists(q.IDs)},
		{image.FieldNames, "name", lists(q.Names)},
		{image.FieldSourceInstances, "instance_uuid", eachAlone(q.SourceInstances)},
		{image.FieldVisibilities, "visibility", wireWords(visibilities, "", q.Visibilities)},
		{image.FieldOwners, "owner", eachAlone(q.Owners)},
	}
	if len(q.Visibilities) == 0 {
		out = append(out, filter{image.FieldSources, "visibility", visibilitiesOf(q.Sources)})
	}
	return append(out, created(q.CreatedAfter, q.CreatedBefore))
}

// hidden returns the values of os_hidden. Only active images differ by it.
func hidden(wanted []image.Status) []string {
	switch {
	case slices.Equal(wanted, []image.Status{image.StatusAvailable}):
		return []string{"false"}
	case slices.Equal(wanted, []image.Status{image.StatusDeprecated}):
		return []string{"true"}
	}
	return []string{"false", "true"}
}

// wireWords returns the words of the server that stand for the wanted values, in order.
// A hidden active image has the status deprecated, which has no word of its own.
func wireWords[E ~string](words map[string]E, deprecated E, wanted []E) (out []string) {
	for _, word := range slices.Sorted(maps.Keys(words)) {
		if slices.Contains(wanted, words[word]) || word == "active" && slices.Contains(wanted, deprecated) {
			out = append(out, word)
		}
	}
	return out
}

// visibilitiesOf returns values of the visibility that list all images of the sources.
// The server's default listing leaves out other projects' community images only.
func visibilitiesOf(sources []image.Source) (out []string) {
	own, community := slices.Contains(sources, image.SourceSelf), slices.Contains(sources, image.SourceCommunity)
	switch {
	case own && community:
		return nil
	case own:
		return []string{""}
	}
	words := map[image.Source]string{image.SourceSystem: "public", image.SourceShared: "shared", image.SourceCommunity: "community"}
	for _, s := range sources {
		out = append(out, words[s])
	}
	return out
}

// created sends one bound, since the parameter cannot be repeated. The server compares
// microseconds and shows whole seconds, so that the bounds are rounded outwards.
func created(after, before time.Time) filter {
	switch {
	case !after.IsZero():
		return filter{image.FieldCreatedAfter, "created_at", []string{"gte:" + after.Truncate(time.Second).Format(time.RFC3339)}}
	case !before.IsZero():
		return filter{image.FieldCreatedBefore, "created_at", []string{"lt:" + before.Add(time.Second-1).Truncate(time.Second).Format(time.RFC3339)}}
	}
	return filter{}
}

// eachAlone returns the values, if the server can compare all of them.
func eachAlone(values []string) []string {
	if !areSendable(values) {
		return nil
	}
	return values
}

// lists returns the values as operands: one by eq, since a colon ends the operator, and
// several in quotes by in, as many as an address takes.
func lists(values []string) (out []string) {
	if len(values) == 1 && areSendable(values) {
		return []string{"eq:" + values[0]}
	}
	if !areSendable(values) || strings.ContainsAny(strings.Join(values, ""), `"\`) {
		return nil
	}
	size := maxList
	for _, v := range values {
		v = `"` + v + `"`
		if size += len(url.QueryEscape(v)) + len("%2C"); size > maxList {
			out, size = append(out, "in:"+v), len(url.QueryEscape(v))
			continue
		}
		out[len(out)-1] += "," + v
	}
	return out
}

// areSendable reports whether the server compares the values as they are. It strips
// blanks, and a database may refuse characters of four bytes.
func areSendable(values []string) bool {
	return !slices.ContainsFunc(values, func(v string) bool {
		return v == "" || len(v) > 255 || strings.TrimSpace(v) != v || strings.ContainsFunc(v, func(r rune) bool { return r > 0xFFFF || r == unicode.ReplacementChar || unicode.IsControl(r) })
	})
}
