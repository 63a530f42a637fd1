package peers_test

import (
	"fmt"
	"strconv"
	"testing"

	"github.com/aliyun/alibaba-cloud-sdk-go/sdk/requests"
	"github.com/aliyun/alibaba-cloud-sdk-go/services/ecs"

	"github.com/imagequery/imagequery/aliyunecs"
	"github.com/imagequery/imagequery/image"
	"github.com/imagequery/imagequery/internal/peers/worlds"
)

const everyStatus = "Creating,Waiting,Available,UnAvailable,CreateFailed,Deprecated"

// TestECS lists a thousand images with the typed client and with ours, with a
// lasting key and with a temporary one, and compares every field.
func TestECS(t *testing.T) {
	lab := serve(t, worlds.ECS(images))
	for _, tt := range []struct{ key, token string }{{worlds.Key, ""}, {worlds.STSKey, worlds.Token}} {
		t.Run(tt.key, func(t *testing.T) {
			account := lab.account(worlds.Region, tt.key)
			account.Token = tt.token
			client, err := account.ECS()
			if err != nil {
				t.Fatal(err)
			}
			rows := listECS(t, lab, client, 100)
			seen(t, rows, ecsAbsent()...)
			got := collect(t, lab.ours(t, aliyunecs.New, worlds.Region, "/", tt.key, tt.token), image.Query{})
			compareECS(t, rows, got, (*ecsReading).image)
		})
	}
}

// TestECSPages asks for pages of every size that consumers of the client use.
func TestECSPages(t *testing.T) {
	lab := serve(t, worlds.ECS(230))
	client, err := lab.account(worlds.Region, worlds.Key).ECS()
	if err != nil {
		t.Fatal(err)
	}
	for _, size := range []int{10, 50, 100} {
		if rows := listECS(t, lab, client, size); len(rows) != 230 {
			t.Errorf("pages of %d: %d images, want 230", size, len(rows))
		}
	}
}

// listECS reads every page up to the empty one, and checks what each of them says.
func listECS(t *testing.T, lab *lab, client *ecs.Client, size int) []ecs.Image {
	t.Helper()
	var rows []ecs.Image
	for number := 1; ; number++ {
		request := ecs.CreateDescribeImagesRequest()
		request.Status, request.PageSize, request.PageNumber = everyStatus, requests.NewInteger(size), requests.NewInteger(number)
		page, err := client.DescribeImages(request)
		if err != nil {
			t.Fatal(err)
		}
		if page.PageNumber != number || page.PageSize != size || page.RegionId != worlds.Region || page.RequestId != lab.last(t).ID {
			t.Errorf("page %d of %d: it says number %d, size %d, region %q, request %q",
				number, size, page.PageNumber, page.PageSize, page.RegionId, page.RequestId)
		}
		rows = append(rows, page.Images.Image...)
		if len(page.Images.Image) == 0 {
			if page.TotalCount != len(rows) {
				t.Errorf("%d images came of a total of %d", len(rows), page.TotalCount)
			}
			return rows
		}
	}
}

// TestECSFamilies asks both clients for many families, and for one that nobody has.
func TestECSFamilies(t *testing.T) {
	lab := serve(t, worlds.ECS(images))
	client, err := lab.account(worlds.Region, worlds.Key).ECS()
	if err != nil {
		t.Fatal(err)
	}
	ours := lab.ours(t, aliyunecs.New, worlds.Region, "/", worlds.Key, "")
	var rows []ecs.Image
	var got []image.Image
	for i := range worlds.Families {
		row := familyECS(t, lab, client, worlds.Family(i))
		if row.ImageId == "" {
			continue
		}
		m, err := aliyunecs.FromFamily(t.Context(), ours, worlds.Family(i))
		if err != nil {
			t.Fatal(err)
		}
		rows, got = append(rows, row), append(got, m)
	}
	if len(rows) < worlds.Families/2 {
		t.Errorf("only %d families have an available image", len(rows))
	}
	compareECS(t, rows, got, (*ecsReading).familyImage)
	if row := familyECS(t, lab, client, "nobody"); row.ImageId != "" {
		t.Errorf("the family of nobody has the image %s", row.ImageId)
	}
}

func familyECS(t *testing.T, lab *lab, client *ecs.Client, family string) ecs.Image {
	t.Helper()
	request := ecs.CreateDescribeImageFromFamilyRequest()
	request.ImageFamily = family
	answer, err := client.DescribeImageFromFamily(request)
	if err != nil {
		t.Fatalf("%s: %v", family, err)
	}
	lab.last(t)
	return answer.Image
}

// compareECS compares our images and their records with the vendor's structs.
func compareECS(t *testing.T, rows []ecs.Image, got []image.Image, read func(*ecsReading) image.Image) {
	t.Helper()
	if len(rows) != len(got) {
		t.Fatalf("the vendor's client has %d images and ours %d", len(rows), len(got))
	}
	for i := range rows {
		reading := &ecsReading{rows[i], worlds.Region, moment(t, rows[i].CreationTime)}
		record, err := aliyunecs.Details(got[i])
		if err != nil {
			t.Fatal(err)
		}
		record.LicenseType, record.Usable, record.SecureBootSupport = "", false, "" // the vendor's struct has them not
		got[i].Native = nil
		equal(t, fmt.Sprintf("image %d", i), read(reading), got[i])
		equal(t, fmt.Sprintf("record %d", i), reading.record(), record)
		if t.Failed() {
			return
		}
	}
}

// ecsAbsent are fields of the vendor's structs that belong to other operations.
func ecsAbsent() []string {
	disk, tag := "DiskDeviceMappings.DiskDeviceMapping[].", "Tags.Tag[]."
	return []string{
		disk + "OSSBucket", disk + "OSSObject", disk + "DiskImageSize", tag + "Key", tag + "Value",
		tag + "ResourceTypeCount.Ddh", tag + "ResourceTypeCount.Disk", tag + "ResourceTypeCount.Eni", tag + "ResourceTypeCount.Image",
		tag + "ResourceTypeCount.Instance", tag + "ResourceTypeCount.KeyPair", tag + "ResourceTypeCount.LaunchTemplate",
		tag + "ResourceTypeCount.ReservedInstance", tag + "ResourceTypeCount.Securitygroup", tag + "ResourceTypeCount.Snapshot",
		tag + "ResourceTypeCount.SnapshotPolicy", tag + "ResourceTypeCount.Volume",
	}
}

func number(text string) int {
	n, _ := strconv.Atoi(text)
	return n
}
