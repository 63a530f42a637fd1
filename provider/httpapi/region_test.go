package httpapi_test

import (
	"strings"
	"testing"

	"github.com/imagequery/imagequery/provider/httpapi"
)

func TestCheckRegionBoundsTheLength(t *testing.T) {
	for length, valid := range map[int]bool{1: true, 2: true, 62: true, 63: true, 64: false, 300: false} {
		if err := httpapi.CheckRegion("cloud", strings.Repeat("a", length)); (err == nil) != valid {
			t.Errorf("a region of %d letters: %v", length, err)
		}
	}
}
