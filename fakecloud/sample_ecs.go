package fakecloud

import (
	"fmt"
	"strings"

	"github.com/imagequery/imagequery/image"
)

// sampleLine is one distribution that the vendor publishes again and again.
type sampleLine struct {
	id, family, osName, platform, native string
	os                                   image.OS
	arch                                 image.Arch
	size                                 int
}

func sampleLines() []sampleLine {
	const lin, win, x64, arm = image.OSLinux, image.OSWindows, image.ArchX86_64, image.ArchARM64
	return []sampleLine{
		{"aliyun_3_x64_20G", "acs:alibaba_cloud_linux_3_2104_lts_x64", "Alibaba Cloud Linux 3.2104 LTS 64 bit", "aliyun", "", lin, x64, 20},
		{"aliyun_3_arm64_20G", "acs:alibaba_cloud_linux_3_2104_lts_arm64", "Alibaba Cloud Linux 3.2104 LTS 64 bit", "aliyun", "", lin, arm, 20},
		{"ubuntu_22_04_x64_20G", "acs:ubuntu_22_04_x64", "Ubuntu 22.04 64 bit", "ubuntu", "", lin, x64, 20},
		{"ubuntu_22_04_arm64_20G", "acs:ubuntu_22_04_arm64", "Ubuntu 22.04 64 bit", "ubuntu", "", lin, arm, 20},
		{"centos_7_9_x64_20G", "acs:centos_7_9_x64", "CentOS 7.9 64 bit", "centos", "", lin, x64, 20},
		{"centos_6_8_i386_20G", "", "CentOS 6.8 32 bit", "centos", "", lin, image.ArchI386, 20},
		{"rhel_9_x64_40G", "acs:rhel_9_x64", "Red Hat Enterprise Linux 9 64 bit", "redhat", "", lin, x64, 40},
		{"debian_12_x64_20G", "acs:debian_12_x64", "Debian 12.1 64 bit", "debian", "", lin, x64, 20},
		{"kylin_10_arm64_20G", "", "Kylin V10 SP3 64 bit", "kylin", "Kylin", lin, arm, 20},
		{"win2016_x64_zh-cn_40G", "", "Windows Server 2016 DataCenter Edition 64bit Chinese Edition", "windows", "Windows Server 2016", win, x64, 40},
	}
}

func sampleECSRegions() []string { return []string{"cn-hangzhou", "cn-beijing", "ap-southeast-1"} }

// sampleSystemECS publishes every line in every region, six times in cn-hangzhou
// and twice elsewhere.
func sampleSystemECS() []Image {
	var images []Image
	for _, region := range sampleECSRegions() {
		builds := 2
		if region == "cn-hangzhou" {
			builds = 6
		}
		for i, line := range sampleLines() {
			for build := range builds {
				images = append(images, line.image(region, build, i))
			}
		}
	}
	return images
}

func (l sampleLine) image(region string, build, offset int) Image {
	created := sampleTime(build*24*90 + offset)
	id := fmt.Sprintf("%s_sample_%s.vhd", l.id, created.Format("20060102"))
	m := Image{Image: image.Image{
		Ref: image.Ref{Provider: providerECS, Region: region, ID: id}, Name: id,
		Family: l.family, Source: image.SourceSystem, Visibility: image.VisibilityPublic,
		Status: image.StatusAvailable, Progress: 100, OS: l.os, Platform: l.platform, OSName: l.osName,
		Arch: l.arch, BootMode: "BIOS", SizeGiB: l.size, Created: created,
	}}
	if l.native != "" {
		m.Extra = map[string]any{"Platform": l.native}
	}
	if l.family == "" {
		m.Omit = []string{"ImageFamily", "Tags", "DetectionOptions"} // as on older bodies
	}
	return m
}

func sampleMarketECS() []Image {
	return []Image{
		sampleOther("m-sample-market-wordpress", "WordPress 6.4 on Ubuntu", image.SourceMarketplace, "", map[string]any{
			"ProductCode": "cmjj000001", "SupplierName": "Sample Software", "IsPublic": false, "Usage": "instance",
		}),
		sampleOther("m-sample-market-gitlab", "GitLab 16", image.SourceMarketplace, "", map[string]any{"ProductCode": "cmjj000002", "IsSubscribed": true}),
	}
}

func sampleCommunityECS() []Image {
	return []Image{
		sampleOther("m-sample-community-rocky", "rocky-9-社区版", image.SourceCommunity, "1000000000000077", nil),
		sampleOther("m-sample-community-gpu", "gpu-training", image.SourceCommunity, "1000000000000078", map[string]any{"Size": "20", "Tags": nil}),
	}
}

// sampleOther returns an image of another account, in cn-hangzhou.
func sampleOther(id, name string, source image.Source, owner string, extra map[string]any) Image {
	visibility := image.VisibilityPublic
	if source == image.SourceShared {
		visibility = image.VisibilityShared
	}
	return Image{Extra: extra, Image: image.Image{
		Ref: image.Ref{Provider: providerECS, Region: "cn-hangzhou", ID: id}, Name: name,
		Source: source, Owner: owner, Visibility: visibility, Status: image.StatusAvailable, Progress: 100,
		OS: image.OSLinux, Platform: "rocky", OSName: "Rocky Linux 9.2 64 bit", Arch: image.ArchX86_64,
		SizeGiB: 20, Created: sampleTime(5000 + len(id)),
	}}
}

// sampleApp is an application whose images an account builds.
type sampleApp struct {
	name, family string
	line         int // of sampleLines
	dataDisks    []int
	tags         map[string]string
}

func sampleApps() []sampleApp {
	return []sampleApp{
		{name: "web", family: "sample-web", line: 2, tags: map[string]string{"app": "web", "env": "prod"}},
		{name: "db", family: "sample-db", line: 0, dataDisks: []int{100, 200}, tags: map[string]string{"app": "db"}},
		{name: "edge", family: "sample-edge", line: 3, tags: map[string]string{"app": "edge", "env": ""}},
		{name: "订单服务", line: 4, tags: map[string]string{"部门": "订单"}},
		{name: "office", line: 9, dataDisks: []int{50}},
	}
}

// sampleProdECS is 60 builds of the five applications in cn-hangzhou, fewer
// elsewhere, and what others share with the account.
func sampleProdECS() []Image {
	images := sampleBuilds("prod", "cn-hangzhou", 60)
	images = append(images, sampleBuilds("prod", "cn-beijing", 12)...)
	images = append(images, sampleBuilds("prod", "ap-southeast-1", 5)...)
	images = append(images,
		sampleOther("m-sample-shared-base", "shared-base", image.SourceShared, "1000000000000099", nil),
		sampleOther("m-sample-shared-dev", "shared-from-dev", image.SourceShared, sampleDevID, nil),
	)
	images[0].Expired = true
	images[1].Hidden = map[string]string{"ActionType": "ChangeOS"}
	return images
}

func sampleDevECS() []Image {
	return append(sampleBuilds("dev", "cn-hangzhou", 15), sampleBuilds("dev", "ap-southeast-1", 3)...)
}

func sampleBuilds(account, region string, count int) []Image {
	apps := sampleApps()
	images := make([]Image, 0, count)
	for i := range count {
		images = append(images, sampleBuild(apps[i%len(apps)], account, region, i))
	}
	return images
}

func sampleBuild(app sampleApp, account, region string, i int) Image {
	line := sampleLines()[app.line]
	id := fmt.Sprintf("m-sample-%s-%s-%02d", account, strings.ReplaceAll(region, "-", ""), i)
	m := Image{Image: image.Image{
		Ref: image.Ref{Provider: providerECS, Region: region, ID: id}, Name: fmt.Sprintf("%s-%d", app.name, i/5+1),
		Description: app.name + " of " + account + " <基础镜像>", Family: app.family,
		Source: image.SourceSelf, Visibility: image.VisibilityPrivate,
		OS: line.os, Platform: line.platform, OSName: line.osName, Arch: line.arch, BootMode: "UEFI",
		SizeGiB: line.size, Created: sampleTime(i*19 + 7), Tags: app.tags, ResourceGroup: []string{"", "rg-sample-" + account}[i%2],
	}}
	if app.family != "" {
		m.Version = fmt.Sprint(i/5 + 1)
	}
	if line.native != "" {
		m.Extra = map[string]any{"Platform": line.native}
	}
	m.addDisks(app.dataDisks)
	m.age(i)
	return m
}

func (m *Image) addDisks(data []int) {
	for i, size := range append([]int{m.SizeGiB}, data...) {
		disk := image.Disk{
			Type: "data", Device: "/dev/xvd" + string(rune('a'+i)), SizeGiB: size,
			SnapshotID: fmt.Sprintf("s-%s-%d", m.ID, i), Encrypted: i == 2,
		}
		if i == 0 {
			disk.Type = "system"
		}
		m.Disks = append(m.Disks, disk)
		m.SourceSnapshots = append(m.SourceSnapshots, disk.SnapshotID)
	}
}

// age gives the builds the states of life; most are available.
func (m *Image) age(i int) {
	m.Status, m.Progress = image.StatusAvailable, 100
	switch i % 12 {
	case 3:
		m.Status = image.StatusDeprecated
	case 5:
		m.Visibility = image.VisibilityShared
	case 7:
		m.Status, m.Progress = image.StatusPending, 32
	case 8:
		m.Status, m.Progress, m.Extra = image.StatusPending, 0, map[string]any{"Status": "Waiting"}
	case 9:
		m.Status, m.Progress = image.StatusFailed, 0
	case 10:
		m.Status = image.StatusUnavailable
	}
}
