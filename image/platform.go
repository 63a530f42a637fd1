package image

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// platforms lists the spellings of the known distributions, in lower case.
var platforms = []struct{ text, name string }{
	{"aliyun", "aliyun"}, {"alios", "aliyun"}, {"alibaba cloud linux", "aliyun"},
	{"almalinux", "almalinux"},
	{"anolis", "anolis"},
	{"centos", "centos"},
	{"coreos", "coreos"},
	{"debian", "debian"},
	{"fedora", "fedora"},
	{"freebsd", "freebsd"},
	{"opensuse", "opensuse"},
	{"redhat", "redhat"}, {"red hat", "redhat"}, {"rhel", "redhat"},
	{"rocky", "rocky"},
	{"suse", "suse"},
	{"ubuntu", "ubuntu"},
	{"windows", "windows"},
}

// ParsePlatform turns what people and providers write into the neutral name of
// a distribution: "Windows Server 2016" is windows, "RHEL" is redhat, "AliOS" is
// aliyun. The known name that stands earliest in the text wins, the longest at
// one position, whatever the case. A text without a known name is itself, trimmed
// and in lower case; an empty text is unknown.
func ParsePlatform(text string) string {
	for at := range text {
		if name := platformAt(text[at:]); name != "" {
			return name
		}
	}
	return strings.ToLower(strings.TrimSpace(text))
}

func platformAt(text string) (name string) {
	longest := 0
	first := firstLower(text)
	for _, p := range platforms {
		if rune(p.text[0]) == first && len(p.text) > longest && hasLowerPrefix(text, p.text) {
			longest, name = len(p.text), p.name
		}
	}
	return name
}

func firstLower(text string) rune {
	r, _ := utf8.DecodeRuneInString(text)
	return unicode.ToLower(r)
}

// hasLowerPrefix reports whether text, in lower case, begins with prefix.
func hasLowerPrefix(text, prefix string) bool {
	for _, want := range prefix {
		r, size := utf8.DecodeRuneInString(text)
		if size == 0 || unicode.ToLower(r) != want {
			return false
		}
		text = text[size:]
	}
	return true
}
