package targets

import (
	"strings"

	"go.yaml.in/yaml/v3"

	"github.com/imagequery/imagequery/examples/internal/providers"
	"github.com/imagequery/imagequery/provider"
)

// entry is one item of the list of targets: one account at one provider.
type entry struct {
	line      int
	name      string
	provider  providers.Provider
	regions   []located
	account   string
	endpoint  located
	kind      located // of the endpoint: vpc or public
	method    located // of the requests: get or post
	allowHTTP bool
	limits    limits
	identity  *identity
	signed    int // line of the credentials, or of the entry
}

func (r *reader) entries(root *yaml.Node) []entry {
	if root == nil {
		return nil
	}
	top := r.mapping(root, "the file", "targets")
	if top == nil {
		return nil
	}
	list := top["targets"]
	if list == nil {
		r.missing(root.Line, "the file", "targets")
		return nil
	}
	var entries []entry
	lines := map[string]int{}
	for _, node := range r.sequence(list, "targets") {
		if r.full() {
			break
		}
		e := r.entry(node)
		if first, known := lines[e.name]; known && e.name != "" {
			r.failf(e.line, "duplicate target name, the same as in %s: want every entry's name to be unique", r.other(first))
		} else {
			lines[e.name] = e.line
		}
		entries = append(entries, e)
	}
	return entries
}

func (r *reader) entry(node *yaml.Node) entry {
	keys := r.mapping(node, "a target", "name", "provider", "regions", "account", "endpoint", keyEndpointType, keyMethod, "allow_http", keyBudget, "credentials")
	e := entry{line: node.Line}
	if keys == nil {
		return e
	}
	e.name = r.required(e.line, keys, "a target", "name").text
	e.provider = r.provider(r.required(e.line, keys, "a target", "provider"))
	e.regions = r.regions(e, keys["regions"])
	e.account = r.optional(keys, "account").text
	if e.account == "" {
		e.account = e.name
	}
	e.endpoint = r.optional(keys, "endpoint")
	if strings.Contains(e.endpoint.text, regionPlaceholder) && len(e.regions) == 0 && e.provider.Global {
		r.failf(e.endpoint.line, "endpoint: {region} stands for the target's region, and it has none: want regions, or an endpoint without {region}")
	}
	e.kind, e.method = r.endpointType(e, keys), r.method(e, keys)
	e.allowHTTP = r.boolean(keys, "allow_http")
	e.limits = r.limits(keys[keyBudget])
	e.signed = e.line
	if node := keys["credentials"]; node != nil {
		e.signed = node.Line
	}
	e.identity = r.identity(e.provider, keys["credentials"])
	return e
}

const (
	keyEndpointType = "endpoint_type"
	keyMethod       = "method"
)

func (r *reader) endpointType(e entry, keys map[string]*yaml.Node) located {
	kind := r.choice(keys, keyEndpointType, "vpc", "public")
	if kind.text != "" && e.endpoint.text != "" {
		r.failf(kind.line, "%s chooses among the documented endpoints, and %s has another one: want only one of the two keys", keyEndpointType, r.other(e.endpoint.line))
	}
	return kind
}

func (r *reader) method(e entry, keys map[string]*yaml.Node) located {
	method := r.choice(keys, keyMethod, "get", "post")
	if method.text != "" && e.provider.NewGET == nil && e.provider.Name != "" {
		r.failf(method.line, "%s: %s has one method: want the key only at qingcloud", keyMethod, e.provider.Name)
	}
	return method
}

// open returns the function that makes a client.
func (e entry) open() func(provider.Config) (*provider.Client, error) {
	if e.method.text == "get" && e.provider.NewGET != nil {
		return e.provider.NewGET
	}
	return e.provider.New
}

func (r *reader) provider(name located) providers.Provider {
	p, ok := providers.Find(name.text)
	if !ok && name.text != "" {
		r.failf(name.line, "unknown provider%s: want %s", suggestion(name.text, providers.Names()), either(providers.Names()))
	}
	return p
}

func (r *reader) regions(e entry, node *yaml.Node) []located {
	switch {
	case node == nil && !e.provider.Global && e.provider.Name != "":
		r.failf(e.line, "a target: missing key \"regions\": %s has an endpoint for each region, so want a list of regions", e.provider.Name)
		return nil
	case node == nil:
		return nil
	}
	var regions []located
	for _, item := range r.sequence(node, "regions") {
		if r.full() {
			break
		}
		regions = append(regions, r.text(item, "a region"))
	}
	if e.provider.Global && len(regions) > 1 {
		r.failf(regions[1].line, "%s has one endpoint: want at most one region", e.provider.Name)
	}
	return regions
}

// places are the regions to ask; one without a name where none is given.
func (e entry) places() []located {
	if len(e.regions) == 0 {
		return []located{{line: e.line}}
	}
	return e.regions
}

func (r *reader) target(e entry, place located) Target {
	t := Target{
		Name:     e.name,
		Provider: e.provider.Name,
		Account:  e.account,
		where:    r.at(place.line),
		open:     e.open(),
		identity: e.identity,
		signed:   r.at(e.signed),
		Config:   provider.Config{Region: place.text, Endpoint: e.endpointIn(place.text), EndpointType: e.kind.text, AllowHTTP: e.allowHTTP},
	}
	if e.identity != nil {
		t.Config.Credentials = e.identity.credentials
	}
	if place.text != "" {
		t.Name += "/" + place.text
	}
	return t
}

const regionPlaceholder = "{region}"

// endpointIn returns the endpoint of a region.
func (e entry) endpointIn(region string) string {
	return strings.ReplaceAll(e.endpoint.text, regionPlaceholder, region)
}
