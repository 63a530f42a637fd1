// Package skeleton searches the images of SKELETON, with its operation ListImages of
// the API version 1.
//
// # Scope
//
// TODO: say which images a query without Sources returns, and which fields the
// operation never reports.
package skeleton

import (
	"github.com/imagequery/imagequery/image"
	"github.com/imagequery/imagequery/internal/apispec"
	"github.com/imagequery/imagequery/provider"
	"github.com/imagequery/imagequery/provider/httpapi"
)

// Name is the provider's name in references, errors and Native sections.
const Name = "skeleton"

// New returns a client for the account of the credentials in one region.
// Config.Region is required. Without Config.Credentials the environment variables
// SKELETON_ACCESS_KEY_ID and SKELETON_ACCESS_KEY_SECRET are read. Nothing is sent.
//
// The Kinds: [provider.InvalidArgument], and [provider.Unauthenticated] if there are
// no credentials.
func New(c provider.Config) (*provider.Client, error) {
	client, err := httpapi.New(httpapi.API{
		Name:          Name,
		Endpoint:      func(region string) string { return "https://api." + region + ".example.com/images" }, // TODO: the documented endpoint
		RegionExample: "region-1",
		Credentials:   provider.Env("SKELETON_ACCESS_KEY_ID", "SKELETON_ACCESS_KEY_SECRET", ""),
		Sign:          sign,
		// TODO: Classify maps the documented error codes to Kinds.
	}, c)
	if err != nil {
		return nil, err
	}
	return apispec.Client(api, client, c), nil
}

// sign authorizes one attempt. TODO: sign as the provider documents.
func sign(a *httpapi.Attempt) error {
	if err := a.Credentials.ValidateKeys(); err != nil {
		return err
	}
	a.PlaceParams()
	a.Header.Set("Authorization", "Bearer "+a.Credentials.AccessKeySecret.Reveal())
	return nil
}

// Details returns the provider's own record of an image of this package, with every
// documented field. It is an error if the image has no Native record.
func Details(m image.Image) (Record, error) {
	r, err := apispec.Details(api, m)
	return r.Record, err
}
