package aliyuncreds

import (
	"net/http"

	"github.com/imagequery/imagequery/provider"
)

// Default returns the credentials that the vendor's tools would use, from the
// first of these that is set up: the environment, an OIDC token, the profile
// files, the role of the instance. See [Services.Default].
func Default() provider.CredentialsProvider { return Services{}.Default() }

// Profile returns the credentials of a profile in the vendor's files. See
// [Services.Profile].
func Profile(name string) provider.CredentialsProvider { return Services{}.Profile(name) }

// InstanceRole returns the credentials of the role of the instance that this
// program runs on. See [Services.InstanceRole].
func InstanceRole(name string) provider.CredentialsProvider { return Services{}.InstanceRole(name) }

// AssumeRole returns the credentials of a role, such as
// "acs:ram::123456789012****:role/images", that the base may assume. See
// [Services.AssumeRole].
func AssumeRole(base provider.CredentialsProvider, arn string) provider.CredentialsProvider {
	return Services{}.AssumeRole(base, Role{ARN: arn})
}

// Services says where the services that hand out credentials are, for private
// clouds, private networks and tests. The zero value of a field means what is
// documented.
type Services struct {
	// STS is the address of the token service, such as
	// "https://sts-vpc.cn-hangzhou.aliyuncs.com/". Empty means that of the region
	// that a profile names, or the environment in ALIBABA_CLOUD_STS_REGION, or
	// "https://sts.aliyuncs.com/".
	STS string
	// Metadata is the address of the metadata service. Empty means
	// "http://100.100.100.200/".
	Metadata string
	// AllowHTTP allows an STS address with plain http on other hosts than this one.
	AllowHTTP bool
	// HTTPClient asks for roles; it is neither changed nor closed. Nil means the
	// one that all targets share. Metadata and OIDC are asked without it.
	HTTPClient *http.Client
}
