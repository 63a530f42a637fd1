package apispec

import (
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/imagequery/imagequery/image"
	"github.com/imagequery/imagequery/provider"
)

// native validates and returns the parameters of Query.Native for this provider.
func (o *Operation[R]) native(name string, q image.Query) (params, error) {
	out := params{}
	for _, key := range slices.Sorted(maps.Keys(q.Native[name])) {
		value := q.Native[name][key]
		p := o.find(key)
		reason := ""
		switch {
		case p == nil:
			reason = o.Action + " has no such parameter; want one of " + strings.Join(o.nativeNames(), ", ")
		case p.Role == Refused:
			reason = p.Why
		case p.Role == Location:
			reason = "the client sends its own region; set Config.Region"
		case p.Role.isPaging():
			reason = "paging belongs to the engine; use Limit, or Config.Listing.PageSize"
		case len(q.Values(p.Field)) > 0:
			reason = fmt.Sprintf("the query's %s sets the same parameter; set only one of them", p.Field)
		default:
			reason = p.Type.invalidReason(value)
		}
		if reason != "" {
			return nil, &provider.Error{Kind: provider.InvalidArgument, Message: fmt.Sprintf("native %s.%s=%q: %s", name, key, value, reason)}
		}
		out[key] = value
	}
	return out, nil
}

// nativeNames returns the parameters that Query.Native may have.
func (o *Operation[R]) nativeNames() []string {
	var out []string
	for _, p := range o.Params {
		if p.Role == Free || p.Role == Scoped {
			out = append(out, p.Name)
		}
	}
	slices.Sort(out)
	return out
}

var position = regexp.MustCompile(`\.[1-9][0-9]{0,3}(\.|$)`)

// find returns the parameter with a key of Query.Native, or nil.
func (o *Operation[R]) find(key string) *Param {
	for i := range o.Params {
		if o.Params[i].isNamed(key) {
			return &o.Params[i]
		}
	}
	return nil
}

// isNamed reports whether a key is the parameter's name with a number in place of n.
func (p *Param) isNamed(key string) bool {
	generic := position.ReplaceAllString(key, ".n$1")
	return p.Name == generic && (generic == key) != strings.Contains(p.Name+".", ".n.")
}

// has reports whether the parameters of Query.Native include p.
func (native params) has(p *Param) bool {
	for key := range native {
		if p.isNamed(key) {
			return true
		}
	}
	return false
}

func (t Type) invalidReason(value string) string {
	switch t {
	case Bool:
		if value != "true" && value != "false" {
			return "want true or false"
		}
	case Int:
		if _, err := strconv.ParseInt(value, 10, 64); err != nil {
			return "want a whole number"
		}
	}
	return ""
}
