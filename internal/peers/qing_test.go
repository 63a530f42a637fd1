package peers_test

import (
	"fmt"
	"testing"
	"time"

	qing "github.com/yunify/qingcloud-sdk-go/service"

	"github.com/imagequery/imagequery/image"
	"github.com/imagequery/imagequery/internal/peers/worlds"
	"github.com/imagequery/imagequery/provider"
	"github.com/imagequery/imagequery/qingcloud"
)

// TestQing lists a thousand images with both clients, and compares every field. The
// vendor's struct knows no tags.
func TestQing(t *testing.T) {
	lab := serve(t, worlds.Qing(images))
	client, err := lab.account(worlds.Zone, worlds.Key).Qing()
	if err != nil {
		t.Fatal(err)
	}
	ours := lab.qing(t)
	var rows []qing.Image
	var got []image.Image
	for _, source := range []image.Source{image.SourceSelf, image.SourceSystem} {
		rows = append(rows, listQing(t, lab, client, string(source))...)
		got = append(got, collect(t, ours, image.Query{Sources: []image.Source{source}})...)
	}
	if len(rows) != images || len(got) != images {
		t.Fatalf("the vendor's client has %d images and ours %d of %d", len(rows), len(got), images)
	}
	seen(t, rows)
	for i := range rows {
		record, err := qingcloud.Details(got[i])
		if err != nil {
			t.Fatal(err)
		}
		record.Tags, got[i].Tags, got[i].Native = nil, nil, nil
		equal(t, fmt.Sprintf("image %d", i), qingImage(rows[i]), got[i])
		equal(t, fmt.Sprintf("record %d", i), qingRecord(rows[i]), record)
		if t.Failed() {
			return
		}
	}
}

// TestQingShared shows why no shared image is compared: the vendor's client refuses
// to ask for one, and sends nothing.
func TestQingShared(t *testing.T) {
	lab := serve(t, worlds.Qing(4))
	client, err := lab.account(worlds.Zone, worlds.Key).Qing()
	if err != nil {
		t.Fatal(err)
	}
	page, err := client.DescribeImages(&qing.DescribeImagesInput{Provider: qing.String("shared")})
	if n := len(lab.cloud.Requests()); err == nil || n > 0 {
		t.Errorf("got %v, %v with %d requests: compare shared images, too", page, err, n)
	}
}

func (l *lab) qing(t *testing.T) *provider.Client {
	t.Helper()
	return l.ours(t, qingcloud.New, worlds.Zone, "/iaas/", worlds.Key, "")
}

func listQing(t *testing.T, lab *lab, client *qing.ImageService, source string) []qing.Image {
	t.Helper()
	var rows []qing.Image
	for {
		page, err := client.DescribeImages(&qing.DescribeImagesInput{
			Provider: qing.String(source), Limit: qing.Int(100), Offset: qing.Int(len(rows)),
		})
		if err != nil {
			t.Fatal(err)
		}
		lab.last(t)
		for _, m := range page.ImageSet {
			rows = append(rows, *m)
		}
		if len(page.ImageSet) == 0 {
			if *page.TotalCount != len(rows) || *page.Action != "DescribeImagesResponse" {
				t.Errorf("%d images came of a total of %d, by %s", len(rows), *page.TotalCount, *page.Action)
			}
			return rows
		}
	}
}

// of is what a pointer points to, or the zero value.
func of[T any](p *T) (v T) {
	if p != nil {
		v = *p
	}
	return v
}

func qingImage(r qing.Image) image.Image {
	arch := map[string]image.Arch{"64bit": image.ArchX86_64, "32bit": image.ArchI386}[of(r.ProcessorType)]
	if of(r.Architecture) == "aarch64" {
		arch = image.ArchARM64
	}
	return image.Image{
		Ref:  image.Ref{Provider: qingcloud.Name, Region: worlds.Zone, ID: of(r.ImageID)},
		Name: of(r.ImageName), Description: of(r.Description), Source: image.Source(of(r.Provider)), Owner: of(r.Owner),
		Visibility: image.Visibility(of(r.Visibility)), Status: image.Status(of(r.Status)), OS: image.OS(of(r.Platform)),
		Platform: image.ParsePlatform(of(r.OSFamily)), Arch: arch, SizeGiB: of(r.Size), Created: utc(r.CreateTime), StatusChanged: utc(r.StatusTime),
	}
}

func qingRecord(r qing.Image) qingcloud.Record {
	out := qingcloud.Record{
		ImageID: of(r.ImageID), ImageName: of(r.ImageName), Description: of(r.Description), Provider: of(r.Provider), Owner: of(r.Owner),
		Visibility: of(r.Visibility), Status: of(r.Status), TransitionStatus: of(r.TransitionStatus), Platform: of(r.Platform),
		OSFamily: of(r.OSFamily), ProcessorType: of(r.ProcessorType), Architecture: of(r.Architecture), Size: int64(of(r.Size)),
		CreateTime: utc(r.CreateTime), StatusTime: utc(r.StatusTime), RecommendedType: of(r.RecommendedType), Hypervisor: of(r.Hypervisor),
		DefaultUser: of(r.DefaultUser), UIType: of(r.UIType), RootID: of(r.RootID), AppBillingID: of(r.AppBillingID), BillingID: of(r.BillingID),
		SubCode: int64(of(r.SubCode)), Feature: int64(of(r.Feature)), Features: int64(of(r.Features)), FResetpwd: int64(of(r.FResetpwd)),
	}
	for _, id := range r.InstanceIDs {
		out.InstanceIDs = append(out.InstanceIDs, *id)
	}
	return out
}

func utc(at *time.Time) time.Time { return of(at).UTC() }
