package adaptertest

import (
	"encoding/json"
	"net/url"
	"strings"

	"github.com/imagequery/imagequery/fakecloud"
)

// reading is one way to understand the provider's documentation: a setting of the
// world, or a change of what is asked. Either may be nil.
type reading struct {
	name    string
	world   func(*fakecloud.World)
	request func(url.Values)
}

// fuzzyReadings are the ways to understand a text that is searched for in the
// parameters, and more.
func fuzzyReadings(params []string, more ...reading) []reading {
	var out []reading
	for _, fuzzy := range []fakecloud.Fuzzy{
		fakecloud.FuzzySubstring, fakecloud.FuzzyExact, fakecloud.FuzzyPrefix, fakecloud.FuzzyWildcard, fakecloud.FuzzyFold,
	} {
		out = append(out, reading{name: string(fuzzy), world: func(w *fakecloud.World) { w.Fuzzy = fuzzy }})
	}
	out = append(out, reading{name: "patterns", request: func(asked url.Values) {
		for _, param := range params {
			if asked.Has(param) {
				asked.Set(param, asPattern(asked.Get(param)))
			}
		}
	}})
	return append(out, more...)
}

// asPattern is what a server searches for that takes some signs for a pattern,
// which a name with these signs does not fit.
func asPattern(text string) string {
	var list []string
	if json.Unmarshal([]byte(text), &list) == nil {
		for i, name := range list {
			list[i] = asPattern(name)
		}
		out, _ := json.Marshal(list)
		return string(out)
	}
	if strings.ContainsAny(text, `*?[]{}()^$|\`) {
		return "nothing fits this"
	}
	return text
}

func (s service) reading(name string) reading {
	for _, r := range s.readings {
		if r.name == name {
			return r
		}
	}
	return s.readings[0]
}
