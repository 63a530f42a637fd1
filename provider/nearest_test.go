package provider_test

import (
	"math/rand/v2"
	"testing"

	"github.com/imagequery/imagequery/provider"
)

// plainDistance is the textbook form of the distance, over the whole table.
func plainDistance(a, b string) int {
	rows := make([][]int, len(a)+1)
	for i := range rows {
		rows[i] = make([]int, len(b)+1)
		for j := range rows[i] {
			switch {
			case i == 0 || j == 0:
				rows[i][j] = i + j
			case a[i-1] == b[j-1]:
				rows[i][j] = rows[i-1][j-1]
			default:
				rows[i][j] = 1 + min(rows[i-1][j-1], rows[i-1][j], rows[i][j-1])
			}
			if i > 1 && j > 1 && a[i-1] == b[j-2] && a[i-2] == b[j-1] {
				rows[i][j] = min(rows[i][j], rows[i-2][j-2]+1)
			}
		}
	}
	return rows[len(a)][len(b)]
}

func TestEditDistanceIsThatOfTheWholeTable(t *testing.T) {
	rng := rand.New(rand.NewPCG(1, 2))
	text := func() string {
		out := make([]byte, 1+rng.IntN(14))
		for i := range out {
			out[i] = "abc"[rng.IntN(3)]
		}
		return string(out)
	}
	for range 100_000 {
		a, b := text(), text()
		want := plainDistance(a, b)
		near := want <= min(3, max(len(a), len(b))/3)
		if got, ok := provider.EditDistance(a, b); ok != near || ok && got != want {
			t.Fatalf("%s, %s: %d, %t; want %d, %t", a, b, got, ok, want, near)
		}
	}
}

func TestEditDistanceFoldsCase(t *testing.T) {
	if got, ok := provider.EditDistance("ÜBUNUT", "übuntu"); !ok || got != 1 {
		t.Errorf("%d, %t", got, ok)
	}
}
