package aliyunecs_test

import (
	"errors"
	"net/http"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/imagequery/imagequery/aliyunecs"
	"github.com/imagequery/imagequery/image"
	"github.com/imagequery/imagequery/internal/adaptertest"
	"github.com/imagequery/imagequery/provider"
)

// answering returns a client whose server answers everything alike.
func answering(t *testing.T, status int, body string) *provider.Client {
	t.Helper()
	return adaptertest.Client(t, aliyunecs.New, "cn-hangzhou", &adaptertest.Server{Status: status, Body: body})
}

func ecs(id string) image.Ref {
	return image.Ref{Provider: "aliyunecs", Region: "cn-hangzhou", ID: id}
}

func TestRecordedImagesAreMapped(t *testing.T) {
	for _, test := range []struct {
		body string
		want []image.Image
	}{
		{"ecs-1.json", []image.Image{{
			Ref: ecs("m-7xv9ien27pg8yukkjwbu"), Name: "cloud-ops-fvt-linux", Description: "guest os 基础镜像",
			Source: image.SourceSelf, Visibility: image.VisibilityPrivate, Status: image.StatusAvailable, Progress: 100,
			OS: image.OSLinux, Platform: "aliyun", OSVersion: "3.2104", OSName: "Alibaba Cloud Linux 3.2104 LTS 64 bit",
			Arch: image.ArchX86_64, BootMode: "BIOS", SizeGiB: 40,
			Disks:           []image.Disk{{Type: "system", Device: "/dev/xvda", SizeGiB: 40, SnapshotID: "s-7xv9ien27pg8yuknegpw"}},
			Created:         adaptertest.At("2023-03-06T06:04:04Z"),
			SourceSnapshots: []string{"s-7xv9ien27pg8yuknegpw"},
		}, {
			Ref: ecs("m-7xv39d1mm2md1x9n6mqn"), Name: "cloud-ops-fvt-windows",
			Source: image.SourceSelf, Visibility: image.VisibilityPrivate, Status: image.StatusAvailable, Progress: 100,
			OS: image.OSWindows, Platform: "windows", OSVersion: "2022", OSName: "Windows Server 2022 DataCenter Edition 64bit Chinese Edition",
			Arch: image.ArchX86_64, BootMode: "BIOS", SizeGiB: 40,
			Disks:           []image.Disk{{Type: "system", Device: "/dev/xvda", SizeGiB: 40, SnapshotID: "s-7xv39d1mm2md1x9qtptv"}},
			Created:         adaptertest.At("2022-12-22T03:26:34Z"),
			SourceSnapshots: []string{"s-7xv39d1mm2md1x9qtptv"},
		}}},
		{"ecs-10.json", []image.Image{{
			Ref: ecs("m-bp1g7004ksh0oeuc****"), Name: "testImageName", Description: "Archive log for Oracle",
			Family: "hangzhou-daily-update", Version: "2",
			Source: image.SourceSelf, Owner: "1234567890", Visibility: image.VisibilityShared,
			Status: image.StatusAvailable, Progress: 100,
			OS: image.OSWindows, Platform: "windows", OSVersion: "2016", OSName: "Windows Server 2016 Data Center Edition 64bit Chinese Edition",
			Arch: image.ArchX86_64, BootMode: "BIOS", SizeGiB: 60,
			Disks: []image.Disk{{
				Type: "system", Device: "/dev/xvda", SizeGiB: 60, Format: "qcow2", SnapshotID: "s-bp17ot2q7x72ggtw****",
			}},
			Created:         adaptertest.At("2019-11-15T06:07:05Z"),
			SourceSnapshots: []string{"s-bp17ot2q7x72ggtw****"},
			ResourceGroup:   "rg-bp67acfmxazb4p****",
			Tags:            map[string]string{"DTS": "Oracle"},
		}}},
	} {
		t.Run(test.body, func(t *testing.T) {
			got, err := provider.Collect(answering(t, http.StatusOK, adaptertest.Recorded(t, test.body)).Images(t.Context(), image.Query{}))
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(test.want, got, adaptertest.WithoutNative); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

// The server returns the first 10 of 34 images for every page.
func TestRecordedFirstPageIsIncomplete(t *testing.T) {
	system := func(id, os string, platform, version, name string, arch image.Arch, created string) image.Image {
		return image.Image{
			Ref: ecs(id), Name: id, Source: image.SourceSystem, Visibility: image.VisibilityPublic,
			Status: image.StatusAvailable, Progress: 100, OS: image.OS(os), Platform: platform, OSVersion: version, OSName: name,
			Arch: arch, SizeGiB: 40, Created: adaptertest.At(created),
		}
	}
	want := []image.Image{
		system("ubuntu_14_0405_32_40G_alibase_20170711.vhd", "linux", "ubuntu", "14.04", "Ubuntu 14.04 32位", "i386", "2017-07-18T07:13:43Z"),
		system("ubuntu_14_0405_64_40G_alibase_20170711.vhd", "linux", "ubuntu", "14.04", "Ubuntu 14.04 64位", "x86_64", "2017-07-18T07:09:17Z"),
		system("centos_6_08_32_40G_alibase_20170710.vhd", "linux", "centos", "6.8", "CentOS 6.8 32位", "i386", "2017-07-17T10:00:57Z"),
		system("centos_6_08_64_40G_alibase_20170710.vhd", "linux", "centos", "6.8", "CentOS 6.8 64位", "x86_64", "2017-07-17T06:24:30Z"),
		system("centos_7_03_64_40G_alibase_20170710.vhd", "linux", "centos", "7.3", "CentOS 7.3 64位", "x86_64", "2017-07-17T06:23:48Z"),
		system("debian_8_08_32_40G_alibase_20170711.vhd", "linux", "debian", "8.8", "Debian 8.8 32位", "i386", "2017-07-17T06:23:18Z"),
		system("debian_8_08_64_40G_alibase_20170711.vhd", "linux", "debian", "8.8", "Debian 8.8 64位", "x86_64", "2017-07-17T06:22:50Z"),
		system("ubuntu_16_0402_64_40G_alibase_20170711.vhd", "linux", "ubuntu", "16.04", "Ubuntu 16.04 64位", "x86_64", "2017-07-17T06:22:00Z"),
		system("ubuntu_16_0402_32_40G_alibase_20170711.vhd", "linux", "ubuntu", "16.04", "Ubuntu 16.04 32位", "i386", "2017-07-17T06:21:33Z"),
		system("win2008r2_64_ent_sp1_en-us_40G_alibase_20170622.vhd", "windows", "windows", "2008 R2", "Windows Server 2008 R2 企业版 64位英文版", "x86_64", "2017-07-06T10:11:57Z"),
	}
	got, err := provider.Collect(answering(t, http.StatusOK, adaptertest.Recorded(t, "ecs-3.json")).Images(t.Context(), image.Query{}))
	if diff := cmp.Diff(want, got, adaptertest.WithoutNative); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	if !errors.Is(err, provider.Incomplete) {
		t.Errorf("error %v, want incomplete: 24 of 34 images never came", err)
	}
}

func TestRecordedFamilyIsMapped(t *testing.T) {
	got, err := aliyunecs.FromFamily(t.Context(), answering(t, http.StatusOK, adaptertest.Recorded(t, "ecsfamily-2.json")), "testImageFamily")
	if err != nil {
		t.Fatal(err)
	}
	want := image.Image{
		Ref: ecs("m-bp1g7004ksh0oeuc****"), Name: "testImageName", Description: "testDescription",
		Family: "testImageFamily", Version: "2",
		Source: image.SourceSelf, Visibility: image.VisibilityShared, Status: image.StatusAvailable, Progress: 100,
		OS: image.OSLinux, Platform: "aliyun", OSVersion: "2.1903", OSName: "Alibaba Cloud Linux 2.1903", Arch: image.ArchX86_64, SizeGiB: 80,
		Disks:           []image.Disk{{Type: "custom", Device: "/dev/xvdb", SizeGiB: 80, Format: "qcow2", SnapshotID: "s-bp17ot2q7x72ggtw****"}},
		Created:         adaptertest.At("2018-01-10T01:01:10Z"),
		SourceSnapshots: []string{"s-bp17ot2q7x72ggtw****"},
		Tags:            map[string]string{"TestKey": "TestValue"},
	}
	if diff := cmp.Diff(want, got, adaptertest.WithoutNative); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func TestRecordedErrorsHaveKinds(t *testing.T) {
	for _, test := range []struct {
		body   string
		status int
		want   provider.Error
	}{
		{"alibaba-error-1.json", 404, provider.Error{
			Kind: provider.Unauthenticated, Code: "InvalidAccessKeyId.NotFound",
			Message: "Specified access key is not found.", RequestID: "0B12DE1A-2304-5E86-AAFD-B0206BDECD01",
		}},
		{"alibaba-error-3.json", 400, provider.Error{
			Kind: provider.InvalidArgument, Code: "InvalidDomainName.NoExist",
			Message:   "The specified domain name does not exist. Refresh the page and try again.",
			RequestID: "8584D687-2E67-53C1-8DD7-95E288A02343",
		}},
		{"alibaba-error-5.json", 404, provider.Error{
			Kind: provider.Unauthenticated, Code: "InvalidAccessKeyId.NotFound",
			Message: "Specified access key is not found.", RequestID: "6DE84857-756A-46A6-856A-2081DD814412",
		}},
		{"alibaba-error-8.json", 400, provider.Error{
			Kind: provider.InvalidArgument, Code: "InvalidInstanceType.ValueNotSupported",
			Message:   "The specified instanceType beyond the permitted range.",
			RequestID: "0042EE30-0EDF-48A7-A414-56229D4AD532",
		}},
		{"alibaba-error-10.json", 400, provider.Error{
			Kind: provider.Throttled, Code: "Throttling",
			Message: "Request was denied due to user flow control.", RequestID: "A45EE076-334D-5012-9746-A8F828D20FD4",
		}},
	} {
		t.Run(test.body, func(t *testing.T) {
			_, err := provider.Collect(answering(t, test.status, adaptertest.Recorded(t, test.body)).Images(t.Context(), image.Query{}))
			var got *provider.Error
			if !errors.As(err, &got) {
				t.Fatalf("error %v, want a *provider.Error", err)
			}
			test.want.Provider, test.want.Region, test.want.Action = "aliyunecs", "cn-hangzhou", "DescribeImages"
			test.want.HTTPStatus, test.want.Attempts = test.status, 1
			if diff := cmp.Diff(test.want, *got); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}
