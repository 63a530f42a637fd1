// Package qing speaks the protocol of QingCloud: it signs requests, keeps to the
// server's clock, and classifies responses.
package qing

import (
	"net/http"
	"net/url"

	"github.com/imagequery/imagequery/provider"
	"github.com/imagequery/imagequery/provider/httpapi"
)

const documented = "https://api.qingcloud.com/iaas/"

// protocol is the state of one client.
type protocol struct {
	method string // of its requests
	clock  clock
}

// New returns a client of one zone. The name is the provider's, and the permissions
// are those of [httpapi.API]. The method is that of
// all requests: POST puts the signed parameters into a form, GET into the query.
// The errors are those of [httpapi.New].
func New(name, method string, permissions map[string]string, c provider.Config) (*httpapi.Client, error) {
	if err := httpapi.CheckRegion(name, c.Region); err != nil {
		return nil, err
	}
	if c.EndpointType == "vpc" && c.Endpoint == "" {
		return nil, &provider.Error{
			Provider: name, Region: c.Region, Kind: provider.InvalidArgument,
			Message: "Config.EndpointType is vpc, and QingCloud documents no such endpoint: set Config.Endpoint, or leave the type out",
		}
	}
	p := &protocol{method: method}
	return httpapi.New(httpapi.API{
		Name:          name,
		Endpoint:      func(string) string { return documented },
		RegionExample: "pek3a",
		Credentials:   NewSource(UsualAccount),
		Sign:          p.sign,
		Classify:      p.classify,
		PublicDomain:  "qingcloud.com",
		Permissions:   permissions,
	}, c)
}

// sign puts the signed parameters where the method wants them.
func (p *protocol) sign(a *httpapi.Attempt) error {
	if err := a.Credentials.ValidateKeys(); err != nil {
		return err
	}
	signed := Sign(p.method, a.URL.EscapedPath(), p.params(a), a.Credentials.AccessKeySecret.Reveal())
	if p.method == http.MethodGet {
		a.URL.RawQuery = signed
	} else {
		a.SetForm(signed)
	}
	return nil
}

// params are the parameters of the operation and those that every operation has.
func (p *protocol) params(a *httpapi.Attempt) url.Values {
	all := make(url.Values, len(a.Request.Params)+8)
	for key, values := range a.Request.Params {
		all[key] = values
	}
	all.Set("action", a.Request.Action)
	all.Set("version", "1")
	all.Set("access_key_id", a.Credentials.AccessKeyID.Reveal())
	all.Set("signature_method", "HmacSHA256")
	all.Set("signature_version", "1")
	all.Set("time_stamp", p.clock.now().UTC().Format("2006-01-02T15:04:05Z"))
	if token := a.Credentials.Token; !token.IsZero() {
		all.Set("token", token.Reveal())
	}
	return all
}
