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
type protocol struct{ clock clock }

// New returns a client of one zone; name is the provider's. Its errors are those
// of [httpapi.New].
func New(name string, c provider.Config) (*httpapi.Client, error) {
	if c.EndpointType == "vpc" && c.Endpoint == "" {
		return nil, &provider.Error{
			Provider: name, Region: c.Region, Kind: provider.InvalidArgument,
			Message: "Config.EndpointType is vpc, and QingCloud documents no such endpoint: set Config.Endpoint, or leave the type out",
		}
	}
	p := new(protocol)
	return httpapi.New(httpapi.API{
		Name:          name,
		Endpoint:      func(string) string { return documented },
		RegionExample: "pek3a",
		Credentials:   NewSource(UsualAccount),
		Sign:          p.sign,
		Classify:      p.classify,
	}, c)
}

// sign puts the signed parameters into the query of a GET.
func (p *protocol) sign(a *httpapi.Attempt) error {
	if err := a.Credentials.Validate(); err != nil {
		return err
	}
	if err := checkEndpoint(a.Credentials, a.URL); err != nil {
		return err
	}
	a.Method = http.MethodGet
	a.URL.RawQuery = Sign(a.Method, a.URL.EscapedPath(), p.params(a), a.Credentials.AccessKeySecret.Reveal())
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
