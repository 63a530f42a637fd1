package aliyuncreds

import (
	"context"
	"errors"
	"maps"
	"net/url"
	"strings"
	"time"

	"github.com/imagequery/imagequery/internal/aliyun"
	"github.com/imagequery/imagequery/internal/environ"
	"github.com/imagequery/imagequery/provider"
	"github.com/imagequery/imagequery/provider/httpapi"
)

// federated is a role that an OIDC token may assume.
type federated struct {
	role      Role
	provider  string // ARN
	tokenFile string
	endpoint  string // of the cloud that the token belongs to; see provider.Credentials
	at        place
}

// missing names the first part that is not set, or is empty.
func (f federated) missing() string {
	switch {
	case f.role.ARN == "":
		return "the role (ALIBABA_CLOUD_ROLE_ARN or ram_role_arn)"
	case f.provider == "":
		return "the provider (ALIBABA_CLOUD_OIDC_PROVIDER_ARN or oidc_provider_arn)"
	case f.tokenFile == "":
		return "the token file (ALIBABA_CLOUD_OIDC_TOKEN_FILE or oidc_token_file)"
	}
	return ""
}

// environmentOIDC reads the variables that a cluster sets for programs.
func (s Services) environmentOIDC(ctx context.Context) (provider.Credentials, error) {
	named, err := aliyun.EnvironmentRole()
	switch {
	case err != nil:
		return provider.Credentials{}, err
	case named.Provider == "" && named.TokenFile == "" && named.ARN == "":
		return provider.Credentials{}, absent("ALIBABA_CLOUD_OIDC_PROVIDER_ARN and ALIBABA_CLOUD_OIDC_TOKEN_FILE are not set")
	case named.ForKeys():
		return provider.Credentials{}, unauthenticated(named.Variable + " names a role, and neither an access key (ALIBABA_CLOUD_ACCESS_KEY_ID) " +
			"nor an OIDC token (ALIBABA_CLOUD_OIDC_PROVIDER_ARN and ALIBABA_CLOUD_OIDC_TOKEN_FILE) that could assume it is set")
	}
	return s.federate(ctx, federated{role: environmentRole(named), provider: named.Provider, tokenFile: named.TokenFile})
}

// federate exchanges the token for a session of the role.
func (s Services) federate(ctx context.Context, f federated) (provider.Credentials, error) {
	if missing := f.missing(); missing != "" {
		return provider.Credentials{}, unauthenticated("a role, a provider and a token file are wanted together, and " + missing + " is not set")
	}
	c, err := s.exchange(ctx, f)
	if err != nil {
		return c, because(err, "the OIDC token is not exchanged for the role \""+f.role.ARN+"\"")
	}
	return c, nil
}

func (s Services) exchange(ctx context.Context, f federated) (provider.Credentials, error) {
	if err := f.role.check(); err != nil {
		return provider.Credentials{}, err
	}
	client, err := s.sts(tokenFile{f.tokenFile, f.endpoint}, f.at, sendToken)
	if err != nil {
		return provider.Credentials{}, err
	}
	params := f.role.params()
	params.Set("OIDCProviderArn", f.provider)
	c, err := httpapi.Do(ctx, client, httpapi.Request{Action: "AssumeRoleWithOIDC", Params: params}, readSession)
	if e := (*provider.Error)(nil); errors.As(err, &e) && strings.HasPrefix(e.Code, "AuthenticationFail") {
		e.Kind = provider.Unauthenticated // the token is refused
	}
	return c, err
}

// tokenFile returns the token in a file, which a cluster may renew.
type tokenFile struct{ path, endpoint string }

func (f tokenFile) Credentials(context.Context) (provider.Credentials, error) {
	text, err := environ.ReadFile(f.path)
	if err != nil {
		return provider.Credentials{}, &provider.Error{Kind: provider.Unauthenticated, Message: "the OIDC token cannot be read", Err: err}
	}
	token := provider.NewSecret(strings.TrimSpace(string(text)))
	if token.IsZero() {
		return provider.Credentials{}, unauthenticated("the OIDC token file " + f.path + " is empty")
	}
	return provider.Credentials{Token: token, Endpoint: f.endpoint}, nil
}

// sendToken puts the token into the form of a request, which has no signature.
func sendToken(a *httpapi.Attempt) error {
	form := url.Values{}
	maps.Copy(form, a.Request.Params)
	form.Set("Action", a.Request.Action)
	form.Set("Version", stsVersion)
	form.Set("Format", "JSON")
	form.Set("Timestamp", time.Now().UTC().Format("2006-01-02T15:04:05Z"))
	form.Set("OIDCToken", a.Credentials.Token.Reveal())
	a.SetForm(form.Encode())
	return nil
}
