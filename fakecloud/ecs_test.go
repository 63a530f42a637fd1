package fakecloud_test

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/imagequery/imagequery/fakecloud"
	"github.com/imagequery/imagequery/image"
)

var ecsKey = fakecloud.Key{ID: "key", Secret: "secret"}

// ecsImage is an available Linux image of the account's own, and what edit makes
// of it. Larger days are newer.
func ecsImage(id string, day int, edit func(*fakecloud.Image)) fakecloud.Image {
	m := fakecloud.Image{Image: image.Image{
		Ref: image.Ref{Provider: "aliyunecs", Region: "cn-hangzhou", ID: id}, Name: "name-" + id,
		Source: image.SourceSelf, Visibility: image.VisibilityPrivate, Status: image.StatusAvailable, Progress: 100,
		OS: image.OSLinux, Platform: "ubuntu", Arch: image.ArchX86_64, SizeGiB: 20,
		Created: time.Date(2024, time.May, day, 10, 20, 30, 0, time.UTC),
	}}
	if edit != nil {
		edit(&m)
	}
	return m
}

func from(source image.Source, visibility image.Visibility, owner string) func(*fakecloud.Image) {
	return func(m *fakecloud.Image) { m.Source, m.Visibility, m.Owner = source, visibility, owner }
}

func ecsWorld() fakecloud.World {
	return fakecloud.World{
		Accounts: []fakecloud.Account{{Name: "prod", Keys: []fakecloud.Key{ecsKey}, Images: []fakecloud.Image{
			ecsImage("m-own", 20, func(m *fakecloud.Image) {
				m.Name, m.Family, m.ResourceGroup = "Web-Server_1", "web", "rg-1"
				m.Tags = map[string]string{"app": "web", "env": ""}
				m.Disks = []image.Disk{{Type: "system", SizeGiB: 20, SnapshotID: "s-sys"}, {Type: "data", SizeGiB: 5, SnapshotID: "s-data"}}
				m.SourceSnapshots = []string{"s-sys", "s-data"}
			}),
			ecsImage("m-arm", 19, func(m *fakecloud.Image) {
				m.Arch, m.Tags = image.ArchARM64, map[string]string{"app": "arm"}
				m.Extra = map[string]any{"Usage": "instance", "IsSupportCloudinit": false}
			}),
			ecsImage("m-windows", 18, func(m *fakecloud.Image) {
				m.OS, m.Platform = image.OSWindows, "windows"
				m.Hidden = map[string]string{"InstanceType": "ecs.g6.large,ecs.g7.large", "NetworkType": "vpc"}
			}),
			ecsImage("m-creating", 17, func(m *fakecloud.Image) { m.Status = image.StatusPending }),
			ecsImage("m-waiting", 16, func(m *fakecloud.Image) {
				m.Status, m.Extra = image.StatusPending, map[string]any{"Status": "Waiting"}
			}),
			ecsImage("m-strange", 15, func(m *fakecloud.Image) {
				m.Status, m.Extra = "", map[string]any{"Status": "Dreaming", "Usable": false}
			}),
			ecsImage("m-expired", 14, func(m *fakecloud.Image) { m.Expired = true }),
			ecsImage("m-changeos", 13, func(m *fakecloud.Image) { m.Hidden = map[string]string{"ActionType": "ChangeOS"} }),
			ecsImage("m-shared", 12, from(image.SourceShared, image.VisibilityShared, "77")),
			ecsImage("m-odd", 11, func(m *fakecloud.Image) {
				from("", "", "")(m)
				m.Extra = map[string]any{"ImageOwnerAlias": "stranger"}
			}),
		}}, {Name: "dev", Keys: []fakecloud.Key{{ID: "dev", Secret: "secret"}}}},
		Images: []fakecloud.Image{
			ecsImage("sys.vhd", 10, from(image.SourceSystem, image.VisibilityPublic, "")),
			ecsImage("m-market", 9, from(image.SourceMarketplace, image.VisibilityPublic, "")),
			ecsImage("m-community", 8, from(image.SourceCommunity, image.VisibilityPublic, "88")),
		},
		Regions: map[string][]string{"aliyunecs": {"cn-empty"}},
	}
}

func TestDescribeImagesFiltersByParameters(t *testing.T) {
	const usual = "m-own m-arm m-windows m-shared m-odd sys.vhd"
	for _, tt := range []struct{ query, want string }{
		{"", usual},
		{"Colour=red", usual},
		{"Usable=true", usual},
		{"Usable=false Status=ALL", "m-own m-arm m-windows m-creating m-waiting m-strange m-shared m-odd sys.vhd"},
		{"Usable=true Status=ALL", "m-own m-arm m-windows m-creating m-waiting m-shared m-odd sys.vhd"},
		{"Status=Creating,Waiting", "m-creating m-waiting"},
		{"Status=Waiting", "m-waiting"},
		{"Status=Creating,Waiting,Available,UnAvailable,CreateFailed,Deprecated ImageOwnerAlias=self",
			"m-own m-arm m-windows m-creating m-waiting m-strange"},
		{"Status=Creating,Waiting,Available,UnAvailable,CreateFailed ImageOwnerAlias=self", "m-own m-arm m-windows m-creating m-waiting"},
		{"ShowExpired=true ImageId=m-expired", "m-expired"},
		{"ImageId=m-expired", ""},
		{"ActionType=ChangeOS ImageId=m-changeos", "m-changeos"},
		{"ActionType=CreateEcs ImageId=m-changeos", ""},
		{"ImageOwnerAlias=system", "sys.vhd"},
		{"ImageOwnerAlias=self", "m-own m-arm m-windows"},
		{"ImageOwnerAlias=others", "m-shared"},
		{"ImageOwnerAlias=others IsPublic=false", "m-shared"},
		{"ImageOwnerAlias=others IsPublic=true", "m-community"},
		{"ImageOwnerAlias=others ImageOwnerId=77", "m-shared"},
		{"ImageOwnerAlias=others ImageOwnerId=78", ""},
		{"ImageOwnerAlias=others IsPublic=true ImageOwnerId=88", "m-community"},
		{"ImageOwnerAlias=marketplace", "m-market"},
		{"ImageId=m-own", "m-own"},
		{"ImageId=m-own,m-arm", "m-own m-arm"},
		{"ImageId=m-ow", ""},
		{"ImageName=Server", "m-own"},
		{"ImageName=server", ""},
		{"ImageFamily=web", "m-own"},
		{"ResourceGroupId=rg-1", "m-own"},
		{"SnapshotId=s-sys", "m-own"},
		{"SnapshotId=s-data", "m-own"},
		{"OSType=windows", "m-windows"},
		{"Architecture=arm64", "m-arm"},
		{"Usage=instance", "m-arm sys.vhd"},
		{"IsSupportCloudinit=false", "m-arm"},
		{"InstanceType=ecs.g7.large OSType=windows", "m-windows"},
		{"InstanceType=ecs.g8.large OSType=windows", ""},
		{"Tag.1.Key=app", "m-own m-arm"},
		{"Tag.1.Key=app Tag.1.Value=web", "m-own"},
		{"Tag.1.key=app Tag.1.value=web", "m-own"},
		{"Tag.1.Key=env Tag.1.Value= Tag.2.Key=app", "m-own"},
		{"Tag.1.Key=app Tag.1.Value=", ""},
		{"Filter.1.Key=CreationStartTime Filter.1.Value=2024-05-19T10:20Z", "m-own m-arm"},
		{"Filter.1.Key=CreationStartTime Filter.1.Value=2024-05-19T10:21Z", "m-own"},
		{"Filter.1.Key=CreationEndTime Filter.1.Value=2024-05-12T10:20:30Z", "m-shared m-odd sys.vhd"},
		{"Filter.1.Key=CreationStartTime Filter.1.Value=2024-05-12T00:00Z Filter.2.Key=CreationEndTime Filter.2.Value=2024-05-13T00:00Z", "m-shared"},
		{"Filter.1.Key=NetworkType Filter.1.Value=classic ImageOwnerAlias=self", "m-own m-arm"},
		{"Filter.1.Key=CpuOnlineUpgrade Filter.1.Value=supported ImageOwnerAlias=system", "sys.vhd"},
		{"RegionId=cn-empty", ""},
	} {
		t.Run(tt.query, func(t *testing.T) {
			cloud := newCloud(t, ecsWorld())
			pairs := append([]string{"RegionId=cn-hangzhou", "PageSize=100"}, strings.Fields(tt.query)...)
			got := ecs(t, cloud, ecsKey, "DescribeImages", pairs...)
			if got.status != 200 {
				t.Fatalf("status %d: %v", got.status, got.body)
			}
			want := strings.Fields(tt.want)
			if diff := cmp.Diff(want, ids(at(got.body, "Images", "Image"), "ImageId")); diff != "" {
				t.Errorf("images differ (-want +got):\n%s", diff)
			}
			if total := got.body["TotalCount"]; total != json.Number(fmt.Sprint(len(want))) {
				t.Errorf("TotalCount is %v, want %d", total, len(want))
			}
		})
	}
}

func TestDescribeImagesRefusesInvalidParameters(t *testing.T) {
	many := ""
	for i := range 21 {
		many += fmt.Sprintf(" Tag.%d.Key=k%d", i+1, i)
	}
	for _, tt := range []struct {
		query  string
		status int
		code   string
	}{
		{"RegionId=", 400, "MissingParameter"},
		{"RegionId=cn-atlantis", 404, "InvalidRegionId.NotFound"},
		{"PageSize=0", 400, "InvalidParamter"},
		{"PageSize=101", 400, "InvalidParameter"},
		{"PageSize=ten", 400, "InvalidParamter"},
		{"PageNumber=0", 400, "InvalidParamter"},
		{"ShowExpired=yes", 400, "InvalidParamter"},
		{"ImageId=m" + strings.Repeat(",m", 100), 400, "InvalidParamter"},
		{"Status=Sleeping", 400, "InvalidParamter"},
		{"ActionType=CreateOS", 400, "InvalidParamter"},
		{"ImageOwnerAlias=mine", 400, "InvalidImageOwnerAlias.ValueNotSupported"},
		{"IsPublic=true", 400, "InvalidImageOwnerAlias.PublicImageUnsupported"},
		{"IsPublic=true ImageOwnerAlias=self", 400, "InvalidImageOwnerAlias.PublicImageUnsupported"},
		{"ImageOwnerId=77", 400, "InvalidOperation.ImageOwnerIdUnsupported"},
		{"ImageOwnerId=x ImageOwnerAlias=others", 400, "InvalidParamter"},
		{"OSType=macos", 404, "InvalidOSType"},
		{"Architecture=amd64", 404, "InvalidArchitecture"},
		{"Usage=some", 404, "InvalidUsage"},
		{"InstanceType=large", 400, "InvalidInstanceType.ValueNotSupported"},
		{"Tag.1.Value=x", 400, "InvalidTag.Mismatch"},
		{many, 400, "InvalidTagCount"},
		{"Filter.1.Key=Colour Filter.1.Value=red", 404, "InvalidFilterKey.NotFound"},
		{"Filter.1.Key=CreationStartTime Filter.1.Value=yesterday", 404, "InvalidFilterValue"},
		{"Filter.1.Key=CpuOnlineUpgrade Filter.1.Value=maybe", 404, "InvalidFilterValue"},
		{"Filter.1.Key=NetworkType Filter.1.Value=lan", 400, "InvalidFilterValue.NetworkType"},
		{"DryRun=true", 400, "DryRunOperation"},
		{"DryRun=true PageSize=0", 400, "InvalidParamter"},
	} {
		t.Run(tt.query, func(t *testing.T) {
			pairs := append([]string{"RegionId=cn-hangzhou"}, strings.Fields(tt.query)...)
			got := ecs(t, newCloud(t, ecsWorld()), ecsKey, "DescribeImages", pairs...)
			if got.status != tt.status || got.code != tt.code {
				t.Errorf("got %d %s, want %d %s", got.status, got.code, tt.status, tt.code)
			}
		})
	}
}

func TestWorldSettingsSelectInterpretations(t *testing.T) {
	for _, tt := range []struct {
		name  string
		set   func(*fakecloud.World)
		query string
		want  string
	}{
		{"single id", func(w *fakecloud.World) { w.SingleImageID = true }, "ImageId=m-own", "m-own"},
		{"id list as one id", func(w *fakecloud.World) { w.SingleImageID = true }, "ImageId=m-own,m-arm", ""},
		{"system snapshot", func(w *fakecloud.World) { w.SystemSnapshotOnly = true }, "SnapshotId=s-sys", "m-own"},
		{"data snapshot", func(w *fakecloud.World) { w.SystemSnapshotOnly = true }, "SnapshotId=s-data", ""},
		{"fuzzy name", func(w *fakecloud.World) { w.Fuzzy = fakecloud.FuzzyWildcard }, "ImageName=Web-*_**", "m-own"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			w := ecsWorld()
			tt.set(&w)
			got := ecs(t, newCloud(t, w), ecsKey, "DescribeImages", "RegionId=cn-hangzhou", tt.query)
			if diff := cmp.Diff(strings.Fields(tt.want), ids(at(got.body, "Images", "Image"), "ImageId")); diff != "" {
				t.Errorf("images differ (-want +got):\n%s", diff)
			}
		})
	}
}

func TestStrictRefusesUnknownParameters(t *testing.T) {
	w := ecsWorld()
	w.Strict = true
	got := ecs(t, newCloud(t, w), ecsKey, "DescribeImages", "RegionId=cn-hangzhou", "Tag.1.Name=x", "Colour=red")
	if text := fmt.Sprint(got.body["Message"]); got.code != "InvalidParameter" || !strings.Contains(text, `["Colour" "Tag.1.Name"]`) {
		t.Errorf("got %s: %s", got.code, text)
	}
	if got := ecs(t, newCloud(t, w), ecsKey, "DescribeImages", "RegionId=cn-hangzhou", "Tag.12.Key=x", "OwnerId=1"); got.status != 200 {
		t.Errorf("documented parameters are refused: %v", got.body)
	}
}

// The pages of every source together hold exactly the visible images of the sample.
func TestDescribeImagesReturnsPages(t *testing.T) {
	w := fakecloud.Sample()
	cloud := newCloud(t, w)
	for _, size := range []int{7, 100} {
		for _, account := range w.Accounts {
			truth := w.Visible(account.Name, "aliyunecs", "cn-hangzhou")
			if len(truth) == 0 {
				continue
			}
			got := []string{}
			for _, scope := range []string{"", "ImageOwnerAlias=marketplace", "ImageOwnerAlias=others IsPublic=true"} {
				got = append(got, walkECS(t, cloud, account.Keys[0], size, strings.Fields(scope)...)...)
			}
			want := imageIDs(truth)
			slices.Sort(want)
			slices.Sort(got)
			if diff := cmp.Diff(want, got); diff != "" {
				t.Errorf("%s, page size %d: images differ (-want +got):\n%s", account.Name, size, diff)
			}
		}
	}
}

func walkECS(t *testing.T, cloud *fakecloud.Cloud, key fakecloud.Key, size int, scope ...string) []string {
	t.Helper()
	all := []string{}
	for number := 1; ; number++ {
		page := ecs(t, cloud, key, "DescribeImages", append(scope, "RegionId=cn-hangzhou", "Status=ALL",
			fmt.Sprint("PageSize=", size), fmt.Sprint("PageNumber=", number))...)
		want := map[string]any{"PageNumber": json.Number(fmt.Sprint(number)), "PageSize": json.Number(fmt.Sprint(size)), "RegionId": "cn-hangzhou"}
		for name, value := range want {
			if page.body[name] != value {
				t.Errorf("%s is %v, want %v", name, page.body[name], value)
			}
		}
		rows := ids(at(page.body, "Images", "Image"), "ImageId")
		if len(rows) == 0 {
			if total := page.body["TotalCount"]; total != json.Number(fmt.Sprint(len(all))) {
				t.Errorf("TotalCount is %v after %d images", total, len(all))
			}
			return all
		}
		all = append(all, rows...)
	}
}

func TestPageFarBeyondTheEndIsEmpty(t *testing.T) {
	got := ecs(t, newCloud(t, ecsWorld()), ecsKey, "DescribeImages", "RegionId=cn-hangzhou", "PageNumber=9223372036854775807")
	if rows, ok := at(got.body, "Images", "Image").([]any); !ok || len(rows) != 0 {
		t.Errorf("got %v", got.body)
	}
}

func TestTagQueryStopsAtThousand(t *testing.T) {
	w := fakecloud.World{Accounts: []fakecloud.Account{{Name: "a", Keys: []fakecloud.Key{ecsKey}}}}
	for i := range 1001 {
		w.Accounts[0].Images = append(w.Accounts[0].Images, ecsImage(fmt.Sprint("m-", i), 1, func(m *fakecloud.Image) {
			m.Tags, m.ResourceGroup = map[string]string{"k": "v"}, "rg"
		}))
	}
	cloud := newCloud(t, w)
	for query, want := range map[string]json.Number{"ImageName=name": "1001", "Tag.1.Key=k": "1000", "ResourceGroupId=rg": "1000"} {
		got := ecs(t, cloud, ecsKey, "DescribeImages", "RegionId=cn-hangzhou", query)
		if got.body["TotalCount"] != want {
			t.Errorf("%s: TotalCount is %v, want %s", query, got.body["TotalCount"], want)
		}
	}
}
