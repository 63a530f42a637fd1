package aliyuncreds

import (
	"errors"
	"net/http"

	"github.com/imagequery/imagequery/provider"
)

// Default returns the credentials that the environment and the vendor's files
// configure. See [Services.Default].
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

// Services are the addresses of the services that issue credentials, for private
// clouds, private networks and tests. The zero value of a field means its
// documented default.
type Services struct {
	// STS is the address of the token service, such as
	// "https://sts-vpc.cn-hangzhou.aliyuncs.com/". If it is empty, the address
	// comes from ALIBABA_CLOUD_STS_ENDPOINT, from the region of the profile or of
	// ALIBABA_CLOUD_STS_REGION, or is "https://sts.aliyuncs.com/".
	STS string
	// Metadata is the address of the metadata service. Empty means
	// "http://100.100.100.200/".
	Metadata string
	// AllowHTTP allows plain http in the address of the token service on other
	// hosts than this one.
	AllowHTTP bool
	// HTTPClient sends the requests for roles; it is neither changed nor closed.
	// Nil means the one that all targets share. Requests to the metadata
	// service and to a credentials URI do not use it.
	HTTPClient *http.Client
}

// absent is the reason why a source is not configured. It is no mistake.
type absent string

func (a absent) Error() string { return string(a) }

func isAbsent(err error) bool {
	var a absent
	return errors.As(err, &a)
}

func invalid(message string) error {
	return &provider.Error{Kind: provider.InvalidArgument, Message: message}
}

func unauthenticated(message string) error {
	return &provider.Error{Kind: provider.Unauthenticated, Message: message}
}

// because adds context to an error, and keeps its Kind.
func because(err error, what string) error {
	return &provider.Error{Kind: kindOf(err), Message: what, Err: err}
}

func kindOf(err error) provider.Kind {
	if known := (*provider.Error)(nil); errors.As(err, &known) {
		return known.Kind
	}
	return provider.Unauthenticated
}

// withoutContext returns an error with the same text that is not the end of the
// caller's context, as the timeout of a connection would be.
func withoutContext(err error) error { return errors.New(err.Error()) }
