package openstack

import (
	"context"
	"errors"
	"net/http"
	"strings"
	"time"

	"github.com/gophercloud/gophercloud/v2"
	"github.com/gophercloud/gophercloud/v2/openstack"
	"github.com/gophercloud/gophercloud/v2/openstack/identity/v3/tokens"

	"github.com/imagequery/imagequery/provider"
	"github.com/imagequery/imagequery/provider/httpapi"
)

// Login requests a token of Keystone v3, by a password or an application credential;
// openstack.AuthOptionsFromEnv of gophercloud reads them from OS_* variables. It returns
// c with a source of tokens, which are renewed before they expire and when the server
// refuses one, and the ID of the project. An empty Config.Endpoint becomes the public
// address of the Image API in the token's catalog, in Config.Region. The Kinds:
// [provider.InvalidArgument], [provider.Unauthenticated], [provider.PermissionDenied],
// [provider.Throttled], [provider.Unavailable].
func Login(ctx context.Context, auth gophercloud.AuthOptions, c provider.Config) (_ provider.Config, project string, err error) {
	if _, err := httpapi.Endpoint(provider.Config{Endpoint: auth.IdentityEndpoint, AllowHTTP: c.AllowHTTP}, ""); err != nil {
		return c, "", loginError(c, "AuthOptions.IdentityEndpoint is not an address of Keystone, or is plain http without AllowHTTP", err)
	}
	identity, err := identityClient(auth.IdentityEndpoint, c)
	if err != nil {
		return c, "", loginError(c, "no client of Keystone", err)
	}
	timeout := c.WithDefaults().Retry.AttemptTimeout
	create := func(ctx context.Context) (tokens.CreateResult, provider.Credentials, error) {
		ctx, cancel := context.WithTimeout(ctx, timeout)
		defer cancel()
		result := tokens.Create(ctx, identity, &auth)
		token, err := result.ExtractToken()
		if err != nil {
			return result, provider.Credentials{}, loginError(c, "Keystone gave no token", err)
		}
		return result, provider.Credentials{Token: provider.NewSecret(token.ID), Expires: token.ExpiresAt}, nil
	}
	result, first, err := create(ctx)
	if err != nil {
		return c, "", err
	}
	unused := make(chan provider.Credentials, 1)
	unused <- first
	c.Credentials = provider.Cache(func(ctx context.Context) (provider.Credentials, error) {
		select {
		case token := <-unused:
			if time.Now().Before(token.Expires) {
				return token, nil
			}
		default:
		}
		_, token, err := create(ctx)
		return token, err
	})
	if c.Endpoint == "" {
		c.Endpoint, err = imageEndpoint(result, c)
	}
	if owner, _ := result.ExtractProject(); owner != nil {
		project = owner.ID
	}
	return c, project, err
}

// identityClient returns a client of Keystone, which follows no redirect: the request
// holds a password.
func identityClient(address string, c provider.Config) (*gophercloud.ServiceClient, error) {
	client, err := openstack.NewClient(address)
	if err != nil {
		return nil, err
	}
	if c.HTTPClient != nil {
		client.HTTPClient = *c.HTTPClient
	}
	client.HTTPClient.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	client.UserAgent.Prepend(strings.TrimSpace(c.UserAgent + " imagequery"))
	return &gophercloud.ServiceClient{ProviderClient: client, Endpoint: client.IdentityBase + "v3/"}, nil
}

// imageEndpoint returns the address in the catalog, without the version of the API.
func imageEndpoint(result tokens.CreateResult, c provider.Config) (string, error) {
	catalog, err := result.ExtractServiceCatalog()
	if err != nil {
		return "", loginError(c, "the catalog of the token", err)
	}
	for _, entry := range catalog.Entries {
		for _, e := range entry.Endpoints {
			if entry.Type == "image" && e.Interface == "public" && (c.Region == "" || c.Region == e.Region || c.Region == e.RegionID) {
				return strings.TrimSuffix(gophercloud.NormalizeURL(e.URL), "v2/"), nil
			}
		}
	}
	return "", loginError(c, "the catalog of the token has no public Image API in Config.Region: set Config.Endpoint, or another region", nil)
}

// loginError does not show a response, which may repeat parts of the request.
func loginError(c provider.Config, message string, err error) error {
	e := &provider.Error{Kind: provider.InvalidArgument, Provider: Name, Region: c.Region, Action: "Login", Message: message, Err: err}
	if refused, ok := errors.AsType[gophercloud.ErrUnexpectedResponseCode](err); ok {
		e.Kind, e.HTTPStatus, e.Err = httpapi.KindOfStatus(refused.Actual), refused.Actual, nil
	} else if _, ok := errors.AsType[interface {
		error
		Timeout() bool
	}](err); ok { // of the transport, or the end of the context
		e.Kind = provider.Unavailable
	}
	return e
}
