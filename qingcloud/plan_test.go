package qingcloud_test

import (
	"errors"
	"maps"
	"net/url"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/imagequery/imagequery/image"
	"github.com/imagequery/imagequery/internal/adaptertest"
	"github.com/imagequery/imagequery/provider"
)

func TestSupportIsDocumented(t *testing.T) {
	want := map[image.Field]provider.Support{
		image.FieldIDs:             provider.Superset,
		image.FieldNames:           provider.Superset,
		image.FieldNameGlobs:       provider.Local,
		image.FieldNameContains:    provider.Local,
		image.FieldFamilies:        provider.None,
		image.FieldRegions:         provider.Local,
		image.FieldSources:         provider.Exact,
		image.FieldOwners:          provider.Local,
		image.FieldVisibilities:    provider.Exact,
		image.FieldStatuses:        provider.Superset,
		image.FieldOSes:            provider.Local,
		image.FieldPlatforms:       provider.Local,
		image.FieldOSVersions:      provider.Local,
		image.FieldArchs:           provider.Local,
		image.FieldTags:            provider.Local,
		image.FieldSourceInstances: provider.None,
		image.FieldSourceSnapshots: provider.None,
		image.FieldResourceGroups:  provider.None,
		image.FieldCreatedAfter:    provider.Local,
		image.FieldCreatedBefore:   provider.Local,
	}
	info := newClient(t, provider.Config{Region: "pek3a"}).Info()
	if diff := cmp.Diff(want, info.Support); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	if info.Name != "qingcloud" || info.Region != "pek3a" || info.Host != "api.qingcloud.com" {
		t.Errorf("client of %s in %s at %s", info.Name, info.Region, info.Host)
	}
}

// anyStatus is what a call says that asks for no status.
var anyStatus = map[string]string{
	"status.1": "pending", "status.2": "available", "status.3": "deprecated",
	"status.4": "suspended", "status.5": "deleted", "status.6": "ceased",
}

// call is the parameters of a call in the zone pek3a: those given, and any status
// unless they say one.
func call(params ...string) url.Values {
	out := url.Values{"zone": {"pek3a"}}
	for i := 0; i < len(params); i += 2 {
		out.Set(params[i], params[i+1])
	}
	if !out.Has("status.1") {
		for key, value := range maps.All(anyStatus) {
			out.Set(key, value)
		}
	}
	return out
}

func TestPlanSendsPredicates(t *testing.T) {
	usual := []url.Values{call(), call("provider", "system")}
	for _, test := range []struct {
		name string
		q    image.Query
		want []url.Values
	}{
		{"everything", image.Query{}, usual},
		{"one id", image.Query{IDs: []string{"img-1"}}, []url.Values{
			call("images.1", "img-1"), call("images.1", "img-1", "provider", "system"), call("images.1", "img-1", "provider", "shared"),
		}},
		{"two ids of a source", image.Query{IDs: []string{"img-1", "img-2"}, Sources: []image.Source{image.SourceSystem}}, []url.Values{
			call("images.1", "img-1", "provider", "system"), call("images.1", "img-2", "provider", "system"),
		}},
		{"more ids than there may be calls", image.Query{IDs: []string{"1", "2", "3", "4", "5", "6"}}, []url.Values{
			call(), call("provider", "system"), call("provider", "shared"),
		}},
		{"sources", image.Query{Sources: []image.Source{image.SourceShared, image.SourceSelf}}, []url.Values{
			call("provider", "shared"), call("provider", "self"),
		}},
		{"a name", image.Query{Names: []string{"web-1.0"}}, []url.Values{
			call("search_word", "web-1.0"), call("search_word", "web-1.0", "provider", "system"),
		}},
		{"a name that a search may read as a pattern", image.Query{Names: []string{"a[b]"}}, usual},
		{"visibility and statuses", image.Query{
			Visibilities: []image.Visibility{image.VisibilityPublic}, Statuses: []image.Status{image.StatusAvailable, image.StatusDeprecated},
			Sources: []image.Source{image.SourceSelf},
		}, []url.Values{call("provider", "self", "visibility", "public", "status.1", "available", "status.2", "deprecated")}},
		{"what is checked here", image.Query{
			NameGlobs: []string{"web-*"}, NameContains: []string{"web"}, Regions: []string{"pek3a"}, Owners: []string{"usr-1"},
			OSes: []image.OS{image.OSLinux}, Platforms: []string{"centos"}, Archs: []image.Arch{image.ArchARM64}, Tags: map[string]string{"a": "b"},
			CreatedAfter: adaptertest.At("2024-01-01T00:00:00Z"), CreatedBefore: adaptertest.At("2025-01-01T00:00:00Z"),
		}, usual},
		{"a source that no image has", image.Query{Sources: []image.Source{image.SourceCommunity}}, nil},
		{"a status that no image has", image.Query{Statuses: []image.Status{image.StatusFailed}}, nil},
		{"a visibility that no image has", image.Query{Visibilities: []image.Visibility{image.VisibilityShared}}, nil},
		{"native", native("verbose", "0", "project_id", "pr-1", "tags.1", "tag-1", "search_word", "web*", "os_family", "centos", "processor_type", "64bit", "owner", "usr-1"),
			[]url.Values{
				call("verbose", "0", "project_id", "pr-1", "tags.1", "tag-1", "search_word", "web*", "os_family", "centos", "processor_type", "64bit", "owner", "usr-1"),
				call("verbose", "0", "project_id", "pr-1", "tags.1", "tag-1", "search_word", "web*", "os_family", "centos", "processor_type", "64bit", "owner", "usr-1", "provider", "system"),
			}},
		{"a native source and status", native("provider", "shared", "status.1", "available"), []url.Values{call("provider", "shared", "status.1", "available")}},
	} {
		t.Run(test.name, func(t *testing.T) {
			plan, err := newClient(t, provider.Config{Region: "pek3a"}).Explain(test.q)
			if err != nil {
				t.Fatal(err)
			}
			var got []url.Values
			for _, call := range plan.Calls {
				if call.Action != "DescribeImages" || call.Paging != (provider.Paging{MaxSize: 100}) {
					t.Errorf("call of %s with %+v", call.Action, call.Paging)
				}
				got = append(got, call.Params)
			}
			if diff := cmp.Diff(test.want, got); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

func native(namesAndValues ...string) image.Query {
	params := map[string]string{}
	for i := 0; i < len(namesAndValues); i += 2 {
		params[namesAndValues[i]] = namesAndValues[i+1]
	}
	return image.Query{Native: map[string]map[string]string{"qingcloud": params}}
}

func TestExactPredicatesArePushed(t *testing.T) {
	plan, err := newClient(t, provider.Config{Region: "pek3a"}).Explain(image.Query{
		Sources: []image.Source{image.SourceSelf}, Visibilities: []image.Visibility{image.VisibilityPrivate},
		Statuses: []image.Status{image.StatusAvailable}, OSes: []image.OS{image.OSLinux},
	})
	if err != nil {
		t.Fatal(err)
	}
	got := [][]image.Field{plan.Exact, plan.Superset, plan.Local}
	want := [][]image.Field{{image.FieldSources, image.FieldVisibilities}, {image.FieldStatuses}, {image.FieldOSes}}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func TestNativeIsRefused(t *testing.T) {
	for _, test := range []struct {
		key, value string
		q          image.Query
		want       string
	}{
		{"zone", "pek3b", image.Query{}, "Config.Region"},
		{"offset", "20", image.Query{}, "paging"},
		{"limit", "20", image.Query{}, "paging"},
		{"verbose", "much", image.Query{}, "whole number"},
		{"images.n", "img-1", image.Query{}, "no such parameter"},
		{"provider", "self", image.Query{Sources: []image.Source{image.SourceSelf}}, "sources sets the same parameter"},
		{"images.1", "img-1", image.Query{IDs: []string{"img-2"}}, "ids sets the same parameter"},
		{"os_family", "centos", image.Query{Platforms: []string{"centos"}}, "platforms sets the same parameter"},
		{"processor_type", "64bit", image.Query{Archs: []image.Arch{image.ArchX86_64}}, "archs sets the same parameter"},
		{"owner", "usr-1", image.Query{Owners: []string{"usr-2"}}, "owners sets the same parameter"},
	} {
		t.Run(test.key, func(t *testing.T) {
			test.q.Native = map[string]map[string]string{"qingcloud": {test.key: test.value}}
			_, err := newClient(t, provider.Config{Region: "pek3a"}).Explain(test.q)
			if !errors.Is(err, provider.InvalidArgument) || !strings.Contains(err.Error(), test.want) {
				t.Errorf("error %v, want an invalid argument that says %q", err, test.want)
			}
		})
	}
}
