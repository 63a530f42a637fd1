package fakecloud_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"math"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/imagequery/imagequery/fakecloud"
	"github.com/imagequery/imagequery/image"
)

func TestWorldJSONReadsBack(t *testing.T) {
	want := fakecloud.Sample()
	want.Fuzzy, want.EmptyFamily, want.Strict = fakecloud.FuzzyFold, fakecloud.EmptyFamilyNull, true
	want.Regions = map[string][]string{"aliyunecs": {"cn-empty"}}
	text, err := json.Marshal(want)
	if err != nil {
		t.Fatal(err)
	}
	got, err := fakecloud.ReadWorld(bytes.NewReader(text))
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("world differs (-want +got):\n%s", diff)
	}
}

func TestReadWorldRefuses(t *testing.T) {
	for text, want := range map[string]string{
		`{"acounts":[]}`: `"acounts"`,
		`{"accounts":[{"name":"a","images":[{"provider":"aliyunecs","os_flavour":"x"}]}]}`: `"os_flavour"`,
		`{"images":[{"status":"asleep"}]}`:                                                 `"asleep"`,
		`{} {}`:                                                                            "text after the object",
		`{"strict":1}`:                                                                     "strict",
		`{`:                                                                                "EOF",
	} {
		if _, err := fakecloud.ReadWorld(strings.NewReader(text)); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: error %v, want one with %s", text, err, want)
		}
	}
}

// Each case changes one field of a valid world.
func TestNewRefusesImagesThatRecordsCannotState(t *testing.T) {
	edit := func(m fakecloud.Image, change func(*fakecloud.Image)) fakecloud.Image {
		change(&m)
		return m
	}
	ecsOwn := ecsImage("m-1", 1, nil)
	swasOwn := swasWorld().Accounts[0].Images[0]
	ensOwn := ensWorld().Accounts[0].Images[1]
	qingOwn := qingImage("img-1", 1, nil)
	for _, tt := range []struct {
		m      fakecloud.Image
		change func(*fakecloud.Image)
		want   string
	}{
		{ecsOwn, func(m *fakecloud.Image) { m.Provider = "ec2" }, "field provider"},
		{ecsOwn, func(m *fakecloud.Image) { m.ID = "" }, "field id"},
		{ecsOwn, func(m *fakecloud.Image) { m.Region = "" }, "field region"},
		{ecsOwn, func(m *fakecloud.Image) { m.OSVersion = "22.04" }, "field os_version: it is \"22.04\""},
		{ecsOwn, func(m *fakecloud.Image) { m.StatusChanged = m.Created }, "field status_changed"},
		{ecsOwn, func(m *fakecloud.Image) { m.SourceInstance = "i-1" }, "field source_instance"},
		{ecsOwn, func(m *fakecloud.Image) { m.Status = image.StatusDeleted }, "field status"},
		{ecsOwn, func(m *fakecloud.Image) { m.Source = image.SourceSystem }, `field visibility: it is "private"`},
		{ecsOwn, func(m *fakecloud.Image) { m.Owner = "usr-1" }, "field owner"},
		{ecsOwn, func(m *fakecloud.Image) { m.Created = m.Created.Add(time.Millisecond) }, "field created"},
		{ecsOwn, func(m *fakecloud.Image) { m.OSName = "Ubuntu  22.04" }, "field os_name"},
		{ecsOwn, func(m *fakecloud.Image) { m.Platform = "Ubuntu" }, "field platform"},
		{ecsOwn, func(m *fakecloud.Image) { m.SourceSnapshots = []string{"s-1"} }, "field source_snapshots"},
		{ecsOwn, func(m *fakecloud.Image) { m.Native = json.RawMessage(`{}`) }, "field native"},
		{ecsOwn, func(m *fakecloud.Image) { m.Native = json.RawMessage(`{`) }, "field native"},
		{ecsOwn, func(m *fakecloud.Image) { m.Tags = map[string]string{"": "x"} }, "field tags"},
		{ecsOwn, func(m *fakecloud.Image) { m.Extra = map[string]any{"Status": "Deprecated"} }, `reads as "deprecated"`},
		{ecsOwn, func(m *fakecloud.Image) { m.Extra = map[string]any{"Size": math.NaN()} }, "field extra"},
		{ecsOwn, func(m *fakecloud.Image) { m.Omit = []string{"ImageName"} }, "field name"},
		{ecsOwn, func(m *fakecloud.Image) { m.Hidden = map[string]string{"Colour": "red"} }, "field hidden"},
		{swasOwn, func(m *fakecloud.Image) { m.Family = "web" }, "field family"},
		{swasOwn, func(m *fakecloud.Image) { m.Visibility = image.VisibilityShared }, "field source"},
		{swasOwn, func(m *fakecloud.Image) { m.Disks = nil }, `field disks: it is unset`},
		{swasOwn, func(m *fakecloud.Image) { m.Platform = "ubuntu" }, "field platform"},
		{swasOwn, func(m *fakecloud.Image) { m.Expired = true }, "field expired"},
		{ensOwn, func(m *fakecloud.Image) { m.Source = image.SourceMarketplace }, "field source"},
		{ensOwn, func(m *fakecloud.Image) { m.OS = image.OSWindows }, "field os"},
		{ensOwn, func(m *fakecloud.Image) { m.Tags = map[string]string{"k": "v"} }, "field tags"},
		{ensOwn, func(m *fakecloud.Image) { m.SourceSnapshots = []string{"a", "b"} }, "field source_snapshots"},
		{qingOwn, func(m *fakecloud.Image) { m.Status = image.StatusFailed }, "field status"},
		{qingOwn, func(m *fakecloud.Image) { m.Visibility = image.VisibilityShared }, "field visibility"},
		{qingOwn, func(m *fakecloud.Image) { m.Family = "web" }, "field family"},
	} {
		m := edit(tt.m, tt.change)
		_, err := fakecloud.New(fakecloud.World{Accounts: []fakecloud.Account{{Name: "a", Images: []fakecloud.Image{m}}}})
		if err == nil || !strings.Contains(err.Error(), tt.want) || !strings.Contains(err.Error(), m.Ref.String()) {
			t.Errorf("%s: error %v, want one with %q", m.Ref, err, tt.want)
		}
	}
}

func TestNewRefusesInvalidWorlds(t *testing.T) {
	own := ecsImage("m-1", 1, nil)
	key := fakecloud.Key{ID: "k", Secret: "s"}
	for want, w := range map[string]fakecloud.World{
		`unknown fuzzy "vague"`:        {Fuzzy: "vague"},
		`unknown empty_family "x"`:     {EmptyFamily: "x"},
		`unknown provider "ec2"`:       {Regions: map[string][]string{"ec2": {"us-east-1"}}},
		"list it under an account":     {Images: []fakecloud.Image{own}},
		"has no name":                  {Accounts: []fakecloud.Account{{}}},
		"account a exists twice":       {Accounts: []fakecloud.Account{{Name: "a"}, {Name: "a"}}},
		"key k exists twice":           {Accounts: []fakecloud.Account{{Name: "a", Keys: []fakecloud.Key{key, key}}}},
		"a key has no id or no secret": {Accounts: []fakecloud.Account{{Name: "a", Keys: []fakecloud.Key{{ID: "k"}}}}},
		"no token that could expire":   {Accounts: []fakecloud.Account{{Name: "a", Keys: []fakecloud.Key{{ID: "k", Secret: "s", Expired: true}}}}},
		"m-1 twice":                    {Accounts: []fakecloud.Account{{Name: "a", Images: []fakecloud.Image{own, own}}}},
	} {
		if _, err := fakecloud.New(w); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("error %v, want one with %q", err, want)
		}
	}
}

func TestWorldErrorsAreReportedOncePerKind(t *testing.T) {
	account := fakecloud.Account{Name: "a"}
	for i := range 500 {
		account.Images = append(account.Images, ecsImage(fmt.Sprintf("m-%d", i), i, func(m *fakecloud.Image) {
			m.OSVersion, m.SourceInstance = "22.04", "i-1"
		}))
	}
	_, err := fakecloud.New(fakecloud.World{Accounts: []fakecloud.Account{account}})
	want := `fakecloud: image aliyunecs/cn-hangzhou/m-0: field os_version: it is "22.04", but the record that aliyunecs would send, with extra and omit, reads as unset (and 499 more such errors): leave the field unset, or add it to the record with extra
fakecloud: image aliyunecs/cn-hangzhou/m-0: field source_instance: it is "i-1", but the record that aliyunecs would send, with extra and omit, reads as unset (and 499 more such errors): leave the field unset, or add it to the record with extra`
	if diff := cmp.Diff(want, fmt.Sprint(err)); diff != "" {
		t.Errorf("errors (-want +got):\n%s", diff)
	}
}

// The value in a remedy differs from image to image, the kind of the error does not.
func TestWorldErrorsNameTheValueToSet(t *testing.T) {
	account := fakecloud.Account{Name: "a"}
	for i, name := range []string{"a", "b"} {
		account.Images = append(account.Images, ecsImage(fmt.Sprintf("m-%d", i), i, func(m *fakecloud.Image) { m.Name, m.Visibility = name, "" }))
	}
	_, err := fakecloud.New(fakecloud.World{Accounts: []fakecloud.Account{account}})
	want := `fakecloud: image aliyunecs/cn-hangzhou/m-0: field visibility: it is unset, but the record that aliyunecs would send, with extra and omit, reads as "private" (and 1 more such errors): set visibility to "private", or leave it out of the record with omit`
	if diff := cmp.Diff(want, fmt.Sprint(err)); diff != "" {
		t.Errorf("errors (-want +got):\n%s", diff)
	}
}

func TestAtMostTenKindsOfWorldErrorsAreReported(t *testing.T) {
	m := ecsImage("m-1", 1, nil)
	m.Provider, m.Status = "aliyunens", image.StatusDeleted
	m.Family, m.Owner, m.Description, m.Version = "web", "1", "d", "v1"
	m.BootMode, m.Tags, m.ResourceGroup, m.Progress = "UEFI", map[string]string{"a": "b"}, "rg-1", 50
	m.StatusChanged = m.Created
	w := fakecloud.World{Fuzzy: "x", EmptyFamily: "x", Accounts: []fakecloud.Account{{Name: "a", Images: []fakecloud.Image{m}}}}
	_, err := fakecloud.New(w)
	lines := strings.Split(fmt.Sprint(err), "\n")
	if len(lines) != 11 || !strings.Contains(lines[10], "more kinds of errors") {
		t.Errorf("%d lines, want ten errors and how many more there are:\n%v", len(lines), err)
	}
}

func TestExtraAndOmitChangeRecords(t *testing.T) {
	m := ecsImage("m-1", 1, func(m *fakecloud.Image) { m.Name, m.Description = "", "" })
	m.Extra = map[string]any{
		"Size": "20", "ImageName": nil, "Tags": "", "DiskDeviceMappings": map[string]any{}, "IsSelfShared": false, "Progress": 100,
		"CreationTime": "2024-05-01T18:20:30+08:00", "Platform": " ubuntu ", "ImageOwnerId": "0", "NewField": []int{1},
	}
	m.Omit = []string{"Description", "OSName", "OSNameEn"}
	cloud := newCloud(t, fakecloud.World{Accounts: []fakecloud.Account{{Name: "a", Keys: []fakecloud.Key{ecsKey}, Images: []fakecloud.Image{m}}}})
	got := ecs(t, cloud, ecsKey, "DescribeImages", "RegionId=cn-hangzhou")
	rows, _ := at(got.body, "Images", "Image").([]any)
	record, _ := rows[0].(map[string]any)
	if record["Size"] != "20" || record["ImageName"] != nil || fmt.Sprint(record["NewField"]) != "[1]" {
		t.Errorf("record is %v", record)
	}
	if _, there := record["Description"]; there {
		t.Error("Description is there")
	}
}

func TestNewAcceptsRecordsWithTheSameMeaning(t *testing.T) {
	ensOwn, qingOwn := ensWorld().Accounts[0].Images[1], qingImage("img-1", 1, nil)
	for _, tt := range []struct {
		m     fakecloud.Image
		set   func(*image.Image)
		extra map[string]any
	}{
		{ensOwn, func(m *image.Image) { m.Platform, m.OSName = "redhat", "rhel 3" }, nil},
		{ensOwn, func(m *image.Image) { m.Arch = image.ArchX86_64 }, map[string]any{"ComputeType": "bare_metal"}},
		{ensOwn, func(m *image.Image) { m.Disks[0].SizeGiB = 0 }, nil},
		{ensOwn, func(m *image.Image) { m.Status = image.StatusFailed }, map[string]any{"Status": "Upload_failed"}},
		{ensOwn, func(m *image.Image) { m.Region = "" }, map[string]any{"RegionId": nil}},
		{qingOwn, func(m *image.Image) { m.Arch = "" }, nil},
		{qingOwn, func(m *image.Image) { m.Arch = image.ArchX86_64 }, map[string]any{"architecture": "x86_64", "processor_type": ""}},
		{qingOwn, func(m *image.Image) { m.Arch = image.ArchARM64 }, map[string]any{"architecture": "arm64"}},
		{qingOwn, func(m *image.Image) { m.Platform = "redhat" }, map[string]any{"os_family": "RHEL"}},
		{qingOwn, func(m *image.Image) { m.Source = "" }, map[string]any{"provider": "partner"}},
		{qingOwn, func(*image.Image) {}, map[string]any{"create_time": "2024-05-01T10:20:30.000Z"}},
	} {
		m := tt.m
		m.Extra, m.Disks = tt.extra, slices.Clone(m.Disks)
		tt.set(&m.Image)
		newCloud(t, fakecloud.World{Accounts: []fakecloud.Account{{Name: "a", Images: []fakecloud.Image{m}}}})
	}
}

func TestVisibleReturnsTheImagesOfAnAccount(t *testing.T) {
	w := ecsWorld()
	for _, tt := range []struct{ account, provider, region, want string }{
		{"prod", "aliyunecs", "cn-hangzhou", "m-own m-arm m-windows m-creating m-waiting m-strange m-shared m-odd sys.vhd m-market m-community"},
		{"dev", "aliyunecs", "cn-hangzhou", "sys.vhd m-market m-community"},
		{"prod", "aliyunecs", "cn-beijing", ""},
		{"prod", "qingcloud", "cn-hangzhou", ""},
		{"nobody", "aliyunecs", "cn-hangzhou", ""},
	} {
		if diff := cmp.Diff(strings.Fields(tt.want), imageIDs(w.Visible(tt.account, tt.provider, tt.region))); diff != "" {
			t.Errorf("%v: images differ (-want +got):\n%s", tt, diff)
		}
	}
	if n := len(ensWorld().Visible("prod", "aliyunens", "anywhere")); n != 60 {
		t.Errorf("ENS shows %d images, want 60", n)
	}
}

func TestAccountsSeeTheirOwn(t *testing.T) {
	got := ecs(t, newCloud(t, ecsWorld()), fakecloud.Key{ID: "dev", Secret: "secret"}, "DescribeImages", "RegionId=cn-hangzhou")
	if diff := cmp.Diff([]string{"sys.vhd"}, ids(at(got.body, "Images", "Image"), "ImageId")); diff != "" {
		t.Errorf("images differ (-want +got):\n%s", diff)
	}
}

func TestNewCopiesTheWorld(t *testing.T) {
	w := ecsWorld()
	cloud := newCloud(t, w)
	own := &w.Accounts[0].Images[0]
	own.ID, own.Tags["app"], own.Disks[0].SnapshotID, w.Accounts[0].Name = "m-changed", "changed", "changed", "changed"
	got := ecs(t, cloud, ecsKey, "DescribeImages", "RegionId=cn-hangzhou", "ImageId=m-own", "Tag.1.Key=app", "Tag.1.Value=web", "SnapshotId=s-sys")
	if len(ids(at(got.body, "Images", "Image"), "ImageId")) != 1 || cloud.Requests()[0].Account != "prod" {
		t.Errorf("got %v", got.body)
	}
}

func TestFuzzyComparesNames(t *testing.T) {
	for _, tt := range []struct {
		reading fakecloud.Fuzzy
		text    string
		want    string
	}{
		{"", "erver", "Web-Server_1"},
		{fakecloud.FuzzySubstring, "erver", "Web-Server_1"},
		{fakecloud.FuzzySubstring, "web", ""},
		{fakecloud.FuzzyExact, "Web-Server_1", "Web-Server_1"},
		{fakecloud.FuzzyExact, "Web-Server", ""},
		{fakecloud.FuzzyPrefix, "Web", "Web-Server_1"},
		{fakecloud.FuzzyPrefix, "Server", ""},
		{fakecloud.FuzzyWildcard, "Web", ""},
		{fakecloud.FuzzyWildcard, "Web*", "Web-Server_1"},
		{fakecloud.FuzzyWildcard, "*Server*1", "Web-Server_1"},
		{fakecloud.FuzzyWildcard, "*Server", ""},
		{fakecloud.FuzzyWildcard, "Web-Server_1*Web-Server_1", ""},
		{fakecloud.FuzzyWildcard, "Web-Server_1**", "Web-Server_1"},
		{fakecloud.FuzzyFold, "wEB", "Web-Server_1"},
		{fakecloud.FuzzyPattern, "erver", "Web-Server_1"},
		{fakecloud.FuzzyPattern, "Web*", ""},
	} {
		w := ecsWorld()
		w.Fuzzy = tt.reading
		got := ecs(t, newCloud(t, w), ecsKey, "DescribeImages", "RegionId=cn-hangzhou", "ImageName="+tt.text)
		if names := strings.Join(ids(at(got.body, "Images", "Image"), "ImageName"), " "); names != tt.want {
			t.Errorf("%s %q finds %q, want %q", tt.reading, tt.text, names, tt.want)
		}
	}
}

func TestReportedImagesAreAcceptedByAWorld(t *testing.T) {
	everything := image.Image{
		Name: "web", Description: "d", Family: "f", Version: "1", Source: image.SourceShared, Owner: "1001", Visibility: image.VisibilityPublic,
		Status: image.StatusAvailable, Progress: 7, OS: image.OSLinux, Platform: "ubuntu", OSVersion: "22.04", OSName: "Ubuntu 22.04", Arch: image.ArchARM64,
		BootMode: "UEFI", SizeGiB: 40, Disks: []image.Disk{{Type: "data", Device: "/dev/vdb", SizeGiB: 20, Encrypted: true, SnapshotID: "s-1"}},
		Created: time.Date(2026, 5, 1, 0, 0, 0, 0, time.UTC), SourceInstance: "i-1", ResourceGroup: "rg-1", Tags: map[string]string{"a": "b"},
	}
	for _, provider := range []string{"aliyunecs", "aliyunswas", "aliyunens", "qingcloud"} {
		everything.Ref = image.Ref{Provider: provider, Region: "r-1", ID: "m-1"}
		m, err := fakecloud.Image{Image: everything}.Reported()
		if err != nil || m.Ref != everything.Ref || m.Name != "web" {
			t.Fatalf("%s: %v, error %v", provider, m, err)
		}
		if _, err := fakecloud.New(fakecloud.World{Accounts: []fakecloud.Account{{Name: "a", Images: []fakecloud.Image{{Image: m}}}}}); err != nil {
			t.Errorf("%s: %v", provider, err)
		}
	}
	for _, ref := range []image.Ref{{Provider: "other", Region: "r-1", ID: "m-1"}, {Provider: "aliyunecs", Region: "r-1"}, {Provider: "qingcloud", ID: "m-1"}} {
		if _, err := (fakecloud.Image{Image: image.Image{Ref: ref}}).Reported(); err == nil {
			t.Errorf("%+v: no error", ref)
		}
	}
}
