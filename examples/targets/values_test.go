package targets_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"reflect"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"go.yaml.in/yaml/v3"

	"github.com/imagequery/imagequery/examples/targets"
	"github.com/imagequery/imagequery/provider"
)

func keys(id, secret string) *targets.EntryCredentials {
	return &targets.EntryCredentials{AccessKeyID: provider.NewSecret(id), AccessKeySecret: provider.NewSecret(secret)}
}

func TestEntriesAndFilesGiveTheSameTargets(t *testing.T) {
	const text = `targets:
  - {name: a, provider: aliyunecs, regions: [cn-hangzhou, cn-beijing], account: x, endpoint: "https://ecs.{region}.example/", credentials: {access_key_id: i, access_key_secret: s, security_token: t}}
  - {name: b, provider: aliyunens, endpoint: http://ens.example, allow_http: true, credentials: {access_key_id: i, access_key_secret: s}}
  - {name: c, provider: qingcloud, regions: [pek3a], method: get, credentials: {access_key_id: i, access_key_secret: s}}
  - {name: d, provider: aliyunswas, regions: [cn-hangzhou], endpoint_type: vpc, credentials: {access_key_id: "${KEY}", access_key_secret: s}}
`
	first := keys("i", "s")
	first.SecurityToken = provider.NewSecret("t")
	entries := []targets.Entry{
		{Name: "a", Provider: "aliyunecs", Regions: []string{"cn-hangzhou", "cn-beijing"}, Account: "x", Endpoint: "https://ecs.{region}.example/", Credentials: first},
		{Name: "b", Provider: "aliyunens", Endpoint: "http://ens.example", AllowHTTP: true, Credentials: keys("i", "s")},
		{Name: "c", Provider: "qingcloud", Regions: []string{"pek3a"}, Method: "get", Credentials: keys("i", "s")},
		{Name: "d", Provider: "aliyunswas", Regions: []string{"cn-hangzhou"}, EndpointType: "vpc", Credentials: keys("the-id", "s")},
	}
	want, err := targets.Parse("f", []byte(text), around)
	if err != nil {
		t.Fatal(err)
	}
	got, err := targets.New(entries, around)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(described(t, want), described(t, got)); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	if got[0].Config.Budget == nil || got[0].Config.Budget != got[1].Config.Budget {
		t.Error("targets of one account do not share their budget")
	}
}

func described(t *testing.T, loaded []targets.Target) []string {
	t.Helper()
	var out []string
	for _, l := range loaded {
		c := l.Config
		out = append(out, fmt.Sprint(l.Name, l.Provider, l.Account, c.Region, c.Endpoint, c.EndpointType, c.AllowHTTP, revealed(t, l)))
		if _, err := l.Open(); err != nil {
			t.Error(err)
		}
	}
	return out
}

func TestEntriesAreLiteral(t *testing.T) {
	loaded, err := targets.New([]targets.Entry{{Name: "a", Provider: "qingcloud", Regions: []string{"pek3a"}, Credentials: keys("${KEY}", "a${b")}}, around)
	if err != nil {
		t.Fatal(err)
	}
	if got, want := revealed(t, loaded[0]), "${KEY} a${b "; got != want {
		t.Errorf("credentials %q, want %q", got, want)
	}
}

func TestEntryErrorsHaveAPath(t *testing.T) {
	ok := targets.Entry{Name: "a", Provider: "aliyunecs", Regions: []string{"cn-hangzhou"}, Credentials: keys("i", "s")}
	change := func(change func(*targets.Entry)) []targets.Entry {
		e := ok
		change(&e)
		return []targets.Entry{ok, e}
	}
	renamed := func(more func(*targets.Entry)) []targets.Entry {
		return change(func(e *targets.Entry) { e.Name = "b"; more(e) })
	}
	for _, c := range []struct {
		name    string
		entries []targets.Entry
		path    []any
		want    string
	}{
		{"no entries", nil, nil, "targets: targets: want a list with at least one item"},
		{"no name", change(func(e *targets.Entry) { e.Name = "" }), []any{1}, `targets[1]: a target: missing key "name"`},
		{"same name", change(func(*targets.Entry) {}), []any{1}, "targets[1]: duplicate target name, the same as in targets[0]: want every entry's name to be unique"},
		{"provider", renamed(func(e *targets.Entry) { e.Provider = "aliyunec" }), []any{1, "provider"},
			`targets[1].provider: unknown provider (did you mean "aliyunecs"?): want aliyunecs, aliyunswas, aliyunens or qingcloud`},
		{"empty region", renamed(func(e *targets.Entry) { e.Regions = []string{"cn-beijing", ""} }), []any{1, "regions", 1},
			"targets[1].regions[1]: a region: want a text that is not empty"},
		{"no regions", renamed(func(e *targets.Entry) { e.Regions = []string{} }), []any{1, "regions"}, "targets[1].regions: regions: want a list with at least one item"},
		{"bad endpoint", renamed(func(e *targets.Entry) { e.Endpoint = "http://203.0.113.1/" }), []any{1, "endpoint"}, "targets[1].endpoint: "},
		{"no credentials", renamed(func(e *targets.Entry) { e.Credentials = &targets.EntryCredentials{} }), []any{1, "credentials"},
			`targets[1].credentials: credentials: missing key "access_key_id"`},
		{"half a role", renamed(func(e *targets.Entry) {
			e.Credentials = &targets.EntryCredentials{AssumeRole: &targets.EntryRole{ARN: "acs:ram::1:role/a"}}
		}), []any{1, "credentials", "assume_role"}, `targets[1].credentials.assume_role: assume_role: missing key "base"`},
		{"two forms", renamed(func(e *targets.Entry) {
			e.Credentials = &targets.EntryCredentials{Profile: "p", InstanceRole: "r"}
		}), []any{1, "credentials"}, "targets[1].credentials: credentials have more than one form (profile, instance_role): want exactly one"},
		{"method", renamed(func(e *targets.Entry) { e.Method = "post" }), []any{1, "method"},
			"targets[1].method: method: aliyunecs has one method: want the key only at qingcloud"},
	} {
		t.Run(c.name, func(t *testing.T) {
			_, err := targets.New(c.entries, around)
			var e *targets.EntryError
			if !errors.As(err, &e) || !strings.HasPrefix(e.Error(), c.want) {
				t.Fatalf("error %v\nwant %s", err, c.want)
			}
			if diff := cmp.Diff(c.path, e.Path); diff != "" {
				t.Errorf("path (-want +got):\n%s", diff)
			}
		})
	}
}

func TestEntryErrorsOfCredentialsHaveAPath(t *testing.T) {
	isolate(t)
	loaded, err := targets.New([]targets.Entry{
		{Name: "a", Provider: "qingcloud", Regions: []string{"pek3a"}, Credentials: keys("i", "s")},
		{Name: "b", Provider: "qingcloud", Regions: []string{"pek3a"}},
	}, around)
	if err != nil {
		t.Fatal(err)
	}
	var e *targets.EntryError
	if err := targets.Authenticate(t.Context(), loaded); !errors.As(err, &e) || !strings.HasPrefix(e.Reason, `target "b/pek3a": no credentials: `) {
		t.Fatalf("error %v", err)
	}
	if diff := cmp.Diff([]any{1}, e.Path); diff != "" {
		t.Errorf("path (-want +got):\n%s", diff)
	}
}

// TestEntryHasTheKeysOfTheFile compares the names in JSON with the keys of Example.
func TestEntryHasTheKeysOfTheFile(t *testing.T) {
	for _, c := range []struct {
		value any
		want  []string
	}{
		{targets.Entry{}, []string{"name", "provider", "regions", "account", "endpoint", "endpoint_type", "method", "allow_http", "budget", "credentials"}},
		{targets.EntryBudget{}, []string{"per_second", "burst", "in_flight"}},
		{targets.EntryCredentials{}, []string{"access_key_id", "access_key_secret", "security_token", "profile", "instance_role", "assume_role"}},
		{targets.EntryRole{}, []string{"arn", "base"}},
	} {
		var got []string
		for f := range reflect.TypeOf(c.value).Fields() {
			name, _, _ := strings.Cut(f.Tag.Get("json"), ",")
			if got = append(got, name); !strings.Contains(targets.Example, name+":") {
				t.Errorf("the example lacks the key %s", name)
			}
		}
		if diff := cmp.Diff(c.want, got); diff != "" {
			t.Errorf("(-want +got):\n%s", diff)
		}
	}
}

func TestEntryPrintsNoSecret(t *testing.T) {
	e := targets.Entry{Name: "a", Credentials: keys("canary-id", "canary-secret")}
	asJSON, err := json.Marshal(e)
	if err != nil {
		t.Fatal(err)
	}
	asYAML, err := yaml.Marshal(e)
	if err != nil {
		t.Fatal(err)
	}
	if text := fmt.Sprintf("%s%s%+v%#v", asJSON, asYAML, *e.Credentials, e); strings.Contains(text, "canary") {
		t.Errorf("a secret is printed: %s", text)
	}
}
