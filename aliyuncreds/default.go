package aliyuncreds

import (
	"context"
	"fmt"
	"os"
	"strings"

	"github.com/imagequery/imagequery/internal/aliyun"
	"github.com/imagequery/imagequery/internal/environ"
	"github.com/imagequery/imagequery/provider"
)

// Default returns the credentials that the environment and the vendor's files
// configure. It tries the sources in the order of the package documentation, each
// time anew.
//
// A source that is not configured is skipped. A source that is configured and
// cannot be used is an error, and no later source is tried. The error lists the
// sources in order, with the reason why each gave no credentials; its Kind is that
// of the last one.
func (s Services) Default() provider.CredentialsProvider { return provider.Cache(s.search) }

// source is one place where credentials may be configured. Its find returns an
// absent error if they are not.
type source struct {
	name string
	find func(context.Context) (provider.Credentials, error)
}

func (s Services) sources() []source {
	return []source{
		{"environment", s.environmentKeys},
		{"OIDC", s.environmentOIDC},
		{"profiles", s.environmentProfile},
		{"credentials URI", s.environmentURI},
		{"bearer token", environmentBearer},
		{"instance role", s.environmentInstance},
	}
}

func (s Services) search(ctx context.Context) (provider.Credentials, error) {
	tried := "no credentials: "
	for i, source := range s.sources() {
		if i > 0 {
			tried += "; "
		}
		c, err := source.find(ctx)
		if err == nil {
			return c, nil
		}
		tried += source.name
		if !isAbsent(err) {
			return c, because(err, tried)
		}
		tried += ": " + err.Error()
	}
	return provider.Credentials{}, unauthenticated(tried)
}

// environmentKeys reads the access key, and assumes the role that is named beside
// it.
func (s Services) environmentKeys(ctx context.Context) (provider.Credentials, error) {
	c, found, err := aliyun.EnvironmentKeys()
	if err == nil && !found {
		err = absent("ALIBABA_CLOUD_ACCESS_KEY_ID and ALIBABA_CLOUD_ACCESS_KEY_SECRET are not set")
	}
	if err != nil {
		return c, err
	}
	named, err := aliyun.EnvironmentRole()
	if err != nil || !named.ForKeys() {
		return c, err
	}
	assumed, err := s.assume(ctx, fixed(c), environmentRole(named), place{})
	if err != nil {
		return assumed, because(err, named.Variable)
	}
	assumed.Endpoint = c.Endpoint
	return assumed, nil
}

func environmentRole(r aliyun.Role) Role {
	return Role{ARN: r.ARN, SessionName: r.SessionName, ExternalID: r.ExternalID}
}

var (
	profileNames       = []string{"ALIBABA_CLOUD_PROFILE", "ALIBABACLOUD_PROFILE", "ALICLOUD_PROFILE"}
	ignoreProfileNames = []string{"ALIBABA_CLOUD_IGNORE_PROFILE", "ALIBABACLOUD_IGNORE_PROFILE"}
)

// environmentProfile looks into the files, unless the environment says to ignore
// them.
func (s Services) environmentProfile(ctx context.Context) (provider.Credentials, error) {
	ignored, variable, err := environ.Switch(ignoreProfileNames...)
	if err != nil {
		return provider.Credentials{}, err
	}
	name, chosenBy, err := environ.Variable(profileNames...)
	switch {
	case err != nil:
		return provider.Credentials{}, err
	case ignored && name != "":
		return provider.Credentials{}, invalid(fmt.Sprintf("%s names profile %q, and %s ignores all profiles: unset one of the two", chosenBy, name, variable))
	case ignored:
		return provider.Credentials{}, absent(variable + " is true")
	case name != "":
		c, err := s.namedProfile(ctx, name)
		if err != nil {
			return c, because(err, chosenBy)
		}
		return c, nil
	}
	return s.chosenProfile(ctx)
}

func (s Services) environmentURI(ctx context.Context) (provider.Credentials, error) {
	address, variable, err := environ.Variable("ALIBABA_CLOUD_CREDENTIALS_URI", "ALICLOUD_CREDENTIALS_URI")
	if err != nil {
		return provider.Credentials{}, err
	}
	if address == "" {
		return provider.Credentials{}, absent("ALIBABA_CLOUD_CREDENTIALS_URI is not set")
	}
	c, err := s.fromURI(ctx, address)
	if err != nil {
		return c, because(err, variable)
	}
	return c, nil
}

// environmentBearer refuses a bearer token, which the APIs of images do not take.
func environmentBearer(context.Context) (provider.Credentials, error) {
	const variable = "ALIBABA_CLOUD_BEARER_TOKEN"
	if os.Getenv(variable) == "" {
		return provider.Credentials{}, absent(variable + " is not set")
	}
	return provider.Credentials{}, unauthenticated(variable + " is set, and bearer tokens are not supported: unset it, or configure another source")
}

func (s Services) environmentInstance(ctx context.Context) (provider.Credentials, error) {
	disabled, variable, err := environ.Switch(metadataDisabled)
	if err != nil {
		return provider.Credentials{}, err
	}
	if disabled {
		return provider.Credentials{}, absent(variable + " is true")
	}
	role, _, err := environ.Variable("ALIBABA_CLOUD_ECS_METADATA", "ALICLOUD_ECS_ROLE_NAME")
	if err != nil {
		return provider.Credentials{}, err
	}
	return s.instance(ctx, strings.TrimSpace(role))
}
