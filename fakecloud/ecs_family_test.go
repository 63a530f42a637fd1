package fakecloud_test

import (
	"encoding/json"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/imagequery/imagequery/fakecloud"
	"github.com/imagequery/imagequery/image"
)

func inFamily(family string, edits ...func(*fakecloud.Image)) func(*fakecloud.Image) {
	return func(m *fakecloud.Image) {
		m.Family = family
		for _, edit := range edits {
			edit(m)
		}
	}
}

func familyWorld() fakecloud.World {
	w := ecsWorld()
	w.Accounts[0].Images = []fakecloud.Image{
		ecsImage("m-old", 1, inFamily("web")),
		ecsImage("m-new", 2, inFamily("web")),
		ecsImage("m-pending", 3, inFamily("web", func(m *fakecloud.Image) { m.Status = image.StatusPending })),
		ecsImage("m-deprecated", 3, inFamily("web", func(m *fakecloud.Image) { m.Status = image.StatusDeprecated })),
		ecsImage("m-disks", 3, inFamily("disks", func(m *fakecloud.Image) {
			m.Disks, m.SourceSnapshots = []image.Disk{{Type: "system", SizeGiB: 20, SnapshotID: "s-1", Encrypted: true}}, []string{"s-1"}
		})),
		ecsImage("m-shared", 3, inFamily("tools", from(image.SourceShared, image.VisibilityShared, "77"))),
	}
	w.Images = []fakecloud.Image{
		ecsImage("sys", 3, inFamily("acs:centos_7_9_x64", from(image.SourceSystem, image.VisibilityPublic, ""))),
		ecsImage("m-community", 4, inFamily("free", from(image.SourceCommunity, image.VisibilityPublic, "88"))),
		ecsImage("m-market", 5, inFamily("free", from(image.SourceMarketplace, image.VisibilityPublic, ""))),
	}
	return w
}

func TestFamilyReturnsItsNewestImage(t *testing.T) {
	for family, want := range map[string]any{
		"web": "m-new", "tools": "m-shared", "free": "m-community", "acs:centos_7_9_x64": "sys", "Web": nil, "none": nil,
	} {
		got := ecs(t, newCloud(t, familyWorld()), ecsKey, "DescribeImageFromFamily", "RegionId=cn-hangzhou", "ImageFamily="+family)
		if got.status != 200 || at(got.body, "Image", "ImageId") != want {
			t.Errorf("family %s: %d %v, want %v", family, got.status, got.body, want)
		}
	}
}

func TestFamilyRefusesInvalidParameters(t *testing.T) {
	for query, want := range map[string]string{
		"ImageFamily=": "MissingParameter", "RegionId=": "MissingParameter", "RegionId=cn-atlantis": "InvalidRegionId.NotFound",
	} {
		pairs := []string{"RegionId=cn-hangzhou", "ImageFamily=web", query}
		if got := ecs(t, newCloud(t, familyWorld()), ecsKey, "DescribeImageFromFamily", pairs...); got.code != want {
			t.Errorf("%s: got %s, want %s", query, got.code, want)
		}
	}
}

func TestFamilyRecordIsReduced(t *testing.T) {
	got := ecs(t, newCloud(t, familyWorld()), ecsKey, "DescribeImageFromFamily", "RegionId=cn-hangzhou", "ImageFamily=tools")
	want := map[string]any{
		"ImageId": "m-shared", "ImageName": "name-m-shared", "Description": "", "ImageFamily": "tools", "ImageVersion": "",
		"ImageOwnerAlias": "others", "IsSelfShared": "", "Status": "Available", "Progress": "100", "Usage": "none", "ProductCode": "",
		"CreationTime": "2024-05-03T10:20:30Z", "OSType": "linux", "OSName": "", "Platform": "Ubuntu", "Architecture": "x86_64",
		"Size": json.Number("20"), "IsCopied": false, "IsSubscribed": false, "IsSupportCloudinit": true, "IsSupportIoOptimized": true,
		"DiskDeviceMappings": map[string]any{"DiskDeviceMapping": []any{}}, "Tags": map[string]any{"Tag": []any{}},
	}
	if diff := cmp.Diff(want, got.body["Image"]); diff != "" {
		t.Errorf("record differs (-want +got):\n%s", diff)
	}
}

func TestFamilyDisksAreReduced(t *testing.T) {
	got := ecs(t, newCloud(t, familyWorld()), ecsKey, "DescribeImageFromFamily", "RegionId=cn-hangzhou", "ImageFamily=disks")
	want := []any{map[string]any{
		"Type": "system", "Device": "", "Size": "20", "Format": "", "SnapshotId": "s-1", "ImportOSSBucket": "", "ImportOSSObject": "",
	}}
	if diff := cmp.Diff(want, at(got.body, "Image", "DiskDeviceMappings", "DiskDeviceMapping")); diff != "" {
		t.Errorf("disks differ (-want +got):\n%s", diff)
	}
}

func TestEmptyFamilyHasTheConfiguredForm(t *testing.T) {
	type field struct {
		There bool
		Value any
	}
	blank := map[string]any{"ImageName": "", "ImageFamily": "", "Status": "", "Tags": map[string]any{"Tag": []any{}}}
	for shape, want := range map[fakecloud.EmptyFamily]field{
		"":                           {},
		fakecloud.EmptyFamilyMissing: {},
		fakecloud.EmptyFamilyNull:    {There: true},
		fakecloud.EmptyFamilyObject:  {There: true, Value: map[string]any{}},
		fakecloud.EmptyFamilyText:    {There: true, Value: ""},
		fakecloud.EmptyFamilyBlank:   {There: true, Value: blank},
	} {
		w := familyWorld()
		w.EmptyFamily = shape
		body := ecs(t, newCloud(t, w), ecsKey, "DescribeImageFromFamily", "RegionId=cn-hangzhou", "ImageFamily=none").body
		var got field
		got.Value, got.There = body["Image"]
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%q: Image differs (-want +got):\n%s", shape, diff)
		}
	}
}
