package aliyun

import (
	"cmp"
	"context"
	"fmt"
	"os"
	"slices"
	"strings"

	"github.com/imagequery/imagequery/provider"
)

// keyNames are the variables of one access key. The vendor's tools read several
// such sets.
type keyNames struct{ id, secret, token string }

// keySets are all sets, in the order of the vendor's command. The token of the
// last two is read under an older name, too.
var keySets = []keyNames{
	{"ALIBABA_CLOUD_ACCESS_KEY_ID", "ALIBABA_CLOUD_ACCESS_KEY_SECRET", "ALIBABA_CLOUD_SECURITY_TOKEN"},
	{"ALIBABACLOUD_ACCESS_KEY_ID", "ALIBABACLOUD_ACCESS_KEY_SECRET", "ALIBABACLOUD_SECURITY_TOKEN"},
	{"ALICLOUD_ACCESS_KEY_ID", "ALICLOUD_ACCESS_KEY_SECRET", "ALICLOUD_SECURITY_TOKEN"},
	{"ALICLOUD_ACCESS_KEY", "ALICLOUD_SECRET_KEY", "ALICLOUD_SECURITY_TOKEN"},
	{"ALICLOUD_ACCESS_KEY", "ALICLOUD_SECRET_KEY", "ALICLOUD_ACCESS_KEY_STS_TOKEN"},
	{"ACCESS_KEY_ID", "ACCESS_KEY_SECRET", "SECURITY_TOKEN"},
}

// Environment returns a source that reads the access key in the environment each
// time it is asked. Its errors have the Kind Unauthenticated.
func Environment() provider.CredentialsProvider { return environment{} }

type environment struct{}

func (environment) Credentials(context.Context) (provider.Credentials, error) {
	c, found, err := EnvironmentKeys()
	if err == nil && !found {
		err = unauthenticated("no credentials: set %s and %s, or Config.Credentials", keySets[0].id, keySets[0].secret)
	}
	return c, err
}

// EnvironmentKeys returns the access key in the environment, and whether there is
// one. Half a key, a token without a key, and two keys that differ are errors,
// which name the variables.
func EnvironmentKeys() (c provider.Credentials, found bool, err error) {
	complete, err := completeSets()
	if err != nil {
		return c, false, err
	}
	if err := checkTokens(complete); err != nil || len(complete) == 0 {
		return c, false, err
	}
	used := complete[0]
	for _, other := range complete[1:] {
		if os.Getenv(other.id) != os.Getenv(used.id) || os.Getenv(other.secret) != os.Getenv(used.secret) {
			return c, false, unauthenticated("%s and %s hold different access keys: unset one of the two, with its secret", used.id, other.id)
		}
	}
	token, _, err := Variable(tokensOf(complete)...)
	if err != nil {
		return c, false, err
	}
	c, err = provider.Static(os.Getenv(used.id), os.Getenv(used.secret), token).Credentials(context.Background())
	if err != nil {
		return c, false, &provider.Error{Kind: provider.Unauthenticated, Message: fmt.Sprintf("%s and %s", used.id, used.secret), Err: err}
	}
	return c, true, nil
}

// completeSets returns the sets with an ID and a secret. Half a set is an error.
func completeSets() ([]keyNames, error) {
	var complete []keyNames
	for _, set := range keySets {
		id, secret := os.Getenv(set.id) != "", os.Getenv(set.secret) != ""
		switch {
		case id && secret:
			complete = append(complete, set)
		case id:
			return nil, unauthenticated("%s is set without %s: set both or neither", set.id, set.secret)
		case secret:
			return nil, unauthenticated("%s is set without %s: set both or neither", set.secret, set.id)
		}
	}
	return complete, nil
}

// checkTokens refuses a token whose set has no key. A lone SECURITY_TOKEN is
// ignored, since many programs use that name.
func checkTokens(complete []keyNames) error {
	known := append(tokensOf(complete), "SECURITY_TOKEN")
	for _, set := range keySets {
		if os.Getenv(set.token) != "" && !slices.Contains(known, set.token) {
			return unauthenticated("%s is set without %s and %s: set all three, or unset it", set.token, set.id, set.secret)
		}
	}
	return nil
}

func tokensOf(sets []keyNames) []string {
	var names []string
	for _, set := range sets {
		names = append(names, set.token)
	}
	return names
}

// Variable returns the value of a variable that has several names, and the name
// that is set. Names that are set to different values are an error.
func Variable(names ...string) (value, name string, err error) {
	for _, other := range names {
		text := os.Getenv(other)
		if text != "" && value != "" && text != value {
			return "", "", invalid("%s and %s have different values: unset one of the two", name, other)
		}
		if text != "" {
			value, name = text, cmp.Or(name, other)
		}
	}
	return value, name, nil
}

// Switch reports whether a variable that has several names is "true", in any
// case. It is an error to set it to anything but true and false.
func Switch(names ...string) (on bool, name string, err error) {
	value, name, err := Variable(names...)
	switch {
	case err != nil:
		return false, "", err
	case strings.EqualFold(value, "true"):
		return true, name, nil
	case value == "" || strings.EqualFold(value, "false"):
		return false, name, nil
	}
	return false, "", invalid("%s is %q: set it to true or false", name, value)
}

func unauthenticated(format string, values ...any) error {
	return &provider.Error{Kind: provider.Unauthenticated, Message: fmt.Sprintf(format, values...)}
}

func invalid(format string, values ...any) error {
	return &provider.Error{Kind: provider.InvalidArgument, Message: fmt.Sprintf(format, values...)}
}
