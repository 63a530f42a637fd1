package aliyuncreds

import (
	"context"
	"os"
	"strings"

	"github.com/imagequery/imagequery/provider"
)

// Default returns the credentials that the vendor's tools would use. It looks in
// their order, each time anew:
//
//   - the environment: ALIBABA_CLOUD_ACCESS_KEY_ID, ALIBABA_CLOUD_ACCESS_KEY_SECRET
//     and, for a temporary session, ALIBABA_CLOUD_SECURITY_TOKEN
//   - an OIDC token: ALIBABA_CLOUD_OIDC_TOKEN_FILE, ALIBABA_CLOUD_OIDC_PROVIDER_ARN
//     and ALIBABA_CLOUD_ROLE_ARN
//   - the profile files, as [Services.Profile] does without a name
//   - the role of the instance, the one that ALIBABA_CLOUD_ECS_METADATA names or the
//     only one, unless ALIBABA_CLOUD_ECS_METADATA_DISABLED is true
//
// What is not set up is passed over. What is set up and fails is an error, never a
// reason to go on as somebody else; the next request looks again. The error names
// every source that was looked at, and why it gave nothing.
func (s Services) Default() provider.CredentialsProvider { return provider.Cache(s.search) }

func (s Services) search(ctx context.Context) (provider.Credentials, error) {
	var tried []string
	for _, source := range []struct {
		name string
		find func(context.Context) (provider.Credentials, error)
	}{
		{"environment", environment},
		{"OIDC", s.environmentOIDC},
		{"profiles", func(ctx context.Context) (provider.Credentials, error) { return s.profile(ctx, "") }},
		{"instance role", s.environmentInstance},
	} {
		c, err := source.find(ctx)
		if err == nil {
			return c, nil
		}
		tried = append(tried, source.name+": "+err.Error())
		if !isAbsent(err) {
			return c, nothingIn(tried, kindOf(err))
		}
	}
	return provider.Credentials{}, nothingIn(tried, provider.Unauthenticated)
}

func nothingIn(tried []string, kind provider.Kind) error {
	return &provider.Error{Kind: kind, Message: "no credentials: " + strings.Join(tried, "; ")}
}

func environment(ctx context.Context) (provider.Credentials, error) {
	const id, secret = "ALIBABA_CLOUD_ACCESS_KEY_ID", "ALIBABA_CLOUD_ACCESS_KEY_SECRET"
	if os.Getenv(id) == "" && os.Getenv(secret) == "" {
		return provider.Credentials{}, absent(id + " and " + secret + " are not set")
	}
	return provider.Env(id, secret, "ALIBABA_CLOUD_SECURITY_TOKEN").Credentials(ctx)
}

func (s Services) environmentInstance(ctx context.Context) (provider.Credentials, error) {
	if isTrue("ALIBABA_CLOUD_ECS_METADATA_DISABLED") {
		return provider.Credentials{}, absent("ALIBABA_CLOUD_ECS_METADATA_DISABLED is true")
	}
	return s.instance(ctx, os.Getenv("ALIBABA_CLOUD_ECS_METADATA"))
}
