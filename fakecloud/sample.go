package fakecloud

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/imagequery/imagequery/image"
)

// Sample returns a world to look around in, the same every time. It has four
// providers, several accounts and regions, images of every source and status, and
// more than one page of them. Every account name begins with "sample-", every image
// id contains "sample".
//
//	account       key                 provider    regions
//	sample-prod   sample-prod-key     aliyunecs   cn-hangzhou, cn-beijing, ap-southeast-1
//	                                  aliyunswas  cn-hangzhou
//	sample-dev    sample-dev-key      aliyunecs   cn-hangzhou, ap-southeast-1
//	              sample-dev-sts-key  the same, with the token sample-dev-token
//	sample-edge   sample-edge-key     aliyunens   (none)
//	sample-qing   sample-qing-key     qingcloud   pek3a, sh1a
//
// The secret of each key is its id and "-secret".
func Sample() World {
	return World{
		Accounts: []Account{
			{
				Name: "sample-prod", ID: sampleProdID,
				Keys:   []Key{sampleKey("sample-prod-key", "")},
				Images: append(sampleProdECS(), sampleSWAS()...),
			},
			{
				Name: "sample-dev", ID: sampleDevID,
				Keys:   []Key{sampleKey("sample-dev-key", ""), sampleKey("sample-dev-sts-key", "sample-dev-token")},
				Images: sampleDevECS(),
			},
			{
				Name: "sample-edge", ID: "1000000000000003",
				Keys:   []Key{sampleKey("sample-edge-key", "")},
				Images: sampleENS(),
			},
			{
				Name: "sample-qing", ID: sampleQingID,
				Keys:   []Key{sampleKey("sample-qing-key", "")},
				Images: sampleQing(),
			},
		},
		Images: slices.Concat(sampleSystemECS(), sampleMarketECS(), sampleCommunityECS(), sampleSystemQing()),
	}
}

const (
	sampleProdID = "1000000000000001"
	sampleDevID  = "1000000000000002"
	sampleQingID = "usr-sample01"
)

func sampleKey(id, token string) Key { return Key{ID: id, Secret: id + "-secret", Token: token} }

// sampleTime is a moment so many hours after the first sample image was made.
func sampleTime(hours int) time.Time {
	return time.Date(2023, time.March, 1, 2, 3, 4, 0, time.UTC).Add(time.Duration(hours) * time.Hour)
}

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

// sampleSWAS returns 14 images in cn-hangzhou; the last two are shared by another
// account.
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

// sampleSystemQing publishes five distributions in both zones, each with a
// password that no client may keep.
func sampleSystemQing() []Image {
	var images []Image
	for _, zone := range []string{"pek3a", "sh1a"} {
		for i, name := range []string{"centos79x64", "jammyx64", "jammyarm64", "debian12x86", "win2022x64"} {
			platform := []string{"centos", "ubuntu", "ubuntu", "debian", "windows"}[i]
			m := sampleQingImage(zone, name+"-sample", i)
			m.Name, m.Source, m.Visibility, m.Owner = name, image.SourceSystem, image.VisibilityPublic, "system"
			m.setPlatform(platform)
			m.Extra = map[string]any{"default_user": "root", "default_passwd": "sample-password", "ui_type": "tui"}
			switch {
			case strings.HasSuffix(name, "arm64"):
				m.Arch = image.ArchARM64
			case strings.HasSuffix(name, "x86"):
				m.Arch = image.ArchI386
			}
			images = append(images, m)
		}
	}
	return images
}

// sampleQing is 35 images in pek3a and 4 in sh1a, the last of each shared with
// the account.
func sampleQing() []Image {
	statuses := []image.Status{
		image.StatusAvailable, image.StatusAvailable, image.StatusPending, image.StatusAvailable, image.StatusDeprecated,
		image.StatusSuspended, image.StatusDeleted, image.StatusCeased,
	}
	var images []Image
	for _, location := range []struct {
		zone  string
		count int
	}{{"pek3a", 35}, {"sh1a", 4}} {
		for i := range location.count {
			m := sampleQingImage(location.zone, fmt.Sprintf("img-sample%s%02d", location.zone, i), i)
			m.Status = statuses[i%len(statuses)]
			m.setPlatform([]string{"centos", "ubuntu", "debian", "windows"}[i%4])
			if i == location.count-1 {
				m.Source, m.Owner = image.SourceShared, "usr-sample99"
			}
			images = append(images, m)
		}
	}
	return images
}

func (m *Image) setPlatform(platform string) {
	m.Platform, m.OS = platform, image.OSLinux
	if platform == "windows" {
		m.OS = image.OSWindows
	}
}

// sampleQingImage is an image of the account's own; some have no name or no
// description, some are public, some have tags.
func sampleQingImage(zone, id string, i int) Image {
	m := Image{Image: image.Image{
		Ref:    image.Ref{Provider: providerQing, Region: zone, ID: id},
		Source: image.SourceSelf, Owner: sampleQingID, Visibility: image.VisibilityPrivate, Status: image.StatusAvailable,
		Arch: image.ArchX86_64, SizeGiB: 20, Created: sampleTime(i * 17), StatusChanged: sampleTime(i*17 + 240),
	}}
	if i%5 != 0 {
		m.Name, m.Description = fmt.Sprintf("青云-%d", i), "sample image"
	}
	if i%6 == 1 {
		m.Visibility = image.VisibilityPublic
	}
	if i%3 == 0 {
		m.Tags = map[string]string{"team": "data", "环境": "test"}
	}
	return m
}
