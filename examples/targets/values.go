package targets

import (
	"fmt"
	"slices"
	"strings"

	"go.yaml.in/yaml/v3"

	"github.com/imagequery/imagequery/provider"
)

// Entry is one entry of a configuration as a Go value: one account at one provider. The
// fields, and their names in JSON, are those of the file, which [Example] explains. A
// zero field is left out.
type Entry struct {
	Name         string            `json:"name,omitempty"`
	Provider     string            `json:"provider,omitempty"`
	Regions      []string          `json:"regions,omitempty"`
	Account      string            `json:"account,omitempty"`
	Endpoint     string            `json:"endpoint,omitempty"`
	EndpointType string            `json:"endpoint_type,omitempty"`
	Method       string            `json:"method,omitempty"`
	AllowHTTP    bool              `json:"allow_http,omitempty"`
	Budget       *EntryBudget      `json:"budget,omitempty"`      // nil: no limits, or those of another entry of the account
	Credentials  *EntryCredentials `json:"credentials,omitempty"` // nil: the vendor's usual chain
}

// EntryBudget limits the requests of an account over all its entries, as
// [provider.Budget] does. A zero field is left out; Burst needs PerSecond.
type EntryBudget struct {
	PerSecond float64 `json:"per_second,omitempty"`
	Burst     int     `json:"burst,omitempty"`
	InFlight  int     `json:"in_flight,omitempty"`
}

// EntryCredentials holds one form of credentials: keys, a profile, the role of an
// instance, or a role to assume. The zero value is an error.
type EntryCredentials struct {
	AccessKeyID     provider.Secret `json:"access_key_id,omitzero"`
	AccessKeySecret provider.Secret `json:"access_key_secret,omitzero"`
	SecurityToken   provider.Secret `json:"security_token,omitzero"`
	Profile         string          `json:"profile,omitempty"`
	InstanceRole    string          `json:"instance_role,omitempty"`
	AssumeRole      *EntryRole      `json:"assume_role,omitempty"`
}

// EntryRole is a role that a profile assumes. Both fields are required.
type EntryRole struct {
	ARN  string `json:"arn,omitempty"`
	Base string `json:"base,omitempty"` // name of the profile
}

// EntryError is one problem of the entries that [New] was given. Its text shows no
// value that could be a secret.
type EntryError struct {
	// Path leads from the list of entries to the value: positions, which are ints, and
	// names of fields in JSON, which are strings, such as 0, "regions", 1. It is empty
	// if the list itself is wrong.
	Path   []any
	Reason string // what is wrong, and what is expected
}

// Error returns the path and the reason: `targets[0].name: want …`.
func (e *EntryError) Error() string { return pathText(e.Path) + ": " + e.Reason }

// New returns the targets of entries by the rules of [Parse]. Texts stand for
// themselves: environment variables are not expanded. The error joins one
// [*EntryError] for each of the first 20 problems; so do those of [Open] and
// [Authenticate] for these targets.
func New(entries []Entry, options *Options) ([]Target, error) {
	r := newReader("", options)
	list := make([]members, len(entries))
	for i, e := range entries {
		list[i] = e.members()
	}
	root := &yaml.Node{Kind: yaml.MappingNode, Content: []*yaml.Node{scalar("targets"), r.node(list, nil)}}
	return r.read(root)
}

// members are the keys and values of a mapping. A value is a text, a secret, a flag, a
// list of texts or of mappings, or a mapping.
type members []member

type member struct {
	key   string
	value any
	set   bool
}

func (e Entry) members() members {
	return members{
		{"name", e.Name, e.Name != ""},
		{"provider", e.Provider, e.Provider != ""},
		{"regions", e.Regions, e.Regions != nil},
		{"account", e.Account, e.Account != ""},
		{"endpoint", e.Endpoint, e.Endpoint != ""},
		{keyEndpointType, e.EndpointType, e.EndpointType != ""},
		{keyMethod, e.Method, e.Method != ""},
		{"allow_http", e.AllowHTTP, e.AllowHTTP},
		{keyBudget, e.Budget.members(), e.Budget != nil},
		{"credentials", e.Credentials.members(), e.Credentials != nil},
	}
}

func (b *EntryBudget) members() members {
	if b == nil {
		return nil
	}
	return members{{"per_second", b.PerSecond, b.PerSecond != 0}, {"burst", b.Burst, b.Burst != 0}, {"in_flight", b.InFlight, b.InFlight != 0}}
}

func (c *EntryCredentials) members() members {
	if c == nil {
		return nil
	}
	return members{
		{kindKeys, c.AccessKeyID.Reveal(), !c.AccessKeyID.IsZero()},
		{"access_key_secret", c.AccessKeySecret.Reveal(), !c.AccessKeySecret.IsZero()},
		{"security_token", c.SecurityToken.Reveal(), !c.SecurityToken.IsZero()},
		{kindProfile, c.Profile, c.Profile != ""},
		{kindInstanceRole, c.InstanceRole, c.InstanceRole != ""},
		{kindAssumeRole, c.AssumeRole.members(), c.AssumeRole != nil},
	}
}

func (r *EntryRole) members() members {
	if r == nil {
		return nil
	}
	return members{{"arn", r.ARN, r.ARN != ""}, {"base", r.Base, r.Base != ""}}
}

func scalar(text string) *yaml.Node { return &yaml.Node{Kind: yaml.ScalarNode, Value: text} }

// node returns a value as the node that a file would have. In place of a line, the node
// has the number of its path.
func (r *reader) node(value any, path []any) *yaml.Node {
	r.paths = append(r.paths, path)
	node := &yaml.Node{Kind: yaml.SequenceNode, Line: len(r.paths)}
	add := func(value any, step any) {
		node.Content = append(node.Content, r.node(value, append(slices.Clone(path), step)))
	}
	switch v := value.(type) {
	case []members:
		for i, m := range v {
			add(m, i)
		}
	case []string:
		for i, text := range v {
			add(text, i)
		}
	case members:
		node.Kind = yaml.MappingNode
		for _, m := range v {
			if m.set {
				node.Content = append(node.Content, scalar(m.key))
				add(m.value, m.key)
			}
		}
	default:
		node.Kind, node.Value = yaml.ScalarNode, fmt.Sprint(v)
	}
	return node
}

// position is where a value was given: in a line of a file, or at a path of entries.
type position struct {
	file string
	line int
	path []any
}

func (r *reader) at(line int) position {
	if r.file != "" {
		return position{file: r.file, line: line}
	}
	return position{path: r.paths[max(line, 1)-1]}
}

// other names a position in the message of another one.
func (r *reader) other(line int) string {
	if r.file != "" {
		return fmt.Sprintf("line %d", line)
	}
	return pathText(r.at(line).path)
}

// problem returns the error that something is wrong there.
func (p position) problem(format string, args ...any) error {
	reason := fmt.Sprintf(format, args...)
	if p.file != "" {
		return fmt.Errorf("%s:%d: %s", p.file, p.line, reason)
	}
	return &EntryError{Path: p.path, Reason: reason}
}

func pathText(path []any) string {
	var text strings.Builder
	text.WriteString("targets")
	for _, step := range path {
		switch step := step.(type) {
		case int:
			_, _ = fmt.Fprintf(&text, "[%d]", step)
		default:
			_, _ = fmt.Fprintf(&text, ".%v", step)
		}
	}
	return text.String()
}
