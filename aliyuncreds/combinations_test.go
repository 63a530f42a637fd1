package aliyuncreds_test

import (
	"context"
	"fmt"
	"testing"
)

// contextOfRow serves scenarios, which nothing interrupts.
var contextOfRow = context.Background()

// configuredSource is one source of the default chain, in a form that works and in
// one that does not.
type configuredSource struct {
	name      string
	good, bad scenario
}

// orderedSources are in the order of the documentation.
var orderedSources = []configuredSource{
	{"environment",
		scenario{env: "ALICLOUD_ACCESS_KEY=env\nALICLOUD_SECRET_KEY=s", want: "env"},
		scenario{env: "ALIBABA_CLOUD_ACCESS_KEY_ID=env", word: "ALIBABA_CLOUD_ACCESS_KEY_ID is set without ALIBABA_CLOUD_ACCESS_KEY_SECRET"}},
	{"OIDC",
		scenarios["ALIBABA_CLOUD_ROLE_ARN ALIBABA_CLOUD_OIDC_PROVIDER_ARN ALIBABA_CLOUD_OIDC_TOKEN_FILE"],
		scenario{env: "ALIBABA_CLOUD_ROLE_ARN=" + roleARN, word: "ALIBABA_CLOUD_OIDC_PROVIDER_ARN"}},
	{"CLI",
		scenario{cli: cli(`"mode":"AK","access_key_id":"cli","access_key_secret":"s"`), want: "cli"},
		scenario{cli: `{"current":"foo","profiles":[{"name":"bar","mode":"AK",` + rowKeys + `}]}`, word: `profile "foo"`}},
	{"SDK",
		scenario{shared: "[default]\ntype=access_key\naccess_key_id=sdk\naccess_key_secret=s\n", want: "sdk"},
		scenario{shared: "[default]\nenable=false\ntype=access_key\naccess_key_id=sdk\naccess_key_secret=s\n", word: "switched off"}},
	{"URI",
		scenario{env: "ALIBABA_CLOUD_CREDENTIALS_URI={uri}", want: "uri"},
		scenario{env: "ALIBABA_CLOUD_CREDENTIALS_URI=ftp://x", word: "ALIBABA_CLOUD_CREDENTIALS_URI"}},
	{"instance",
		scenario{env: "ALIBABA_CLOUD_ECS_METADATA=web role", want: sts1, instance: true},
		scenario{env: "ALIBABA_CLOUD_ECS_METADATA=other", word: "no such role", instance: true}},
}

// TestTheFirstConfiguredSourceDecides configures two sources at once, in every
// order and each of them with and without a mistake: the first one of the
// documented order is used, or is the error.
func TestTheFirstConfiguredSourceDecides(t *testing.T) {
	combinations := 0
	for i, first := range orderedSources {
		for j, second := range orderedSources {
			if i == j {
				continue
			}
			for _, forms := range [][2]bool{{true, true}, {true, false}, {false, true}, {false, false}} {
				combinations++
				t.Run(fmt.Sprintf("%s %t, %s %t", first.name, forms[0], second.name, forms[1]), func(t *testing.T) {
					s := newSurroundings(t)
					configured := [2]scenario{first.form(forms[0]), second.form(forms[1])}
					configured[0].apply(t, s)
					configured[1].apply(t, s)
					if i < j {
						configured[0].check(t, s)
					} else {
						configured[1].check(t, s)
					}
				})
			}
		}
	}
	if combinations < 50 {
		t.Errorf("%d combinations, want at least 50", combinations)
	}
}

func (s configuredSource) form(good bool) scenario {
	if good {
		return s.good
	}
	return s.bad
}

// TestNamesThatContradictEachOther sets two names of one setting.
func TestNamesThatContradictEachOther(t *testing.T) {
	for name, c := range map[string]scenario{
		"two keys":                   {env: "ALIBABA_CLOUD_ACCESS_KEY_ID=a\nALIBABA_CLOUD_ACCESS_KEY_SECRET=s\nALICLOUD_ACCESS_KEY=b\nALICLOUD_SECRET_KEY=s", word: "ALIBABA_CLOUD_ACCESS_KEY_ID and ALICLOUD_ACCESS_KEY"},
		"one ID, two secrets":        {env: "ALIBABA_CLOUD_ACCESS_KEY_ID=a\nALIBABA_CLOUD_ACCESS_KEY_SECRET=s\nACCESS_KEY_ID=a\nACCESS_KEY_SECRET=z", word: "ALIBABA_CLOUD_ACCESS_KEY_ID and ACCESS_KEY_ID"},
		"the same key twice":         {env: "ALIBABA_CLOUD_ACCESS_KEY_ID=a\nALIBABA_CLOUD_ACCESS_KEY_SECRET=s\nALICLOUD_ACCESS_KEY=a\nALICLOUD_SECRET_KEY=s", want: "a"},
		"a key of two sets":          {env: "ALIBABA_CLOUD_ACCESS_KEY_ID=a\nALICLOUD_SECRET_KEY=s", word: "ALIBABA_CLOUD_ACCESS_KEY_ID is set without"},
		"a token without a key":      {env: "ALIBABA_CLOUD_SECURITY_TOKEN=t", word: "ALIBABA_CLOUD_SECURITY_TOKEN is set without"},
		"two tokens":                 {env: "ALICLOUD_ACCESS_KEY=a\nALICLOUD_SECRET_KEY=s\nALICLOUD_SECURITY_TOKEN=t\nALICLOUD_ACCESS_KEY_STS_TOKEN=u", word: "ALICLOUD_SECURITY_TOKEN and ALICLOUD_ACCESS_KEY_STS_TOKEN"},
		"a line break":               {env: "", cli: cli(`"mode":"AK","access_key_id":"a\n","access_key_secret":"s"`), word: "ends with a line break"},
		"two profiles":               {env: "ALIBABA_CLOUD_PROFILE=a\nALICLOUD_PROFILE=b", cli: named, word: "ALIBABA_CLOUD_PROFILE and ALICLOUD_PROFILE"},
		"a profile that is not":      {env: "ALICLOUD_PROFILE=x", cli: named, word: "ALICLOUD_PROFILE"},
		"chosen and ignored":         {env: "ALIBABA_CLOUD_PROFILE=p\nALIBABA_CLOUD_IGNORE_PROFILE=TRUE", cli: named, word: "ALIBABA_CLOUD_IGNORE_PROFILE"},
		"two roles":                  {env: "ALIBABA_CLOUD_ROLE_ARN=a\nALIBABACLOUD_ROLE_ARN=b", word: "ALIBABA_CLOUD_ROLE_ARN and ALIBABACLOUD_ROLE_ARN"},
		"two addresses":              {env: "ALIBABA_CLOUD_CREDENTIALS_URI={uri}\nALICLOUD_CREDENTIALS_URI=http://127.0.0.1:1/", word: "ALIBABA_CLOUD_CREDENTIALS_URI and ALICLOUD_CREDENTIALS_URI"},
		"a switch that is no switch": {env: "ALIBABA_CLOUD_IGNORE_PROFILE=1", cli: named, word: `ALIBABA_CLOUD_IGNORE_PROFILE is "1"`},
		"only other sections":        {shared: "[x]\ntype=access_key\n" + rowINI, word: `"default"`},
		"byte order mark":            {cli: "\ufeff" + named, want: "d"},
		"no mode":                    {cli: cli(rowKeys), want: "row"},
		"a fresh file":               {cli: `{"current":"default","profiles":[{"name":"default","mode":""}]}`, want: sts1, instance: true},
		"a login that has ended":     {cli: cli(`"mode":"OAuth","sts_token":"t","sts_expiration":1,` + rowKeys), word: "aliyun configure --profile p --mode OAuth"},
		"a login without a session":  {cli: cli(`"mode":"CloudSSO"`), word: "aliyun configure --profile p --mode CloudSSO"},
	} {
		t.Run(name, func(t *testing.T) {
			s := newSurroundings(t)
			c.apply(t, s)
			c.check(t, s)
		})
	}
}
