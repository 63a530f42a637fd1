package aliyuncreds

import (
	"cmp"
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/imagequery/imagequery/internal/aliyun"
	"github.com/imagequery/imagequery/provider"
)

// profile is one entry of a file, with the names of the vendor's command.
type profile struct {
	Name            string
	Mode            string
	AccessKeyID     provider.Secret `json:"access_key_id"`
	AccessKeySecret provider.Secret `json:"access_key_secret"`
	Token           provider.Secret `json:"sts_token"`
	TokenExpiration int64           `json:"sts_expiration"` // in seconds since 1970
	RoleName        string          `json:"ram_role_name"`
	RoleARN         string          `json:"ram_role_arn"`
	SessionName     string          `json:"ram_session_name"`
	Seconds         int             `json:"expired_seconds"`
	ExternalID      string          `json:"external_id"`
	Policy          string          `json:"policy"`
	SourceProfile   string          `json:"source_profile"`
	OIDCProvider    string          `json:"oidc_provider_arn"`
	OIDCTokenFile   string          `json:"oidc_token_file"`
	ProcessCommand  string          `json:"process_command"`
	CredentialsURI  string          `json:"credentials_uri"`
	SignInURL       string          `json:"cloud_sso_sign_in_url"`
	Region          string          `json:"sts_region"`
	STSEndpoint     string          `json:"sts_endpoint"`
	Private         bool            `json:"enable_vpc"`
	Endpoint        string          `json:"endpoint"` // of all APIs: a host or an address

	refusal string // why the profile cannot be used, or empty
}

// resolve returns the credentials of a profile. They belong to the cloud that the
// profile names, or the environment.
func (s Services) resolve(ctx context.Context, b book, p profile) (provider.Credentials, error) {
	p.Endpoint = cmp.Or(p.Endpoint, aliyun.EnvironmentEndpoint())
	c, err := s.byMode(ctx, b, p)
	c.Endpoint = cmp.Or(p.Endpoint, c.Endpoint)
	return c, err
}

// byMode returns the source for the mode of a profile. A profile that refers to another
// one is removed from the book, so that references cannot form a cycle.
func (s Services) byMode(ctx context.Context, b book, p profile) (provider.Credentials, error) {
	delete(b.profiles, p.Name)
	if p.refusal != "" {
		return provider.Credentials{}, unauthenticated(p.refusal)
	}
	switch p.modeOf() {
	case "ak":
		return p.keys("").Credentials(ctx)
	case "ststoken":
		return p.session(ctx)
	case "ramrolearn":
		return s.assume(ctx, p.keys(p.Token.Reveal()), p.role(), p.place())
	case "chainableramrolearn":
		return s.chain(ctx, b, p)
	case "ramrolearnwithrolename":
		return s.assume(ctx, at(p.Endpoint, s.InstanceRole(p.RoleName)), p.role(), p.place())
	case "ecsramrole":
		return s.instance(ctx, p.RoleName)
	case "oidc":
		return s.federate(ctx, federated{role: p.role(), provider: p.OIDCProvider, tokenFile: p.OIDCTokenFile, endpoint: p.Endpoint, at: p.place()})
	case "credentialsuri":
		return s.fromURI(ctx, p.CredentialsURI)
	case "external":
		return s.external(ctx, p.ProcessCommand)
	case "cloudsso", "oauth":
		return p.login(ctx)
	}
	return provider.Credentials{}, unauthenticated(fmt.Sprintf("its mode %q is not supported; choose a profile of another mode", p.Mode))
}

func (s Services) chain(ctx context.Context, b book, p profile) (provider.Credentials, error) {
	source, ok := b.profiles[p.SourceProfile]
	if !ok {
		return provider.Credentials{}, unauthenticated(fmt.Sprintf("its source profile %q is not there, or leads back to it", p.SourceProfile))
	}
	base, err := s.resolve(ctx, b, source)
	if err != nil {
		return base, because(err, fmt.Sprintf("its source profile %q", p.SourceProfile))
	}
	c, err := s.assume(ctx, fixed(base), p.role(), p.place())
	c.Endpoint = base.Endpoint
	return c, err
}

// session returns the keys of a temporary session.
func (p profile) session(ctx context.Context) (provider.Credentials, error) {
	if p.Token.IsZero() {
		return provider.Credentials{}, unauthenticated("its token is empty")
	}
	c, err := p.keys(p.Token.Reveal()).Credentials(ctx)
	if p.TokenExpiration > 0 {
		c.Expires = time.Unix(p.TokenExpiration, 0)
	}
	return c, err
}

// login returns the session that a login in a browser has left in the file, while
// it is valid.
func (p profile) login(ctx context.Context) (provider.Credentials, error) {
	renew := fmt.Sprintf(`renew it with "aliyun configure --profile %s --mode %s"`, p.Name, canonicalModes[p.modeOf()])
	if p.AccessKeyID.IsZero() || p.AccessKeySecret.IsZero() || p.Token.IsZero() {
		return provider.Credentials{}, unauthenticated("there is no session in it: " + renew)
	}
	c, err := p.session(ctx)
	switch {
	case err != nil:
		return c, err
	case c.Expires.IsZero():
		return provider.Credentials{}, unauthenticated("its session has no sts_expiration: " + renew)
	case !time.Now().Before(c.Expires):
		return provider.Credentials{}, unauthenticated(fmt.Sprintf("its session ended at %s: %s", c.Expires.UTC().Format(time.RFC3339), renew))
	}
	return c, nil
}

var canonicalModes = map[string]string{"cloudsso": "CloudSSO", "oauth": "OAuth"}

func fixed(c provider.Credentials) provider.CredentialsProvider {
	return at(c.Endpoint, provider.Static(c.AccessKeyID.Reveal(), c.AccessKeySecret.Reveal(), c.Token.Reveal()))
}

func (p profile) keys(token string) provider.CredentialsProvider {
	return at(p.Endpoint, provider.Static(p.AccessKeyID.Reveal(), p.AccessKeySecret.Reveal(), token))
}

// at returns a source whose credentials belong to an endpoint, if there is one.
func at(endpoint string, source provider.CredentialsProvider) provider.CredentialsProvider {
	if endpoint == "" {
		return source
	}
	return located{source, endpoint}
}

type located struct {
	provider.CredentialsProvider
	endpoint string
}

func (l located) Credentials(ctx context.Context) (provider.Credentials, error) {
	c, err := l.CredentialsProvider.Credentials(ctx)
	c.Endpoint = l.endpoint
	return c, err
}

func (p profile) role() Role {
	return Role{
		ARN:         p.RoleARN,
		SessionName: p.SessionName,
		Duration:    time.Duration(p.Seconds) * time.Second,
		ExternalID:  p.ExternalID,
		Policy:      p.Policy,
	}
}

func (p profile) place() place {
	return place{endpoint: p.STSEndpoint, region: p.Region, private: p.Private}
}

// sharedProfile turns a section of the SDKs' file into a profile.
func sharedProfile(name string, keys section) profile {
	text := func(key string) string { return keys[key].Reveal() }
	p := profile{
		Name:            name,
		Mode:            text("type"),
		AccessKeyID:     keys["access_key_id"],
		AccessKeySecret: keys["access_key_secret"],
		Token:           keys["security_token"],
		RoleName:        text("role_name"),
		RoleARN:         text("role_arn"),
		SessionName:     text("role_session_name"),
		ExternalID:      text("external_id"),
		Policy:          text("policy"),
		OIDCProvider:    text("oidc_provider_arn"),
		OIDCTokenFile:   text("oidc_token_file_path"),
		CredentialsURI:  text("credentials_uri"),
	}
	if mode, known := sharedTypes[p.Mode]; known {
		p.Mode = mode
	} else if p.Mode != "" {
		p.refusal = fmt.Sprintf("its type %q is not supported; choose a profile of another type", p.Mode)
	} else if len(keys) > 0 {
		p.refusal = "it has no type: set type = access_key, or another one"
	}
	switch enable := strings.ToLower(text("enable")); enable {
	case "", "true", "on", "yes", "1":
	case "false", "off", "no", "0":
		p.refusal = "it is switched off: set enable = true, or choose another profile"
	default:
		p.refusal = fmt.Sprintf("its key enable is %q: set it to true or false", enable)
	}
	return p
}

// sharedTypes are the modes that the types of the SDKs' file stand for.
var sharedTypes = map[string]string{
	"access_key":      "AK",
	"sts":             "StsToken",
	"ram_role_arn":    "RamRoleArn",
	"ecs_ram_role":    "EcsRamRole",
	"oidc_role_arn":   "OIDC",
	"credentials_uri": "CredentialsURI",
}
