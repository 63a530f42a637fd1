package image

import (
	"errors"
	"unicode/utf8"
)

var (
	errGlobClass  = errors.New(`a class needs at least one character and a closing "]"; write "\[" for the character itself`)
	errGlobRange  = errors.New("a range in a class runs from the lower to the higher character")
	errGlobEscape = errors.New(`a "\" at the end escapes nothing; write "\\" for the character itself`)
)

// checkGlob reports what is wrong with a pattern.
func checkGlob(pattern string) error {
	for pattern != "" {
		_, rest, err := globStep(pattern, 0)
		if err != nil {
			return err
		}
		pattern = rest
	}
	return nil
}

// matchGlob reports whether the whole name fits the pattern. A bad pattern fits
// nothing.
func matchGlob(pattern, name string) bool {
	var afterStar, retry string
	starred := false
	for {
		switch {
		case pattern != "" && pattern[0] == '*':
			pattern = pattern[1:]
			afterStar, retry, starred = pattern, name, true
			continue
		case pattern == "" && name == "":
			return true
		case pattern != "" && name != "":
			r, size := utf8.DecodeRuneInString(name)
			ok, rest, err := globStep(pattern, r)
			if err != nil {
				return false
			}
			if ok {
				pattern, name = rest, name[size:]
				continue
			}
		}
		if !starred || retry == "" {
			return false
		}
		_, size := utf8.DecodeRuneInString(retry)
		retry = retry[size:]
		pattern, name = afterStar, retry
	}
}

// globStep matches one character against the first element of a pattern.
func globStep(pattern string, r rune) (ok bool, rest string, err error) {
	switch pattern[0] {
	case '*', '?':
		return true, pattern[1:], nil
	case '[':
		return globClass(pattern[1:], r)
	}
	want, rest, err := globChar(pattern)
	return want == r, rest, err
}

// globClass matches one character against a class whose "[" is already read.
func globClass(pattern string, r rune) (ok bool, rest string, err error) {
	negated := pattern != "" && pattern[0] == '^'
	if negated {
		pattern = pattern[1:]
	}
	for first := true; ; first = false {
		if pattern == "" || first && pattern[0] == ']' {
			return false, "", errGlobClass
		}
		if pattern[0] == ']' {
			return ok != negated, pattern[1:], nil
		}
		var lo rune
		if lo, pattern, err = globChar(pattern); err != nil {
			return false, "", err
		}
		hi := lo
		if len(pattern) > 1 && pattern[0] == '-' && pattern[1] != ']' {
			if hi, pattern, err = globChar(pattern[1:]); err != nil {
				return false, "", err
			}
		}
		if hi < lo {
			return false, "", errGlobRange
		}
		ok = ok || lo <= r && r <= hi
	}
}

// globChar reads one character that may be escaped.
func globChar(pattern string) (r rune, rest string, err error) {
	if pattern[0] == '\\' {
		if pattern = pattern[1:]; pattern == "" {
			return 0, "", errGlobEscape
		}
	}
	r, size := utf8.DecodeRuneInString(pattern)
	return r, pattern[size:], nil
}
