package apispec_test

import (
	"errors"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/imagequery/imagequery/image"
	"github.com/imagequery/imagequery/internal/apispec"
	"github.com/imagequery/imagequery/provider"
)

func nativeTable() apispec.API[record] {
	api := listing(
		apispec.Param{Name: "Offset", Role: apispec.PageOffset},
		apispec.Param{Name: "Source", Role: apispec.Scoped, Field: image.FieldSources, Support: provider.Exact},
		apispec.Param{Name: "Public", Role: apispec.Scoped, Type: apispec.Bool, Field: image.FieldSources, Support: provider.Exact},
		apispec.Param{Name: "Name", Field: image.FieldNames, Support: provider.Superset},
		apispec.Param{Name: "Group", Field: image.FieldResourceGroups},
		apispec.Param{Name: "Tag.n.Key", Field: image.FieldTags, Support: provider.Superset, Layout: apispec.TagPairs},
		apispec.Param{Name: "Tag.n.Value", Field: image.FieldTags},
		apispec.Param{Name: "Status.n", Field: image.FieldStatuses, Support: provider.Superset, Layout: apispec.Numbered, Encode: statuses.Encode},
		apispec.Param{Name: "Filter.Start", Field: image.FieldCreatedAfter, Support: provider.Superset, Encode: apispec.MinuteBefore},
		apispec.Param{Name: "Filter.Network"},
		apispec.Param{Name: "Expired", Type: apispec.Bool},
		apispec.Param{Name: "Verbose", Type: apispec.Int},
		apispec.Param{Name: "DryRun", Role: apispec.Refused, Why: "use Check"},
	)
	api.Scopes = func(image.Query) []apispec.Scope { return []apispec.Scope{{Params: params{"Source": "self"}}} }
	return api
}

func TestPlanRefusesBadNativeParameters(t *testing.T) {
	for _, test := range []struct {
		name, value string
		query       image.Query
		reason      string // a part of it
	}{
		{name: "Region", value: "r2", reason: "Config.Region"},
		{name: "Page", value: "2", reason: "paging"},
		{name: "Size", value: "10", reason: "paging"},
		{name: "Offset", value: "10", reason: "paging"},
		{name: "DryRun", value: "true", reason: "use Check"},
		{name: "Nope", value: "1", reason: "no such parameter; want one of Expired, Filter.Network, Filter.Start, Group, Name, Public, Source, Status.n, Tag.n.Key, Tag.n.Value, Verbose"},
		{name: "name", value: "1", reason: "no such parameter"},
		{name: "Name.1", value: "1", reason: "no such parameter"},
		{name: "Filter.1.Key", value: "Network", reason: "no such parameter"},
		{name: "Filter.Nope", value: "x", reason: "no such parameter"},
		{name: "Network", value: "vpc", reason: "no such parameter"},
		{name: "Tag.n.Key", value: "x", reason: "no such parameter"},
		{name: "Tag.0.Key", value: "x", reason: "no such parameter"},
		{name: "Tag.01.Key", value: "x", reason: "no such parameter"},
		{name: "Tag.-1.Key", value: "x", reason: "no such parameter"},
		{name: "Tag.1.1.Key", value: "x", reason: "no such parameter"},
		{name: "Tag.12345.Key", value: "x", reason: "no such parameter"},
		{name: "Status", value: "x", reason: "no such parameter"},
		{name: "Status.n", value: "x", reason: "no such parameter"},
		{name: "Status.", value: "x", reason: "no such parameter"},
		{name: "Expired", value: "yes", reason: "true or false"},
		{name: "Expired", value: "", reason: "true or false"},
		{name: "Public", value: "True", reason: "true or false"},
		{name: "Verbose", value: "1.5", reason: "whole number"},
		{name: "Verbose", value: "", reason: "whole number"},
		{name: "Name", value: "n", query: image.Query{Names: []string{"n"}}, reason: "names sets the same parameter"},
		{name: "Group", value: "g", query: image.Query{ResourceGroups: []string{"g"}}, reason: "resource_groups sets the same parameter"},
		{name: "Tag.7.Value", value: "v", query: image.Query{Tags: map[string]string{"k": ""}}, reason: "tags sets the same parameter"},
		{name: "Status.2", value: "s", query: image.Query{Statuses: []image.Status{"failed"}}, reason: "statuses sets the same parameter"},
		{name: "Source", value: "all", query: image.Query{Sources: []image.Source{"self"}}, reason: "sources sets the same parameter"},
		{name: "Public", value: "true", query: image.Query{Sources: []image.Source{"self"}}, reason: "sources sets the same parameter"},
	} {
		test.query.Native = map[string]map[string]string{"test": {test.name: test.value}}
		s := &sender{}
		calls, err := newProvider(nativeTable(), s).Plan(test.query)
		if !errors.Is(err, provider.InvalidArgument) || calls != nil {
			t.Errorf("%s=%q: %d calls, error %v, want invalid argument", test.name, test.value, len(calls), err)
			continue
		}
		if text := err.Error(); !strings.Contains(text, test.reason) || !strings.Contains(text, "test."+test.name) {
			t.Errorf("%s=%q: error %q, want the reason %q", test.name, test.value, text, test.reason)
		}
	}
}

func TestPlanSendsNativeParameters(t *testing.T) {
	for _, test := range []struct {
		given, want params
	}{
		{params{}, params{"Source": "self"}},
		{params{"Expired": "true", "Verbose": "-1"}, params{"Source": "self", "Expired": "true", "Verbose": "-1"}},
		{params{"Group": ""}, params{"Source": "self", "Group": ""}},
		{params{"Name": "a*b"}, params{"Source": "self", "Name": "a*b"}},
		{params{"Filter.Network": "vpc"}, params{"Source": "self", "Filter.1.Key": "Network", "Filter.1.Value": "vpc"}},
		{params{"Tag.1.Key": "k", "Tag.1.Value": "v", "Tag.20.Key": "l"}, params{"Source": "self", "Tag.1.Key": "k", "Tag.1.Value": "v", "Tag.20.Key": "l"}},
		{params{"Status.1": "Gone"}, params{"Source": "self", "Status.1": "Gone"}},
		{params{"Source": "all"}, params{"Source": "all"}},
		{params{"Public": "true"}, params{"Public": "true"}},
	} {
		got := planned(t, nativeTable(), image.Query{Native: map[string]map[string]string{"test": test.given, "other": {"Nope": "1"}}})
		if diff := cmp.Diff([]params{test.want}, got); diff != "" {
			t.Errorf("%v (-want +got):\n%s", test.given, diff)
		}
	}
}
