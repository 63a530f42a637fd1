package image_test

import (
	"strings"
	"testing"

	"github.com/imagequery/imagequery/image"
)

// osNames are names of operating systems, as the four vendors and their users write
// them, and the versions in them.
var osNames = map[string]string{
	// Ubuntu and Debian
	"Ubuntu 22.04 64 bit": "22.04", "Ubuntu  22.04 64位": "22.04", "Ubuntu 20.04 64 bit UEFI": "20.04", "Ubuntu  18.04 64位 预装NVIDIA GPU驱动 470.161.03": "18.04",
	"Ubuntu 22.04.3 LTS": "22.04.3", "Ubuntu 20.04LTS": "20.04", "Ubuntu 16.04.7 LTS amd64": "16.04.7", "Ubuntu Server 24.04": "24.04", "ubuntu22.04": "22.04",
	"Ubuntu 14.04 32 bit": "14.04", "Ubuntu 64 bit": "", "Ubuntu 32位": "", "Ubuntu": "", "ubuntu_24.04_x64": "24.04", "Ubuntu 22.04 64位 20231012": "22.04",
	"Debian  12.4 64位": "12.4", "Debian 11.7 64 bit": "11.7", "Debian 9": "9", "debian-10.9-amd64": "10.9", "Debian GNU/Linux 12 (bookworm)": "12",
	// CentOS
	"CentOS 7.9 64 bit": "7.9", "CentOS  7.9 64位 SCC版": "7.9", "CentOS  8.5 64位": "8.5", "CentOS 7.6 64 bit FIPS": "7.6", "CentOS 6.10 32 bit": "6.10",
	"CentOS Stream 9": "9", "CentOS Stream  8 64位": "8", "CentOS Stream 9 64-bit": "9", "CentOSStream9": "9", "CentOS 7x64": "7", "centos7": "7",
	"CentOS 7.9.2009 x86_64": "7.9.2009", "CentOS 20200717 64位": "", "CentOS 7.20200717": "7", "CentOS 64-bit": "", "CentOS 64bit": "", "CentOS 7.": "7",
	"CentOS (kernel 5.10.134)": "", "CentOS 7.9 kernel 4.19": "7.9", "CentOS kernel-3.10": "", "CentOS 内核 5.10": "", "CentOS Linux 8 (Core)": "8",
	// Alibaba Cloud Linux
	"Alibaba Cloud Linux 3.2104 LTS 64 bit": "3.2104", "Alibaba Cloud Linux  2.1903 LTS 64位": "2.1903", "Alibaba Cloud Linux 3.2104 U10 64 bit": "3.2104",
	"Alibaba Cloud Linux 3.2104 LTS 64位 快速启动版": "3.2104", "Alibaba Cloud Linux 3 ARM 64 bit": "3", "AlibabaCloudLinux3": "3", "Aliyun Linux  17.1 64位": "17.1",
	"Aliyun Linux 15.1 64 bit": "15.1", "Alibaba Cloud Linux (Aliyun Linux) 2.1903": "2.1903", "alios 3": "3", "AliOS 7U2": "", "alinux3": "3", "Aliyun": "",
	"Alibaba Cloud Linux 3.2104 LTS 64位 等保2.0三级版": "3.2104",
	// Windows
	"Windows Server 2022 Datacenter 64 bit Chinese": "2022", "Windows Server  2022 数据中心版 64位中文版": "2022", "Windows Server 2019 数据中心版 64位英文版": "2019",
	"Windows Server 2012 R2 Datacenter": "2012 R2", "Windows Server  2012 R2 数据中心版 64位中文版": "2012 R2", "Windows Server 2012R2": "2012 R2",
	"Windows Server 2008 R2 SP1 Enterprise 64 bit": "2008 R2", "Windows Server 2008 Standard 32 bit": "2008", "Windows Server 2016 with Containers": "2016",
	"Windows Server Version 2004 Datacenter": "2004", "Windows Server 半年期版本 1909": "1909", "Windows 10 Pro 22H2": "10", "Windows 7 SP1": "7", "Windows 64位": "",
	"Windows Server 2019 10.0.17763": "2019", "windows_2016_x64": "2016", "Windows Server 2003 R2 32 bit": "2003 R2",
	// SUSE
	"SUSE Linux Enterprise Server 15 SP4 64 bit": "15.4", "SUSE Linux  Enterprise Server 12 SP5 64位": "12.5", "SLES 15 SP4": "15.4", "SLES 15-SP3": "15.3", "sles15sp2": "15.2",
	"SLES 12": "12", "SLES 15.4": "15.4", "SUSE Linux Enterprise Server 11 SP3": "11.3", "SUSE Linux Enterprise Server for SAP 15 SP1": "15.1", "SLES 15 SPX": "15",
	"openSUSE 15.4 64 bit": "15.4", "openSUSE Leap 15.5": "15.5", "openSUSE  42.3 64位": "42.3", "openSUSE 13 SP1": "13",
	// Anolis, openEuler, Kylin, UOS and others of China
	"Anolis OS 8.6 RHCK 64 bit": "8.6", "Anolis OS  7.9 ANCK 64位": "7.9", "AnolisOS 8.8": "8.8", "Anolis OS 23": "23",
	"openEuler 22.03 LTS": "22.03", "openEuler 20.03 LTS SP3 64位": "20.03", "EulerOS 2.0 SP5": "2.0", "Kylin V10": "", "Kylin Linux Advanced Server V10 SP3": "",
	"UOS 20": "20", "UOS Server 20 (1050)": "20", "deepin 20.9": "20.9",
	// Red Hat and its relatives
	"Red Hat Enterprise Linux 8.6 64 bit": "8.6", "Red Hat 7.5": "7.5", "RHEL 9": "9", "rhel-7.9": "7.9", "Rocky Linux 9.2 64 bit": "9.2", "Rocky Linux  8.8 64位": "8.8",
	"RockyLinux9": "9", "AlmaLinux 9.2 64 bit": "9.2", "AlmaLinux  8.10 64位 UEFI版": "8.10", "Oracle Linux 8.7": "8.7", "OracleLinux7": "7",
	// Fedora, CoreOS, FreeBSD, Gentoo, Arch
	"Fedora 32": "32", "Fedora 32 64 bit": "32", "Fedora 64 64位": "64", "Fedora 33 64位": "33", "Fedora CoreOS 36.20220906.3.2": "36", "Fedora 32 bit": "",
	"CoreOS  1745.7.0 64位": "1745.7.0", "CoreOS 2023.4.0": "2023.4.0", "FreeBSD 11.2 64 bit": "11.2", "FreeBSD 13.1-RELEASE": "13.1", "Gentoo  13  64bit": "13", "Arch Linux 2024.05.01": "2024.05.01",
	// without a known distribution, or without a version
	"LifseaOS 1.0": "1.0", "Astra Linux 1.7": "1.7", "Others Linux": "", "Customized Linux 64 bit": "", "Other Windows x64": "", "": "", " ": "", "22.04": "22.04", "位": "", "SP4": "",
}

func TestParseOSVersionFindsTheFirstVersion(t *testing.T) {
	for text, want := range osNames {
		check(t, "ParseOSVersion of "+text, want, image.ParseOSVersion(text))
		check(t, "ParseOSVersion of "+text+" in capitals", want, image.ParseOSVersion(strings.ToUpper(text)))
	}
}

func TestParseOSVersionAfterNeedsThePlatformFirst(t *testing.T) {
	for _, test := range []struct{ platform, name, want string }{
		{"centos", "CentOS 7.9 64bit", "7.9"},
		{"centos", " centos7x64 ", "7"},
		{"ubuntu", "Ubuntu Server 22.04.3 LTS 64bit", "22.04.3"},
		{"windows", "Windows Server 2012 R2 Datacenter", "2012 R2"},
		{"RHEL", "Red Hat 8", "8"},
		{"centos", "web-2 on CentOS 7", ""},
		{"centos", "Ubuntu 22.04", ""},
		{"centos", "centos", ""},
		{"centos", "web 2", ""},
		{"centos", "", ""},
		{"", "CentOS 7", ""},
		{"astra", "Astra 1.7", "1.7"},
		{"astra", "Astral 1.7", ""},
		{"arch", "arch-2024.05", "2024.05"},
	} {
		check(t, "version of "+test.name+" on "+test.platform, test.want, image.ParseOSVersionAfter(test.platform, test.name))
	}
}

func FuzzParseOSVersion(f *testing.F) {
	for text := range osNames {
		f.Add(text)
	}
	f.Add("Ubuntu 22..04 \xff 1.2\u0130")
	f.Fuzz(func(t *testing.T, text string) {
		version := image.ParseOSVersion(text)
		number := strings.TrimSuffix(version, " R2")
		if strings.Trim(number, "0123456789.") != "" || strings.Trim(number, ".") != number || strings.Contains(number, "..") {
			t.Errorf("ParseOSVersion(%q) = %q, which is no version", text, version)
		}
		for part := range strings.SplitSeq(number, ".") {
			if len(part) > 5 {
				t.Errorf("ParseOSVersion(%q) = %q with a number of %d digits", text, version, len(part))
			}
		}
		if version != "" && !strings.Contains(text, number[:1]) {
			t.Errorf("ParseOSVersion(%q) = %q, which is not in the text", text, version)
		}
	})
}
