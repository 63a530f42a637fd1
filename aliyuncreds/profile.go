package aliyuncreds

import (
	"context"
	"errors"
	"fmt"
	"os"
	"strings"
	"time"

	"github.com/imagequery/imagequery/provider"
)

// Profile returns the credentials of a profile in the vendor's files: the one
// that the CLI writes, ~/.aliyun/config.json, and then that of the SDKs,
// ~/.alibabacloud/credentials, or where ALIBABA_CLOUD_CREDENTIALS_FILE says. An
// empty name means that in ALIBABA_CLOUD_PROFILE, or the file's own choice: its
// current profile, or "default". ALIBABA_CLOUD_CLI_PROFILE_DISABLED=true leaves
// the first file out.
//
// The modes of the first file are AK, StsToken, RamRoleArn, EcsRamRole,
// ChainableRamRoleArn and OIDC; the types of the second are access_key, sts,
// ram_role_arn and ecs_ram_role, in plain lines "key = value". Any other is an
// error. Both files are read again for each session, and at least each minute for
// keys.
func (s Services) Profile(name string) provider.CredentialsProvider {
	return provider.Cache(func(ctx context.Context) (provider.Credentials, error) {
		c, err := s.profile(ctx, name)
		if isAbsent(err) {
			return c, unauthenticated(err.Error())
		}
		return c, err
	})
}

// profile looks through the files. Nothing there is absence, unless a profile has
// been asked for by name.
func (s Services) profile(ctx context.Context, name string) (provider.Credentials, error) {
	if name == "" {
		name = os.Getenv("ALIBABA_CLOUD_PROFILE")
	}
	var reasons []string
	for _, open := range []func() (book, error){openCLI, openShared} {
		c, err := s.fromBook(ctx, open, name)
		if !isAbsent(err) {
			return c, err
		}
		reasons = append(reasons, err.Error())
	}
	missing := strings.Join(reasons, "; ")
	if name != "" {
		return provider.Credentials{}, unauthenticated(fmt.Sprintf("there is no profile %q: %s", name, missing))
	}
	return provider.Credentials{}, absent(missing)
}

// book is one file of profiles.
type book struct {
	path     string
	chosen   string // where no name is given
	profiles map[string]profile
}

// profile is one entry, in the words of the CLI's file.
type profile struct {
	Name            string
	Mode            string
	AccessKeyID     provider.Secret `json:"access_key_id"`
	AccessKeySecret provider.Secret `json:"access_key_secret"`
	Token           provider.Secret `json:"sts_token"`
	RoleName        string          `json:"ram_role_name"`
	RoleARN         string          `json:"ram_role_arn"`
	SessionName     string          `json:"ram_session_name"`
	Seconds         int             `json:"expired_seconds"`
	ExternalID      string          `json:"external_id"`
	Policy          string          `json:"policy"`
	SourceProfile   string          `json:"source_profile"`
	OIDCProvider    string          `json:"oidc_provider_arn"`
	OIDCTokenFile   string          `json:"oidc_token_file"`
	Region          string          `json:"sts_region"`
	Private         bool            `json:"enable_vpc"`
}

func (s Services) fromBook(ctx context.Context, open func() (book, error), name string) (provider.Credentials, error) {
	b, err := open()
	if err != nil {
		return provider.Credentials{}, err
	}
	if name == "" {
		name = b.chosen
	}
	p, ok := b.profiles[name]
	if !ok || p.Mode == "" {
		return provider.Credentials{}, absent(fmt.Sprintf("%s has no profile %q that is set up", b.path, name))
	}
	c, err := s.resolve(ctx, b, p)
	if err != nil {
		return c, because(err, fmt.Sprintf("profile %q of %s", name, b.path))
	}
	return c, nil
}

// resolve does what the mode of a profile says. A profile that others lead to is
// taken out of the book, so that they cannot lead in a circle.
func (s Services) resolve(ctx context.Context, b book, p profile) (provider.Credentials, error) {
	delete(b.profiles, p.Name)
	switch strings.ToLower(p.Mode) {
	case "ak":
		return p.keys("").Credentials(ctx)
	case "ststoken":
		if p.Token.IsZero() {
			return provider.Credentials{}, errors.New("its token is empty")
		}
		return p.keys(p.Token.Reveal()).Credentials(ctx)
	case "ramrolearn":
		return s.assume(ctx, p.keys(p.Token.Reveal()), p.role(), p.place())
	case "ecsramrole":
		return s.instance(ctx, p.RoleName)
	case "chainableramrolearn":
		return s.chain(ctx, b, p)
	case "oidc":
		return s.federate(ctx, federated{role: p.role(), provider: p.OIDCProvider, tokenFile: p.OIDCTokenFile, at: p.place()})
	default:
		return provider.Credentials{}, unauthenticated(fmt.Sprintf("its mode %q is not supported", p.Mode))
	}
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
	return s.assume(ctx, fixed(base), p.role(), p.place())
}

func fixed(c provider.Credentials) provider.CredentialsProvider {
	return provider.Static(c.AccessKeyID.Reveal(), c.AccessKeySecret.Reveal(), c.Token.Reveal())
}

func (p profile) keys(token string) provider.CredentialsProvider {
	return provider.Static(p.AccessKeyID.Reveal(), p.AccessKeySecret.Reveal(), token)
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

func (p profile) place() place { return place{region: p.Region, private: p.Private} }
