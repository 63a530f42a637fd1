package aliyun

import (
	"cmp"
	"context"
	"fmt"
	"os"

	"github.com/imagequery/imagequery/internal/environ"
	"github.com/imagequery/imagequery/provider"
)

// keyNames are the variables of access keys that the vendor's tools read, in the
// order of the vendor's command. The token of ALICLOUD_ACCESS_KEY has two names.
var keyNames = []environ.KeyNames{
	{ID: "ALIBABA_CLOUD_ACCESS_KEY_ID", Secret: "ALIBABA_CLOUD_ACCESS_KEY_SECRET", Token: "ALIBABA_CLOUD_SECURITY_TOKEN"},
	{ID: "ALIBABACLOUD_ACCESS_KEY_ID", Secret: "ALIBABACLOUD_ACCESS_KEY_SECRET", Token: "ALIBABACLOUD_SECURITY_TOKEN"},
	{ID: "ALICLOUD_ACCESS_KEY_ID", Secret: "ALICLOUD_ACCESS_KEY_SECRET", Token: "ALICLOUD_SECURITY_TOKEN"},
	{ID: "ALICLOUD_ACCESS_KEY", Secret: "ALICLOUD_SECRET_KEY", Token: "ALICLOUD_SECURITY_TOKEN"},
	{ID: "ALICLOUD_ACCESS_KEY", Secret: "ALICLOUD_SECRET_KEY", Token: "ALICLOUD_ACCESS_KEY_STS_TOKEN"},
	{ID: "ACCESS_KEY_ID", Secret: "ACCESS_KEY_SECRET", Token: "SECURITY_TOKEN", Common: true},
}

// EnvironmentKeys returns the access key in the environment, and whether there is
// one. See [environ.Keys].
func EnvironmentKeys() (c provider.Credentials, found bool, err error) {
	c, found, err = environ.Keys(keyNames)
	c.Endpoint = EnvironmentEndpoint()
	return c, found, err
}

// EnvironmentEndpoint returns the endpoint that the vendor's tools use for every
// API, as a host or an address, or "".
func EnvironmentEndpoint() string { return os.Getenv("ALIBABA_CLOUD_ENDPOINT") }

// Role is the role that the environment names.
type Role struct {
	ARN, SessionName, ExternalID string
	Provider, TokenFile          string // of an OIDC token
	Variable                     string // the name that holds the ARN
}

// ForKeys reports whether the role is assumed with an access key. A role beside
// the variables of an OIDC token is that token's.
func (r Role) ForKeys() bool { return r.ARN != "" && r.Provider == "" && r.TokenFile == "" }

// EnvironmentRole returns the role in the environment. A field is empty if its variable
// is unset.
func EnvironmentRole() (r Role, err error) {
	for _, variable := range []struct {
		text  *string
		names []string
	}{
		{&r.ARN, []string{"ALIBABA_CLOUD_ROLE_ARN", "ALIBABACLOUD_ROLE_ARN", "ALICLOUD_ROLE_ARN", "ALICLOUD_ASSUME_ROLE_ARN"}},
		{&r.SessionName, []string{
			"ALIBABA_CLOUD_ROLE_SESSION_NAME", "ALIBABACLOUD_ROLE_SESSION_NAME", "ALICLOUD_ROLE_SESSION_NAME", "ALICLOUD_ASSUME_ROLE_SESSION_NAME",
		}},
		{&r.ExternalID, []string{"ALIBABA_CLOUD_EXTERNAL_ID", "ALIBABACLOUD_EXTERNAL_ID"}},
		{&r.Provider, []string{"ALIBABA_CLOUD_OIDC_PROVIDER_ARN", "ALIBABACLOUD_OIDC_PROVIDER_ARN"}},
		{&r.TokenFile, []string{"ALIBABA_CLOUD_OIDC_TOKEN_FILE", "ALIBABACLOUD_OIDC_TOKEN_FILE"}},
	} {
		var name string
		if *variable.text, name, err = environ.Variable(variable.names...); err != nil {
			return Role{}, err
		}
		r.Variable = cmp.Or(r.Variable, name)
	}
	return r, nil
}

// Environment returns a source that reads the access key in the environment at each
// use. It is an error if the environment names a role to assume with the key. The
// errors have the Kind Unauthenticated, or InvalidArgument for two names of one
// variable with different values.
func Environment() provider.CredentialsProvider { return environment{} }

type environment struct{}

func (environment) Credentials(context.Context) (provider.Credentials, error) {
	c, found, err := EnvironmentKeys()
	if err != nil {
		return c, err
	}
	role, err := EnvironmentRole()
	switch {
	case err != nil:
	case found && role.ForKeys():
		err = &provider.Error{
			Kind:    provider.Unauthenticated,
			Message: fmt.Sprintf("%s names a role to assume with the access key: set Config.Credentials to aliyuncreds.Default(), which assumes it, or unset the variable", role.Variable),
		}
	case !found:
		err = &provider.Error{
			Kind:    provider.Unauthenticated,
			Message: fmt.Sprintf("no credentials: set %s and %s, or Config.Credentials", keyNames[0].ID, keyNames[0].Secret),
		}
	}
	return c, err
}
