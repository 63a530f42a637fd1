package qingcloud_test

import (
	"maps"
	"net/url"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/imagequery/imagequery/image"
	"github.com/imagequery/imagequery/internal/adaptertest"
	"github.com/imagequery/imagequery/provider"
)

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
			adaptertest.CheckPlan(t, newClient(t, provider.Config{Region: "pek3a"}), test.q, "DescribeImages", provider.Paging{MaxSize: 100}, test.want)
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
