package image

import (
	"maps"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

// A platformName is one way to write a known distribution.
type platformName struct {
	text       string // in lower case; a space stands for any separators or none
	name       string // the neutral name
	restricted bool   // it counts only as the first word, or before "linux" or "os"
}

// platformNames lists the known names by their first letter.
var platformNames = indexPlatforms(
	platformName{text: "aliyun", name: "aliyun"},
	platformName{text: "aliyun linux", name: "aliyun"},
	platformName{text: "alios", name: "aliyun"},
	platformName{text: "alinux", name: "aliyun"},
	platformName{text: "alibaba cloud linux", name: "aliyun"},
	platformName{text: "almalinux", name: "almalinux"},
	platformName{text: "alma linux", name: "almalinux"},
	platformName{text: "anolis", name: "anolis"},
	platformName{text: "anolis os", name: "anolis"},
	platformName{text: "arch", name: "arch", restricted: true},
	platformName{text: "arch linux", name: "arch"},
	platformName{text: "arch os", name: "arch"},
	platformName{text: "centos", name: "centos"},
	platformName{text: "centos linux", name: "centos"},
	platformName{text: "centos stream", name: "centos"},
	platformName{text: "coreos", name: "coreos"},
	platformName{text: "debian", name: "debian"},
	platformName{text: "debian linux", name: "debian"},
	platformName{text: "deepin", name: "deepin"},
	platformName{text: "deepin linux", name: "deepin"},
	platformName{text: "deepin os", name: "deepin"},
	platformName{text: "euleros", name: "euleros"},
	platformName{text: "euler os", name: "euleros"},
	platformName{text: "fedora", name: "fedora"},
	platformName{text: "fedora coreos", name: "fedora"},
	platformName{text: "fedora linux", name: "fedora"},
	platformName{text: "freebsd", name: "freebsd"},
	platformName{text: "gentoo", name: "gentoo"},
	platformName{text: "gentoo linux", name: "gentoo"},
	platformName{text: "kylin", name: "kylin"},
	platformName{text: "kylin linux", name: "kylin"},
	platformName{text: "kylin os", name: "kylin"},
	platformName{text: "open euler", name: "openeuler"},
	platformName{text: "open suse", name: "opensuse"},
	platformName{text: "oracle", name: "oracle", restricted: true},
	platformName{text: "oracle linux", name: "oracle"},
	platformName{text: "oracle os", name: "oracle"},
	platformName{text: "red hat", name: "redhat"},
	platformName{text: "red hat enterprise linux", name: "redhat"},
	platformName{text: "rhel", name: "redhat"},
	platformName{text: "rocky", name: "rocky"},
	platformName{text: "rocky linux", name: "rocky"},
	platformName{text: "sles", name: "suse"},
	platformName{text: "suse", name: "suse"},
	platformName{text: "suse linux", name: "suse"},
	platformName{text: "ubuntu", name: "ubuntu"},
	platformName{text: "ubuntu linux", name: "ubuntu"},
	platformName{text: "ubuntu server", name: "ubuntu"},
	platformName{text: "uos", name: "uos", restricted: true},
	platformName{text: "uos linux", name: "uos"},
	platformName{text: "uos os", name: "uos"},
	platformName{text: "windows", name: "windows"},
	platformName{text: "windows server", name: "windows"},
)

func indexPlatforms(names ...platformName) (out [utf8.RuneSelf][]platformName) {
	for _, p := range names {
		out[p.text[0]] = append(out[p.text[0]], p)
	}
	return out
}

// neutralPlatforms are the neutral names of the known distributions.
var neutralPlatforms = neutralNames(platformNames[:])

func neutralNames(names [][]platformName) map[string]bool {
	out := make(map[string]bool)
	for _, p := range slices.Concat(names...) {
		out[p.name] = true
	}
	return out
}

// Platforms returns a new list of the neutral names of the known distributions,
// sorted. An image may have another platform.
func Platforms() []string { return slices.Sorted(maps.Keys(neutralPlatforms)) }

// ParsePlatform turns the name of a distribution, as people and providers write it,
// into its neutral name: "Windows Server 2016" is windows, "RHEL" is redhat,
// "AliOS" is aliyun. Case does not matter. The known name that stands earliest in
// the text wins, the longest at one position. No letter may precede or follow it.
// Spaces, "_" and "-" are optional inside names of several words, such as
// "Red Hat". The names arch, oracle and uos count only as the first word, or before
// "linux" or "os".
//
// A text without a known name is itself, trimmed and in lower case; an empty text
// is unknown.
func ParsePlatform(text string) string {
	if neutralPlatforms[text] {
		return text
	}
	name, _, _ := findPlatform(text)
	if name != "" {
		return name
	}
	return strings.ToLower(strings.TrimSpace(text))
}

// findPlatform returns the neutral name of the platform that a text names, and where
// that stands in the text; an empty name if the text has no known one.
func findPlatform(text string) (name string, from, to int) {
	afterLetter := false
	for at, r := range text {
		begins := !afterLetter
		if afterLetter = isCasedLetter(r); !begins {
			continue
		}
		if name, end := platformAt(text, at); name != "" {
			return name, at, end
		}
	}
	return "", 0, 0
}

// platformAt returns the known name that begins at a position of the text, the
// longest if there are several.
func platformAt(text string, at int) (name string, end int) {
	first, size := foldedByte(text, at) // 0 has no names
	second, _ := foldedByte(text, at+size)
	for _, p := range platformNames[first] {
		if p.text[1] != second {
			continue
		}
		after, ok := matchName(text, at, p.text)
		if !ok || after <= end || letterAt(text, after) || p.restricted && !isFirstWord(text, at) {
			continue
		}
		name, end = p.name, after
	}
	return name, end
}

// matchName matches a known name at a position of the text and returns the end of
// the match.
func matchName(text string, at int, name string) (end int, ok bool) {
	for i := range len(name) {
		if name[i] == ' ' {
			for at < len(text) && isSeparator(text[at]) {
				at++
			}
			continue
		}
		c, size := foldedByte(text, at)
		if c != name[i] {
			return 0, false
		}
		at += size
	}
	return at, true
}

// foldedByte returns the lower-case ASCII letter or other ASCII byte at a position,
// and its length in the text; 0 for any other character and at the end.
func foldedByte(text string, at int) (c byte, size int) {
	if at >= len(text) {
		return 0, 0
	}
	if c = text[at]; c < utf8.RuneSelf {
		return lower(c), 1
	}
	r, size := utf8.DecodeRuneInString(text[at:])
	if r = unicode.ToLower(r); r >= utf8.RuneSelf {
		return 0, size
	}
	return byte(r), size
}

func isSeparator(c byte) bool { return c == ' ' || c == '_' || c == '-' }

func letterAt(text string, at int) bool {
	r, _ := utf8.DecodeRuneInString(text[at:])
	return isCasedLetter(r)
}

// isCasedLetter reports whether a character is a letter of a script with two cases.
// Chinese characters stand beside a name without a separator.
func isCasedLetter(r rune) bool {
	if r < utf8.RuneSelf {
		return 'a' <= r && r <= 'z' || 'A' <= r && r <= 'Z'
	}
	return unicode.IsLower(r) || unicode.IsUpper(r) || unicode.IsTitle(r)
}

// isFirstWord reports whether no letter or digit stands before a position.
func isFirstWord(text string, at int) bool {
	return !strings.ContainsFunc(text[:at], func(r rune) bool { return unicode.IsLetter(r) || unicode.IsDigit(r) })
}

func lower(c byte) byte {
	if 'A' <= c && c <= 'Z' {
		return c + ('a' - 'A')
	}
	return c
}
