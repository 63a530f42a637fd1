package provider

import (
	"math"
	"strings"
	"time"
	"unicode"

	"github.com/imagequery/imagequery/image"
)

// timeRanker prefers the times that are nearest to the wanted one.
func timeRanker(wanted string) ranker {
	at, err := time.Parse(time.RFC3339, wanted)
	return func(text string) (rank, bool) {
		created, bad := time.Parse(time.RFC3339, text)
		return rank{nearTime, int64(created.Sub(at).Abs() / time.Second)}, err == nil && bad == nil
	}
}

// tagRanker prefers a tag with the same text in another case, then one with the same
// key: first those whose spelling is near, then those that contain the other text.
func tagRanker(wanted string) ranker {
	key, _, _ := strings.Cut(wanted, "=")
	whole := textRanker(wanted)
	return func(text string) (rank, bool) {
		r, near := whole(text)
		if near && r.kind <= nearSpace {
			return r, true
		}
		if other, _, _ := strings.Cut(text, "="); strings.EqualFold(other, key) {
			if !near {
				return rank{kind: nearKey, distance: math.MaxInt64}, true
			}
			const spellings = (maxRunes + 1) * (maxEdits + 1) // more than any distance in spelling
			if r.kind != nearSpelling {
				r.distance += spellings
			}
			return rank{kind: nearKey, distance: r.distance}, true
		}
		return r, near && r.kind == nearSpelling
	}
}

// globRanker prefers a name that the pattern matches in another case. It compares
// other names with the characters of the pattern that stand for themselves.
func globRanker(wanted string) ranker {
	folded := image.Query{NameGlobs: []string{strings.ToLower(wanted)}}
	trimmed := image.Query{NameGlobs: []string{strings.ToLower(strings.TrimSpace(wanted))}}
	literal, _, _ := cutFunc(wanted, isMeta)
	start, whole := []rune(strings.ToLower(literal)), textRanker(literal)
	buffer := make([]rune, 0, maxRunes)
	return func(text string) (rank, bool) {
		if strings.TrimSpace(literal) == "" && literal == wanted {
			return rank{}, false
		}
		name := image.Image{Name: strings.ToLower(text)}
		if folded.Match(name) {
			return rank{kind: nearCase}, true
		}
		name.Name = strings.TrimSpace(name.Name)
		if name.Name != "" && trimmed.NameGlobs[0] != "" && trimmed.Match(name) {
			return rank{kind: nearSpace}, true
		}
		if literal == wanted {
			return whole(text)
		}
		buffer = foldRunes(buffer, text)
		edits, near := editDistance(start, buffer[:min(len(buffer), len(start))])
		return rank{nearSpelling, int64(edits)}, near
	}
}

func isMeta(r rune) bool { return strings.ContainsRune(`*?[\`, r) }

// cutFunc splits a text before the first character that is wanted.
func cutFunc(text string, wanted func(rune) bool) (before, after string, found bool) {
	if at := strings.IndexFunc(text, wanted); at >= 0 {
		return text[:at], text[at:], true
	}
	return text, "", false
}

// containsRanker prefers a name that contains the text without the white space around
// it, and then one with a word that is spelled alike.
func containsRanker(wanted string) ranker {
	trimmed := strings.TrimSpace(wanted)
	part := image.Query{NameContains: []string{trimmed}}
	word := textRanker(trimmed)
	return func(text string) (best rank, near bool) {
		if trimmed != "" && part.Match(image.Image{Name: text}) {
			return rank{kind: nearSpace}, true
		}
		for field := range strings.FieldsFuncSeq(text, isNoWord) {
			if r, ok := word(field); ok && r.kind == nearSpelling && (!near || r.distance < best.distance) {
				best, near = r, true
			}
		}
		return best, near
	}
}

func isNoWord(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsDigit(r) }

// versionRanker prefers a version that differs in zeros before a number only.
func versionRanker(wanted string) ranker {
	plain, whole := withoutZeros(wanted), textRanker(wanted)
	return func(text string) (rank, bool) {
		if withoutZeros(text) == plain {
			return rank{kind: nearSpelling}, true
		}
		return whole(text)
	}
}

// withoutZeros removes the zeros that the numbers of a version begin with, and white
// space.
func withoutZeros(version string) string {
	numbers := strings.Split(squeeze(version), ".")
	for i, number := range numbers {
		numbers[i] = strings.TrimLeft(number, "0")
	}
	return strings.Join(numbers, ".")
}
