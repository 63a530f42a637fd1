package peers_test

import (
	"cmp"
	"fmt"
	"strconv"
	"strings"
	"testing"

	"github.com/aliyun/alibaba-cloud-sdk-go/sdk/requests"
	"github.com/aliyun/alibaba-cloud-sdk-go/services/ens"

	"github.com/imagequery/imagequery/aliyunens"
	"github.com/imagequery/imagequery/image"
	"github.com/imagequery/imagequery/internal/peers/worlds"
)

// TestENS lists a thousand images with both clients, and compares every field.
func TestENS(t *testing.T) {
	lab := serve(t, worlds.ENS(images))
	client, err := lab.account(worlds.Region, worlds.Key).ENS()
	if err != nil {
		t.Fatal(err)
	}
	rows := listENS(t, lab, client)
	seen(t, rows)
	got := collect(t, lab.ours(t, aliyunens.New, "", "/", worlds.Key, ""), image.Query{})
	if len(rows) != len(got) {
		t.Fatalf("the vendor's client has %d images and ours %d", len(rows), len(got))
	}
	for i := range rows {
		record, err := aliyunens.Details(got[i])
		if err != nil {
			t.Fatal(err)
		}
		got[i].Native = nil
		equal(t, fmt.Sprintf("image %d", i), ensImage(t, rows[i]), got[i])
		equal(t, fmt.Sprintf("record %d", i), ensRecord(t, rows[i]), record)
		if t.Failed() {
			return
		}
	}
}

func listENS(t *testing.T, lab *lab, client *ens.Client) []ens.ImageInDescribeSelfImages {
	t.Helper()
	var rows []ens.ImageInDescribeSelfImages
	for number := 1; ; number++ {
		request := ens.CreateDescribeSelfImagesRequest()
		request.PageSize, request.PageNumber = requests.NewInteger(50), requests.NewInteger(number)
		page, err := client.DescribeSelfImages(request)
		if err != nil {
			t.Fatal(err)
		}
		if page.Code != 0 || page.PageNumber != strconv.Itoa(number) || page.PageSize != "50" || page.RequestId != lab.last(t).ID {
			t.Errorf("page %d says code %d, number %q, size %q, request %q", number, page.Code, page.PageNumber, page.PageSize, page.RequestId)
		}
		rows = append(rows, page.Images.Image...)
		if len(page.Images.Image) == 0 {
			if page.TotalCount != strconv.Itoa(len(rows)) {
				t.Errorf("%d images came of a total of %s", len(rows), page.TotalCount)
			}
			return rows
		}
	}
}

func ensImage(t *testing.T, r ens.ImageInDescribeSelfImages) image.Image {
	t.Helper()
	m := image.Image{
		Ref:  image.Ref{Provider: aliyunens.Name, Region: r.RegionId, ID: r.ImageId},
		Name: r.ImageName, OS: image.OSLinux, Platform: image.ParsePlatform(r.Platform), OSVersion: r.OsVersion,
		OSName: r.Platform + " " + r.OsVersion, Arch: image.Arch(r.Architecture), SizeGiB: number(r.ImageSize),
		Created: moment(t, r.CreationTime), SourceInstance: r.InstanceId,
	}
	m.Source = cmp.Or(map[string]image.Source{"others": image.SourceShared}[r.ImageOwnerAlias], image.Source(r.ImageOwnerAlias))
	m.Visibility = map[string]image.Visibility{
		"self": image.VisibilityPrivate, "others": image.VisibilityShared, "system": image.VisibilityPublic,
	}[r.ImageOwnerAlias]
	switch {
	case r.Status == "Available":
		m.Status = image.StatusAvailable
	case r.Status == "Unavailable":
		m.Status = image.StatusUnavailable
	case strings.HasSuffix(r.Status, "_failed"):
		m.Status = image.StatusFailed
	default:
		m.Status = image.StatusPending
	}
	if r.Platform == "windows" {
		m.OS = image.OSWindows
	}
	if strings.HasPrefix(r.ComputeType, "arm_") {
		m.Arch = image.ArchARM64
	}
	if r.SnapshotId != "" {
		m.SourceSnapshots = []string{r.SnapshotId}
	}
	for _, d := range r.DiskDeviceMappings.DiskDeviceMapping {
		m.Disks = append(m.Disks, image.Disk{Type: d.Type, SizeGiB: number(d.Size), Format: d.Format})
	}
	return m
}

func ensRecord(t *testing.T, r ens.ImageInDescribeSelfImages) aliyunens.Record {
	t.Helper()
	out := aliyunens.Record{
		ImageID: r.ImageId, ImageName: r.ImageName, ImageOwnerAlias: r.ImageOwnerAlias, Status: r.Status, RegionID: r.RegionId,
		Platform: r.Platform, OSVersion: r.OsVersion, Architecture: r.Architecture, ComputeType: r.ComputeType,
		InstanceID: r.InstanceId, SnapshotID: r.SnapshotId, ImageSize: int64(number(r.ImageSize)),
		ImageStorageSize: int64(number(r.ImageStorageSize)), CreationTime: moment(t, r.CreationTime),
	}
	for _, d := range r.DiskDeviceMappings.DiskDeviceMapping {
		out.DiskDeviceMappings = append(out.DiskDeviceMappings, aliyunens.DiskDeviceMapping{
			Type: d.Type, Format: d.Format, ImageID: d.ImageId, Size: int64(number(d.Size)),
		})
	}
	return out
}
