package aliyunens_test

import (
	"net/http"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/imagequery/imagequery/aliyunens"
	"github.com/imagequery/imagequery/image"
	"github.com/imagequery/imagequery/internal/adaptertest"
	"github.com/imagequery/imagequery/provider"
)

func TestDocumentedSampleIsMapped(t *testing.T) {
	s := &adaptertest.Server{Status: http.StatusOK, Body: adaptertest.Recorded(t, "ens-1.json")}
	got, err := provider.Collect(clientOf(t, s).Images(t.Context(), image.Query{}))
	if err != nil {
		t.Fatal(err)
	}
	if len(s.Asked()) != 1 {
		t.Errorf("%d requests, want 1: a short page and the total end the listing", len(s.Asked()))
	}
	want := []image.Image{{
		Ref:  image.Ref{Provider: "aliyunens", Region: "cn-wulanchabu", ID: "centos_6_08_64_20G_a****"},
		Name: "centos_6_08_64_20G_a****", Source: image.SourceSelf, Visibility: image.VisibilityPrivate, Status: image.StatusPending,
		OS: image.OSLinux, Platform: "centos", OSVersion: "7.2", OSName: "centos 7.2", Arch: image.ArchX86_64, SizeGiB: 20,
		Disks:           []image.Disk{{Type: "data", SizeGiB: 100, Format: "Image format.\nraw\nqcow2"}},
		Created:         adaptertest.At("2017-12-08T12:10:03Z"),
		SourceInstance:  "i-5iqczfxps7csjrxeca****",
		SourceSnapshots: []string{"sp-5yt3bdedxzdz6t6uuw****"},
	}}
	if diff := cmp.Diff(want, got, adaptertest.WithoutNative); diff != "" {
		t.Fatalf("(-want +got):\n%s", diff)
	}
	record, err := aliyunens.Details(got[0])
	if err != nil {
		t.Fatal(err)
	}
	wantRecord := aliyunens.Record{
		ImageID: "centos_6_08_64_20G_a****", ImageName: "centos_6_08_64_20G_a****", ImageOwnerAlias: "self",
		Status: "Creating", RegionID: "cn-wulanchabu", Platform: "centos", OSVersion: "7.2",
		Architecture: "x86_64", ComputeType: "ens_vm",
		InstanceID: "i-5iqczfxps7csjrxeca****", SnapshotID: "sp-5yt3bdedxzdz6t6uuw****",
		ImageSize: 20, ImageStorageSize: 400, CreationTime: adaptertest.At("2017-12-08T12:10:03Z"),
		DiskDeviceMappings: []aliyunens.DiskDeviceMapping{{Type: "Data", Size: 100, Format: "Image format.\nraw\nqcow2", ImageID: "i-test"}},
	}
	if diff := cmp.Diff(wantRecord, record); diff != "" {
		t.Errorf("details (-want +got):\n%s", diff)
	}
}

func TestRecordsAreMapped(t *testing.T) {
	with := func(m image.Image) image.Image {
		m.Ref = image.Ref{Provider: "aliyunens", Region: m.Region, ID: "m-1"}
		return m
	}
	for _, test := range []struct {
		name, record string
		want         image.Image
	}{
		{"only an identifier", `{"ImageId":"m-1"}`, with(image.Image{})},
		{"nulls and empty values", `{"ImageId":"m-1","ImageName":null,"RegionId":"","Status":null,"Platform":"","OsVersion":null,"ComputeType":null,
			"Architecture":"","ImageSize":"","SnapshotId":"","CreationTime":null,"DiskDeviceMappings":""}`, with(image.Image{})},
		{"unknown words", `{"ImageId":"m-1","Status":"Melted","ImageOwnerAlias":"nobody","Architecture":"riscv64","ComputeType":"pcfarm"}`, with(image.Image{})},
		{"white space around a version", `{"ImageId":"m-1","OsVersion":" 7.2\n"}`, with(image.Image{OSVersion: "7.2", OSName: "7.2"})},
		{"a blank version", `{"ImageId":"m-1","OsVersion":" "}`, with(image.Image{})},
		{"another's", `{"ImageId":"m-1","ImageOwnerAlias":"others"}`, with(image.Image{Source: image.SourceShared, Visibility: image.VisibilityShared})},
		{"the vendor's", `{"ImageId":"m-1","ImageOwnerAlias":"system"}`, with(image.Image{Source: image.SourceSystem, Visibility: image.VisibilityPublic})},
		{"ARM by machine", `{"ImageId":"m-1","ComputeType":"arm_vm","Architecture":"x86_64"}`, with(image.Image{Arch: image.ArchARM64})},
		{"ARM by bare metal", `{"ImageId":"m-1","ComputeType":"arm_bare_metal"}`, with(image.Image{Arch: image.ArchARM64})},
		{"32 bits", `{"ImageId":"m-1","ComputeType":"ens","Architecture":"i386"}`, with(image.Image{Arch: image.ArchI386})},
		{"Windows", `{"ImageId":"m-1","Platform":"windows","OsVersion":"2019"}`,
			with(image.Image{OS: image.OSWindows, Platform: "windows", OSVersion: "2019", OSName: "windows 2019"})},
		{"a platform by another name", `{"ImageId":"m-1","Platform":"rhel"}`, with(image.Image{OS: image.OSLinux, Platform: "redhat", OSName: "rhel"})},
		{"numbers for texts", `{"ImageId":"m-1","ImageSize":40,"OsVersion":7.9,"DiskDeviceMappings":{"DiskDeviceMapping":[{"Type":"System","Size":40}]}}`,
			with(image.Image{SizeGiB: 40, OSVersion: "7.9", OSName: "7.9", Disks: []image.Disk{{Type: "system", SizeGiB: 40}}})},
	} {
		t.Run(test.name, func(t *testing.T) {
			if diff := cmp.Diff(test.want, listed(t, test.record)[0], adaptertest.WithoutNative); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

func TestStatusesAreMapped(t *testing.T) {
	for word, want := range map[string]image.Status{
		"Creating": image.StatusPending, "Packing": image.StatusPending, "Uploading": image.StatusPending, "Copying": image.StatusPending,
		"Available": image.StatusAvailable, "Unavailable": image.StatusUnavailable,
		"Pack_failed": image.StatusFailed, "Upload_failed": image.StatusFailed,
	} {
		if got := listed(t, `{"ImageId":"m-1","Status":"`+word+`"}`)[0].Status; got != want {
			t.Errorf("%s is %q, want %q", word, got, want)
		}
	}
}

// Without a total, only an empty page ends the listing.
func TestTotalsMayBeMissing(t *testing.T) {
	pages := []*adaptertest.Server{
		{Status: http.StatusOK, Body: `{"Code":0,"Images":{"Image":[{"ImageId":"m-1"},{"ImageId":"m-2"}]}}`},
		{Status: http.StatusOK, Body: `{"Code":0,"Images":{"Image":[]}}`},
	}
	asked := 0
	client := clientOf(t, adaptertest.RoundTrip(func(r *http.Request) (*http.Response, error) {
		asked++
		return pages[min(asked, len(pages))-1].RoundTrip(r)
	}))
	images, err := provider.Collect(client.Images(t.Context(), image.Query{}))
	if len(images) != 2 || err != nil || asked != 2 {
		t.Errorf("%d images, %v, %d requests, want 2 images in 2 requests", len(images), err, asked)
	}
}
