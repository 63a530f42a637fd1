package aliyuncreds_test

import (
	"fmt"
	"net/url"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/imagequery/imagequery/aliyuncreds"
	"github.com/imagequery/imagequery/provider"
)

const (
	cliFile    = ".aliyun/config.json"
	sharedFile = ".alibabacloud/credentials"
	keys       = `"access_key_id":"` + baseID + `","access_key_secret":"` + baseSecret + `"`
	iniKeys    = "access_key_id = " + baseID + "\naccess_key_secret = " + baseSecret + "\n"
)

// cli is a file of the vendor's command with one profile, which is the current one.
func cli(profile string) string {
	return `{"current":"p","meta_path":"","profiles":[{"name":"other"},{"name":"p","region_id":"cn-hangzhou","output_format":"json",` + profile + `}]}`
}

func TestProfileKeysAreRead(t *testing.T) {
	plain, temporary := [3]string{baseID, baseSecret, ""}, [3]string{baseID, baseSecret, baseToken}
	for name, test := range map[string]struct {
		cli, shared string
		profile     string
		want        [3]string
	}{
		"AK":                 {cli: cli(`"mode":"AK",` + keys), profile: "p", want: plain},
		"the current one":    {cli: cli(`"mode":"AK",` + keys), want: plain},
		"mode in any case":   {cli: cli(`"mode":"ak",` + keys), want: plain},
		"AK takes no token":  {cli: cli(`"mode":"AK","sts_token":"x",` + keys), want: plain},
		"StsToken":           {cli: cli(`"mode":"StsToken","sts_token":"` + baseToken + `",` + keys), want: temporary},
		"shared file":        {shared: "[default]\ntype = access_key\n" + iniKeys, want: plain},
		"shared, by name":    {cli: cli(`"mode":"AK"`), shared: "[x]\ntype=access_key\n" + iniKeys + "[y]\n", profile: "x", want: plain},
		"CLI's comes first":  {cli: cli(`"mode":"AK",` + keys), shared: "[p]\ntype=access_key\naccess_key_id=x\naccess_key_secret=y", profile: "p", want: plain},
		"session":            {shared: "[default]\ntype = sts\nsecurity_token = " + baseToken + "\n" + iniKeys, want: temporary},
		"quotes":             {shared: "\ufeff[default]\r\ntype=\"access_key\"\r\naccess_key_id='" + baseID + "'\r\naccess_key_secret = \"" + baseSecret + "\" ; c\r\n", want: plain},
		"comments":           {shared: "# c\n; c\n[ default ]\ntype = access_key # c\naccess_key_id=" + baseID + "\t; c\naccess_key_secret=" + baseSecret + " #", want: plain},
		"CLI's is not ready": {cli: `{"current":"default","profiles":[{"name":"default","mode":""}]}`, shared: "[default]\ntype=access_key\n" + iniKeys, want: plain},
	} {
		t.Run(name, func(t *testing.T) {
			home := isolate(t)
			if test.cli != "" {
				write(t, home, cliFile, test.cli)
			}
			if test.shared != "" {
				write(t, home, sharedFile, test.shared)
			}
			creds := aliyuncreds.Profile(test.profile)
			if diff := cmp.Diff(test.want, ask(t, creds)); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
			showsNoSecret(t, creds)
		})
	}
}

func TestProfileIsChosenByName(t *testing.T) {
	home := isolate(t)
	write(t, home, cliFile, `{"current":"a","profiles":[{"name":"a","mode":"AK",`+keys+`},`+
		`{"name":"b","mode":"AK","access_key_id":"b","access_key_secret":"b"}]}`)
	write(t, home, "elsewhere", "[default]\ntype=access_key\naccess_key_id=c\naccess_key_secret=c\n")
	for _, step := range []struct{ variable, value, want string }{
		{"NONE", "", baseID},
		{"ALIBABA_CLOUD_PROFILE", "b", "b"},
		{"ALIBABA_CLOUD_PROFILE", "", baseID},
		{"ALIBABA_CLOUD_CREDENTIALS_FILE", home + "/elsewhere", baseID},
		{"ALIBABA_CLOUD_CLI_PROFILE_DISABLED", "true", "c"},
	} {
		t.Setenv(step.variable, step.value)
		if got := ask(t, aliyuncreds.Profile("")); got[0] != step.want {
			t.Errorf("with %s=%s: %s, want %s", step.variable, step.value, got[0], step.want)
		}
	}
}

func TestProfileRolesAreAssumed(t *testing.T) {
	const (
		role  = `"ram_role_arn":"` + roleARN + `","ram_session_name":"me"`
		chain = `{"current":"p","profiles":[{"name":"first","mode":"RamRoleArn",` + keys + `,` + role + `},` +
			`{"name":"p","mode":"ChainableRamRoleArn","source_profile":"first","ram_role_arn":"` + roleARN + `2"}]}`
	)
	first := url.Values{"RoleArn": {roleARN}, "RoleSessionName": {"me"}, "DurationSeconds": {"3600"}, "AccessKeyId": {baseID}}
	changed := func(pairs ...string) url.Values {
		out := url.Values{}
		for key, values := range first {
			out[key] = values
		}
		for i := 0; i < len(pairs); i += 2 {
			out.Set(pairs[i], pairs[i+1])
		}
		return out
	}
	for name, test := range map[string]struct {
		cli, shared string
		host        string
		queries     []url.Values
	}{
		"RamRoleArn": {cli: cli(`"mode":"RamRoleArn",` + role + `,` + keys), queries: []url.Values{first}},
		"all of it": {
			cli: cli(`"mode":"RamRoleArn","expired_seconds":900,"external_id":"e","policy":"{}","sts_region":"cn-beijing","enable_vpc":true,"sts_token":"` +
				baseToken + `",` + role + `,` + keys),
			host:    "sts-vpc.cn-beijing.aliyuncs.com",
			queries: []url.Values{changed("DurationSeconds", "900", "ExternalId", "e", "Policy", "{}", "SecurityToken", baseToken)},
		},
		"shared file": {shared: "[default]\ntype=ram_role_arn\nrole_arn=" + roleARN + "\nrole_session_name=me\npolicy={\"a\": 1}\n" + iniKeys,
			queries: []url.Values{changed("Policy", `{"a": 1}`)}},
		"chain": {cli: chain, queries: []url.Values{first, changed(
			"RoleArn", roleARN+"2", "RoleSessionName", "imagequery", "AccessKeyId", sessionKeys(1)[0], "SecurityToken", sessionKeys(1)[2],
		)}},
	} {
		t.Run(name, func(t *testing.T) {
			home := isolate(t)
			if test.cli != "" {
				write(t, home, cliFile, test.cli)
			} else {
				write(t, home, sharedFile, test.shared)
			}
			server := &sts{}
			got := ask(t, over(server).Profile(""))
			if diff := cmp.Diff(sessionKeys(len(test.queries)), got); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
			for _, q := range server.queries {
				for _, key := range []string{"Action", "Version", "Signature", "SignatureNonce", "Timestamp", "SignatureMethod", "SignatureVersion", "Format"} {
					q.Del(key)
				}
			}
			if diff := cmp.Diff(test.queries, server.queries); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
			if test.host != "" && server.hosts[0] != test.host {
				t.Errorf("asked %s, want %s", server.hosts[0], test.host)
			}
		})
	}
}

func TestProfileOfAnInstanceRoleIsRead(t *testing.T) {
	for name, file := range map[string][2]string{
		"CLI":    {cliFile, cli(`"mode":"EcsRamRole","ram_role_name":"web role"`)},
		"shared": {sharedFile, "[default]\ntype=ecs_ram_role\nrole_name=web role\n"},
	} {
		t.Run(name, func(t *testing.T) {
			write(t, isolate(t), file[0], file[1])
			services := (&metadata{strict: true}).listen(t)
			if diff := cmp.Diff(sessionKeys(1), ask(t, services.Profile(""))); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

// The environment has the keys of another account, which must not be used.
func TestProfileMistakesAreReported(t *testing.T) {
	role := `"ram_role_arn":"` + roleARN + `"`
	circle := `{"current":"a","profiles":[{"name":"a","mode":"ChainableRamRoleArn","source_profile":"b",` + role + `},` +
		`{"name":"b","mode":"ChainableRamRoleArn","source_profile":"a",` + role + `}]}`
	for name, test := range map[string]struct {
		path, text string
		kind       provider.Kind
		words      []string
	}{
		"nothing":        {"nothing", "", provider.Unauthenticated, []string{cliFile + " does not exist", sharedFile + " does not exist"}},
		"no JSON":        {cliFile, "secret: " + canary, provider.Unauthenticated, []string{cliFile + " is not the JSON"}},
		"cut off":        {cliFile, `{"profiles":[{"access_key_secret":"` + canary, provider.Unauthenticated, []string{"not the JSON"}},
		"number":         {cliFile, `{"profiles":[{"access_key_secret":12345}]}`, provider.Unauthenticated, []string{"not the JSON"}},
		"is a directory": {cliFile + "/x", "", provider.Unauthenticated, []string{"cannot be read"}},
		"no profile":     {cliFile, `{"current":"x"}`, provider.Unauthenticated, []string{`no profile "x"`}},
		"no ID":          {cliFile, cli(`"mode":"AK","access_key_secret":"` + canary + `"`), provider.Unauthenticated, []string{`profile "p"`, "empty"}},
		"no secret":      {cliFile, cli(`"mode":"AK","access_key_id":"` + canary + `"`), provider.Unauthenticated, []string{"empty"}},
		"no token":       {cliFile, cli(`"mode":"StsToken",` + keys), provider.Unauthenticated, []string{"token is empty"}},
		"no base":        {cliFile, cli(`"mode":"RamRoleArn",` + role), provider.Unauthenticated, []string{"empty"}},
		"no role":        {cliFile, cli(`"mode":"RamRoleArn",` + keys), provider.InvalidArgument, []string{"ARN is empty"}},
		"no source":      {cliFile, cli(`"mode":"ChainableRamRoleArn","source_profile":"x",` + role), provider.Unauthenticated, []string{`"x" is not there`}},
		"circle":         {cliFile, circle, provider.Unauthenticated, []string{"leads back"}},
		"bad region":     {cliFile, cli(`"mode":"RamRoleArn","sts_region":"evil.com/",` + role + `,` + keys), provider.InvalidArgument, []string{"evil.com/"}},
		"OIDC":           {cliFile, cli(`"mode":"OIDC",` + role), provider.Unauthenticated, []string{"oidc_provider_arn"}},
		"CloudSSO":       {cliFile, cli(`"mode":"CloudSSO",` + keys), provider.Unauthenticated, []string{"aliyun configure --profile p --mode CloudSSO"}},
		"rsa_key_pair":   {sharedFile, "[default]\ntype=rsa_key_pair\n", provider.Unauthenticated, []string{`type "rsa_key_pair" is not supported`}},
		"no section":     {sharedFile, "access_key_secret=" + canary, provider.Unauthenticated, []string{"line 1: want a [section]"}},
		"no pair":        {sharedFile, "[default]\n\n" + canary, provider.Unauthenticated, []string{"line 3: want"}},
		"no key":         {sharedFile, "[default]\ntype=access_key\naccess_key_secret=" + canary, provider.Unauthenticated, []string{"empty"}},
		"no type":        {sharedFile, "[default]\n" + iniKeys, provider.Unauthenticated, []string{"has no type"}},
	} {
		t.Run(name, func(t *testing.T) {
			home := isolate(t)
			t.Setenv("ALIBABA_CLOUD_ACCESS_KEY_ID", "other"+canary)
			t.Setenv("ALIBABA_CLOUD_ACCESS_KEY_SECRET", "other"+canary)
			t.Setenv("ALIBABA_CLOUD_SECURITY_TOKEN", "other"+canary)
			write(t, home, test.path, test.text)
			server := &sts{}
			checkError(t, over(server).Profile(""), test.kind, test.words...)
			if server.count() != 0 {
				t.Errorf("%d requests, want none", server.count())
			}
		})
	}
}

func TestProfileOfAnUnknownNameIsUnauthenticated(t *testing.T) {
	write(t, isolate(t), cliFile, cli(`"mode":"AK",`+keys))
	checkError(t, aliyuncreds.Profile("q"), provider.Unauthenticated, `no profile "q"`, cliFile, sharedFile+" does not exist")
}

func TestProfileIsReadAgain(t *testing.T) {
	home := isolate(t)
	synctest.Test(t, func(t *testing.T) {
		creds := aliyuncreds.Profile("")
		for i := range 3 {
			id := fmt.Sprint("id", i)
			write(t, home, cliFile, cli(`"mode":"AK","access_key_id":"`+id+`","access_key_secret":"s"`))
			if got := ask(t, creds); got[0] != id {
				t.Errorf("%s, want %s", got[0], id)
			}
			time.Sleep(time.Minute)
		}
	})
}
