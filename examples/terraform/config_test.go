package terraform_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/hashicorp/terraform-plugin-go/tfprotov6"

	"github.com/imagequery/imagequery/examples/targets"
	"github.com/imagequery/imagequery/fakecloud"
	"github.com/imagequery/imagequery/image"
)

func TestWrongProviderConfigurationsHaveAPath(t *testing.T) {
	s := start(t, newCloud(t, fakecloud.Sample()))
	at := func(path string) string {
		return `ERROR AttributeName("targets").ElementKeyInt(1)` + path + `: Invalid provider configuration: targets[1]`
	}
	other := with(prod, object{"name": "other"})
	credentials := func(c object) object { return with(other, object{"credentials": c}) }
	for name, c := range map[string]struct {
		entry object
		want  string
	}{
		"provider": {with(other, object{"provider": "aliyunec"}), at(`.AttributeName("provider")`) +
			`.provider: unknown provider (did you mean "aliyunecs"?): want aliyunecs, aliyunswas, aliyunens or qingcloud`},
		"name":          {prod, at("") + ": duplicate target name, the same as in targets[0]: want "},
		"region":        {with(other, object{"regions": list{"cn-hangzhou", "Bad Region"}}), at(`.AttributeName("regions").ElementKeyInt(1)`) + ".regions[1]: "},
		"regions":       {with(other, object{"regions": nil}), at("") + `: a target: missing key "regions": `},
		"endpoint":      {with(other, object{"endpoint": "ftp://x"}), at(`.AttributeName("endpoint")`) + ".endpoint: "},
		"endpoint type": {with(other, object{"endpoint": nil, "endpoint_type": "private"}), at(`.AttributeName("endpoint_type")`) + ".endpoint_type: endpoint_type: want vpc or public"},
		"method":        {with(other, object{"method": "get"}), at(`.AttributeName("method")`) + ".method: "},
		"plain http":    {with(other, object{"endpoint": "http://203.0.113.9/"}), at(`.AttributeName("endpoint")`) + ".endpoint: …allow_http: true"},
		"no form":       {credentials(object{}), at(`.AttributeName("credentials")`) + `.credentials: credentials: missing key "access_key_id"`},
		"two forms":     {credentials(object{"profile": "p", "instance_role": "r"}), at(`.AttributeName("credentials")`) + ".credentials: credentials have more than one form (profile, instance_role): want exactly one"},
		"key without a secret": {credentials(object{"access_key_id": "i"}), at(`.AttributeName("credentials")`) +
			`.credentials: credentials: missing key "access_key_secret"`},
		"empty secret": {credentials(object{"access_key_id": "i", "access_key_secret": ""}),
			`ERROR AttributeName("targets").ElementKeyInt(1).AttributeName("credentials").AttributeName("access_key_secret"): Invalid provider configuration: want a value that is not empty, or leave it out`},
		"null region": {with(other, object{"regions": list{nil}}),
			`ERROR AttributeName("targets").ElementKeyInt(1).AttributeName("regions").ElementKeyInt(0): Invalid provider configuration: want a value that is not empty, or leave it out`},
	} {
		t.Run(name, func(t *testing.T) {
			config := object{"targets": list{prod, c.entry}}
			got := s.validateProvider(t, config)
			checkDiagnostics(t, got[:min(len(got), 1)], c.want) // a second one is about the same value
			if got := s.configure(t, config); len(got) == 0 || !strings.HasPrefix(got[0], "ERROR") {
				t.Errorf("diagnostics of Configure: %q", got)
			}
		})
	}
}

func TestExactlyOneOfTargetsAndConfig(t *testing.T) {
	s := start(t, newCloud(t, fakecloud.Sample()))
	for _, check := range []func(*testing.T, object) []string{s.validateProvider, s.configure} {
		checkDiagnostics(t, check(t, object{}), "ERROR: Missing targets: The provider has no targets to search: give the attribute targets, or config with the path of a file.")
		checkDiagnostics(t, check(t, object{"config": "f.yaml", "targets": list{prod}}),
			`ERROR AttributeName("config"): Conflicting targets: config names a file with targets, and the attribute targets has others: give only one of the two.`)
	}
	checkDiagnostics(t, s.configure(t, object{"targets": list{}}), `ERROR AttributeName("targets"): Invalid provider configuration: …want a list with at least one item`)
}

const file = `targets:
  - name: sample-prod-aliyunecs
    provider: aliyunecs
    regions: [cn-hangzhou, cn-beijing]
    endpoint: http://127.0.0.1/
    credentials: {access_key_id: sample-prod-key, access_key_secret: "${TERRAFORM_TEST_SECRET}"}
`

func TestConfigIsAFileOfTargets(t *testing.T) {
	t.Setenv("TERRAFORM_TEST_SECRET", "sample-prod-key-secret")
	path := filepath.Join(t.TempDir(), "targets.yaml")
	if err := os.WriteFile(path, []byte(file), 0o600); err != nil {
		t.Fatal(err)
	}
	cloud := newCloud(t, fakecloud.Sample())
	s := start(t, cloud)
	checkDiagnostics(t, s.validateProvider(t, object{"config": path}))
	checkDiagnostics(t, s.configure(t, object{"config": path}))
	query := object{"sources": list{"self"}}
	equal(t, "state", configured(t, cloud, prod).mustRead(t, images, query), s.mustRead(t, images, query))

	checkDiagnostics(t, s.validateProvider(t, object{"config": "no such file"})) // it may be made later
	checkDiagnostics(t, s.configure(t, object{"config": "no such file"}), `ERROR AttributeName("config"): Invalid provider configuration: configuration: …want a readable YAML file`)
	if err := os.WriteFile(path, []byte(strings.Replace(file, "aliyunecs\n    regions", "aws\n    regions", 1)), 0o600); err != nil {
		t.Fatal(err)
	}
	checkDiagnostics(t, s.configure(t, object{"config": path}), `ERROR AttributeName("config"): Invalid provider configuration: `+path+":3: unknown provider: want aliyunecs, ")
}

func TestMissingCredentialsNameTheEntry(t *testing.T) {
	t.Setenv("HOME", t.TempDir())
	t.Setenv("QINGCLOUD_ACCESS_KEY_ID", "")
	t.Setenv("QINGCLOUD_SECRET_ACCESS_KEY", "")
	s := start(t, newCloud(t, fakecloud.Sample()))
	checkDiagnostics(t, s.configure(t, object{"targets": list{prod, with(qing, object{"credentials": nil})}}),
		`ERROR AttributeName("targets").ElementKeyInt(1): Invalid provider configuration: targets[1]: target "sample-qing-qingcloud/pek3a": no credentials: …want one of these, or the key "credentials"`)
}

func TestEveryFormOfCredentialsIsTaken(t *testing.T) {
	s := start(t, newCloud(t, fakecloud.Sample()))
	for _, credentials := range []any{
		nil, object{"profile": "p"}, object{"instance_role": "r"}, object{"assume_role": object{"arn": "acs:ram::1:role/a", "base": "p"}},
		object{"access_key_id": "i", "access_key_secret": "s", "security_token": "t"},
	} {
		checkDiagnostics(t, s.validateProvider(t, object{"targets": list{with(prod, object{"credentials": credentials})}}))
	}
}

func TestUnknownProviderValues(t *testing.T) {
	s := start(t, newCloud(t, fakecloud.Sample()))
	secret := object{"access_key_id": "sample-prod-key", "access_key_secret": unknown{}}
	for _, c := range []struct {
		config object
		path   string
	}{
		{object{"targets": unknown{}}, "targets"},
		{object{"config": unknown{}}, "config"},
		{object{"targets": list{prod, with(dev, object{"credentials": secret})}}, "targets[1].credentials.access_key_secret"},
		{object{"targets": list{prod}, "keep_native": unknown{}}, "keep_native"},
	} {
		checkDiagnostics(t, s.validateProvider(t, c.config))
		checkDiagnostics(t, s.configure(t, c.config))
		_, diags := s.read(t, images, object{})
		checkDiagnostics(t, diags, "ERROR: Provider configuration not known yet: "+c.path+" in the provider's configuration depends on values that are known only after apply. …depends_on")
	}
}

func TestUnknownProviderValuesDeferTheDataSources(t *testing.T) {
	s := start(t, newCloud(t, fakecloud.Sample()))
	resp, err := s.ConfigureProvider(t.Context(), &tfprotov6.ConfigureProviderRequest{
		Config:             encode(t, s.schema.Provider, object{"config": unknown{}}),
		ClientCapabilities: &tfprotov6.ConfigureProviderClientCapabilities{DeferralAllowed: true},
	})
	if err != nil || len(resp.Diagnostics) > 0 {
		t.Fatal(err, described(resp.Diagnostics))
	}
	read, err := s.ReadDataSource(t.Context(), &tfprotov6.ReadDataSourceRequest{
		TypeName: images, Config: encode(t, s.schema.DataSourceSchemas[images], object{}),
		ClientCapabilities: &tfprotov6.ReadDataSourceClientCapabilities{DeferralAllowed: true},
	})
	if err != nil || len(read.Diagnostics) > 0 {
		t.Fatal(err, described(read.Diagnostics))
	}
	if read.Deferred == nil || read.Deferred.Reason != tfprotov6.DeferredReasonProviderConfigUnknown {
		t.Errorf("deferred: %+v", read.Deferred)
	}
}

func TestWrongQueriesNameAttributeValueAndRemedy(t *testing.T) {
	cloud := newCloud(t, fakecloud.Sample())
	s := configured(t, cloud, prod, qing)
	for _, c := range []struct {
		config object
		want   string
	}{
		{object{"statuses": list{"available", "ready"}}, `ERROR AttributeName("statuses").ElementKeyInt(1): Invalid statuses: unknown status "ready": want pending, available, `},
		{object{"sources": list{"mine"}}, `ERROR AttributeName("sources").ElementKeyInt(0): Invalid sources: unknown source "mine": want system, self, `},
		{object{"visibilities": list{"open"}}, `ERROR AttributeName("visibilities").ElementKeyInt(0): Invalid visibilities: unknown visibility "open": want private, `},
		{object{"oses": list{"dos"}}, `ERROR AttributeName("oses").ElementKeyInt(0): Invalid oses: unknown os "dos": want linux, windows`},
		{object{"archs": list{"amd64", "z80"}}, `ERROR AttributeName("archs").ElementKeyInt(1): Invalid archs: unknown arch "z80": want x86_64, `},
		{object{"names": list{nil}}, `ERROR AttributeName("names").ElementKeyInt(0): Invalid names: value "": empty; remove it, `},
		{object{"name_globs": list{"web-["}}, `ERROR AttributeName("name_globs").ElementKeyInt(0): Invalid name_globs: value "web-[": bad pattern: `},
		{object{"tags": object{"": "x"}}, `ERROR AttributeName("tags"): Invalid tags: value "=x": empty tag key; give each tag a key`},
		{object{"created_after": "monday"}, `ERROR AttributeName("created_after"): Invalid created_after: value "monday": not a time in RFC 3339; write it like 2026-01-31T12:00:00Z`},
		{object{"created_before": "2026-01-01"}, `ERROR AttributeName("created_before"): Invalid created_before: value "2026-01-01": not a time in RFC 3339; write it like `},
		{object{"created_after": "2026-01-02T00:00:00Z", "created_before": "2026-01-01T00:00:00Z"},
			`ERROR AttributeName("created_after"): Invalid created_after: value "2026-01-02T00:00:00Z": not before created_before (2026-01-01T00:00:00Z), so no image can match; swap or widen them`},
		{object{"native": object{"": object{"A": "b"}}}, `ERROR AttributeName("native"): Invalid native: value "": empty provider name; `},
	} {
		for _, name := range []string{images, newest} {
			checkDiagnostics(t, s.validate(t, name, c.config), c.want)
			_, diags := s.read(t, name, c.config)
			checkDiagnostics(t, diags, c.want)
		}
	}
	checkDiagnostics(t, s.validate(t, images, object{"limit": -1}), `ERROR AttributeName("limit"): Invalid limit: value "-1": negative; leave it 0 for every image`)
	checkDiagnostics(t, s.validate(t, newest, object{"per": list{"region", "zone"}}), `ERROR AttributeName("per").ElementKeyInt(1): Invalid per: unknown group key "zone"; want target, provider, region, `)
	checkDiagnostics(t, s.validate(t, newest, object{"per": list{"region", "region"}}), `ERROR AttributeName("per"): Invalid per: group key "region" is repeated; give it once`)

	// The providers know their parameters, so these are found when the query is planned.
	_, diags := s.read(t, images, object{"native": object{"aliyunecs": object{"PageSize": "1"}}})
	checkDiagnostics(t, diags, `ERROR AttributeName("native"): Invalid native: …PageSize…use limit`)
	_, diags = s.read(t, images, object{"native": object{"aliyunswas": object{"Usage": "x"}}})
	checkDiagnostics(t, diags, `ERROR AttributeName("native"): Invalid native: no target has the provider "aliyunswas"; remove its section, or add a target`)
	equal(t, "requests", 0, cloud.Count(""))
}

func TestUnknownQueryValuesAreValid(t *testing.T) {
	s := configured(t, newCloud(t, fakecloud.Sample()), prod)
	every := object{}
	for _, field := range image.AllFields() {
		every[string(field)] = unknown{}
	}
	for name, only := range map[string]string{images: "limit", newest: "per"} {
		for _, config := range []object{
			with(every, object{only: unknown{}, "native": unknown{}, "allow_partial": unknown{}, "skip_unreported": unknown{}}),
			{"statuses": list{"available", unknown{}}, "tags": object{"a": unknown{}}, "native": object{"aliyunecs": object{"Usage": unknown{}}, "qingcloud": unknown{}}},
			{"created_after": "2026-01-02T00:00:00Z", "created_before": unknown{}},
		} {
			checkDiagnostics(t, s.validate(t, name, config))
		}
		checkDiagnostics(t, s.validate(t, name, object{"statuses": list{unknown{}, "ready"}}), `ERROR AttributeName("statuses").ElementKeyInt(1): Invalid statuses: `)
	}
	checkDiagnostics(t, s.validate(t, newest, object{"per": list{unknown{}, "zone"}}), `ERROR AttributeName("per").ElementKeyInt(1): Invalid per: `)
}

// TestNoSecretIsShown makes every kind of failure with keys that nothing may show.
func TestNoSecretIsShown(t *testing.T) {
	world := fakecloud.Sample()
	for i := range world.Accounts {
		for j := range world.Accounts[i].Keys {
			key := &world.Accounts[i].Keys[j]
			key.ID, key.Secret = "canary-id-"+key.ID, "canary-secret"
		}
	}
	world.Accounts = append(world.Accounts, fakecloud.Account{Name: "off", Keys: []fakecloud.Key{{ID: "canary-id-off", Secret: "canary-secret", Disabled: true}}})
	keys := func(entry object, id, secret string) object {
		return with(entry, object{"credentials": object{"access_key_id": id, "access_key_secret": secret}})
	}
	good := keys(prod, "canary-id-sample-prod-key", "canary-secret")
	var shown []string
	for _, entry := range []object{
		good,
		keys(with(prod, object{"name": "off"}), "canary-id-off", "canary-secret"),
		keys(with(prod, object{"name": "wrong"}), "canary-id-sample-prod-key", "canary-wrong"),
		keys(with(prod, object{"name": "space"}), "canary-id ", "canary-secret\n"),
		keys(with(prod, object{"name": "service", "provider": "canary-secret"}), "canary-id", "canary-secret"),
		keys(with(prod, object{"name": "region", "regions": list{"canary-secret "}}), "canary-id", "canary-secret"),
		keys(with(prod, object{"name": "endpoint", "endpoint": "https://canary-id:canary-secret@x.example/"}), "canary-id", "canary-secret"),
		with(prod, object{"name": "profile", "credentials": object{"profile": "canary-secret"}}),
	} {
		s := start(t, newCloud(t, world))
		config := object{"targets": list{good, entry}}
		if entry["name"] == good["name"] {
			config = object{"targets": list{good}}
		}
		shown = append(shown, s.validateProvider(t, config)...)
		shown = append(shown, s.configure(t, config)...)
		for _, name := range []string{images, newest} {
			for _, raw := range []object{{"allow_partial": true}, {"native": object{"aliyunecs": object{"Nonsense": "x"}}}} {
				resp, err := s.ReadDataSource(t.Context(), &tfprotov6.ReadDataSourceRequest{TypeName: name, Config: encode(t, s.schema.DataSourceSchemas[name], raw)})
				if err != nil {
					t.Fatal(err)
				}
				shown = append(append(shown, described(resp.Diagnostics)...), string(resp.State.MsgPack))
			}
		}
	}
	all := strings.Join(shown, "\n")
	if strings.Contains(all, "canary") {
		t.Errorf("a secret is shown: …%s", all[max(0, strings.Index(all, "canary")-300):strings.Index(all, "canary")+20])
	}
	if !strings.Contains(all, "InvalidAccessKeyId.Inactive") || !strings.Contains(all, "SignatureDoesNotMatch") {
		t.Errorf("the servers refused no key:\n%s", all)
	}
}

func TestProviderSchemaHasTheKeysOfTheFile(t *testing.T) {
	s := start(t, newCloud(t, fakecloud.Sample()))
	for _, a := range s.schema.Provider.Block.Attributes {
		if a.Name != "targets" {
			continue
		}
		for _, key := range a.NestedType.Attributes {
			if !strings.Contains(targets.Example, " "+key.Name+":") {
				t.Errorf("the file has no key %s", key.Name)
			}
			if key.Name != "credentials" {
				continue
			}
			for _, secret := range key.NestedType.Attributes {
				want := strings.HasPrefix(secret.Name, "access_key") || secret.Name == "security_token"
				equal(t, secret.Name+" is sensitive", want, secret.Sensitive)
			}
		}
	}
}
