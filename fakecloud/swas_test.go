package fakecloud_test

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/imagequery/imagequery/fakecloud"
	"github.com/imagequery/imagequery/image"
)

const swasHost = "https://swas.cn-hangzhou.aliyuncs.com/"

func swas(t *testing.T, cloud *fakecloud.Cloud, params ...string) answer {
	t.Helper()
	values := add(common("key", "2020-06-01", "ListCustomImages"), append([]string{"RegionId=cn-hangzhou"}, params...)...)
	return send(t, cloud.Transport(), get(t.Context(), swasHost, signRPC("GET", "secret", values)))
}

func swasWorld() fakecloud.World {
	base := func(id string, day int) fakecloud.Image {
		m := ecsImage(id, day, nil)
		m.Provider, m.Platform, m.Arch, m.Progress = "aliyunswas", "centos", "", 0
		m.OSVersion, m.OSName = "8.0", "CentOS 8.0"
		m.Disks = []image.Disk{{Type: "system", SizeGiB: 20}}
		return m
	}
	own := base("m-own", 9)
	own.Name, own.Tags, own.ResourceGroup, own.SourceInstance = "Web-Server", map[string]string{"k": "v"}, "rg", "i-1"
	own.Disks = []image.Disk{{Type: "system", SizeGiB: 20, SnapshotID: "s-sys"}, {Type: "data", SizeGiB: 30, SnapshotID: "s-data"}}
	own.SourceSnapshots = []string{"s-sys", "s-data"}
	shared := base("m-shared", 8)
	shared.Source, shared.Visibility, shared.Owner = "", image.VisibilityShared, "77"
	failed := base("m-failed", 7)
	failed.Status, failed.Name = image.StatusFailed, "failed"
	bare := fakecloud.Image{Omit: []string{"UserId", "OsType", "SourceImageName", "SourceImageVersion", "Tags", "InShareUser"}}
	bare.Ref = image.Ref{Provider: "aliyunswas", Region: "cn-hangzhou", ID: "m-bare"}
	bare.Source, bare.Visibility, bare.Disks = image.SourceSelf, image.VisibilityPrivate, []image.Disk{{Type: "system"}}
	return fakecloud.World{Accounts: []fakecloud.Account{{
		Name: "prod", Keys: []fakecloud.Key{ecsKey, {ID: "denied", Secret: "secret", Denied: true}},
		Images: []fakecloud.Image{own, shared, failed, bare},
	}}}
}

func TestListCustomImagesFiltersByParameters(t *testing.T) {
	for _, tt := range []struct{ query, want string }{
		{"", "m-own m-shared m-failed m-bare"},
		{`ImageIds=["m-own","m-failed","nobody"]`, "m-own m-failed"},
		{`ImageIds=["m-ow"]`, ""},
		{`ImageIds=[]`, "m-own m-shared m-failed m-bare"},
		{`ImageNames=["Server","failed"]`, "m-own m-failed"},
		{"Share=false", "m-own m-failed m-bare"},
		{"Share=False", "m-own m-failed m-bare"},
		{"Share=true", "m-own m-shared m-failed m-bare"},
		{"SystemSnapshotId=s-sys", "m-own"},
		{"SystemSnapshotId=s-data", ""},
		{"DataSnapshotId=s-data", "m-own"},
		{"ResourceGroupId=rg", "m-own"},
		{"InstanceId=i-1", "m-own"},
		{"Tag.1.Key=k Tag.1.Value=v", "m-own"},
		{"Tag.1.Key=k Tag.1.Value=w", ""},
		{"PageSize=2 PageNumber=2", "m-failed m-bare"},
		{"PageSize=2 PageNumber=3", ""},
	} {
		t.Run(tt.query, func(t *testing.T) {
			got := swas(t, newCloud(t, swasWorld()), strings.Fields(tt.query)...)
			if diff := cmp.Diff(strings.Fields(tt.want), ids(got.body["CustomImages"], "ImageId")); diff != "" {
				t.Errorf("images differ (-want +got):\n%s", diff)
			}
		})
	}
}

func TestListCustomImagesTotalsAreTexts(t *testing.T) {
	got := swas(t, newCloud(t, swasWorld()), "PageSize=3", "PageNumber=2").body
	want := map[string]any{"TotalCount": "4", "PageSize": "3", "PageNumber": "2"}
	for name, value := range want {
		if got[name] != value {
			t.Errorf("%s is %#v, want %#v", name, got[name], value)
		}
	}
}

func TestListCustomImagesRefusesInvalidParameters(t *testing.T) {
	for query, want := range map[string]string{
		"RegionId=":                              "400 MissingParameter",
		"RegionId=cn-atlantis":                   "404 InvalidRegionId.NotFound",
		"PageSize=101":                           "400 InvalidParameter",
		"ImageIds=m-own":                         "400 InvalidParameter",
		"ImageIds=[1]":                           "400 InvalidParameter",
		"Share=some":                             "400 InvalidParameter",
		"Tag.1.Value=v":                          "400 InvalidParameter",
		"ClientToken=" + strings.Repeat("x", 65): "400 InvalidParameter",
		"ImageNames=[" + strings.Repeat(`"x",`, 100) + `"x"]`: "400 InvalidParameter",
	} {
		got := swas(t, newCloud(t, swasWorld()), query)
		if text := fmt.Sprint(got.status, " ", got.code); text != want {
			t.Errorf("%s: got %s, want %s", query, text, want)
		}
	}
}

func TestListCustomImagesRefusesDeniedKeys(t *testing.T) {
	if got := swas(t, newCloud(t, swasWorld()), "AccessKeyId=denied"); got.status != 403 || got.code != "NoPermission" {
		t.Errorf("got %d %s", got.status, got.code)
	}
}

func TestSWASRecordHasDocumentedFields(t *testing.T) {
	got := swas(t, newCloud(t, swasWorld()), `ImageIds=["m-own"]`)
	want := map[string]any{
		"ImageId": "m-own", "Name": "Web-Server", "Description": "", "RegionId": "cn-hangzhou", "CreationTime": "2024-05-09T10:20:30Z",
		"Status": "1", "InstanceId": "i-1", "InstanceName": "", "CreateInstances": []any{}, "ResourceGroupId": "rg",
		"SystemSnapshotId": "s-sys", "SystemSnapshotName": "", "DataSnapshotId": "s-data", "DataSnapshotName": "",
		"RequiredSystemDiskSize": json.Number("20"), "RequiredDataDiskSize": json.Number("30"), "InShare": false, "InShareUser": false, "UserId": json.Number("0"),
		"OsType": "Linux", "SourceImageName": "CentOS", "SourceImageVersion": "8.0", "Tags": []any{map[string]any{"Key": "k", "Value": "v"}},
	}
	if diff := cmp.Diff([]any{want}, got.body["CustomImages"]); diff != "" {
		t.Errorf("record differs (-want +got):\n%s", diff)
	}
}
