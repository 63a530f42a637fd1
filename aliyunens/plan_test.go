package aliyunens_test

import (
	"net/url"
	"testing"

	"github.com/imagequery/imagequery/image"
	"github.com/imagequery/imagequery/internal/adaptertest"
	"github.com/imagequery/imagequery/provider"
)

func TestPlanSendsPredicates(t *testing.T) {
	for _, test := range []struct {
		name string
		q    image.Query
		want []url.Values
	}{
		{"everything", image.Query{}, []url.Values{{}}},
		{"ids", image.Query{IDs: []string{"m-1", "m-2"}}, []url.Values{{"ImageId": {"m-1"}}, {"ImageId": {"m-2"}}}},
		{"an id that a search may read as a pattern", image.Query{IDs: []string{"m-1", "m*"}}, []url.Values{{}}},
		{"names", image.Query{Names: []string{"web", "db-1.0"}}, []url.Values{{"ImageName": {"web"}}, {"ImageName": {"db-1.0"}}}},
		{"a name that a search may read as a pattern", image.Query{Names: []string{"web", "a[b]"}}, []url.Values{{}}},
		{"snapshots", image.Query{SourceSnapshots: []string{"sp-1"}}, []url.Values{{"SnapshotId": {"sp-1"}}}},
		{"what is checked here", image.Query{
			NameGlobs: []string{"web-*"}, NameContains: []string{"web"}, Regions: []string{"cn-hangzhou"}, Sources: []image.Source{image.SourceSelf},
			Visibilities: []image.Visibility{image.VisibilityPrivate}, Statuses: []image.Status{image.StatusAvailable},
			OSes: []image.OS{image.OSLinux}, Platforms: []string{"centos"}, Archs: []image.Arch{image.ArchARM64}, SourceInstances: []string{"i-1"},
			CreatedAfter: adaptertest.At("2024-01-01T00:00:00Z"), CreatedBefore: adaptertest.At("2025-01-01T00:00:00Z"),
		}, []url.Values{{}}},
		{"a source that no image has", image.Query{Sources: []image.Source{image.SourceCommunity}}, nil},
		{"a status that no image has", image.Query{Statuses: []image.Status{image.StatusDeleted}}, nil},
		{"native", image.Query{Native: map[string]map[string]string{"aliyunens": {"ImageName": "web*", "SnapshotId": "sp-1"}}}, []url.Values{{
			"ImageName": {"web*"}, "SnapshotId": {"sp-1"},
		}}},
	} {
		t.Run(test.name, func(t *testing.T) {
			adaptertest.CheckPlan(t, newClient(t, provider.Config{}), test.q, "DescribeSelfImages", provider.Paging{MaxSize: 50, Aligned: true}, test.want)
		})
	}
}
