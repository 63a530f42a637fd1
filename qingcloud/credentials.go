package qingcloud

import (
	"context"
	"errors"

	"github.com/imagequery/imagequery/internal/qing"
	"github.com/imagequery/imagequery/provider"
)

// Default returns the credentials in the environment, or else those in the file
// ~/.qingcloud/config.yaml. The environment is read under the names
// QINGCLOUD_ACCESS_KEY_ID and QINGCLOUD_SECRET_ACCESS_KEY, or QINGCLOUD_ACCESS_KEY
// and QINGCLOUD_SECRET_KEY. If these name a key, QINGCLOUD_ENDPOINT (an address) or
// QINGCLOUD_HOST (a host) names the cloud, and QINGCLOUD_ZONE the zone. Half a key
// and two keys that differ are errors. [ConfigFile] describes the file, and how [New]
// uses the cloud and the zone. The Kind is [provider.Unauthenticated].
func Default() provider.CredentialsProvider { return qing.NewSource(qing.UsualAccount) }

// ConfigFile returns the keys in a configuration file of the vendor's command and
// SDKs: qy_access_key_id and qy_secret_access_key, or access_key_id and
// secret_access_key. An empty path means ~/.qingcloud/config.yaml.
//
// The file also names the cloud that the keys belong to (host, port, protocol,
// uri) and a zone. [New] uses them where Config.Endpoint and Config.Region are
// empty. Keys that belong to a private cloud are never sent to the public one.
// [New] reads the file, and requests read it again when it is a minute old. It is
// an error if the file then names another cloud, and an error of the first request
// if [New] could not read it and Config.Region is set.
//
// The file may have the part of YAML that those tools write: one "key: value" a line,
// unquoted, 'quoted' or "quoted" without escapes, and comments. Nested values are an
// error. So is an empty or missing key; the environment does not replace it. The Kind
// is [provider.Unauthenticated].
func ConfigFile(path string) provider.CredentialsProvider {
	return qing.NewSource(func() (qing.Account, error) { return qing.ReadConfig(path) })
}

// IAMToken returns the temporary credentials of the role of the instance that
// this program runs on. They are kept until shortly before they expire, as
// [provider.Cache] does. An empty address means that of the documented metadata
// service, "http://169.254.169.254/latest/meta-data/security-credentials". Requests
// to it use no proxy. A connection must be accepted within a second; failures are retried
// like those of an API.
//
// Such credentials are accepted at /iam/ instead of /iaas/: a client without
// Config.Endpoint sends its requests there, and the endpoint of a private cloud
// must say so, such as "https://api.example.com/iam/".
//
// The Kinds: [provider.Unauthenticated] if the instance has no role, and
// [provider.Unavailable] and [provider.BadResponse] if the service does not
// respond, or not as documented.
func IAMToken(address string) provider.CredentialsProvider {
	return iamToken{provider.Cache(func(ctx context.Context) (provider.Credentials, error) { return qing.Token(ctx, address) })}
}

// iamToken marks credentials that are accepted at iamEndpoint only.
type iamToken struct{ provider.Forgetter }

const iamEndpoint = "https://api.qingcloud.com/iam/"

// withAccount sets the credentials if the configuration has none, and the endpoint and
// the zone that belong to the credentials.
func withAccount(c provider.Config) (provider.Config, error) {
	if c.Credentials == nil {
		c.Credentials = Default()
		if _, err := qing.UsualAccount(); err != nil {
			return c, placed(err, c.Region)
		}
	}
	switch source := c.Credentials.(type) {
	case iamToken:
		if c.Endpoint == "" {
			c.Endpoint = iamEndpoint
		}
	case qing.Source:
		configured, err := source.Configure(c)
		return configured, placed(err, c.Region)
	}
	return c, nil
}

func placed(err error, region string) error {
	if e := (*provider.Error)(nil); errors.As(err, &e) {
		e.Provider, e.Region = Name, region
	}
	return err
}
