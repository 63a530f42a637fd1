package fakecloud_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/imagequery/imagequery/fakecloud"
	"github.com/imagequery/imagequery/image"
)

// The images change before the second page.
func TestWorldFaultsChangeImages(t *testing.T) {
	const one = "m-29 m-28 m-27 m-26 m-25"
	for _, tt := range []struct {
		name  string
		fault fakecloud.Fault
		want  []string
	}{
		{"delete", fakecloud.Fault{Do: fakecloud.DeleteImages}, []string{"30: " + one, "29: m-23 m-22 m-21 m-20 m-19"}},
		{"delete more", fakecloud.Fault{Do: fakecloud.DeleteImages, Count: 3}, []string{"30: " + one, "27: m-21 m-20 m-19 m-18 m-17"}},
		{"delete these", fakecloud.Fault{Do: fakecloud.DeleteImages, IDs: []string{"m-28", "m-22", "m-99"}}, []string{"30: " + one, "28: m-23 m-21 m-20 m-19 m-18"}},
		{"insert", fakecloud.Fault{Do: fakecloud.InsertImages}, []string{"30: " + one, "31: m-25 m-24 m-23 m-22 m-21"}},
		{"insert more", fakecloud.Fault{Do: fakecloud.InsertImages, Count: 6}, []string{"30: " + one, "36: m-29-copy1 m-29 m-28 m-27 m-26"}},
	} {
		for _, op := range listings() {
			tt.fault.Page, tt.fault.Times = 2, 1
			got := pages(t, op.cloud(t, tt.fault), op, 2)
			if diff := cmp.Diff(tt.want, got); diff != "" {
				t.Errorf("%s, %s: pages differ (-want +got):\n%s", tt.name, op.name, diff)
			}
		}
	}
}

// The same seed chooses the same image.
func TestWorldFaultsAnywhereChooseAtRandom(t *testing.T) {
	for _, op := range listings() {
		for _, do := range []fakecloud.FaultKind{fakecloud.InsertImages, fakecloud.DeleteImages} {
			seen := map[string]bool{}
			for seed := range uint64(6) {
				ask := func() string {
					cloud := op.cloud(t, fakecloud.Fault{Do: do, Anywhere: true, Seed: seed})
					return op.rows(fetch(cloud.Transport(), op.request(t.Context(), "http://cloud.example", 1, 50)))
				}
				rows := ask()
				if again := ask(); again != rows {
					t.Errorf("%s, %s: seed %d gives\n%s, then\n%s", do, op.name, seed, rows, again)
				}
				if n := len(strings.Fields(rows)); n != 30+map[fakecloud.FaultKind]int{fakecloud.InsertImages: 1, fakecloud.DeleteImages: -1}[do] {
					t.Errorf("%s, %s: %d rows", do, op.name, n)
				}
				seen[rows] = true
			}
			if len(seen) < 3 {
				t.Errorf("%s, %s: six seeds give %d worlds", do, op.name, len(seen))
			}
		}
	}
}

func TestWorldFaultsActOnTheFamilyOperation(t *testing.T) {
	op := operations()[1]
	cloud := op.cloud(t, fakecloud.Fault{Do: fakecloud.DeleteImages, Times: 1}, fakecloud.Fault{Do: fakecloud.InsertImages, From: 2, Times: 1})
	for _, want := range []string{"m-28", "m-28-copy1", "m-28-copy1"} {
		got := fetch(cloud.Transport(), op.request(t.Context(), "http://cloud.example", 1, 0))
		if id := at(got.json(), "Image", "ImageId"); id != want {
			t.Errorf("image %v, want %s", id, want)
		}
	}
}

func TestInsertFaultAddsItsImages(t *testing.T) {
	op := operations()[0]
	cloud := op.cloud(t, fakecloud.Fault{Do: fakecloud.InsertImages, Times: 1, Images: []fakecloud.Image{ecsImage("m-new", 99, nil), ecsImage("m-05x", 5, nil)}})
	rows := strings.Fields(op.rows(fetch(cloud.Transport(), op.request(t.Context(), "http://cloud.example", 1, 50))))
	if len(rows) != 32 || rows[0] != "m-new" || !slices.Contains(rows, "m-05x") {
		t.Errorf("rows are %v", rows)
	}
}

func TestInsertAndDeleteChangeListings(t *testing.T) {
	cloud := newCloud(t, ecsWorld())
	visible := func(account string) []string { return imageIDs(cloud.Visible(account, "aliyunecs", "cn-hangzhou")) }
	before := visible("dev")
	if diff := cmp.Diff(imageIDs(ecsWorld().Visible("dev", "aliyunecs", "cn-hangzhou")), before); diff != "" {
		t.Errorf("visible at first (-want +got):\n%s", diff)
	}
	system := ecsImage("new.vhd", 30, from(image.SourceSystem, image.VisibilityPublic, ""))
	for _, err := range []error{
		cloud.Insert("dev", ecsImage("m-dev", 31, nil)), cloud.Insert("", system), cloud.Delete(image.Ref{Provider: "aliyunecs", Region: "cn-hangzhou", ID: "sys.vhd"}),
	} {
		if err != nil {
			t.Fatal(err)
		}
	}
	if diff := cmp.Diff([]string{"m-dev", "new.vhd", "m-market", "m-community"}, visible("dev")); diff != "" {
		t.Errorf("dev sees (-want +got):\n%s", diff)
	}
	if prod := visible("prod"); !slices.Contains(prod, "new.vhd") || slices.Contains(prod, "sys.vhd") || slices.Contains(prod, "m-dev") {
		t.Errorf("prod sees %v", prod)
	}
	got := ecs(t, cloud, fakecloud.Key{ID: "dev", Secret: "secret"}, "DescribeImages", "RegionId=cn-hangzhou")
	if diff := cmp.Diff([]string{"m-dev", "new.vhd"}, ids(at(got.body, "Images", "Image"), "ImageId")); diff != "" {
		t.Errorf("dev lists (-want +got):\n%s", diff)
	}
}

func TestInsertMakesItsRegionKnown(t *testing.T) {
	cloud := newCloud(t, ensWorld())
	edge := ensWorld().Accounts[0].Images[0]
	edge.ID, edge.Region, edge.Created = "m-new", "cn-new", clock.AddDate(1, 0, 0)
	if err := cloud.Insert("prod", edge, ecsImage("m-1", 1, nil)); err != nil {
		t.Fatal(err)
	}
	if first := cloud.Visible("prod", "aliyunens", "anywhere")[0].ID; first != "m-new" {
		t.Errorf("ENS begins with %s", first)
	}
	if got := ecs(t, cloud, ecsKey, "DescribeImages", "RegionId=cn-hangzhou"); got.status != 200 {
		t.Errorf("the region of an inserted image: %v", got.body)
	}
}

func TestInsertAndDeleteRefuseInvalidChanges(t *testing.T) {
	cloud := newCloud(t, ecsWorld())
	before := cloud.Visible("prod", "aliyunecs", "cn-hangzhou")
	own := ecsImage("m-new", 1, nil)
	untrue := ecsImage("m-new", 1, func(m *fakecloud.Image) { m.OSVersion = "1" })
	for want, err := range map[string]error{
		`no account "nobody"`:      cloud.Insert("nobody", own),
		"m-own twice":              cloud.Insert("prod", own, ecsImage("m-own", 1, nil)),
		"m-new twice":              cloud.Insert("prod", own, own),
		"list it under an account": cloud.Insert("", own),
		"field os_version":         cloud.Insert("prod", untrue),
		"no image aliyunecs/x/m-1": cloud.Delete(before[0].Ref, image.Ref{Provider: "aliyunecs", Region: "x", ID: "m-1"}),
	} {
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("error %v, want one with %q", err, want)
		}
	}
	if diff := cmp.Diff(before, cloud.Visible("prod", "aliyunecs", "cn-hangzhou")); diff != "" {
		t.Errorf("the world changed (-before +after):\n%s", diff)
	}
}

func TestInsertedCopiesKeepExtraFields(t *testing.T) {
	w := ecsWorld()
	cloud := newCloud(t, w)
	if err := cloud.SetFaults(fakecloud.Fault{Do: fakecloud.InsertImages, Times: 1}); err != nil {
		t.Fatal(err)
	}
	ecs(t, cloud, ecsKey, "DescribeImages", "RegionId=cn-hangzhou", "Architecture=arm64")
	want, got := w.Accounts[0].Images[1].Image, cloud.Visible("prod", "aliyunecs", "cn-hangzhou")[1]
	want.ID, want.Created = "m-arm-copy1", want.Created.Add(time.Second)
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("copy differs (-want +got):\n%s", diff)
	}
}
