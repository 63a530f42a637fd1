package aliyuncreds

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/imagequery/imagequery/internal/environ"
	"github.com/imagequery/imagequery/provider"
)

// Profile returns the credentials of a profile in the vendor's files: the one
// of the vendor's command, ~/.aliyun/config.json, and then the one of the SDKs,
// ~/.alibabacloud/credentials or the file that ALIBABA_CLOUD_CREDENTIALS_FILE
// names. An empty name means the profile that ALIBABA_CLOUD_PROFILE names, or the
// file's own choice: its current profile, or "default".
// ALIBABA_CLOUD_CLI_PROFILE_DISABLED=true skips the first file.
//
// The modes of the first file are AK, StsToken, RamRoleArn, ChainableRamRoleArn,
// RamRoleArnWithRoleName, EcsRamRole, OIDC, CredentialsURI, External, CloudSSO and
// OAuth; the types of the second are access_key, sts, ram_role_arn, ecs_ram_role,
// oidc_role_arn and credentials_uri. Any other is an error. Both files are read
// again for each session, and at least each minute for keys.
//
// External runs the profile's process_command, without a shell. CloudSSO and OAuth
// use the session that the vendor's command has left in the file; once it has
// ended, the error names the command that renews it.
func (s Services) Profile(name string) provider.CredentialsProvider {
	return provider.Cache(func(ctx context.Context) (provider.Credentials, error) {
		if name != "" {
			return s.namedProfile(ctx, name)
		}
		name, variable, err := environ.Variable(profileNames...)
		if err != nil {
			return provider.Credentials{}, err
		}
		if name != "" {
			c, err := s.namedProfile(ctx, name)
			if err != nil {
				err = because(err, variable)
			}
			return c, err
		}
		c, err := s.chosenProfile(ctx)
		if isAbsent(err) {
			return c, unauthenticated("no profile: " + err.Error())
		}
		return c, err
	})
}

// namedProfile looks for a profile in both files. It is an error if neither has
// it.
func (s Services) namedProfile(ctx context.Context, name string) (provider.Credentials, error) {
	var reasons []string
	for _, open := range []func() (book, error){openCLI, openShared} {
		b, err := open()
		if err == nil {
			err = b.check(name)
		}
		switch {
		case err == nil:
			return s.use(ctx, b, name)
		case !isAbsent(err):
			return provider.Credentials{}, err
		}
		reasons = append(reasons, err.Error())
	}
	return provider.Credentials{}, unauthenticated(fmt.Sprintf("there is no profile %q: %s", name, strings.Join(reasons, "; ")))
}

// chosenProfile returns the current profile of a file. A file without a configured
// profile is skipped.
func (s Services) chosenProfile(ctx context.Context) (provider.Credentials, error) {
	var reasons []string
	for _, open := range []func() (book, error){openCLI, openShared} {
		b, err := open()
		switch {
		case err == nil && !b.isBlank():
			if err := b.check(b.chosen); err != nil {
				return provider.Credentials{}, unauthenticated(fmt.Sprintf("%s chooses profile %q: %s", b.path, b.chosen, err))
			}
			return s.use(ctx, b, b.chosen)
		case err == nil:
			err = absent(b.path + " has no configured profile")
		case !isAbsent(err):
			return provider.Credentials{}, err
		}
		reasons = append(reasons, err.Error())
	}
	return provider.Credentials{}, absent(strings.Join(reasons, "; "))
}

// book is one file of profiles.
type book struct {
	path     string
	chosen   string // by the file itself
	explicit bool   // the file states its choice
	profiles map[string]profile
}

// isBlank reports whether the file has no configured profile.
func (b book) isBlank() bool {
	for _, p := range b.profiles {
		if p.isConfigured() {
			return false
		}
	}
	_, known := b.profiles[b.chosen]
	return known || !b.explicit
}

// check returns an absent error unless the file has a configured profile of a
// name.
func (b book) check(name string) error {
	p, known := b.profiles[name]
	switch {
	case !known && len(b.profiles) == 0:
		return absent(fmt.Sprintf("%s has no profile %q, and no other", b.path, name))
	case !known:
		return absent(fmt.Sprintf("%s has no profile %q, only %q", b.path, name, slices.Sorted(maps.Keys(b.profiles))))
	case !p.isConfigured():
		return absent(fmt.Sprintf("profile %q of %s is not configured", name, b.path))
	}
	return nil
}

func (s Services) use(ctx context.Context, b book, name string) (provider.Credentials, error) {
	c, err := s.resolve(ctx, b, b.profiles[name])
	if err != nil {
		return c, because(err, fmt.Sprintf("profile %q of %s", name, b.path))
	}
	return c, nil
}

// modeOf returns the mode of a profile in lower case. Like the vendor's command,
// it derives a mode that is not written from the fields that are.
func (p profile) modeOf() string {
	has := func(secrets ...provider.Secret) bool {
		return !slices.ContainsFunc(secrets, provider.Secret.IsZero)
	}
	switch keys := has(p.AccessKeyID, p.AccessKeySecret); {
	case p.Mode != "":
		return strings.ToLower(p.Mode)
	case keys && has(p.Token):
		return "ststoken"
	case keys && p.RoleARN != "":
		return "ramrolearn"
	case keys, has(p.AccessKeyID), has(p.AccessKeySecret):
		return "ak"
	case p.RoleName != "":
		return "ecsramrole"
	case p.ProcessCommand != "":
		return "external"
	case p.CredentialsURI != "":
		return "credentialsuri"
	case p.OIDCProvider != "" || p.OIDCTokenFile != "":
		return "oidc"
	case p.SourceProfile != "":
		return "chainableramrolearn"
	case p.SignInURL != "":
		return "cloudsso"
	}
	return ""
}

// isConfigured reports whether a profile says where credentials come from. The
// vendor's command creates a profile that does not.
func (p profile) isConfigured() bool { return p.refusal != "" || p.modeOf() != "" }
