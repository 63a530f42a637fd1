package terraform_test

import (
	"maps"
	"math/big"
	"net/http"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/hashicorp/terraform-plugin-framework/providerserver"
	"github.com/hashicorp/terraform-plugin-go/tfprotov6"
	"github.com/hashicorp/terraform-plugin-go/tftypes"

	"github.com/imagequery/imagequery/examples/terraform"
	"github.com/imagequery/imagequery/fakecloud"
	"github.com/imagequery/imagequery/provider"
)

// object is a configuration or a state. Its values are string, int, bool, list, object,
// unknown or nil, which is null.
type object = map[string]any

type list = []any

// unknown is a value that is known only after apply.
type unknown struct{}

// server is the provider behind the plugin protocol, in this process.
type server struct {
	tfprotov6.ProviderServer
	schema *tfprotov6.GetProviderSchemaResponse
}

// start returns a provider whose clients send their requests to a fake cloud.
func start(t *testing.T, cloud *fakecloud.Cloud) *server {
	t.Helper()
	configured := terraform.NewConfigured(func(c *provider.Config) { c.HTTPClient = &http.Client{Transport: cloud.Transport()} })
	s := &server{ProviderServer: providerserver.NewProtocol6(configured)()}
	var err error
	if s.schema, err = s.GetProviderSchema(t.Context(), &tfprotov6.GetProviderSchemaRequest{}); err != nil {
		t.Fatal(err)
	}
	if len(s.schema.Diagnostics) > 0 {
		t.Fatal(described(s.schema.Diagnostics))
	}
	return s
}

// newCloud returns a fake cloud with faults.
func newCloud(t *testing.T, world fakecloud.World, faults ...fakecloud.Fault) *fakecloud.Cloud {
	t.Helper()
	cloud, err := fakecloud.New(world)
	if err != nil {
		t.Fatal(err)
	}
	if err := cloud.SetFaults(faults...); err != nil {
		t.Fatal(err)
	}
	return cloud
}

// configured starts a provider that searches some targets.
func configured(t *testing.T, cloud *fakecloud.Cloud, targets ...any) *server {
	t.Helper()
	s := start(t, cloud)
	if got := s.configure(t, object{"targets": targets}); len(got) > 0 {
		t.Fatal(got)
	}
	return s
}

// validateProvider returns the diagnostics of a provider's configuration.
func (s *server) validateProvider(t *testing.T, config object) []string {
	t.Helper()
	resp, err := s.ValidateProviderConfig(t.Context(), &tfprotov6.ValidateProviderConfigRequest{Config: encode(t, s.schema.Provider, config)})
	if err != nil {
		t.Fatal(err)
	}
	return described(resp.Diagnostics)
}

// configure configures the provider and returns the diagnostics.
func (s *server) configure(t *testing.T, config object) []string {
	t.Helper()
	resp, err := s.ConfigureProvider(t.Context(), &tfprotov6.ConfigureProviderRequest{Config: encode(t, s.schema.Provider, config)})
	if err != nil {
		t.Fatal(err)
	}
	return described(resp.Diagnostics)
}

// validate returns the diagnostics of a data source's configuration.
func (s *server) validate(t *testing.T, name string, config object) []string {
	t.Helper()
	resp, err := s.ValidateDataResourceConfig(t.Context(), &tfprotov6.ValidateDataResourceConfigRequest{
		TypeName: name, Config: encode(t, s.schema.DataSourceSchemas[name], config),
	})
	if err != nil {
		t.Fatal(err)
	}
	return described(resp.Diagnostics)
}

// read reads a data source and returns its state and the diagnostics.
func (s *server) read(t *testing.T, name string, config object) (object, []string) {
	t.Helper()
	schema := s.schema.DataSourceSchemas[name]
	resp, err := s.ReadDataSource(t.Context(), &tfprotov6.ReadDataSourceRequest{TypeName: name, Config: encode(t, schema, config)})
	if err != nil {
		t.Fatal(err)
	}
	return decode(t, schema, resp.State), described(resp.Diagnostics)
}

// mustRead reads a data source without diagnostics.
func (s *server) mustRead(t *testing.T, name string, config object) object {
	t.Helper()
	state, diags := s.read(t, name, config)
	if len(diags) > 0 {
		t.Fatalf("diagnostics %q", diags)
	}
	return state
}

// described returns diagnostics as "ERROR path: summary: detail".
func described(diags []*tfprotov6.Diagnostic) []string {
	var out []string
	for _, d := range diags {
		text := d.Severity.String()
		if d.Attribute != nil {
			text += " " + d.Attribute.String()
		}
		out = append(out, text+": "+d.Summary+": "+d.Detail)
	}
	return out
}

// checkDiagnostics compares the beginnings of diagnostics with what is wanted. A part
// behind "…" must occur later.
func checkDiagnostics(t *testing.T, got []string, want ...string) {
	t.Helper()
	if len(got) != len(want) {
		t.Fatalf("diagnostics %q\nwant %q", got, want)
	}
	for i := range want {
		parts := strings.Split(want[i], "…")
		rest, ok := strings.CutPrefix(got[i], parts[0])
		for _, part := range parts[1:] {
			if ok {
				_, rest, ok = strings.Cut(rest, part)
			}
		}
		if !ok {
			t.Errorf("diagnostic %q\nwant %q", got[i], want[i])
		}
	}
}

func encode(t *testing.T, schema *tfprotov6.Schema, config object) *tfprotov6.DynamicValue {
	t.Helper()
	typ := schema.ValueType()
	value, err := tfprotov6.NewDynamicValue(typ, newValue(t, typ, config))
	if err != nil {
		t.Fatal(err)
	}
	return &value
}

// newValue returns a value of a type. Attributes that are missing are null.
func newValue(t *testing.T, typ tftypes.Type, v any) tftypes.Value {
	t.Helper()
	switch v.(type) {
	case nil:
		return tftypes.NewValue(typ, nil)
	case unknown:
		return tftypes.NewValue(typ, tftypes.UnknownValue)
	}
	switch typ := typ.(type) {
	case tftypes.Object:
		members := map[string]tftypes.Value{}
		for name, member := range typ.AttributeTypes {
			members[name] = newValue(t, member, v.(object)[name])
		}
		for name := range v.(object) {
			if _, ok := members[name]; !ok {
				t.Fatalf("unknown attribute %s", name)
			}
		}
		return tftypes.NewValue(typ, members)
	case tftypes.List:
		elements := []tftypes.Value{}
		for _, element := range v.(list) {
			elements = append(elements, newValue(t, typ.ElementType, element))
		}
		return tftypes.NewValue(typ, elements)
	case tftypes.Map:
		elements := map[string]tftypes.Value{}
		for key, element := range v.(object) {
			elements[key] = newValue(t, typ.ElementType, element)
		}
		return tftypes.NewValue(typ, elements)
	}
	return tftypes.NewValue(typ, v)
}

func decode(t *testing.T, schema *tfprotov6.Schema, encoded *tfprotov6.DynamicValue) object {
	t.Helper()
	value, err := encoded.Unmarshal(schema.ValueType())
	if err != nil {
		t.Fatal(err)
	}
	state, _ := plainValue(t, value).(object)
	return state
}

// plainValue is the reverse of newValue. Members that are null are left out.
func plainValue(t *testing.T, v tftypes.Value) any {
	t.Helper()
	switch {
	case !v.IsKnown():
		return unknown{}
	case v.IsNull():
		return nil
	}
	var (
		text     string
		flag     bool
		number   big.Float
		elements []tftypes.Value
		members  map[string]tftypes.Value
	)
	switch {
	case v.As(&text) == nil:
		return text
	case v.As(&flag) == nil:
		return flag
	case v.As(&number) == nil:
		n, _ := number.Int64()
		return int(n)
	case v.As(&elements) == nil:
		out := list{}
		for _, element := range elements {
			out = append(out, plainValue(t, element))
		}
		return out
	case v.As(&members) == nil:
		out := object{}
		for name, member := range members {
			if value := plainValue(t, member); value != nil {
				out[name] = value
			}
		}
		return out
	}
	t.Fatalf("value %s of an unexpected type", v)
	return nil
}

// columnOf returns one attribute of each object in a list.
func columnOf(objects any, name string) []string {
	out := []string{}
	elements, _ := objects.(list)
	for _, element := range elements {
		text, _ := element.(object)[name].(string)
		out = append(out, text)
	}
	return out
}

// equal compares two values.
func equal(t *testing.T, what string, want, got any) {
	t.Helper()
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("%s (-want +got):\n%s", what, diff)
	}
}

// The targets of the tests: accounts of the sample world.
var (
	prod       = target("sample-prod", "aliyunecs", "http://127.0.0.1/", "cn-hangzhou", "cn-beijing")
	dev        = target("sample-dev", "aliyunecs", "http://127.0.0.1/", "ap-southeast-1")
	swas       = target("sample-prod", "aliyunswas", "http://127.0.0.1/", "cn-hangzhou")
	edge       = target("sample-edge", "aliyunens", "http://127.0.0.1/")
	qing       = target("sample-qing", "qingcloud", "http://127.0.0.1/iaas/", "pek3a")
	sixTargets = list{prod, dev, swas, edge, qing}
)

// target is an entry for an account of the sample world. Its name is ACCOUNT-PROVIDER.
func target(account, service, endpoint string, regions ...any) object {
	entry := object{
		"name": account + "-" + service, "provider": service, "account": account, "endpoint": endpoint,
		"credentials": object{"access_key_id": account + "-key", "access_key_secret": account + "-key-secret"},
	}
	if len(regions) > 0 {
		entry["regions"] = regions
	}
	return entry
}

// with returns a copy of an object with some members changed.
func with(o object, changes object) object {
	out := maps.Clone(o)
	maps.Copy(out, changes)
	return out
}
