package provider

import (
	"cmp"
	"slices"
	"strings"
	"unicode"

	"github.com/imagequery/imagequery/image"
)

// Bounds of the search for the values that are nearest to a missing one.
const (
	maxNearest  = 3    // near values of a missing one
	maxSearched = 16   // missing values of a predicate that near ones are searched for
	maxRejected = 4096 // values that are known not to be near
	maxEdits    = 3    // and no more than a third of the characters
	maxRunes    = 128  // longer values are not compared
	minPart     = 3    // characters of a value that is a part of another one
)

// missingValues are the values of a predicate that no image has fulfilled so far.
type missingValues struct {
	field   image.Field
	only    image.Query // the predicate
	order   []string
	nearest map[string]*nearValues // by value; nil: near ones are not searched for
}

func newMissingValues(field image.Field, values []string, only image.Query) missingValues {
	v := missingValues{field: field, only: only, order: values, nearest: make(map[string]*nearValues, len(values))}
	for i, value := range values {
		v.nearest[value] = nil
		if ranker := newRanker(field, value); i < maxSearched && ranker != nil {
			v.nearest[value] = &nearValues{ranker: ranker, rejected: map[string]struct{}{}}
		}
	}
	return v
}

func (v *missingValues) complete() bool { return len(v.nearest) == 0 }

// add takes the values of one image.
func (v *missingValues) add(texts []string, m *image.Image, othersMatch bool) {
	v.removeFulfilled(texts, m)
	for _, value := range v.order[:min(len(v.order), maxSearched)] {
		near := v.nearest[value]
		if near == nil {
			continue
		}
		for _, text := range texts {
			near.add(text, othersMatch)
		}
	}
}

func (v *missingValues) removeFulfilled(texts []string, m *image.Image) {
	switch v.field {
	case image.FieldNameGlobs, image.FieldNameContains, image.FieldOSVersions:
		for value := range v.nearest {
			if oneValue(v.field, value).Match(*m) {
				delete(v.nearest, value)
			}
		}
	case image.FieldCreatedAfter, image.FieldCreatedBefore:
		if v.only.Match(*m) {
			clear(v.nearest)
		}
	default:
		for _, text := range texts {
			delete(v.nearest, text)
		}
	}
}

// oneValue returns a query for one value of a predicate that compares patterns.
func oneValue(field image.Field, value string) (q image.Query) {
	switch field {
	case image.FieldNameGlobs:
		q.NameGlobs = []string{value}
	case image.FieldNameContains:
		q.NameContains = []string{value}
	case image.FieldOSVersions:
		q.OSVersions = []string{value}
	}
	return q
}

// respelled reports whether an image has a missing value in another case or with
// other white space.
func (v *missingValues) respelled() bool {
	for _, near := range v.nearest {
		if near != nil && len(near.found) > 0 && near.found[0].rank.kind <= nearSpace {
			return true
		}
	}
	return false
}

// list returns the missing values in the order of the query.
func (v *missingValues) list() []MissingValue {
	var out []MissingValue
	for _, value := range v.order {
		if near, missing := v.nearest[value]; missing {
			out = append(out, MissingValue{Value: value, Nearest: near.list()})
		}
	}
	return out
}

// nearValues are the values of images that are nearest to a missing one.
type nearValues struct {
	ranker   ranker
	found    []nearValue // the nearest first; at most maxNearest
	rejected map[string]struct{}
}

type nearValue struct {
	rank rank
	NearValue
}

// add takes a value of an image. A value that is left out once stays left out, since
// those that are kept only become nearer: the counts are exact.
func (n *nearValues) add(text string, othersMatch bool) {
	if _, known := n.rejected[text]; known {
		return
	}
	at := slices.IndexFunc(n.found, func(v nearValue) bool { return v.Value == text })
	if at < 0 {
		if at = n.insert(text); at < 0 {
			n.reject(text)
			return
		}
	}
	n.found[at].Images++
	if othersMatch {
		n.found[at].Matches++
	}
}

func (n *nearValues) reject(text string) {
	if len(n.rejected) < maxRejected {
		n.rejected[strings.Clone(text)] = struct{}{}
	}
}

// insert returns the position of a new value, or a negative number if it is not among
// the nearest.
func (n *nearValues) insert(text string) int {
	r, near := n.ranker(text)
	if !near {
		return -1
	}
	v := nearValue{r, NearValue{Value: strings.Clone(text), How: r.kind.how()}}
	at, _ := slices.BinarySearchFunc(n.found, v, compareNear)
	if at == maxNearest {
		return -1
	}
	n.found = slices.Insert(n.found, at, v)
	n.found = n.found[:min(len(n.found), maxNearest)]
	return at
}

func compareNear(a, b nearValue) int {
	return cmp.Or(cmp.Compare(a.rank.kind, b.rank.kind), cmp.Compare(a.rank.distance, b.rank.distance), strings.Compare(a.Value, b.Value))
}

func (n *nearValues) list() (out []NearValue) {
	if n == nil {
		return nil
	}
	for _, v := range n.found {
		out = append(out, v.NearValue)
	}
	return out
}

// rank tells how near a value is; less is nearer.
type rank struct {
	kind     nearKind
	distance int64
}

type nearKind uint8

const (
	nearCase nearKind = iota
	nearSpace
	nearKey
	nearSpelling
	nearPart
	nearTime
)

func (k nearKind) how() string {
	return [...]string{"case", "space", "key", "spelling", "part", "time"}[k]
}

// ranker compares a value of an image with a missing one.
type ranker func(text string) (rank, bool)

// newRanker returns the ranker of a predicate; nil for a fixed vocabulary.
func newRanker(field image.Field, wanted string) ranker {
	switch field {
	case image.FieldSources, image.FieldVisibilities, image.FieldStatuses, image.FieldOSes, image.FieldArchs:
		return nil
	case image.FieldCreatedAfter, image.FieldCreatedBefore:
		return timeRanker(wanted)
	case image.FieldTags:
		return tagRanker(wanted)
	case image.FieldNameGlobs:
		return globRanker(wanted)
	case image.FieldNameContains:
		return containsRanker(wanted)
	case image.FieldOSVersions:
		return versionRanker(wanted)
	default:
		return textRanker(wanted)
	}
}

func textRanker(wanted string) ranker {
	squeezed, runes := squeeze(wanted), foldRunes(nil, wanted)
	buffer := make([]rune, 0, maxRunes)
	return func(text string) (rank, bool) {
		if strings.EqualFold(text, wanted) {
			return rank{kind: nearCase}, true
		}
		if hasSpace(text) || len(squeezed) != len(wanted) {
			if strings.EqualFold(squeeze(text), squeezed) {
				return rank{kind: nearSpace}, true
			}
		}
		buffer = foldRunes(buffer, text)
		if edits, ok := editDistance(runes, buffer); ok {
			return spellingRank(edits, runes, buffer), true
		}
		return partRank(runes, buffer)
	}
}

func hasSpace(text string) bool { return strings.ContainsFunc(text, unicode.IsSpace) }

// squeeze removes white space.
func squeeze(text string) string { return strings.Join(strings.Fields(text), "") }

// foldRunes returns the characters of a text in lower case; none if there are more
// than maxRunes.
func foldRunes(buffer []rune, text string) []rune {
	buffer = buffer[:0]
	for _, r := range text {
		if len(buffer) == maxRunes {
			return nil
		}
		buffer = append(buffer, unicode.ToLower(r))
	}
	return buffer
}

// spellingRank prefers fewer edits, and then more characters in common at the start.
func spellingRank(edits int, a, b []rune) rank {
	same := 0
	for same < min(len(a), len(b)) && a[same] == b[same] {
		same++
	}
	return rank{nearSpelling, int64((maxRunes+1)*edits - same)}
}

// partRank ranks a text that contains another one.
func partRank(a, b []rune) (rank, bool) {
	if len(a) > len(b) {
		a, b = b, a
	}
	if len(a) < minPart {
		return rank{}, false
	}
	for from := range len(b) - len(a) + 1 {
		if slices.Equal(b[from:from+len(a)], a) {
			return rank{nearPart, int64(len(b) - len(a))}, true
		}
	}
	return rank{}, false
}

// editDistance counts the insertions, deletions, substitutions and swaps of
// neighbors that turn one text into the other. It returns false if there are more
// than maxEdits, or than a third of the characters of the longer one. It computes
// the part of the table in which that is possible.
func editDistance(a, b []rune) (int, bool) {
	bound := min(maxEdits, max(len(a), len(b))/3)
	if len(a) == 0 || len(b) == 0 || abs(len(a)-len(b)) > bound {
		return 0, false
	}
	var rows [3][maxRunes + 2]uint8
	for j := range bound + 1 {
		rows[0][j] = uint8(j)
	}
	rows[0][bound+1] = tooFar
	for i := 1; i <= len(a); i++ {
		before, previous, row := &rows[(i+1)%3], &rows[(i-1)%3], &rows[i%3]
		first, last := max(1, i-bound), min(len(b), i+bound)
		row[first-1], row[last+1] = tooFar, tooFar
		if first == 1 && i <= bound {
			row[0] = uint8(i)
		}
		least := row[first-1]
		for j := first; j <= last; j++ {
			row[j] = editStep(a, b, i, j, before, previous, row)
			least = min(least, row[j])
		}
		if int(least) > bound {
			return 0, false
		}
	}
	edits := int(rows[len(a)%3][len(b)])
	return edits, edits <= bound
}

// tooFar stands for more edits than are of interest.
const tooFar = maxRunes

func editStep(a, b []rune, i, j int, before, previous, row *[maxRunes + 2]uint8) uint8 {
	edits := previous[j-1]
	if a[i-1] != b[j-1] {
		edits = min(edits, previous[j], row[j-1]) + 1
	}
	if i > 1 && j > 1 && a[i-1] == b[j-2] && a[i-2] == b[j-1] {
		edits = min(edits, before[j-2]+1)
	}
	return edits
}

func abs(n int) int { return max(n, -n) }
