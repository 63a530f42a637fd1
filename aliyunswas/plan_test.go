package aliyunswas_test

import (
	"errors"
	"fmt"
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
		image.FieldIDs:             provider.Exact,
		image.FieldNames:           provider.Superset,
		image.FieldNameGlobs:       provider.Local,
		image.FieldNameContains:    provider.Local,
		image.FieldFamilies:        provider.None,
		image.FieldRegions:         provider.Local,
		image.FieldSources:         provider.Local,
		image.FieldOwners:          provider.Local,
		image.FieldVisibilities:    provider.Local,
		image.FieldStatuses:        provider.Local,
		image.FieldOSes:            provider.Local,
		image.FieldPlatforms:       provider.Local,
		image.FieldOSVersions:      provider.Local,
		image.FieldArchs:           provider.None,
		image.FieldTags:            provider.Superset,
		image.FieldSourceInstances: provider.Exact,
		image.FieldSourceSnapshots: provider.Superset,
		image.FieldResourceGroups:  provider.Superset,
		image.FieldCreatedAfter:    provider.Local,
		image.FieldCreatedBefore:   provider.Local,
	}
	info := newClient(t, provider.Config{Region: "cn-hangzhou"}).Info()
	if diff := cmp.Diff(want, info.Support); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	if info.Name != "aliyunswas" || info.Region != "cn-hangzhou" || info.Host != "swas.cn-hangzhou.aliyuncs.com" {
		t.Errorf("client of %s in %s at %s", info.Name, info.Region, info.Host)
	}
}

func TestPlanSendsPredicates(t *testing.T) {
	plain := url.Values{"RegionId": {"cn-hangzhou"}}
	for _, test := range []struct {
		name string
		q    image.Query
		want []url.Values
	}{
		{"everything", image.Query{}, []url.Values{plain}},
		{"ids", image.Query{IDs: []string{"m-1", "m-2"}}, []url.Values{{"RegionId": {"cn-hangzhou"}, "ImageIds": {`["m-1","m-2"]`}}}},
		{"names", image.Query{Names: []string{"web", "db-1.0"}}, []url.Values{{"RegionId": {"cn-hangzhou"}, "ImageNames": {`["web","db-1.0"]`}}}},
		{"a name that a search may read as a pattern", image.Query{Names: []string{"web", "a[b]"}}, []url.Values{plain}},
		{"instances", image.Query{SourceInstances: []string{"i-1", "i-2"}}, []url.Values{
			{"RegionId": {"cn-hangzhou"}, "InstanceId": {"i-1"}},
			{"RegionId": {"cn-hangzhou"}, "InstanceId": {"i-2"}},
		}},
		{"snapshots of both disks", image.Query{SourceSnapshots: []string{"s-1"}}, []url.Values{
			{"RegionId": {"cn-hangzhou"}, "SystemSnapshotId": {"s-1"}},
			{"RegionId": {"cn-hangzhou"}, "DataSnapshotId": {"s-1"}},
		}},
		{"a resource group and a tag", image.Query{ResourceGroups: []string{"rg-1"}, Tags: map[string]string{"env": "prod", "any": ""}}, []url.Values{{
			"RegionId": {"cn-hangzhou"}, "ResourceGroupId": {"rg-1"}, "Tag.1.Key": {"any"}, "Tag.2.Key": {"env"}, "Tag.2.Value": {"prod"},
		}}},
		{"what is checked here", image.Query{
			NameGlobs: []string{"web-*"}, NameContains: []string{"web"}, Regions: []string{"cn-hangzhou"}, Sources: []image.Source{image.SourceSelf},
			Owners: []string{"42"}, Visibilities: []image.Visibility{image.VisibilityPrivate}, Statuses: []image.Status{image.StatusAvailable},
			OSes: []image.OS{image.OSLinux}, Platforms: []string{"centos"}, CreatedAfter: adaptertest.At("2024-01-01T00:00:00Z"), CreatedBefore: adaptertest.At("2025-01-01T00:00:00Z"),
		}, []url.Values{plain}},
		{"a source that no image has", image.Query{Sources: []image.Source{image.SourceCommunity}}, nil},
		{"a status that no image has", image.Query{Statuses: []image.Status{image.StatusDeleted}}, nil},
		{"native", image.Query{Native: map[string]map[string]string{"aliyunswas": {"Share": "true", "Tag.1.Key": "env", "ImageNames": `["web*"]`}}}, []url.Values{{
			"RegionId": {"cn-hangzhou"}, "Share": {"true"}, "Tag.1.Key": {"env"}, "ImageNames": {`["web*"]`},
		}}},
	} {
		t.Run(test.name, func(t *testing.T) {
			plan, err := newClient(t, provider.Config{Region: "cn-hangzhou"}).Explain(test.q)
			if err != nil {
				t.Fatal(err)
			}
			var got []url.Values
			for _, call := range plan.Calls {
				if call.Action != "ListCustomImages" || call.Paging != (provider.Paging{MaxSize: 100, Aligned: true}) {
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

// A call takes a hundred IDs and twenty tags.
func TestPlanSplitsIDsAndLimitsTags(t *testing.T) {
	q := image.Query{Tags: map[string]string{}}
	for i := range 250 {
		q.IDs = append(q.IDs, fmt.Sprintf("m-%03d", i))
		if i < 25 {
			q.Tags[fmt.Sprintf("tag-%02d", i)] = "on"
		}
	}
	plan, err := newClient(t, provider.Config{Region: "cn-hangzhou"}).Explain(q)
	if err != nil {
		t.Fatal(err)
	}
	var sizes []int
	for _, call := range plan.Calls {
		sizes = append(sizes, strings.Count(call.Params.Get("ImageIds"), "m-"))
		if !call.Params.Has("Tag.20.Value") || call.Params.Has("Tag.21.Key") {
			t.Errorf("tags in %v, want 20 of them", call.Params)
		}
	}
	if diff := cmp.Diff([]int{100, 100, 50}, sizes); diff != "" {
		t.Errorf("ids in a call (-want +got):\n%s", diff)
	}
}

func TestUnreportedPredicatesAreUnsupported(t *testing.T) {
	for _, q := range []image.Query{{Families: []string{"f"}}, {Archs: []image.Arch{image.ArchX86_64}}} {
		s := &adaptertest.Server{}
		if _, err := provider.Collect(clientOf(t, s).Images(t.Context(), q)); !errors.Is(err, provider.Unsupported) {
			t.Errorf("%s: error %v, want unsupported", q, err)
		}
		q.SkipUnreported = true
		if got, err := provider.Collect(clientOf(t, s).Images(t.Context(), q)); len(got) != 0 || err != nil || len(s.Asked()) != 0 {
			t.Errorf("%s: %d images, %v, %d requests, want nothing at all", q, len(got), err, len(s.Asked()))
		}
	}
}

func TestNativeIsRefused(t *testing.T) {
	for _, test := range []struct {
		key, value string
		q          image.Query
		want       string
	}{
		{"ClientToken", "once", image.Query{}, "needs no token"},
		{"RegionId", "cn-beijing", image.Query{}, "Config.Region"},
		{"PageNumber", "2", image.Query{}, "paging"},
		{"PageSize", "10", image.Query{}, "paging"},
		{"Share", "maybe", image.Query{}, "true or false"},
		{"Shared", "true", image.Query{}, "no such parameter"},
		{"ImageIds", `["m-1"]`, image.Query{IDs: []string{"m-2"}}, "ids sets the same parameter"},
		{"Tag.1.Value", "on", image.Query{Tags: map[string]string{"a": "b"}}, "tags sets the same parameter"},
	} {
		t.Run(test.key, func(t *testing.T) {
			test.q.Native = map[string]map[string]string{"aliyunswas": {test.key: test.value}}
			_, err := newClient(t, provider.Config{Region: "cn-hangzhou"}).Explain(test.q)
			if !errors.Is(err, provider.InvalidArgument) || !strings.Contains(err.Error(), test.want) {
				t.Errorf("error %v, want an invalid argument that says %q", err, test.want)
			}
		})
	}
}
