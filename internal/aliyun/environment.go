package aliyun

import (
	"context"
	"fmt"

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
func EnvironmentKeys() (c provider.Credentials, found bool, err error) { return environ.Keys(keyNames) }

// Environment returns a source that reads the access key in the environment each
// time it is asked. Its errors have the Kind Unauthenticated.
func Environment() provider.CredentialsProvider { return environment{} }

type environment struct{}

func (environment) Credentials(context.Context) (provider.Credentials, error) {
	c, found, err := EnvironmentKeys()
	if err == nil && !found {
		err = &provider.Error{
			Kind:    provider.Unauthenticated,
			Message: fmt.Sprintf("no credentials: set %s and %s, or Config.Credentials", keyNames[0].ID, keyNames[0].Secret),
		}
	}
	return c, err
}
