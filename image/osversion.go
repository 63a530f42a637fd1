package image

import (
	"strings"
	"unicode/utf8"
)

// ParseOSVersion returns the version in the name of an operating system: the first
// version number after the name of the distribution. "Ubuntu 22.04 64 bit" has the
// version 22.04, "Alibaba Cloud Linux 3.2104 LTS" 3.2104, "CentOS Stream 9" 9,
// "Windows Server 2012 R2" 2012 R2, and "SLES 15 SP4" 15.4. In a text without a known
// distribution the first version number counts.
//
// No versions are: 32 and 64 before "bit" or "位"; everything after "kernel" or "内核"; numbers
// of six or more digits, such as dates; and words that begin with a letter, such as
// V10. A text without a version gives an empty one.
func ParseOSVersion(text string) string {
	name, _, end := findPlatform(text)
	return firstVersion(name, text[end:])
}

// firstVersion returns the first version number in what follows the name of a platform.
func firstVersion(name, rest string) string {
	rest, _, _ = strings.Cut(rest, "内核")
	for {
		word, after := nextWord(rest)
		if word == "" || hasFoldPrefix(word, "kernel") {
			return ""
		}
		if version := versionAt(name, word, after); version != "" {
			return version
		}
		rest = after
	}
}

// ParseOSVersionAfter returns the version in the name of an image, as
// [ParseOSVersion] does, if the name begins with the platform of the image. Else it
// returns an empty text: a number in the name may be anything.
func ParseOSVersionAfter(platform, name string) string {
	platform, name = ParsePlatform(platform), strings.TrimSpace(name)
	if platform == "" {
		return ""
	}
	if known, end := platformAt(name, 0); known != "" {
		if known != platform {
			return ""
		}
		return firstVersion(known, name[end:])
	}
	if !hasFoldPrefix(name, platform) || letterAt(name, len(platform)) {
		return ""
	}
	if known, _, _ := findPlatform(name); known != "" {
		return ""
	}
	return ParseOSVersion(name[len(platform):])
}

// nextWord returns the next run of letters, digits and dots, and what follows it.
// Letters of scripts without case, such as Chinese, stand between words.
func nextWord(text string) (word, after string) {
	from := strings.IndexFunc(text, isDigitOrLetter)
	if from < 0 {
		return "", ""
	}
	text = text[from:]
	to := strings.IndexFunc(text, func(r rune) bool { return r != '.' && !isDigitOrLetter(r) })
	if to < 0 {
		to = len(text)
	}
	return text[:to], text[to:]
}

func isDigitOrLetter(r rune) bool { return '0' <= r && r <= '9' || isCasedLetter(r) }

// versionAt returns the version that a word states, if it does.
func versionAt(platform, word, after string) string {
	version, tail := splitVersion(word)
	if tail == "" {
		tail, _ = nextAdjacent(after)
	} else if !isVersionTail(tail) {
		return ""
	}
	switch {
	case version == "", isWordSize(version, tail, after):
		return ""
	case strings.EqualFold(tail, "R2"):
		return version + " R2"
	case platform == "suse" && !strings.Contains(version, "."):
		if pack := servicePack(tail); pack != "" {
			return version + "." + pack
		}
	}
	return version
}

// splitVersion splits a word into the version number that it begins with and the
// rest. A number of six or more digits ends the version.
func splitVersion(word string) (version, tail string) {
	tail = strings.TrimLeft(word, "0123456789.")
	end := -1
	for part := range strings.SplitSeq(word[:len(word)-len(tail)], ".") {
		const dateDigits = 6
		if part == "" || len(part) >= dateDigits {
			break
		}
		end += len(".") + len(part)
	}
	return word[:max(end, 0)], tail
}

// isVersionTail reports whether letters may stand right behind a version number.
func isVersionTail(tail string) bool {
	for _, known := range []string{"LTS", "R2", "x64", "x86", "bit", "bits"} {
		if strings.EqualFold(tail, known) {
			return true
		}
	}
	return servicePack(tail) != ""
}

// isWordSize reports whether a number is the word size of a processor: 32 or 64
// before "bit" or "位".
func isWordSize(version, tail, after string) bool {
	if strings.EqualFold(tail, "bit") || strings.EqualFold(tail, "bits") {
		return version == "32" || version == "64"
	}
	return (version == "32" || version == "64") && strings.HasPrefix(strings.TrimLeft(after, " -_"), "位")
}

// servicePack returns the number of a service pack such as "SP4".
func servicePack(word string) string {
	if len(word) < len("SP1") || !hasFoldPrefix(word, "SP") {
		return ""
	}
	number := word[len("SP"):]
	if strings.Trim(number, "0123456789") != "" {
		return ""
	}
	return number
}

// nextAdjacent returns the next word if only separators stand before it.
func nextAdjacent(text string) (word string, ok bool) {
	text = strings.TrimLeft(text, " -_")
	if r, _ := utf8.DecodeRuneInString(text); !isCasedLetter(r) {
		return "", false
	}
	word, _ = nextWord(text)
	return word, true
}

// hasFoldPrefix reports whether a text begins with an ASCII prefix in any case.
func hasFoldPrefix(text, prefix string) bool {
	return len(text) >= len(prefix) && strings.EqualFold(text[:len(prefix)], prefix)
}
