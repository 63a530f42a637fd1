package image

import (
	"cmp"
	"strings"
	"time"
)

// CompareNewest compares two images, the newest first. It returns a negative
// number if a comes before b, a positive number if b comes before a, and 0 only
// for equal Refs. The criteria, in order: an available image before a deprecated
// one, and both before all others; the later creation time, an unreported time
// last; the name with the higher version, so that "web-10" comes before "web-9";
// the Ref. The order is total.
func CompareNewest(a, b Image) int {
	return cmp.Or(
		cmp.Compare(readiness(a.Status), readiness(b.Status)),
		compareTimes(b.Created, a.Created),
		compareVersions(b.Name, a.Name),
		strings.Compare(a.Provider, b.Provider),
		strings.Compare(a.Region, b.Region),
		strings.Compare(a.ID, b.ID),
	)
}

func readiness(s Status) int {
	switch s {
	case StatusAvailable:
		return 0
	case StatusDeprecated:
		return 1
	default:
		return 2
	}
}

func compareTimes(a, b time.Time) int {
	switch {
	case a.IsZero() && !b.IsZero():
		return -1
	case b.IsZero() && !a.IsZero():
		return 1
	}
	return a.Compare(b)
}

// compareVersions compares texts byte by byte, but a run of digits as one number.
func compareVersions(a, b string) int {
	for a != "" && b != "" {
		if !isDigit(a[0]) || !isDigit(b[0]) {
			if a[0] != b[0] {
				return cmp.Compare(a[0], b[0])
			}
			a, b = a[1:], b[1:]
			continue
		}
		var x, y string
		x, a = leadingNumber(a)
		y, b = leadingNumber(b)
		if c := cmp.Or(cmp.Compare(len(x), len(y)), strings.Compare(x, y)); c != 0 {
			return c
		}
	}
	return cmp.Compare(len(a), len(b))
}

// leadingNumber splits off the digits that text begins with, less leading zeros.
func leadingNumber(text string) (number, rest string) {
	end := 0
	for end < len(text) && isDigit(text[end]) {
		end++
	}
	return strings.TrimLeft(text[:end], "0"), text[end:]
}

func isDigit(c byte) bool { return '0' <= c && c <= '9' }
