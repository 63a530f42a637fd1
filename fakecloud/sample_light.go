package fakecloud

import (
	"fmt"

	"github.com/imagequery/imagequery/image"
)

// sampleSystem is an operating system as SWAS and ENS describe it.
type sampleSystem struct {
	platform, version string
	swas, ens         string // the names for people
	os                image.OS
}

func sampleSystems() []sampleSystem {
	return []sampleSystem{
		{"centos", "7.9", "CentOS", "centos", image.OSLinux},
		{"ubuntu", "22.04", "Ubuntu", "ubuntu", image.OSLinux},
		{"aliyun", "3", "Alibaba Cloud Linux", "alios", image.OSLinux},
		{"windows", "2022", "Windows Server", "windows", image.OSWindows},
		{"debian", "12", "Debian", "debian", image.OSLinux},
	}
}

// sampleSWAS is 14 images in cn-hangzhou; the last two came from somebody else.
func sampleSWAS() []Image {
	systems := sampleSystems()
	statuses := []image.Status{image.StatusAvailable, image.StatusAvailable, image.StatusPending, image.StatusUnavailable, image.StatusFailed}
	var images []Image
	for i := range 14 {
		system := systems[i%len(systems)]
		m := Image{Image: image.Image{
			Ref:  image.Ref{Provider: providerSWAS, Region: "cn-hangzhou", ID: fmt.Sprintf("m-sample-swas-%02d", i)},
			Name: fmt.Sprintf("轻量-%s-%d", system.platform, i), Description: "自定义镜像", Source: image.SourceSelf, Visibility: image.VisibilityPrivate,
			Status: statuses[i%len(statuses)], OS: system.os, Platform: system.platform, OSVersion: system.version,
			OSName: system.swas + " " + system.version, SizeGiB: 20 + 20*(i%2), Created: sampleTime(i * 31), SourceInstance: fmt.Sprintf("swas-sample-%d", i%3),
			ResourceGroup: "rg-sample-swas", Tags: map[string]string{"tier": fmt.Sprint("t", i%3)},
		}}
		m.Disks = []image.Disk{{Type: "system", SizeGiB: m.SizeGiB, SnapshotID: "s-" + m.ID}}
		m.SourceSnapshots = []string{"s-" + m.ID}
		if i%4 == 1 {
			m.Disks = append(m.Disks, image.Disk{Type: "data", SizeGiB: 100, SnapshotID: "s-data-" + m.ID})
			m.SourceSnapshots = append(m.SourceSnapshots, "s-data-"+m.ID)
		}
		if i == 2 {
			m.Extra = map[string]any{"Status": "4", "RequiredSystemDiskSize": "20"}
		}
		if i >= 12 {
			m.Source, m.Visibility, m.Owner = "", image.VisibilityShared, sampleDevID
		}
		images = append(images, m)
	}
	return images
}

// sampleENS is 60 images, every third of which does not say where it is.
func sampleENS() []Image {
	systems := sampleSystems()
	statuses := []image.Status{image.StatusAvailable, image.StatusAvailable, image.StatusAvailable, image.StatusPending, image.StatusFailed, image.StatusUnavailable}
	var images []Image
	for i := range 60 {
		system := systems[i%len(systems)]
		m := Image{Image: image.Image{
			Ref:  image.Ref{Provider: providerENS, Region: []string{"", "cn-wulanchabu", "cn-beijing-11"}[i%3], ID: fmt.Sprintf("m-sample-ens-%d", i)},
			Name: fmt.Sprintf("edge-%s-%d", system.platform, i), Source: image.SourceSelf, Visibility: image.VisibilityPrivate,
			Status: statuses[i%len(statuses)], OS: system.os, Platform: system.platform, OSVersion: system.version,
			OSName: system.ens + " " + system.version, Arch: image.ArchX86_64, SizeGiB: 20, Created: sampleTime(i * 13),
			SourceInstance: fmt.Sprintf("i-sample-%d", i%7), SourceSnapshots: []string{fmt.Sprintf("sp-sample-%d", i)},
		}}
		switch i % 10 {
		case 2:
			m.Arch = image.ArchARM64
		case 4:
			m.Arch, m.Extra = image.ArchARM64, map[string]any{"ComputeType": "arm_bare_metal", "Architecture": "x86_64"}
		case 6:
			m.Disks = []image.Disk{{Type: "system", SizeGiB: 20, Format: "qcow2"}, {Type: "data", SizeGiB: 100, Format: "raw"}}
		case 8:
			m.Source, m.Visibility = image.SourceShared, image.VisibilityShared
		case 9:
			m.Omit = []string{"DiskDeviceMappings", "ImageStorageSize"} // as in the older schema
		}
		images = append(images, m)
	}
	return images
}
