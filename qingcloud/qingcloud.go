// Package qingcloud searches the images of QingCloud, with its operation
// DescribeImages.
//
// # Scope
//
// Without Sources, a query lists the images of the account and system images. Shared
// images are listed if Sources names them, or if the query has IDs and no Sources. The
// operation never reports families, source instances, source snapshots and resource
// groups.
//
// # Time
//
// The server refuses requests that are older than a minute. If the clock of the machine
// is wrong, the client adjusts to the server's time after the first refusal.
package qingcloud

import (
	"net/http"

	"github.com/imagequery/imagequery/image"
	"github.com/imagequery/imagequery/internal/apispec"
	"github.com/imagequery/imagequery/internal/qing"
	"github.com/imagequery/imagequery/provider"
)

// Name is the provider's name in references, errors and Native sections.
const Name = "qingcloud"

// New returns a client for the account of the credentials in one zone. The zone is
// Config.Region, or the one that the source of the credentials names; it is an
// error if neither does. Without Config.Credentials those of [Default] are used.
// The endpoint of a private cloud has the path of the public one:
// "https://api.example.com/iaas/". If Config.Endpoint is empty, the source of the
// credentials may name it; see [ConfigFile]. No request is sent.
//
// The Kinds: [provider.InvalidArgument], and [provider.Unauthenticated] if there
// are no credentials.
func New(c provider.Config) (*provider.Client, error) { return newClient(http.MethodPost, c) }

// NewGET is [New] for a private cloud whose gateway takes GET requests only. The
// access key ID, the token and the signature then stand in the URL of each request,
// where proxies and access logs can record them.
func NewGET(c provider.Config) (*provider.Client, error) { return newClient(http.MethodGet, c) }

func newClient(method string, c provider.Config) (*provider.Client, error) {
	c, err := withAccount(c)
	if err != nil {
		return nil, err
	}
	client, err := qing.New(Name, method, api.Permissions(), c)
	if err != nil {
		return nil, err
	}
	return apispec.Client(api, client, c), nil
}

// Details returns the provider's own record of an image of this package, with
// every documented field except the default password. It fails if the image
// is of another provider, or has no Native record because [provider.Listing].KeepNative was
// not set.
func Details(m image.Image) (Record, error) {
	r, err := apispec.Details(api, m)
	return r.Record, err
}
