package timetext_test

import (
	"testing"
	"time"

	"github.com/imagequery/imagequery/examples/internal/timetext"
)

func TestAgesCountBackFromNow(t *testing.T) {
	for text, want := range map[string]time.Duration{"36h": 36 * time.Hour, "30d": 30 * 24 * time.Hour, "8w": 56 * 24 * time.Hour, "0d": 0} {
		before := time.Now()
		got, err := timetext.Parse(text)
		if err != nil || got.Before(before.Add(-want)) || got.After(time.Now().Add(-want)) {
			t.Errorf("%s: %s, %v", text, got, err)
		}
	}
}
