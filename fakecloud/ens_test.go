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

func ens(t *testing.T, cloud *fakecloud.Cloud, keyID string, params ...string) answer {
	t.Helper()
	values := add(common(keyID, "2017-11-10", "DescribeSelfImages"), params...)
	return send(t, cloud.Transport(), get(t.Context(), "https://ens.aliyuncs.com/", signRPC("GET", "secret", values)))
}

// ensWorld has images m-59 to m-0, the newest first, in three places.
func ensWorld() fakecloud.World {
	w := fakecloud.World{Accounts: []fakecloud.Account{{
		Name: "prod", Keys: []fakecloud.Key{ecsKey, {ID: "denied", Secret: "secret", Denied: true}},
	}}}
	for i := range 60 {
		m := fakecloud.Image{Image: image.Image{
			Ref:  image.Ref{Provider: "aliyunens", Region: []string{"", "cn-wulanchabu", "cn-x"}[i%3], ID: fmt.Sprint("m-", i)},
			Name: fmt.Sprint("Edge-", i), Source: image.SourceSelf, Visibility: image.VisibilityPrivate, Status: image.StatusAvailable,
			OS: image.OSLinux, Platform: "aliyun", OSVersion: "3", OSName: "alios 3", Arch: image.ArchARM64,
			SizeGiB: 20, Created: clock.AddDate(0, 0, i), SourceInstance: "i-1", SourceSnapshots: []string{fmt.Sprint("sp-", i)},
			Disks: []image.Disk{{Type: "data", SizeGiB: 100, Format: "raw"}},
		}}
		w.Accounts[0].Images = append(w.Accounts[0].Images, m)
	}
	return w
}

func TestDescribeSelfImagesFiltersByParameters(t *testing.T) {
	for _, tt := range []struct{ query, want string }{
		{"PageSize=3", "m-59 m-58 m-57"},
		{"PageSize=3 RegionId=cn-hangzhou", "m-59 m-58 m-57"},
		{"ImageId=m-5 PageSize=3 PageNumber=4", "m-50 m-5"},
		{"ImageName=e-12", "m-12"},
		{"ImageName=edge-12", ""},
		{"SnapshotId=sp-1", "m-1"},
		{"PageNumber=6", "m-9 m-8 m-7 m-6 m-5 m-4 m-3 m-2 m-1 m-0"},
		{"PageNumber=7", ""},
	} {
		t.Run(tt.query, func(t *testing.T) {
			got := ens(t, newCloud(t, ensWorld()), "key", strings.Fields(tt.query)...)
			if diff := cmp.Diff(strings.Fields(tt.want), ids(at(got.body, "Images", "Image"), "ImageId")); diff != "" {
				t.Errorf("images differ (-want +got):\n%s", diff)
			}
		})
	}
}

func TestDescribeSelfImagesCutsPages(t *testing.T) {
	for _, tt := range []struct {
		omit bool
		want map[string]any
	}{
		{false, map[string]any{"Code": json.Number("0"), "PageNumber": "1", "PageSize": "50", "TotalCount": "60"}},
		{true, map[string]any{"Code": json.Number("0")}},
	} {
		w := ensWorld()
		w.OmitTotals = tt.omit
		body := ens(t, newCloud(t, w), "key", "PageSize=100").body
		if n := len(ids(at(body, "Images", "Image"), "ImageId")); n != 50 {
			t.Errorf("%d images, want 50", n)
		}
		delete(body, "Images")
		delete(body, "RequestId")
		if diff := cmp.Diff(tt.want, body); diff != "" {
			t.Errorf("totals differ (-want +got):\n%s", diff)
		}
	}
}

func TestDescribeSelfImagesRefusesInvalidParameters(t *testing.T) {
	for _, tt := range []struct{ key, query, want string }{
		{"denied", "PageSize=1", "400 NoPermission"},
		{"key", "PageSize=0", "400 InvalidParameter.PageSize"},
		{"key", "PageNumber=x", "400 InvalidParameter.PageNumber"},
	} {
		got := ens(t, newCloud(t, ensWorld()), tt.key, tt.query)
		if text := fmt.Sprint(got.status, " ", got.code); text != tt.want {
			t.Errorf("%s: got %s, want %s", tt.query, text, tt.want)
		}
	}
}

func TestENSRecordHasDocumentedFields(t *testing.T) {
	got := ens(t, newCloud(t, ensWorld()), "key", "ImageId=m-58")
	want := map[string]any{
		"ImageId": "m-58", "ImageName": "Edge-58", "ImageOwnerAlias": "self", "RegionId": "cn-wulanchabu", "Status": "Available",
		"CreationTime": clock.AddDate(0, 0, 58).Format("2006-01-02T15:04:05Z"), "Platform": "alios", "OsVersion": "3",
		"Architecture": "", "ComputeType": "arm_vm", "ImageSize": "20", "ImageStorageSize": "20", "InstanceId": "i-1", "SnapshotId": "sp-58",
		"DiskDeviceMappings": map[string]any{"DiskDeviceMapping": []any{
			map[string]any{"Type": "data", "Size": "100", "Format": "raw", "imageId": "m-58"},
		}},
	}
	if diff := cmp.Diff([]any{want}, at(got.body, "Images", "Image")); diff != "" {
		t.Errorf("record differs (-want +got):\n%s", diff)
	}
}
