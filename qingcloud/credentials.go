package qingcloud

import (
	"context"

	"github.com/imagequery/imagequery/internal/qing"
	"github.com/imagequery/imagequery/provider"
)

// ConfigFile returns the keys in a configuration file of the vendor's command and
// SDKs: qy_access_key_id and qy_secret_access_key, or access_key_id and
// secret_access_key. An empty path means ~/.qingcloud/config.yaml. The file is
// read by the first request, and again when it is a minute old.
//
// Of YAML only what those tools write is understood: one "key: value" a line,
// unquoted, 'quoted' or "quoted" without escapes, and comments. Anything nested is
// an error, and so is an empty or a missing key, which is never filled from the
// environment. The file's zone and endpoint are not used. The Kind is
// [provider.Unauthenticated].
func ConfigFile(path string) provider.CredentialsProvider {
	return provider.Cache(func(context.Context) (provider.Credentials, error) { return qing.ReadConfig(path) })
}

// IAMToken returns the temporary credentials of the role of the instance that
// this program runs on. They are kept until shortly before they expire, as
// [provider.Cache] does. An empty address means that of the documented metadata
// service, "http://169.254.169.254/latest/meta-data/security-credentials". It is
// asked directly, never through a proxy, and has a second to take the connection.
//
// Such credentials are taken at /iam/ instead of /iaas/: a client without
// Config.Endpoint asks there, and the endpoint of a private cloud must say so,
// such as "https://api.example.com/iam/".
//
// The Kinds: [provider.Unauthenticated] where the instance has no role, and
// [provider.Unavailable] and [provider.BadResponse] where the service does not
// answer, or not as documented.
func IAMToken(address string) provider.CredentialsProvider {
	return iamToken{provider.Cache(func(ctx context.Context) (provider.Credentials, error) { return qing.Token(ctx, address) })}
}

// iamToken marks credentials that are taken at the endpoint for them.
type iamToken struct{ provider.Forgetter }

const iamEndpoint = "https://api.qingcloud.com/iam/"

// withEndpoint fills in the endpoint that goes with the credentials.
func withEndpoint(c provider.Config) provider.Config {
	if _, temporary := c.Credentials.(iamToken); temporary && c.Endpoint == "" {
		c.Endpoint = iamEndpoint
	}
	return c
}
