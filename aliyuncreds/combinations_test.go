package aliyuncreds_test

import (
	"context"
	"fmt"
	"testing"

	"github.com/imagequery/imagequery/aliyunecs"
	"github.com/imagequery/imagequery/provider"
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
		scenario{env: "ALIBABA_CLOUD_OIDC_TOKEN_FILE=/x", word: "ALIBABA_CLOUD_ROLE_ARN"}},
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

// Two sources are configured in every order, each with and without a mistake. The first
// one in the documented order is used, or is the error.
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

const envKeys = "ALIBABA_CLOUD_ACCESS_KEY_ID=a\nALIBABA_CLOUD_ACCESS_KEY_SECRET=s\n"

// keysOfAClient makes a client without Config.Credentials.
func keysOfAClient(*surroundings) (string, error) {
	_, err := aliyunecs.New(provider.Config{Region: "cn-beijing"})
	return "", err
}

// TestKeysOfAPrivateCloudAreNotSentToThePublicOne names a private cloud beside the
// credentials, in each of the places for it. Nothing is sent to the APIs or the
// token service of the public cloud.
func TestKeysOfAPrivateCloudAreNotSentToThePublicOne(t *testing.T) {
	const private = `"endpoint":"ecs.private.example",`
	chained := `{"current":"c","profiles":[{"name":"b","mode":"AK",` + private + rowKeys + `},{"name":"c","mode":"ChainableRamRoleArn","source_profile":"b",` + role + `}]}`
	for name, c := range map[string]scenario{
		"environment":                 {env: envKeys + "ALIBABA_CLOUD_ENDPOINT=https://ecs.private.example"},
		"environment with a role":     {env: envKeys + "ALIBABA_CLOUD_ENDPOINT=ecs.private.example\nALIBABA_CLOUD_ROLE_ARN=" + roleARN},
		"profile":                     {cli: cli(`"mode":"AK",` + private + rowKeys)},
		"profile and environment":     {env: "ALIBABA_CLOUD_ENDPOINT=ecs.private.example", cli: cli(`"mode":"AK",` + rowKeys)},
		"mode StsToken":               {cli: cli(`"mode":"StsToken","sts_token":"t",` + private + rowKeys)},
		"mode RamRoleArn":             {cli: cli(`"mode":"RamRoleArn",` + private + role + "," + rowKeys)},
		"mode ChainableRamRoleArn":    {cli: chained},
		"mode OIDC":                   {cli: cli(`"mode":"OIDC",` + private + oidcCLI)},
		"mode CredentialsURI":         {cli: cli(`"mode":"CredentialsURI",` + private + `"credentials_uri":"{uri}"`)},
		"mode RamRoleArnWithRoleName": {cli: cli(`"mode":"RamRoleArnWithRoleName",` + private + `"ram_role_name":"web role",` + role), instance: true},
	} {
		t.Run(name, func(t *testing.T) {
			s := newSurroundings(t)
			c.ask, c.word = listed, "ecs.private.example"
			c.apply(t, s)
			c.check(t, s)
			if s.sts.count() > 0 {
				t.Errorf("%d requests reached the public cloud", s.sts.count())
			}
		})
	}
}

// TestCredentialsOfThePublicCloudMayNameItsEndpoint accepts a profile that names an
// endpoint of the public cloud, and a client with an endpoint of its own.
func TestCredentialsOfThePublicCloudMayNameItsEndpoint(t *testing.T) {
	for endpoint, config := range map[string]provider.Config{
		"ecs-vpc.cn-beijing.aliyuncs.com": {Region: "cn-beijing"},
		"ecs.private.example":             {Region: "a", Endpoint: "https://ecs.private.example/"},
		"10.0.0.1":                        {Region: "a", Endpoint: "https://127.0.0.1:1/"},
	} {
		s := newSurroundings(t)
		write(t, s.home, cliFile, cli(`"mode":"AK","endpoint":"`+endpoint+`",`+rowKeys))
		config.Credentials, config.HTTPClient = s.services.Default(), s.services.HTTPClient
		config.Retry.Attempts = 1
		client, err := aliyunecs.New(config)
		if err != nil {
			t.Fatal(err)
		}
		if err := client.Check(t.Context()); s.sts.count() != 1 {
			t.Errorf("%s: %d requests, error %v, want 1 request", endpoint, s.sts.count(), err)
		}
	}
}

// listed lists with the usual credentials at the public endpoint.
func listed(s *surroundings) (string, error) {
	client, err := aliyunecs.New(provider.Config{Region: "cn-beijing", Credentials: s.services.Default(), HTTPClient: s.services.HTTPClient})
	if err != nil {
		return "", err
	}
	return "", client.Check(contextOfRow)
}

func TestContradictingVariablesAreRefused(t *testing.T) {
	for name, c := range map[string]scenario{
		"two keys":                    {env: "ALIBABA_CLOUD_ACCESS_KEY_ID=a\nALIBABA_CLOUD_ACCESS_KEY_SECRET=s\nALICLOUD_ACCESS_KEY=b\nALICLOUD_SECRET_KEY=s", word: "ALIBABA_CLOUD_ACCESS_KEY_ID and ALICLOUD_ACCESS_KEY"},
		"one ID, two secrets":         {env: "ALIBABA_CLOUD_ACCESS_KEY_ID=a\nALIBABA_CLOUD_ACCESS_KEY_SECRET=s\nACCESS_KEY_ID=a\nACCESS_KEY_SECRET=z", word: "ALIBABA_CLOUD_ACCESS_KEY_ID and ACCESS_KEY_ID"},
		"the same key twice":          {env: "ALIBABA_CLOUD_ACCESS_KEY_ID=a\nALIBABA_CLOUD_ACCESS_KEY_SECRET=s\nALICLOUD_ACCESS_KEY=a\nALICLOUD_SECRET_KEY=s", want: "a"},
		"a key of two sets":           {env: "ALIBABA_CLOUD_ACCESS_KEY_ID=a\nALICLOUD_SECRET_KEY=s", word: "ALIBABA_CLOUD_ACCESS_KEY_ID is set without"},
		"a token without a key":       {env: "ALIBABA_CLOUD_SECURITY_TOKEN=t", word: "ALIBABA_CLOUD_SECURITY_TOKEN is set without"},
		"two tokens":                  {env: "ALICLOUD_ACCESS_KEY=a\nALICLOUD_SECRET_KEY=s\nALICLOUD_SECURITY_TOKEN=t\nALICLOUD_ACCESS_KEY_STS_TOKEN=u", word: "ALICLOUD_SECURITY_TOKEN and ALICLOUD_ACCESS_KEY_STS_TOKEN"},
		"a line break":                {env: "", cli: cli(`"mode":"AK","access_key_id":"a\n","access_key_secret":"s"`), word: "ends with a line break"},
		"two profiles":                {env: "ALIBABA_CLOUD_PROFILE=a\nALICLOUD_PROFILE=b", cli: named, word: "ALIBABA_CLOUD_PROFILE and ALICLOUD_PROFILE"},
		"a profile that is not":       {env: "ALICLOUD_PROFILE=x", cli: named, word: "ALICLOUD_PROFILE"},
		"chosen and ignored":          {env: "ALIBABA_CLOUD_PROFILE=p\nALIBABA_CLOUD_IGNORE_PROFILE=TRUE", cli: named, word: "ALIBABA_CLOUD_IGNORE_PROFILE"},
		"a role beside keys":          {env: envKeys + "ALIBABA_CLOUD_ROLE_ARN=" + roleARN, want: sts1},
		"a role beside a session":     {env: envKeys + "ALIBABA_CLOUD_SECURITY_TOKEN=t\nALICLOUD_ASSUME_ROLE_ARN=" + roleARN, want: sts1},
		"a role that is no role":      {env: envKeys + "ALICLOUD_ROLE_ARN=" + roleARN + "\nALICLOUD_ROLE_SESSION_NAME=x", word: "ALICLOUD_ROLE_ARN: the role"},
		"a role beside nothing":       {env: "ALICLOUD_ROLE_ARN=" + roleARN, cli: named, word: "ALICLOUD_ROLE_ARN names a role"},
		"two roles beside keys":       {env: envKeys + "ALIBABA_CLOUD_ROLE_ARN=a\nALICLOUD_ASSUME_ROLE_ARN=b", word: "ALIBABA_CLOUD_ROLE_ARN and ALICLOUD_ASSUME_ROLE_ARN"},
		"keys and a token's role":     {env: envKeys + scenarios[oidcNames].env, want: "a"},
		"a role without credentials":  {env: envKeys + "ALIBABA_CLOUD_ROLE_ARN=" + roleARN, ask: keysOfAClient, word: "ALIBABA_CLOUD_ROLE_ARN names a role"},
		"a file that Terraform reads": {env: "ALICLOUD_SHARED_CREDENTIALS_FILE={home}/" + cliFile, cli: named, want: "d"},
		"two roles":                   {env: "ALIBABA_CLOUD_ROLE_ARN=a\nALIBABACLOUD_ROLE_ARN=b", word: "ALIBABA_CLOUD_ROLE_ARN and ALIBABACLOUD_ROLE_ARN"},
		"two addresses":               {env: "ALIBABA_CLOUD_CREDENTIALS_URI={uri}\nALICLOUD_CREDENTIALS_URI=http://127.0.0.1:1/", word: "ALIBABA_CLOUD_CREDENTIALS_URI and ALICLOUD_CREDENTIALS_URI"},
		"a switch that is no switch":  {env: "ALIBABA_CLOUD_IGNORE_PROFILE=1", cli: named, word: `ALIBABA_CLOUD_IGNORE_PROFILE is "1"`},
		"only other sections":         {shared: "[x]\ntype=access_key\n" + rowINI, word: `"default"`},
		"byte order mark":             {cli: "\ufeff" + named, want: "d"},
		"no mode":                     {cli: cli(rowKeys), want: "row"},
		"a fresh file":                {cli: `{"current":"default","profiles":[{"name":"default","mode":""}]}`, want: sts1, instance: true},
		"a login that has ended":      {cli: cli(`"mode":"OAuth","sts_token":"t","sts_expiration":1,` + rowKeys), word: "aliyun configure --profile p --mode OAuth"},
		"a login without a session":   {cli: cli(`"mode":"CloudSSO"`), word: "aliyun configure --profile p --mode CloudSSO"},
	} {
		t.Run(name, func(t *testing.T) {
			s := newSurroundings(t)
			c.apply(t, s)
			c.check(t, s)
		})
	}
}
