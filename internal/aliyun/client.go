// Package aliyun speaks the RPC protocol of Alibaba Cloud: it signs requests and
// classifies responses. Of the vendor's SDK it uses the signing only, never the
// HTTP client.
package aliyun

import (
	"crypto/rand"
	"errors"
	"net/http"
	"strings"
	"time"

	"github.com/imagequery/imagequery/provider"
	"github.com/imagequery/imagequery/provider/httpapi"
)

// Product is one RPC API.
type Product struct {
	Name      string // of the provider
	Version   string // of the API
	Host      func(region string) string
	NoRegions bool // Config.Region may be empty

	// PrivateHost is the host inside a VPC, or "" if none is documented. A nil
	// function means that the product ignores the type of endpoint.
	PrivateHost func(region string) string

	Permissions map[string]string // by action; see [httpapi.API]

	// Sign replaces the RPC signature, where an operation is authorized otherwise.
	// Nil means the signature.
	Sign func(*httpapi.Attempt) error
}

// New returns a client of one product in one region. Its errors are those of
// [httpapi.New].
func New(p Product, c provider.Config) (*httpapi.Client, error) {
	if err := httpapi.CheckRegion(p.Name, c.Region); err != nil {
		return nil, err
	}
	host, err := p.host(c)
	if err != nil {
		return nil, p.placed(err, c.Region)
	}
	api := httpapi.API{
		Name:            p.Name,
		Endpoint:        func(string) string { return "https://" + host + "/" },
		RegionExample:   "cn-hangzhou",
		Credentials:     Environment(),
		Sign:            p.sign,
		Classify:        classify,
		RequestIDHeader: "X-Acs-Request-Id",
		PublicDomain:    "aliyuncs.com",
		Permissions:     p.Permissions,
	}
	if p.Sign != nil {
		api.Sign = p.Sign
	}
	if p.NoRegions {
		api.RegionExample = ""
	}
	return httpapi.New(api, c)
}

// sign puts the signed parameters into the form of a POST, so that no URL has a
// credential or a signature.
func (p Product) sign(a *httpapi.Attempt) error {
	if err := a.Credentials.ValidateKeys(); err != nil {
		return err
	}
	a.SetForm(Sign(http.MethodPost, p.params(a), a.Credentials.AccessKeySecret.Reveal()))
	return nil
}

// params are the parameters of the operation and those that every operation has.
func (p Product) params(a *httpapi.Attempt) map[string]string {
	all := make(map[string]string, len(a.Request.Params)+9)
	for key, values := range a.Request.Params {
		all[key] = strings.Join(values, ",")
	}
	all["Action"] = a.Request.Action
	all["Version"] = p.Version
	all["Format"] = "JSON"
	all["AccessKeyId"] = a.Credentials.AccessKeyID.Reveal()
	all["SignatureMethod"] = "HMAC-SHA1"
	all["SignatureVersion"] = "1.0"
	all["SignatureNonce"] = rand.Text()
	all["Timestamp"] = time.Now().UTC().Format("2006-01-02T15:04:05Z")
	if token := a.Credentials.Token; !token.IsZero() {
		all["SecurityToken"] = token.Reveal()
	}
	return all
}

func (p Product) placed(err error, region string) error {
	if e := (*provider.Error)(nil); errors.As(err, &e) {
		e.Provider, e.Region = p.Name, region
	}
	return err
}
