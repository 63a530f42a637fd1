package aliyunswas_test

import (
	"encoding/json"
	"errors"
	"net/http"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/imagequery/imagequery/aliyunswas"
	"github.com/imagequery/imagequery/image"
	"github.com/imagequery/imagequery/internal/adaptertest"
	"github.com/imagequery/imagequery/provider"
)

// The sample has one image of the four that it counts, and is served for every page.
func TestDocumentedSampleIsMappedAndIncomplete(t *testing.T) {
	s := &adaptertest.Server{Status: http.StatusOK, Body: adaptertest.Recorded(t, "swas-1.json")}
	got, err := provider.Collect(clientOf(t, s).Images(t.Context(), image.Query{}))
	if !errors.Is(err, provider.Incomplete) {
		t.Errorf("error %v, want incomplete: 3 of 4 images never came", err)
	}
	want := []image.Image{{
		Ref:  image.Ref{Provider: "aliyunswas", Region: "cn-hangzhou", ID: "m-bp1e79zktg26n2b***"},
		Name: "test", Description: "自定义镜像-1", Visibility: image.VisibilityShared, Status: image.StatusAvailable,
		OS: image.OSLinux, Platform: "centos", OSVersion: "8.0", OSName: "CentOS 8.0", SizeGiB: 20,
		Disks: []image.Disk{
			{Type: "system", SizeGiB: 20, SnapshotID: "s-bp1h173hj21puxb***"},
			{Type: "data", SizeGiB: 20, SnapshotID: "s-bp19rn9u8eqzlfb***"},
		},
		Created:         adaptertest.At("2022-10-09T02:28:06Z"),
		SourceInstance:  "2d06ee0520b44de1ae88d4be****",
		SourceSnapshots: []string{"s-bp1h173hj21puxb***", "s-bp19rn9u8eqzlfb***"},
		ResourceGroup:   "rg-acfm2h2lvp3ublq",
		Tags:            map[string]string{"TestKey": "TestValue"},
	}}
	if diff := cmp.Diff(want, got, adaptertest.WithoutNative); diff != "" {
		t.Fatalf("(-want +got):\n%s", diff)
	}
	record, err := aliyunswas.Details(got[0])
	if err != nil {
		t.Fatal(err)
	}
	wantRecord := aliyunswas.Record{
		ImageID: "m-bp1e79zktg26n2b***", Name: "test", Description: "自定义镜像-1", RegionID: "cn-hangzhou", Status: "1",
		OSType: "Linux", SourceImageName: "CentOS", SourceImageVersion: "8.0",
		UserID: "0", ResourceGroupID: "rg-acfm2h2lvp3ublq",
		InstanceID: "2d06ee0520b44de1ae88d4be****", InstanceName: "swas-asdf23***",
		SystemSnapshotID: "s-bp1h173hj21puxb***", SystemSnapshotName: "系统盘快照",
		DataSnapshotID: "s-bp19rn9u8eqzlfb***", DataSnapshotName: "数据盘快照",
		CreateInstances:        []string{"9ffb716db6ae406ca78a476c0c81****"},
		RequiredSystemDiskSize: 20, RequiredDataDiskSize: 20, InShareUser: true,
		CreationTime: adaptertest.At("2022-10-09T02:28:06Z"),
		Tags:         []aliyunswas.Tag{{Key: "TestKey", Value: "TestValue"}},
	}
	if diff := cmp.Diff(wantRecord, record); diff != "" {
		t.Errorf("details (-want +got):\n%s", diff)
	}
}

func TestRecordsAreMapped(t *testing.T) {
	system := []image.Disk{{Type: "system"}}
	own := func(m image.Image) image.Image {
		m.Ref = image.Ref{Provider: "aliyunswas", Region: "cn-hangzhou", ID: "m-1"}
		m.Source, m.Visibility = image.SourceSelf, image.VisibilityPrivate
		if m.Disks == nil {
			m.Disks = system
		}
		return m
	}
	elsewhere := own(image.Image{})
	elsewhere.Region = "cn-beijing"
	for _, test := range []struct {
		name, record string
		want         image.Image
	}{
		{"only an identifier", `{"ImageId":"m-1"}`, own(image.Image{})},
		{"white space around a version", `{"ImageId":"m-1","SourceImageName":"CentOS","SourceImageVersion":" 7.2 "}`, own(image.Image{Platform: "centos", OSVersion: "7.2", OSName: "CentOS 7.2"})},
		{"a blank version", `{"ImageId":"m-1","SourceImageName":"CentOS 7.2","SourceImageVersion":" "}`, own(image.Image{Platform: "centos", OSVersion: "7.2", OSName: "CentOS 7.2"})},
		{"nulls and empty values", `{"ImageId":"m-1","Name":null,"RegionId":"","Status":null,"OsType":"","UserId":null,"InShareUser":null,
			"RequiredSystemDiskSize":null,"DataSnapshotId":"","CreationTime":"","Tags":{},"CreateInstances":null}`, own(image.Image{})},
		{"unknown words", `{"ImageId":"m-1","Status":"9","OsType":"plan9","CreationTime":"soon"}`, own(image.Image{})},
		{"a region of its own", `{"ImageId":"m-1","RegionId":"cn-beijing"}`, elsewhere},
		{"numbers and texts swapped", `{"ImageId":"m-1","Status":2,"UserId":"42","RequiredSystemDiskSize":"40","InShareUser":"false"}`,
			own(image.Image{Status: image.StatusUnavailable, Owner: "42", SizeGiB: 40, Disks: []image.Disk{{Type: "system", SizeGiB: 40}}})},
		{"copying", `{"ImageId":"m-1","Status":"0"}`, own(image.Image{Status: image.StatusPending})},
		{"failed", `{"ImageId":"m-1","Status":"3"}`, own(image.Image{Status: image.StatusFailed})},
		{"being created", `{"ImageId":"m-1","Status":"4"}`, own(image.Image{Status: image.StatusPending})},
		{"Windows", `{"ImageId":"m-1","OsType":"WINDOWS","SourceImageName":"Windows Server","SourceImageVersion":"2022 "}`,
			own(image.Image{OS: image.OSWindows, Platform: "windows", OSVersion: "2022", OSName: "Windows Server 2022"})},
		{"a data disk without a snapshot", `{"ImageId":"m-1","RequiredDataDiskSize":80}`,
			own(image.Image{Disks: []image.Disk{{Type: "system"}, {Type: "data", SizeGiB: 80}}})},
		{"a data disk without a size", `{"ImageId":"m-1","DataSnapshotId":"s-2"}`,
			own(image.Image{Disks: []image.Disk{{Type: "system"}, {Type: "data", SnapshotID: "s-2"}}, SourceSnapshots: []string{"s-2"}})},
		{"tags without a key or a value", `{"ImageId":"m-1","Tags":[{"Key":"a"},{"Value":"lost"},{"Key":"b","Value":null}]}`,
			own(image.Image{Tags: map[string]string{"a": "", "b": ""}})},
	} {
		t.Run(test.name, func(t *testing.T) {
			if diff := cmp.Diff(test.want, listed(t, test.record)[0], adaptertest.WithoutNative); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

func TestNativeKeepsUnknownMembers(t *testing.T) {
	const record = `{"ImageId":"m-1","Status":"9","Invented":{"a":[1,null]}}`
	got := listed(t, record)[0]
	var want, have any
	if err := errors.Join(json.Unmarshal([]byte(record), &want), json.Unmarshal(got.Native, &have)); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(want, have); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func TestTotalsMayBeTexts(t *testing.T) {
	s := &adaptertest.Server{Status: http.StatusOK, Body: `{"CustomImages":[{"ImageId":"m-1"}],"TotalCount":"1","PageSize":"100","PageNumber":"1"}`}
	images, err := provider.Collect(clientOf(t, s).Images(t.Context(), image.Query{}))
	if len(images) != 1 || err != nil {
		t.Errorf("%d images and %v, want 1 and no error", len(images), err)
	}
	if len(s.Asked()) != 1 {
		t.Errorf("%d requests, want 1: a short page and the total end the listing", len(s.Asked()))
	}
}
