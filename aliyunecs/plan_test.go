package aliyunecs_test

import (
	"net/url"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/imagequery/imagequery/image"
	"github.com/imagequery/imagequery/internal/adaptertest"
)

const everyStatus = "Creating,Waiting,Available,Deprecated,UnAvailable,CreateFailed"

func TestPlanSendsPredicates(t *testing.T) {
	usual := "Status=" + everyStatus
	for name, test := range map[string]struct {
		query image.Query
		want  []string // parameters of each call, without the region
	}{
		"everything": {image.Query{}, []string{usual}},
		"ids: every source": {image.Query{IDs: []string{"m-1"}}, []string{
			"ImageId=m-1&ShowExpired=true&" + usual,
			"ImageId=m-1&ImageOwnerAlias=marketplace&ShowExpired=true&" + usual,
			"ImageId=m-1&ImageOwnerAlias=others&IsPublic=true&ShowExpired=true&" + usual,
		}},
		"ids of one source": {image.Query{IDs: []string{"m-1"}, Sources: []image.Source{"system"}}, []string{
			"ImageId=m-1&ImageOwnerAlias=system&ShowExpired=true&" + usual,
		}},
		"ids without expired images": {image.Query{IDs: []string{"m-1"}, Sources: []image.Source{"system"}, Native: map[string]map[string]string{"aliyunecs": {"ShowExpired": "false"}}}, []string{
			"ImageId=m-1&ImageOwnerAlias=system&ShowExpired=false&" + usual,
		}},
		"too many ids": {image.Query{IDs: strings.Split("abcdef", "")}, []string{
			"ShowExpired=true&" + usual, "ImageOwnerAlias=marketplace&ShowExpired=true&" + usual, "ImageOwnerAlias=others&IsPublic=true&ShowExpired=true&" + usual,
		}},
		"sources": {image.Query{Sources: []image.Source{"self", "shared", "community", "marketplace", "system"}}, []string{
			"ImageOwnerAlias=self&" + usual,
			"ImageOwnerAlias=others&" + usual,
			"ImageOwnerAlias=others&IsPublic=true&" + usual,
			"ImageOwnerAlias=marketplace&" + usual,
			"ImageOwnerAlias=system&" + usual,
		}},
		"owners": {image.Query{Owners: []string{"12", "someone"}}, []string{
			"ImageOwnerAlias=system&" + usual,
			"ImageOwnerAlias=self&" + usual,
			"ImageOwnerAlias=others&ImageOwnerId=12&" + usual,
		}},
		"an owner that is no number": {image.Query{Owners: []string{"someone"}}, nil},
		"a status ECS does not have": {image.Query{Statuses: []image.Status{"deleted"}}, nil},
		"statuses":                   {image.Query{Statuses: []image.Status{"pending", "ceased"}}, []string{"Status=Creating,Waiting"}},
		"plain names":                {image.Query{Names: []string{"web-1", "web_2"}}, []string{"ImageName=web-1&" + usual, "ImageName=web_2&" + usual}},
		"a name with a bracket":      {image.Query{Names: []string{"web-1", "a[b]"}}, []string{usual}},
		"patterns stay here":         {image.Query{NameGlobs: []string{"web-*"}, NameContains: []string{"web"}}, []string{usual}},
		"families and architectures": {image.Query{Families: []string{"f"}, Archs: []image.Arch{"amd64", "aarch64"}}, []string{
			"Architecture=x86_64&ImageFamily=f&" + usual, "Architecture=arm64&ImageFamily=f&" + usual,
		}},
		"times are widened to minutes": {image.Query{CreatedAfter: adaptertest.At("2024-05-06T07:08:09Z"), CreatedBefore: adaptertest.At("2024-05-06T08:08:09Z")}, []string{
			"Filter.1.Key=CreationEndTime&Filter.1.Value=2024-05-06T08:10Z&Filter.2.Key=CreationStartTime&Filter.2.Value=2024-05-06T07:07Z&" + usual,
		}},
		"whole minutes": {image.Query{CreatedBefore: adaptertest.At("2024-05-06T08:08:00Z")}, []string{
			"Filter.1.Key=CreationEndTime&Filter.1.Value=2024-05-06T08:09Z&" + usual,
		}},
		"checked here only": {image.Query{
			Regions: []string{"cn-hangzhou"}, Visibilities: []image.Visibility{"public"}, Platforms: []string{"ubuntu"},
			Tags: map[string]string{"a": "b"}, SourceSnapshots: []string{"s-1"}, ResourceGroups: []string{"rg-1"},
		}, []string{usual}},
		"native": {image.Query{Native: map[string]map[string]string{"aliyunecs": {
			"InstanceType": "ecs.g7.large", "Filter.NetworkType": "vpc", "Tag.1.Key": "k", "Status": "Available", "ImageOwnerAlias": "self",
		}}, IDs: []string{"m-1"}}, []string{
			"Filter.1.Key=NetworkType&Filter.1.Value=vpc&ImageId=m-1&ImageOwnerAlias=self&InstanceType=ecs.g7.large&ShowExpired=true&Status=Available&Tag.1.Key=k",
		}},
	} {
		t.Run(name, func(t *testing.T) {
			plan, err := answering(t, 200, "").Explain(test.query)
			if err != nil {
				t.Fatal(err)
			}
			var got []string
			for _, call := range plan.Calls {
				text, err := url.QueryUnescape(call.Params.Encode())
				if err != nil {
					t.Fatal(err)
				}
				got = append(got, strings.Replace(text, "RegionId=cn-hangzhou&", "", 1))
			}
			if diff := cmp.Diff(test.want, got); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

func TestExplainNotesTheDefaultsThatHold(t *testing.T) {
	for _, test := range []struct {
		query image.Query
		want  bool // whether expired images are left out
	}{
		{image.Query{}, true},
		{image.Query{Names: []string{"web"}}, true},
		{image.Query{IDs: []string{"m-1"}}, false},
		{image.Query{IDs: []string{"m-1"}, Native: map[string]map[string]string{"aliyunecs": {"ImageOwnerAlias": "self"}}}, false},
	} {
		plan, err := answering(t, 200, "").Explain(test.query)
		if err != nil {
			t.Fatal(err)
		}
		if got := strings.Contains(strings.Join(plan.Notes, "\n"), "ShowExpired=false"); got != test.want {
			t.Errorf("%s: notes %q, want the default ShowExpired in them: %t", test.query, plan.Notes, test.want)
		}
	}
}
