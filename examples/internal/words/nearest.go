// Package words finds the known word that was probably meant.
package words

import "strings"

// Nearest returns the known word with the fewest edits (insertions, deletions,
// substitutions and swaps of neighbours) from text, whatever the case. It returns
// false if a third of the letters would have to change, or more.
func Nearest(text string, known []string) (string, bool) {
	text = strings.ToLower(text)
	if len(text) > 64 {
		return "", false // no known word is that long
	}
	nearest, fewest := "", 0
	for _, word := range known {
		edits := distance(text, strings.ToLower(word))
		if 3*edits <= max(len(text), len(word)) && (nearest == "" || edits < fewest) {
			nearest, fewest = word, edits
		}
	}
	return nearest, nearest != ""
}

// distance counts the edits by dynamic programming over three rows.
func distance(a, b string) int {
	var before []int
	previous, row := make([]int, len(b)+1), make([]int, len(b)+1)
	for j := range previous {
		previous[j] = j
	}
	for i := 1; i <= len(a); i++ {
		row[0] = i
		for j := 1; j <= len(b); j++ {
			substituted := previous[j-1]
			if a[i-1] != b[j-1] {
				substituted++
			}
			row[j] = min(substituted, previous[j]+1, row[j-1]+1)
			if i > 1 && j > 1 && a[i-1] == b[j-2] && a[i-2] == b[j-1] {
				row[j] = min(row[j], before[j-2]+1)
			}
		}
		before, previous, row = previous, row, make([]int, len(b)+1)
	}
	return previous[len(b)]
}
