package aliyuncreds_test

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"regexp"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/imagequery/imagequery/aliyuncreds"
	"github.com/imagequery/imagequery/aliyunecs"
	"github.com/imagequery/imagequery/provider"
	"github.com/imagequery/imagequery/qingcloud"
)

// surroundings are a machine on which every service would answer.
type surroundings struct {
	home     string
	services aliyuncreds.Services
	sts      *sts
	uri      string       // returns the session "uri"
	metadata atomic.Int32 // requests to the metadata service
}

func newSurroundings(t *testing.T) *surroundings {
	t.Helper()
	s := &surroundings{home: isolate(t), sts: &sts{}}
	for _, pair := range os.Environ() {
		if name, _, _ := strings.Cut(pair, "="); strings.HasPrefix(name, "QINGCLOUD") {
			t.Setenv(name, "")
		}
	}
	instance := &metadata{roles: "web role"}
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		s.metadata.Add(1)
		instance.ServeHTTP(w, r)
	}))
	t.Cleanup(server.Close)
	uri := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		_, _ = fmt.Fprintf(w, `{"Code":"Success","AccessKeyId":"uri","AccessKeySecret":"s","SecurityToken":"t","Expiration":%q}`,
			time.Now().Add(time.Hour).UTC().Format(time.RFC3339))
	}))
	t.Cleanup(uri.Close)
	s.uri = uri.URL + "/credentials?x=1"
	s.services = aliyuncreds.Services{Metadata: server.URL, HTTPClient: &http.Client{Transport: s.sts}}
	write(t, s.home, "token", oidcToken)
	return s
}

// fill replaces {home} and {uri}.
func (s *surroundings) fill(text string) string {
	return strings.NewReplacer("{home}", s.home, "{uri}", s.uri).Replace(text)
}

// scenario configures what one row of the table describes. The expected ID is that
// of the credentials, or the error says a word.
type scenario struct {
	env         string // lines NAME=value
	cli, shared string
	qing        string
	want, word  string
	instance    bool                                       // the metadata service may be asked
	ask         func(s *surroundings) (id string, e error) // nil: Default
}

func (c scenario) apply(t *testing.T, s *surroundings) {
	t.Helper()
	for line := range strings.Lines(c.env) {
		name, value, _ := strings.Cut(strings.TrimSpace(line), "=")
		t.Setenv(name, s.fill(value))
	}
	for path, text := range map[string]string{cliFile: c.cli, sharedFile: c.shared, ".qingcloud/config.yaml": c.qing} {
		if text != "" {
			write(t, s.home, path, s.fill(text))
		}
	}
}

func (c scenario) check(t *testing.T, s *surroundings) {
	t.Helper()
	ask := c.ask
	if ask == nil {
		ask = func(s *surroundings) (string, error) {
			got, err := s.services.Default().Credentials(t.Context())
			return got.AccessKeyID.Reveal(), err
		}
	}
	id, err := ask(s)
	switch {
	case c.word == "" && (err != nil || id != c.want):
		t.Errorf("ID %q, error %v, want %q", id, err, c.want)
	case c.word != "" && (err == nil || !strings.Contains(err.Error(), c.word)):
		t.Errorf("ID %q, error %v, want an error that says %q", id, err, c.word)
	case err != nil && strings.Contains(err.Error(), canary):
		t.Errorf("the error shows a secret: %v", err)
	}
	if n := s.metadata.Load(); n > 0 && !c.instance {
		t.Errorf("%d requests to the metadata service, although something else is configured", n)
	}
}

func keysIn(id, secret, token string) scenario {
	return scenario{env: id + "=row\n" + secret + "=s\n" + token + "=t", want: "row"}
}

func mode(fields string) scenario { return scenario{cli: cli(fields), want: "row"} }

func typed(lines string) scenario { return scenario{shared: "[default]\n" + lines, want: "row"} }

// ecsHost returns the host of a client without an endpoint.
func ecsHost(*surroundings) (string, error) {
	client, err := aliyunecs.New(provider.Config{Region: "cn-beijing", Credentials: base()})
	if err != nil {
		return "", err
	}
	return client.Info().Host, nil
}

// qingAddress returns the host and the zone of a client of QingCloud.
func qingAddress(*surroundings) (string, error) {
	client, err := qingcloud.New(provider.Config{Credentials: qingcloud.Default()})
	if err != nil {
		return "", err
	}
	return client.Info().Host + " " + client.Info().Region, nil
}

func qingID(*surroundings) (string, error) {
	c, err := qingcloud.Default().Credentials(contextOfRow)
	return c.AccessKeyID.Reveal(), err
}

func sessionNameOfRole(s *surroundings) (string, error) { return s.sentToSTS("RoleSessionName") }

func externalIDOfRole(s *surroundings) (string, error) { return s.sentToSTS("ExternalId") }

// sentToSTS returns a parameter of the request for a session.
func (s *surroundings) sentToSTS(param string) (string, error) {
	_, err := s.services.Default().Credentials(contextOfRow)
	if s.sts.count() == 0 {
		return "", err
	}
	return s.sts.queries[0].Get(param), err
}

// stsHost returns the host that a role is asked for at.
func stsHost(s *surroundings) (string, error) {
	_, err := s.services.AssumeRole(base(), aliyuncreds.Role{ARN: roleARN}).Credentials(contextOfRow)
	return strings.Join(s.sts.hosts, " "), err
}

const (
	sts1      = "STS.1" + canary
	rowKeys   = `"access_key_id":"row","access_key_secret":"s"`
	rowINI    = "access_key_id=row\naccess_key_secret=s\n"
	named     = `{"current":"d","profiles":[{"name":"d","mode":"AK","access_key_id":"d","access_key_secret":"s"},{"name":"p","mode":"AK",` + rowKeys + `}]}`
	role      = `"ram_role_arn":"` + roleARN + `"`
	oidcCLI   = `"oidc_provider_arn":"` + oidcProvider + `","oidc_token_file":"{home}/token",` + role
	qingEnv   = "QINGCLOUD_ACCESS_KEY_ID=row\nQINGCLOUD_SECRET_ACCESS_KEY=s\n"
	oidcNames = "ALIBABA_CLOUD_ROLE_ARN ALIBABA_CLOUD_OIDC_PROVIDER_ARN ALIBABA_CLOUD_OIDC_TOKEN_FILE"
	qingINI   = "qy_access_key_id: row\nqy_secret_access_key: s\n"
)

// scenarios are keyed by the second column of the table, without its punctuation.
var scenarios = map[string]scenario{
	"ALIBABA_CLOUD_ACCESS_KEY_ID ALIBABA_CLOUD_ACCESS_KEY_SECRET ALIBABA_CLOUD_SECURITY_TOKEN": keysIn("ALIBABA_CLOUD_ACCESS_KEY_ID", "ALIBABA_CLOUD_ACCESS_KEY_SECRET", "ALIBABA_CLOUD_SECURITY_TOKEN"),
	"ALIBABACLOUD_ACCESS_KEY_ID ALIBABACLOUD_ACCESS_KEY_SECRET ALIBABACLOUD_SECURITY_TOKEN":    keysIn("ALIBABACLOUD_ACCESS_KEY_ID", "ALIBABACLOUD_ACCESS_KEY_SECRET", "ALIBABACLOUD_SECURITY_TOKEN"),
	"ALICLOUD_ACCESS_KEY_ID ALICLOUD_ACCESS_KEY_SECRET ALICLOUD_SECURITY_TOKEN":                keysIn("ALICLOUD_ACCESS_KEY_ID", "ALICLOUD_ACCESS_KEY_SECRET", "ALICLOUD_SECURITY_TOKEN"),
	"ALICLOUD_ACCESS_KEY ALICLOUD_SECRET_KEY ALICLOUD_SECURITY_TOKEN":                          keysIn("ALICLOUD_ACCESS_KEY", "ALICLOUD_SECRET_KEY", "ALICLOUD_SECURITY_TOKEN"),
	"ALICLOUD_ACCESS_KEY_STS_TOKEN":                  keysIn("ALICLOUD_ACCESS_KEY", "ALICLOUD_SECRET_KEY", "ALICLOUD_ACCESS_KEY_STS_TOKEN"),
	"ACCESS_KEY_ID ACCESS_KEY_SECRET SECURITY_TOKEN": keysIn("ACCESS_KEY_ID", "ACCESS_KEY_SECRET", "SECURITY_TOKEN"),

	oidcNames: {
		env: "ALIBABA_CLOUD_ROLE_ARN=" + roleARN + "\nALIBABA_CLOUD_OIDC_PROVIDER_ARN=" + oidcProvider + "\nALIBABA_CLOUD_OIDC_TOKEN_FILE={home}/token", want: sts1},
	"ALIBABACLOUD_ROLE_ARN ALIBABACLOUD_OIDC_PROVIDER_ARN ALIBABACLOUD_OIDC_TOKEN_FILE": {
		env: "ALIBABACLOUD_ROLE_ARN=" + roleARN + "\nALIBABACLOUD_OIDC_PROVIDER_ARN=" + oidcProvider + "\nALIBABACLOUD_OIDC_TOKEN_FILE={home}/token", want: sts1},
	"ALIBABA_CLOUD_ROLE_SESSION_NAME": {
		env: "ALIBABA_CLOUD_ROLE_ARN=" + roleARN + "\nALIBABA_CLOUD_OIDC_PROVIDER_ARN=" + oidcProvider + "\nALIBABA_CLOUD_OIDC_TOKEN_FILE={home}/token\nALIBABA_CLOUD_ROLE_SESSION_NAME=me",
		ask: sessionNameOfRole, want: "me"},
	"ALIBABACLOUD_ROLE_SESSION_NAME":    {env: envKeys + "ALIBABA_CLOUD_ROLE_ARN=" + roleARN + "\nALIBABACLOUD_ROLE_SESSION_NAME=me", ask: sessionNameOfRole, want: "me"},
	"ALICLOUD_ROLE_SESSION_NAME":        {env: envKeys + "ALIBABA_CLOUD_ROLE_ARN=" + roleARN + "\nALICLOUD_ROLE_SESSION_NAME=me", ask: sessionNameOfRole, want: "me"},
	"ALICLOUD_ASSUME_ROLE_SESSION_NAME": {env: envKeys + "ALIBABA_CLOUD_ROLE_ARN=" + roleARN + "\nALICLOUD_ASSUME_ROLE_SESSION_NAME=me", ask: sessionNameOfRole, want: "me"},
	"ALIBABA_CLOUD_ROLE_ARN":            {env: envKeys + "ALIBABA_CLOUD_ROLE_ARN=" + roleARN, want: sts1},
	"ALIBABACLOUD_ROLE_ARN":             {env: envKeys + "ALIBABACLOUD_ROLE_ARN=" + roleARN, want: sts1},
	"ALICLOUD_ROLE_ARN":                 {env: envKeys + "ALICLOUD_ROLE_ARN=" + roleARN, want: sts1},
	"ALICLOUD_ASSUME_ROLE_ARN":          {env: envKeys + "ALICLOUD_ASSUME_ROLE_ARN=" + roleARN, want: sts1},
	"ALIBABA_CLOUD_EXTERNAL_ID":         {env: envKeys + "ALIBABA_CLOUD_ROLE_ARN=" + roleARN + "\nALIBABA_CLOUD_EXTERNAL_ID=x", ask: externalIDOfRole, want: "x"},
	"ALIBABACLOUD_EXTERNAL_ID":          {env: envKeys + "ALIBABA_CLOUD_ROLE_ARN=" + roleARN + "\nALIBABACLOUD_EXTERNAL_ID=x", ask: externalIDOfRole, want: "x"},

	"ALIBABA_CLOUD_PROFILE":              {env: "ALIBABA_CLOUD_PROFILE=p", cli: named, want: "row"},
	"ALIBABACLOUD_PROFILE":               {env: "ALIBABACLOUD_PROFILE=p", cli: named, want: "row"},
	"ALICLOUD_PROFILE":                   {env: "ALICLOUD_PROFILE=p", cli: named, want: "row"},
	"ALIBABA_CLOUD_IGNORE_PROFILE":       {env: "ALIBABA_CLOUD_IGNORE_PROFILE=TRUE", cli: named, want: sts1, instance: true},
	"ALIBABACLOUD_IGNORE_PROFILE":        {env: "ALIBABACLOUD_IGNORE_PROFILE=TRUE", cli: named, want: sts1, instance: true},
	"ALIBABA_CLOUD_CLI_PROFILE_DISABLED": {env: "ALIBABA_CLOUD_CLI_PROFILE_DISABLED=true", cli: named, shared: "[default]\ntype=access_key\n" + rowINI, want: "row"},

	"ALICLOUD_SHARED_CREDENTIALS_FILE": {env: "ALICLOUD_SHARED_CREDENTIALS_FILE=/nowhere/config.json", cli: named, word: "ALICLOUD_SHARED_CREDENTIALS_FILE: /nowhere/config.json"},
	"ALIBABA_CLOUD_BEARER_TOKEN":       {env: "ALIBABA_CLOUD_BEARER_TOKEN=t", word: "ALIBABA_CLOUD_BEARER_TOKEN is set"},
	"~/.aliyun/config.json":            {cli: named, want: "d"},
	"mode AK":                          mode(`"mode":"AK",` + rowKeys),
	"mode StsToken":                    mode(`"mode":"StsToken","sts_token":"t",` + rowKeys),
	"mode RamRoleArn":                  {cli: cli(`"mode":"RamRoleArn",` + role + "," + rowKeys), want: sts1},
	"mode ChainableRamRoleArn":         {cli: `{"current":"c","profiles":[{"name":"b","mode":"AK",` + rowKeys + `},{"name":"c","mode":"ChainableRamRoleArn","source_profile":"b",` + role + `}]}`, want: sts1},
	"mode RamRoleArnWithRoleName":      {cli: cli(`"mode":"RamRoleArnWithRoleName","ram_role_name":"web role",` + role), want: sts1, instance: true},
	"mode EcsRamRole":                  {cli: cli(`"mode":"EcsRamRole","ram_role_name":"web role"`), want: sts1, instance: true},
	"mode OIDC":                        {cli: cli(`"mode":"OIDC",` + oidcCLI), want: sts1},
	"mode CredentialsURI":              {cli: cli(`"mode":"CredentialsURI","credentials_uri":"{uri}"`), want: "uri"},
	"mode External":                    {cli: cli(`"mode":"External","process_command":"printf '{\"mode\":\"AK\",\"access_key_id\":\"row\",\"access_key_secret\":\"s\"}'"`), want: "row"},
	"mode CloudSSO":                    mode(`"mode":"CloudSSO","sts_token":"t","sts_expiration":4922000000,` + rowKeys),
	"mode OAuth":                       mode(`"mode":"OAuth","sts_token":"t","sts_expiration":4922000000,` + rowKeys),
	"mode RsaKeyPair":                  {cli: cli(`"mode":"RsaKeyPair"`), word: `profile "p"`},
	"mode Anonymous":                   {cli: cli(`"mode":"Anonymous"`), word: `profile "p"`},
	"mode BearerToken":                 {cli: cli(`"mode":"BearerToken"`), word: `profile "p"`},

	"ALIBABA_CLOUD_CREDENTIALS_FILE": {env: "ALIBABA_CLOUD_CREDENTIALS_FILE=/nowhere/credentials", word: "ALIBABA_CLOUD_CREDENTIALS_FILE: /nowhere/credentials"},
	"~/.alibabacloud/credentials":    {shared: "[x]\ntype=access_key\naccess_key_id=x\naccess_key_secret=s\n[default]   # comment\r\ntype=access_key # comment\r\n" + rowINI, want: "row"},
	"type access_key":                typed("type=access_key\n" + rowINI),
	"type sts":                       typed("type=sts\nsecurity_token=t\n" + rowINI),
	"type ram_role_arn":              {shared: "[default]\ntype=ram_role_arn\nrole_arn=" + roleARN + "\n" + rowINI, want: sts1},
	"type ecs_ram_role":              {shared: "[default]\ntype=ecs_ram_role\nrole_name=web role\n", want: sts1, instance: true},
	"type oidc_role_arn":             {shared: "[default]\ntype=oidc_role_arn\nrole_arn=" + roleARN + "\noidc_provider_arn=" + oidcProvider + "\noidc_token_file_path={home}/token\n", want: sts1},
	"type credentials_uri":           {shared: "[default]\ntype=credentials_uri\ncredentials_uri={uri}\n", want: "uri"},
	"type rsa_key_pair":              {shared: "[default]\ntype=rsa_key_pair\n", word: "rsa_key_pair"},
	"key endpoint":                   {cli: cli(`"mode":"AK","endpoint":"ecs.private.example",` + rowKeys), ask: listed, word: "the credentials belong to https://ecs.private.example"},
	"key enable":                     {shared: "[default]\nenable=false\ntype=access_key\n" + rowINI, word: "switched off"},

	"ALIBABA_CLOUD_CREDENTIALS_URI":       {env: "ALIBABA_CLOUD_CREDENTIALS_URI={uri}", want: "uri"},
	"ALICLOUD_CREDENTIALS_URI":            {env: "ALICLOUD_CREDENTIALS_URI={uri}", want: "uri"},
	"the role of the instance":            {want: sts1, instance: true},
	"ALIBABA_CLOUD_ECS_METADATA":          {env: "ALIBABA_CLOUD_ECS_METADATA=other", word: "no such role", instance: true},
	"ALICLOUD_ECS_ROLE_NAME":              {env: "ALICLOUD_ECS_ROLE_NAME=other", word: "no such role", instance: true},
	"ALIBABA_CLOUD_ECS_METADATA_DISABLED": {env: "ALIBABA_CLOUD_ECS_METADATA_DISABLED=true", cli: cli(`"mode":"EcsRamRole"`), word: "ALIBABA_CLOUD_ECS_METADATA_DISABLED is true"},
	"ALIBABA_CLOUD_IMDSV1_DISABLED":       {env: "ALIBABA_CLOUD_IMDSV1_DISABLED=yes", word: `ALIBABA_CLOUD_IMDSV1_DISABLED is "yes"`},

	"ALIBABA_CLOUD_STS_ENDPOINT":         {env: "ALIBABA_CLOUD_STS_ENDPOINT=sts-vpc.cn-shanghai.aliyuncs.com\nALIBABA_CLOUD_STS_REGION=cn-beijing", ask: stsHost, want: "sts-vpc.cn-shanghai.aliyuncs.com"},
	"ALIBABA_CLOUD_STS_REGION":           {env: "ALIBABA_CLOUD_STS_REGION=cn-beijing", ask: stsHost, want: "sts.cn-beijing.aliyuncs.com"},
	"ALIBABA_CLOUD_VPC_ENDPOINT_ENABLED": {env: "ALIBABA_CLOUD_STS_REGION=cn-beijing\nALIBABA_CLOUD_VPC_ENDPOINT_ENABLED=true", ask: stsHost, want: "sts-vpc.cn-beijing.aliyuncs.com"},
	"ALIBABA_CLOUD_ENDPOINT":             {env: envKeys + "ALIBABA_CLOUD_ENDPOINT=ecs.private.example", ask: listed, word: "the credentials belong to https://ecs.private.example"},
	"ALIBABA_CLOUD_ENDPOINT_TYPE":        {env: "ALIBABA_CLOUD_ENDPOINT_TYPE=vpc", ask: ecsHost, want: "ecs-vpc.cn-beijing.aliyuncs.com"},
	"ALIBABACLOUD_ENDPOINT_TYPE":         {env: "ALIBABACLOUD_ENDPOINT_TYPE=vpc", ask: ecsHost, want: "ecs-vpc.cn-beijing.aliyuncs.com"},
	"ALICLOUD_ENDPOINT_TYPE":             {env: "ALICLOUD_ENDPOINT_TYPE=vpc", ask: ecsHost, want: "ecs-vpc.cn-beijing.aliyuncs.com"},

	"QINGCLOUD_ACCESS_KEY_ID QINGCLOUD_SECRET_ACCESS_KEY": {env: qingEnv, qing: "qy_access_key_id: file\nqy_secret_access_key: s\n", ask: qingID, want: "row"},
	"QINGCLOUD_ACCESS_KEY QINGCLOUD_SECRET_KEY":           {env: "QINGCLOUD_ACCESS_KEY=row\nQINGCLOUD_SECRET_KEY=s", ask: qingID, want: "row"},
	"QINGCLOUD_ENDPOINT":                                  {env: qingEnv + "QINGCLOUD_ZONE=z\nQINGCLOUD_ENDPOINT=https://api.private.example/iaas/", ask: qingAddress, want: "api.private.example z"},
	"QINGCLOUD_HOST":                                      {env: qingEnv + "QINGCLOUD_ZONE=z\nQINGCLOUD_HOST=api.private.example", ask: qingAddress, want: "api.private.example z"},
	"QINGCLOUD_ZONE":                                      {env: qingEnv + "QINGCLOUD_ZONE=z", ask: qingAddress, want: "api.qingcloud.com z"},
	"~/.qingcloud/config.yaml":                            {qing: qingINI, ask: qingID, want: "row"},
	"keys host port protocol uri":                         {qing: qingINI + "zone: z\nhost: api.private.example\nport: 8443\nprotocol: https\nuri: /iaas\n", ask: qingAddress, want: "api.private.example:8443 z"},
	"key zone":                                            {qing: qingINI + "zone: z", ask: qingAddress, want: "api.qingcloud.com z"},
}

var rowOfSources = regexp.MustCompile(`^\| ([0-9, ]+|STS|API|Q[0-9]) \| (.*?) \| .* \|$`)

// TestEverySourceOfTheTableIsRead walks the table of docs/accounts.md with a
// metadata service that must not be asked if something else is configured.
func TestEverySourceOfTheTableIsRead(t *testing.T) {
	document, err := os.ReadFile("../docs/accounts.md")
	if err != nil {
		t.Fatal(err)
	}
	walked := map[string]bool{}
	for line := range strings.Lines(string(document)) {
		row := rowOfSources.FindStringSubmatch(strings.TrimSpace(line))
		if row == nil {
			continue
		}
		key := strings.NewReplacer("`", "", ",", "").Replace(row[2])
		c, known := scenarios[key]
		if !known || walked[key] {
			t.Errorf("the row %q has no scenario, or is there twice", key)
			continue
		}
		walked[key] = true
		t.Run(key, func(t *testing.T) {
			s := newSurroundings(t)
			c.apply(t, s)
			c.check(t, s)
		})
	}
	for key := range scenarios {
		if !walked[key] {
			t.Errorf("the table has no row %q", key)
		}
	}
}
