package aliyunswas_test

import (
	"fmt"
	"net/url"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/imagequery/imagequery/image"
	"github.com/imagequery/imagequery/internal/adaptertest"
	"github.com/imagequery/imagequery/provider"
)

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
			adaptertest.CheckPlan(t, newClient(t, provider.Config{Region: "cn-hangzhou"}), test.q, "ListCustomImages", provider.Paging{MaxSize: 100, Aligned: true}, test.want)
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
