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
	"github.com/imagequery/imagequery/provider/lenient"
)

const (
	listImages = "ListImages"
	pageSize   = 1000 // the server's default api_limit_max
	maxList    = 4000 // bytes of a list of values in an address
)

var pushable = []image.Field{
	image.FieldIDs, image.FieldNames, image.FieldSources, image.FieldOwners, image.FieldVisibilities, image.FieldStatuses,
	image.FieldTags, image.FieldSourceInstances, image.FieldCreatedAfter, image.FieldCreatedBefore,
}

// nativeParams are the parameters that Query.Native may have. The server takes any
// other one for a property that no image has, and lists nothing.
var nativeParams = []string{
	"architecture", "container_format", "disk_format", "member_status", "min_disk", "min_ram",
	"os_distro", "os_version", "protected", "size_max", "size_min",
}

// Plan lists hidden images and the others by calls of their own, since no response has
// both. The server uses only the last of repeated parameters, so that each value takes a
// call, but for tags: it wants all of them.
func (a adapter) Plan(q image.Query) ([]provider.Call, error) {
	call := provider.Call{Action: listImages, Params: url.Values{"visibility": {"all"}}, Paging: provider.Paging{MaxSize: pageSize, Tokens: true}}
	for _, name := range slices.Sorted(maps.Keys(q.Native[Name])) {
		if !slices.Contains(nativeParams, name) {
			return nil, &provider.Error{Kind: provider.InvalidArgument,
				Message: fmt.Sprintf("Native parameter %q: want one of %s", name, strings.Join(nativeParams, ", "))}
		}
		call.Params.Set(name, q.Native[Name][name])
	}
	if tags := sendable(slices.Sorted(maps.Keys(q.Tags))); len(tags) > 0 {
		call.Params["tag"], call.Pushed = tags, []image.Field{image.FieldTags}
	}
	calls := []provider.Call{call}
	for _, f := range filters(q) {
		calls = provider.SplitCalls(calls, f.field, f.param, f.values)
	}
	return calls, nil
}

// filter is a parameter and its values, as [provider.SplitCalls] takes them.
type filter struct {
	field  image.Field
	param  string
	values []string
}

func filters(q image.Query) []filter {
	out := []filter{
		{"", "os_hidden", hidden(q.Statuses)},
		{image.FieldStatuses, "status", lists(statusWords(q.Statuses))},
		{image.FieldIDs, "id", lists(q.IDs)},
		{image.FieldNames, "name", lists(q.Names)},
		{image.FieldSourceInstances, "instance_uuid", sendable(q.SourceInstances)},
		{image.FieldVisibilities, "visibility", lenient.Words(visibilities, q.Visibilities)},
		{image.FieldOwners, "owner", sendable(q.Owners)},
		created(q.CreatedAfter, q.CreatedBefore),
	}
	if len(q.Visibilities) == 0 {
		out = append(out, filter{image.FieldSources, "visibility", visibilitiesOf(q.Sources)})
	}
	return out
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

// statusWords adds the word of a hidden active image, whose status is deprecated.
func statusWords(wanted []image.Status) []string {
	if slices.Contains(wanted, image.StatusDeprecated) {
		wanted = append(slices.Clone(wanted), image.StatusAvailable)
	}
	return lenient.Words(statuses, wanted)
}

// visibilitiesOf returns values of the visibility that list all images of the sources.
// The server's default listing leaves out other projects' community images only.
func visibilitiesOf(wanted []image.Source) []string {
	switch own := slices.Contains(wanted, image.SourceSelf); {
	case own && slices.Contains(wanted, image.SourceCommunity):
		return nil
	case own:
		return []string{""}
	}
	return lenient.Words(sources, wanted)
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

// lists returns the values as operands: one by eq, since a colon ends the operator, and
// several in quotes by in, as many as an address takes.
func lists(values []string) (out []string) {
	values = sendable(values)
	if len(values) == 1 {
		return []string{"eq:" + values[0]}
	}
	if strings.ContainsAny(strings.Join(values, ""), `"\`) {
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

// sendable returns the values if the server compares all of them as they are. It strips
// blanks, and a database may refuse characters of four bytes.
func sendable(values []string) []string {
	odd := func(r rune) bool { return r > 0xFFFF || r == unicode.ReplacementChar || unicode.IsControl(r) }
	for _, v := range values {
		if v == "" || len(v) > 255 || strings.TrimSpace(v) != v || strings.ContainsFunc(v, odd) {
			return nil
		}
	}
	return values
}
