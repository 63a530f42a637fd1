package image

import (
	"slices"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"
)

// Match reports whether m fulfils every predicate of q. The client runs it on
// every image that it receives, so that the parameters that were sent never
// change a result. A predicate on a field that the provider did not report does
// not match. Limit, SkipUnreported and Native are not predicates.
//
// Match does not validate q. An empty text or a bad pattern in it, which
// [Query.Validate] refuses, matches no image.
func (q Query) Match(m Image) bool {
	return oneOf(q.IDs, m.ID) &&
		oneOf(q.Names, m.Name) &&
		matchNameGlobs(q.NameGlobs, m.Name) &&
		matchNameContains(q.NameContains, m.Name) &&
		oneOf(q.Families, m.Family) &&
		oneOf(q.Regions, m.Region) &&
		oneWord(sources, q.Sources, m.Source) &&
		oneOf(q.Owners, m.Owner) &&
		oneWord(visibilities, q.Visibilities, m.Visibility) &&
		oneWord(statuses, q.Statuses, m.Status) &&
		oneWord(oses, q.OSes, m.OS) &&
		matchPlatform(q.Platforms, m.Platform) &&
		matchOSVersion(q.OSVersions, m.OSVersion) &&
		oneWord(archs, q.Archs, m.Arch) &&
		matchTags(q.Tags, m.Tags) &&
		oneOf(q.SourceInstances, m.SourceInstance) &&
		matchSnapshots(q.SourceSnapshots, m.SourceSnapshots) &&
		oneOf(q.ResourceGroups, m.ResourceGroup) &&
		matchCreated(q.CreatedAfter, q.CreatedBefore, m.Created)
}

func oneOf[E ~string](wanted []E, value E) bool {
	return len(wanted) == 0 || value != "" && slices.Contains(wanted, value)
}

func matchNameGlobs(globs []string, name string) bool {
	if len(globs) == 0 {
		return true
	}
	return name != "" && slices.ContainsFunc(globs, func(glob string) bool { return matchGlob(glob, name) })
}

func matchNameContains(parts []string, name string) bool {
	if len(parts) == 0 {
		return true
	}
	return slices.ContainsFunc(parts, func(part string) bool { return part != "" && containsFold(name, part) })
}

func matchPlatform(wanted []string, platform string) bool {
	if len(wanted) == 0 {
		return true
	}
	platform = ParsePlatform(platform)
	return platform != "" && slices.ContainsFunc(wanted, func(w string) bool { return ParsePlatform(w) == platform })
}

// matchOSVersion reports whether a version is one of those wanted, or continues one of
// them after a dot.
func matchOSVersion(wanted []string, version string) bool {
	if len(wanted) == 0 {
		return true
	}
	return slices.ContainsFunc(wanted, func(w string) bool {
		rest, ok := strings.CutPrefix(version, w)
		return ok && w != "" && (rest == "" || rest[0] == '.')
	})
}

// oneWord is oneOf for a word that may be in any of its usual spellings.
func oneWord[E ~string](words enum[E], wanted []E, value E) bool {
	if oneOf(wanted, value) {
		return true
	}
	value = words.neutral(value)
	return value != "" && slices.ContainsFunc(wanted, func(w E) bool { return words.neutral(w) == value })
}

func matchTags(wanted, tags map[string]string) bool {
	for key, want := range wanted {
		if value, ok := tags[key]; !ok || value != want {
			return false
		}
	}
	return true
}

func matchSnapshots(wanted, snapshots []string) bool {
	if len(wanted) == 0 {
		return true
	}
	return slices.ContainsFunc(snapshots, func(snapshot string) bool { return oneOf(wanted, snapshot) })
}

func matchCreated(after, before, created time.Time) bool {
	if after.IsZero() && before.IsZero() {
		return true
	}
	return !created.IsZero() &&
		(after.IsZero() || !created.Before(after)) &&
		(before.IsZero() || created.Before(before))
}

// containsFold reports whether part occurs in text under Unicode case folding,
// without allocating.
func containsFold(text, part string) bool {
	for {
		if hasFoldedPrefix(text, part) {
			return true
		}
		if text == "" {
			return false
		}
		_, size := utf8.DecodeRuneInString(text)
		text = text[size:]
	}
}

func hasFoldedPrefix(text, prefix string) bool {
	for prefix != "" {
		if text == "" {
			return false
		}
		want, n := utf8.DecodeRuneInString(prefix)
		have, m := utf8.DecodeRuneInString(text)
		if want != have && !equalFold(want, have) {
			return false
		}
		prefix, text = prefix[n:], text[m:]
	}
	return true
}

func equalFold(a, b rune) bool {
	for r := unicode.SimpleFold(a); r != a; r = unicode.SimpleFold(r) {
		if r == b {
			return true
		}
	}
	return false
}
