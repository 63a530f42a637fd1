package image_test

import (
	"strings"
	"testing"

	"github.com/imagequery/imagequery/image"
)

func TestNeutralNamesOfPlatformsAreTheirOwn(t *testing.T) {
	for _, name := range image.Platforms() {
		for _, text := range []string{name, " " + name, strings.ToUpper(name)} {
			if got := image.ParsePlatform(text); got != name {
				t.Errorf("ParsePlatform(%q) = %q, want %q", text, got, name)
			}
		}
	}
}

func TestParsePlatformReturnsNeutralNames(t *testing.T) {
	for text, want := range map[string]string{
		// every known name
		"aliyun": "aliyun", "almalinux": "almalinux", "anolis": "anolis", "centos": "centos",
		"coreos": "coreos", "debian": "debian", "fedora": "fedora", "freebsd": "freebsd",
		"opensuse": "opensuse", "redhat": "redhat", "rocky": "rocky", "suse": "suse",
		"ubuntu": "ubuntu", "windows": "windows",
		// aliases
		"alios": "aliyun", "Aliyun": "aliyun", "AliOS": "aliyun", "Alibaba Cloud Linux": "aliyun",
		"rhel": "redhat", "RHEL": "redhat", "RedHat": "redhat", "Red Hat": "redhat",
		// as providers write them
		"Windows Server 2016":          "windows",
		"Windows Server 2022 数据中心版":    "windows",
		"Alibaba Cloud Linux 3":        "aliyun",
		"Aliyun Linux 2.1903":          "aliyun",
		"Anolis OS":                    "anolis",
		"CentOS Stream":                "centos",
		"Red Hat Enterprise Linux 9":   "redhat",
		"Rocky Linux":                  "rocky",
		"SUSE Linux Enterprise Server": "suse",
		"FreeBSD":                      "freebsd",
		"AlmaLinux 9":                  "almalinux",
		// the earliest wins, the longest at one position
		"openSUSE Leap":       "opensuse",
		"OpenSUSE":            "opensuse",
		"Fedora CoreOS":       "fedora",
		"CoreOS by Fedora":    "coreos",
		"suse opensuse":       "suse",
		"Linux Ubuntu Debian": "ubuntu",
		"我的 Ubuntu":           "ubuntu",
		// spellings of the same name
		"Red  Hat": "redhat", "red_hat": "redhat", "RED-HAT": "redhat", "RedHat8": "redhat", "Red Hat Enterprise Linux": "redhat",
		"AlibabaCloudLinux3": "aliyun", "alibaba_cloud_linux_3_2104": "aliyun", "Alibaba Cloud Linux (Aliyun Linux)": "aliyun",
		"alinux": "aliyun", "Alinux3": "aliyun", "aliyun_3_x64_20G_alibase_20240819.vhd": "aliyun", "AliyunLinux2": "aliyun",
		"sles": "suse", "SLES 15 SP4": "suse", "SUSE Linux": "suse", "SUSELinux": "suse", "alma linux": "almalinux", "Alma_Linux-9": "almalinux",
		"RockyLinux": "rocky", "rockylinux-9": "rocky", "AnolisOS": "anolis", "CentOS-Stream": "centos", "CentOSStream9": "centos",
		"openEuler": "openeuler", "OpenEuler 22.03 LTS": "openeuler", "EulerOS": "euleros", "open suse": "opensuse",
		" Kylin V10\n": "kylin", "KylinOS": "kylin", "Gentoo": "gentoo", "deepin 20": "deepin", "WindowsServer2019": "windows",
		"centos_7_9_x64_20G_alibase_20200717.vhd": "centos", "ubuntu22": "ubuntu", "2019Windows": "windows", "windows服务器": "windows",
		"我的CentOS镜像": "centos", "Debian/12": "debian", "(Fedora)": "fedora",
		// names with restrictions
		"arch": "arch", "Arch Linux": "arch", "ArchLinux": "arch", "my arch linux": "arch", "Arch 2024": "arch",
		"uos": "uos", "UOS 20": "uos", "统信 UOS Linux": "uos", "uos-os": "uos",
		"oracle": "oracle", "Oracle Linux 8": "oracle", "OracleLinux9": "oracle", "my_oracle_linux": "oracle", " (Oracle)": "oracle",
		"My Oracle DB": "my oracle db", "search arch index": "search arch index", "my uos": "my uos", "Oracle's": "oracle",
		// letters before and after a name
		"Astra Linux": "astra linux", "Elasticsearch": "elasticsearch", "Elasticsearch on CentOS": "centos", "Virtuoso on Ubuntu": "ubuntu",
		"Xubuntu": "xubuntu", "Debianish": "debianish", "monarch": "monarch", "Archive": "archive", "Archive on Debian": "debian",
		"ÜUbuntu": "üubuntu", "Ubuntué": "ubuntué", "Myredhat": "myredhat", "redhats": "redhats", "Oracles": "oracles", "rhelx": "rhelx",
		"suseconnect": "suseconnect", "Nouos": "nouos", "Windowsill 10": "windowsill 10",
		// unknown ones
		"Others Linux":     "others linux",
		"统信 UOS":           "统信 uos",
		"ÄÖÜ Linux":        "äöü linux",
		"win":              "win",
		"":                 "",
		" \t\n":            "",
		"my ROC\u212aY 9":  "rocky",   // the Kelvin sign is a capital k
		"W\u0130NDOWS 10":  "windows", // and the dotted I a capital i
		"\u212aali \u0130": "kali i",
	} {
		got := image.ParsePlatform(text)
		check(t, "ParsePlatform of "+text, want, got)
		check(t, "ParsePlatform of its own answer for "+text, want, image.ParsePlatform(got))
	}
}

func FuzzParsePlatform(f *testing.F) {
	for _, text := range []string{"Windows Server 2016", "Others Linux", "Elasticsearch on CentOS", "my_oracle__linux", "AlibabaCloudLinux3", "Uos \u0130", "x\u212aylin", "openSUSE", "\xff", "ROC\u212aY", " \u0130 "} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		once := image.ParsePlatform(text)
		if twice := image.ParsePlatform(once); twice != once {
			t.Errorf("ParsePlatform(%q) = %q, and of that %q", text, once, twice)
		}
	})
}
