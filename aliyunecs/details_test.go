package aliyunecs_test

import (
	"net/http"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/imagequery/imagequery/aliyunecs"
	"github.com/imagequery/imagequery/image"
	"github.com/imagequery/imagequery/internal/adaptertest"
	"github.com/imagequery/imagequery/provider"
)

func TestDetailsHasEveryDocumentedField(t *testing.T) {
	images, err := provider.Collect(answering(t, http.StatusOK, adaptertest.Recorded(t, "ecs-10.json")).Images(t.Context(), image.Query{}))
	if err != nil || len(images) != 1 {
		t.Fatalf("%d images, error %v", len(images), err)
	}
	got, err := aliyunecs.Details(images[0])
	if err != nil {
		t.Fatal(err)
	}
	want := aliyunecs.Record{
		ImageID: "m-bp1g7004ksh0oeuc****", ImageName: "testImageName", Description: "Archive log for Oracle",
		OSName:   "Windows Server 2016 数据中心版 64位中文版",
		OSNameEn: "Windows Server 2016 Data Center Edition 64bit Chinese Edition",
		OSType:   "windows", Platform: "Windows Server 2016", Architecture: "x86_64", BootMode: "BIOS",
		ImageFamily: "hangzhou-daily-update", ImageVersion: "2", ProductCode: "test000****",
		ResourceGroupID: "rg-bp67acfmxazb4p****", SupplierName: "TestName",
		ImageOwnerAlias: "self", ImageOwnerID: "1234567890", Status: "Available", Progress: "100%", Usage: "none", Size: 60,
		CreationTime: adaptertest.At("2019-11-15T06:07:05Z"),
		IsSelfShared: true, IsSupportIoOptimized: true, IsSupportCloudinit: true,
		DiskDeviceMappings: []aliyunecs.DiskDeviceMapping{{
			Type: "system", Device: "/dev/xvda", SnapshotID: "s-bp17ot2q7x72ggtw****", Format: "qcow2", Progress: "32%",
			ImportOSSBucket: "testEcsImport", ImportOSSObject: "imageImport", Size: 60, RemainTime: 233,
		}},
		Tags:            []aliyunecs.Tag{{TagKey: "DTS", TagValue: "Oracle"}},
		DetectionStatus: "Processing",
		DetectionItems:  []aliyunecs.DetectionItem{{Name: "Nvme", Value: "Supported", RiskLevel: "High", RiskCode: "NVMe.NotInstalled"}},
		NvmeSupport:     "supported",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func TestDetailsAcceptsOtherTypesOfValues(t *testing.T) {
	const body = `{"PageSize":"100","TotalCount":"1","Images":{"Image":[{
		"ImageId":"m-1","ImageName":null,"Description":7,"Size":"40","Progress":50,"IsPublic":"true","IsSelfShared":true,
		"ImageOwnerAlias":"others","ImageOwnerId":"42","Status":"Sleeping","OSType":"plan9","Architecture":null,
		"CreationTime":"yesterday","Tags":"","DiskDeviceMappings":{"DiskDeviceMapping":[{"Type":"Data","Size":20,"Encrypted":"True"},{}]},
		"DetectionOptions":"","Features":null,"Unheard":{"of":[1,2]}}]}}`
	got, err := provider.Collect(answering(t, http.StatusOK, body).Images(t.Context(), image.Query{}))
	if err != nil {
		t.Fatal(err)
	}
	want := []image.Image{{
		Ref: ecs("m-1"), Description: "7", Source: image.SourceCommunity, Owner: "42", Visibility: image.VisibilityPublic,
		Progress: 50, SizeGiB: 40, Disks: []image.Disk{{Type: "data", SizeGiB: 20, Encrypted: true}, {}},
	}}
	if diff := cmp.Diff(want, got, adaptertest.WithoutNative); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}
