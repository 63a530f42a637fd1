package targets

import (
	"go.yaml.in/yaml/v3"

	"github.com/imagequery/imagequery/examples/internal/providers"
	"github.com/imagequery/imagequery/provider"
)

// form is how credentials are described without keys. The zero form is the
// vendor's usual chain.
type form struct {
	vendor string
	kind   string // its key in the file
	name   string // of the profile or the role
	base   string // profile that assumes the role
}

const (
	kindKeys         = "access_key_id"
	kindProfile      = "profile"
	kindInstanceRole = "instance_role"
	kindAssumeRole   = "assume_role"
)

// identity reads the credentials of a provider's target. It is nil where something
// is wrong with them.
func (r *reader) identity(p providers.Provider, node *yaml.Node) *identity {
	if node == nil {
		return r.shared(0, form{vendor: p.Vendor})
	}
	const what = "credentials"
	keys := r.mapping(node, what, kindKeys, "access_key_secret", "security_token", kindProfile, kindInstanceRole, kindAssumeRole)
	if keys == nil {
		return nil
	}
	line := node.Line
	kinds := kindsOf(keys)
	switch {
	case len(kinds) > 1:
		r.failf(line, "credentials have more than one form (%s): want exactly one", join(kinds))
		return nil
	case len(kinds) == 0 || kinds[0] == kindKeys:
		id := r.required(line, keys, what, kindKeys)
		secret := r.required(line, keys, what, "access_key_secret")
		return &identity{credentials: provider.Static(id.text, secret.text, r.optional(keys, "security_token").text)}
	}
	return r.shared(line, r.form(p.Vendor, kinds[0], keys[kinds[0]]))
}

// kindsOf are the forms that some keys belong to.
func kindsOf(keys map[string]*yaml.Node) []string {
	var kinds []string
	if keys[kindKeys] != nil || keys["access_key_secret"] != nil || keys["security_token"] != nil {
		kinds = append(kinds, kindKeys)
	}
	for _, kind := range []string{kindProfile, kindInstanceRole, kindAssumeRole} {
		if keys[kind] != nil {
			kinds = append(kinds, kind)
		}
	}
	return kinds
}

func (r *reader) form(vendor, kind string, node *yaml.Node) form {
	f := form{vendor: vendor, kind: kind}
	if kind != kindAssumeRole {
		f.name = r.text(node, kind).text
		return f
	}
	if keys := r.mapping(node, kind, "arn", "base"); keys != nil {
		f.name = r.required(node.Line, keys, kind, "arn").text
		f.base = r.required(node.Line, keys, kind, "base").text
	}
	return f
}

// shared returns one identity for all targets with the same form.
func (r *reader) shared(line int, f form) *identity {
	if f.vendor == "" || f.kind != "" && f.name == "" {
		return nil
	}
	if known := r.identities[f]; known != nil {
		return known
	}
	found, problem := r.options.find(f)
	if problem != "" {
		r.failf(line, "%s", problem)
		return nil
	}
	made := &identity{credentials: found, usual: f.kind == "", names: []string{f.name, f.base}}
	r.identities[f] = made
	return made
}

// checkIdentities refuses two accounts of one vendor that both leave out their
// credentials: they would be the same identity.
func (r *reader) checkIdentities(entries []entry) {
	first := map[*identity]entry{}
	for _, e := range entries {
		if e.identity == nil || !e.identity.usual {
			continue
		}
		other, seen := first[e.identity]
		if !seen {
			first[e.identity] = e
			continue
		}
		if other.account != e.account {
			r.failf(e.line, "this account and the one in %s have no credentials, so both would be the same identity: want credentials, or one account for both",
				r.other(other.line))
		}
	}
}
