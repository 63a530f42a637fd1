package peers_test

import (
	"fmt"
	"strconv"
	"testing"

	"github.com/aliyun/alibaba-cloud-sdk-go/sdk/requests"
	swas "github.com/aliyun/alibaba-cloud-sdk-go/services/swas-open"

	"github.com/imagequery/imagequery/aliyunswas"
	"github.com/imagequery/imagequery/image"
	"github.com/imagequery/imagequery/internal/peers/worlds"
)

// TestSWAS lists a thousand images with both clients, and compares every field.
func TestSWAS(t *testing.T) {
	lab := serve(t, worlds.SWAS(images))
	client, err := lab.account(worlds.Region, worlds.Key).SWAS()
	if err != nil {
		t.Fatal(err)
	}
	rows := listSWAS(t, lab, client)
	seen(t, rows, "Tags[].CnTitle", "Tags[].EnTitle", "Tags[].Color")
	got := collect(t, lab.ours(t, aliyunswas.New, worlds.Region, "/", worlds.Key, ""), image.Query{})
	if len(rows) != len(got) {
		t.Fatalf("the vendor's client has %d images and ours %d", len(rows), len(got))
	}
	for i := range rows {
		record, err := aliyunswas.Details(got[i])
		if err != nil {
			t.Fatal(err)
		}
		got[i].Native = nil
		equal(t, fmt.Sprintf("image %d", i), swasImage(t, rows[i]), got[i])
		equal(t, fmt.Sprintf("record %d", i), swasRecord(t, rows[i]), record)
		if t.Failed() {
			return
		}
	}
}

func listSWAS(t *testing.T, lab *lab, client *swas.Client) []swas.CustomImage {
	t.Helper()
	var rows []swas.CustomImage
	for number := 1; ; number++ {
		request := swas.CreateListCustomImagesRequest()
		request.PageSize, request.PageNumber = requests.NewInteger(100), requests.NewInteger(number)
		page, err := client.ListCustomImages(request)
		if err != nil {
			t.Fatal(err)
		}
		if page.PageNumber != strconv.Itoa(number) || page.PageSize != "100" || page.RequestId != lab.last(t).ID {
			t.Errorf("page %d says number %q, size %q, request %q", number, page.PageNumber, page.PageSize, page.RequestId)
		}
		rows = append(rows, page.CustomImages...)
		if len(page.CustomImages) == 0 {
			if page.TotalCount != strconv.Itoa(len(rows)) {
				t.Errorf("%d images came of a total of %s", len(rows), page.TotalCount)
			}
			return rows
		}
	}
}

func swasImage(t *testing.T, r swas.CustomImage) image.Image {
	t.Helper()
	m := image.Image{
		Ref:  image.Ref{Provider: aliyunswas.Name, Region: r.RegionId, ID: r.ImageId},
		Name: r.Name, Description: r.Description, Source: image.SourceSelf, Visibility: image.VisibilityPrivate,
		Status: map[string]image.Status{
			"0": image.StatusPending, "1": image.StatusAvailable, "2": image.StatusUnavailable, "3": image.StatusFailed, "4": image.StatusPending,
		}[r.Status],
		OS:       map[string]image.OS{"Linux": image.OSLinux, "Windows": image.OSWindows}[r.OsType],
		Platform: image.ParsePlatform(r.SourceImageName), OSVersion: r.SourceImageVersion, OSName: r.SourceImageName + " " + r.SourceImageVersion,
		SizeGiB: r.RequiredSystemDiskSize, Created: moment(t, r.CreationTime), SourceInstance: r.InstanceId, ResourceGroup: r.ResourceGroupId,
		Disks: []image.Disk{{Type: "system", SizeGiB: r.RequiredSystemDiskSize, SnapshotID: r.SystemSnapshotId}},
	}
	if r.InShareUser {
		m.Source, m.Visibility = "", image.VisibilityShared
	}
	if r.UserId != 0 {
		m.Owner = strconv.FormatInt(r.UserId, 10)
	}
	if r.RequiredDataDiskSize != 0 || r.DataSnapshotId != "" {
		m.Disks = append(m.Disks, image.Disk{Type: "data", SizeGiB: r.RequiredDataDiskSize, SnapshotID: r.DataSnapshotId})
	}
	for _, id := range []string{r.SystemSnapshotId, r.DataSnapshotId} {
		if id != "" {
			m.SourceSnapshots = append(m.SourceSnapshots, id)
		}
	}
	for _, tag := range r.Tags {
		m.Tags = tagged(m.Tags, tag.Key, tag.Value)
	}
	return m
}

func swasRecord(t *testing.T, r swas.CustomImage) aliyunswas.Record {
	t.Helper()
	out := aliyunswas.Record{
		ImageID: r.ImageId, Name: r.Name, Description: r.Description, RegionID: r.RegionId, Status: r.Status,
		OSType: r.OsType, SourceImageName: r.SourceImageName, SourceImageVersion: r.SourceImageVersion,
		UserID: strconv.FormatInt(r.UserId, 10), ResourceGroupID: r.ResourceGroupId, InstanceID: r.InstanceId, InstanceName: r.InstanceName,
		SystemSnapshotID: r.SystemSnapshotId, SystemSnapshotName: r.SystemSnapshotName,
		DataSnapshotID: r.DataSnapshotId, DataSnapshotName: r.DataSnapshotName,
		RequiredSystemDiskSize: int64(r.RequiredSystemDiskSize), RequiredDataDiskSize: int64(r.RequiredDataDiskSize),
		InShare: r.InShare, InShareUser: r.InShareUser, CreationTime: moment(t, r.CreationTime),
	}
	out.CreateInstances = append(out.CreateInstances, r.CreateInstances...)
	for _, tag := range r.Tags {
		out.Tags = append(out.Tags, aliyunswas.Tag{Key: tag.Key, Value: tag.Value})
	}
	return out
}
