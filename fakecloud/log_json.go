package fakecloud

import (
	"encoding/json"
	"slices"
	"strings"
	"time"
)

// MarshalJSON writes an object with the keys time, id, account, provider, region,
// action, method, host, path, params, unknown, faults, status and code; empty ones are
// left out, except status. Params holds the first value of each parameter of the
// operation. Credentials, signatures, headers, the parameters that every request has,
// and parameters with a name like that of a secret are left out.
func (r Request) MarshalJSON() ([]byte, error) {
	return marshal(struct {
		Time     time.Time         `json:"time"`
		ID       string            `json:"id,omitempty"`
		Account  string            `json:"account,omitempty"`
		Provider string            `json:"provider,omitempty"`
		Region   string            `json:"region,omitempty"`
		Action   string            `json:"action,omitempty"`
		Method   string            `json:"method,omitempty"`
		Host     string            `json:"host,omitempty"`
		Path     string            `json:"path,omitempty"`
		Params   map[string]string `json:"params,omitempty"`
		Unknown  []string          `json:"unknown,omitempty"`
		Faults   []FaultKind       `json:"faults,omitempty"`
		Status   int               `json:"status"`
		Code     string            `json:"code,omitempty"`
	}{
		r.Time.UTC(), r.ID, r.Account, r.Provider, r.Region, r.Action, r.Method, r.Host, r.Path,
		r.loggedParams(), r.Unknown, r.Faults, r.Status, r.Code,
	})
}

var _ json.Marshaler = Request{}

// loggedParams returns the parameters without those of the protocol and secrets.
func (r Request) loggedParams() map[string]string {
	logged := map[string]string{}
	for name, values := range r.Params {
		if len(values) > 0 && !slices.Contains(commonParams, name) && !slices.Contains(qingParams, name) && !secretName(name) {
			logged[name] = values[0]
		}
	}
	return logged
}

// secretName reports whether a parameter of this name may hold a secret.
func secretName(name string) bool {
	name = strings.NewReplacer("_", "", "-", "", ".", "").Replace(strings.ToLower(name))
	return slices.ContainsFunc([]string{"secret", "token", "passw", "signature", "credential", "accesskey", "authorization"}, func(part string) bool {
		return strings.Contains(name, part)
	})
}

// report calls the hook with a copy of the request.
func (x *exchange) report() {
	if hook := x.cloud.OnResponse; hook != nil {
		hook(x.request.clone())
	}
}

// clone returns a copy that shares no memory.
func (r Request) clone() Request {
	r.Params = cloneLists(r.Params)
	r.Header = r.Header.Clone()
	r.Unknown = slices.Clone(r.Unknown)
	r.Faults = slices.Clone(r.Faults)
	return r
}
