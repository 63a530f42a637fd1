package openstack

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"io"
	"net"
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
// [provider.Throttled], [provider.Unavailable], [provider.BadResponse].
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

// maxBody bounds one response of Keystone. The catalog of a large cloud has some 100 KiB.
const maxBody = 4 << 20

// bounded is a transport whose bodies end with an error after maxBody bytes.
type bounded struct{ http.RoundTripper }

func (b bounded) RoundTrip(r *http.Request) (*http.Response, error) {
	response, err := b.RoundTripper.RoundTrip(r)
	if response != nil && response.Body != nil {
		response.Body = http.MaxBytesReader(nil, response.Body, maxBody)
	}
	return response, err
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
	client.HTTPClient.Transport = bounded{cmp.Or(client.HTTPClient.Transport, http.DefaultTransport)}
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
	e := &provider.Error{Kind: kindOf(err), Provider: Name, Region: c.Region, Action: "Login", Message: message, Err: err}
	if refused, ok := errors.AsType[gophercloud.ErrUnexpectedResponseCode](err); ok {
		e.Kind, e.HTTPStatus, e.Err = httpapi.KindOfStatus(refused.Actual), refused.Actual, nil
	}
	return e
}

// kindOf returns the Kind of an error that is no response. Options that gophercloud
// refuses are InvalidArgument.
func kindOf(err error) provider.Kind {
	if _, ok := errors.AsType[net.Error](err); ok { // of the transport, or the end of the context
		return provider.Unavailable
	}
	_, tooLong := errors.AsType[*http.MaxBytesError](err)
	_, syntax := errors.AsType[*json.SyntaxError](err)
	_, mistyped := errors.AsType[*json.UnmarshalTypeError](err)
	if tooLong || syntax || mistyped || errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) {
		return provider.BadResponse
	}
	return provider.InvalidArgument
}
