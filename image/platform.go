package image

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// platforms lists the spellings of the known distributions, in lower case, by
// their first letter.
var platforms = map[rune][]struct{ text, name string }{
	'a': {
		{"aliyun", "aliyun"}, {"alios", "aliyun"}, {"alibaba cloud linux", "aliyun"},
		{"almalinux", "almalinux"},
		{"anolis", "anolis"},
	},
	'c': {{"centos", "centos"}, {"coreos", "coreos"}},
	'd': {{"debian", "debian"}},
	'f': {{"fedora", "fedora"}, {"freebsd", "freebsd"}},
	'o': {{"opensuse", "opensuse"}},
	'r': {{"redhat", "redhat"}, {"red hat", "redhat"}, {"rhel", "redhat"}, {"rocky", "rocky"}},
	's': {{"suse", "suse"}},
	'u': {{"ubuntu", "ubuntu"}},
	'w': {{"windows", "windows"}},
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
	first, _ := utf8.DecodeRuneInString(text)
	for _, p := range platforms[unicode.ToLower(first)] {
		if len(p.text) > longest && hasLowerPrefix(text, p.text) {
			longest, name = len(p.text), p.name
		}
	}
	return name
}

// hasLowerPrefix reports whether text, in lower case, begins with prefix, which is
// ASCII.
func hasLowerPrefix(text, prefix string) bool {
	for i := range len(prefix) {
		if i == len(text) {
			return false
		}
		if text[i] >= utf8.RuneSelf {
			r, size := utf8.DecodeRuneInString(text[i:])
			return unicode.ToLower(r) == rune(prefix[i]) && hasLowerPrefix(text[i+size:], prefix[i+1:])
		}
		if lower(text[i]) != prefix[i] {
			return false
		}
	}
	return true
}

func lower(c byte) byte {
	if 'A' <= c && c <= 'Z' {
		return c + ('a' - 'A')
	}
	return c
}
