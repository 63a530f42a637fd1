package image_test

import (
	"testing"

	"github.com/imagequery/imagequery/image"
)

func TestParsePlatform(t *testing.T) {
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
		// unknown ones
		"Others Linux":     "others linux",
		" Kylin V10\n":     "kylin v10",
		"Red  Hat":         "red  hat",
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
	for _, text := range []string{"Windows Server 2016", "Others Linux", "openSUSE", "\xff", "ROC\u212aY", " \u0130 "} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		once := image.ParsePlatform(text)
		if twice := image.ParsePlatform(once); twice != once {
			t.Errorf("ParsePlatform(%q) = %q, and of that %q", text, once, twice)
		}
	})
}
