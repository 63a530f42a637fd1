// Package timetext parses the times that people write.
package timetext

import (
	"errors"
	"strconv"
	"time"
)

// Parse parses a time, a day, or an age: a time before now.
func Parse(text string) (time.Time, error) {
	for _, layout := range []string{time.RFC3339, time.DateOnly} {
		if t, err := time.Parse(layout, text); err == nil && !t.IsZero() {
			return t.UTC(), nil
		}
	}
	if age, ok := ParseAge(text); ok {
		return time.Now().UTC().Add(-age), nil
	}
	return time.Time{}, errors.New("want a time like 2026-01-31T08:00:00Z, a day like 2026-01-31 (UTC), or an age like 36h, 30d or 8w")
}

// ParseAge parses a whole number of hours, days or weeks, up to a hundred years.
func ParseAge(text string) (time.Duration, bool) {
	const day = 24 * time.Hour
	units := map[byte]time.Duration{'h': time.Hour, 'd': day, 'w': 7 * day}
	if text == "" {
		return 0, false
	}
	unit := units[text[len(text)-1]]
	n, err := strconv.ParseUint(text[:len(text)-1], 10, 32)
	if err != nil || unit == 0 || n > uint64(100*365*day/unit) {
		return 0, false
	}
	return time.Duration(n) * unit, true
}
