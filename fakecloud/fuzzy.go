package fakecloud

import "strings"

// Fuzzy is a reading of what the vendors call a fuzzy match. It rules every place
// where they do not say how a name is compared: ImageName on ECS, ImageId and
// ImageName on ENS, ImageNames on SWAS, search_word on QingCloud. The zero value is
// [FuzzySubstring].
type Fuzzy string

// The plausible readings.
const (
	FuzzySubstring Fuzzy = "substring" // the name contains the text
	FuzzyExact     Fuzzy = "exact"     // the name is the text
	FuzzyPrefix    Fuzzy = "prefix"    // the name begins with the text
	FuzzyWildcard  Fuzzy = "wildcard"  // the whole name fits the text, where * is any run of characters
	FuzzyFold      Fuzzy = "fold"      // the name contains the text, ignoring case
)

func (f Fuzzy) known() bool {
	switch f {
	case "", FuzzySubstring, FuzzyExact, FuzzyPrefix, FuzzyWildcard, FuzzyFold:
		return true
	}
	return false
}

func (f Fuzzy) match(text, name string) bool {
	switch f {
	case FuzzyExact:
		return name == text
	case FuzzyPrefix:
		return strings.HasPrefix(name, text)
	case FuzzyWildcard:
		return wildcard(text, name)
	case FuzzyFold:
		return strings.Contains(strings.ToLower(name), strings.ToLower(text))
	default:
		return strings.Contains(name, text)
	}
}

// wildcard reports whether the whole name fits a text with * for any run.
func wildcard(text, name string) bool {
	first, rest, starred := strings.Cut(text, "*")
	if !starred {
		return name == text
	}
	name, ok := strings.CutPrefix(name, first)
	if !ok {
		return false
	}
	parts := strings.Split(rest, "*")
	last := parts[len(parts)-1]
	for _, part := range parts[:len(parts)-1] {
		if _, name, ok = strings.Cut(name, part); !ok {
			return false
		}
	}
	return strings.HasSuffix(name, last)
}
