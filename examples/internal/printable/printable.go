// Package printable makes texts of other people safe to show.
package printable

import (
	"fmt"
	"strings"
	"unicode"
	"unicode/utf16"
	"unicode/utf8"
)

// Line makes a text safe for one line of a terminal: white space becomes a blank,
// and an [Invisible] character becomes U+FFFD.
func Line(text string) string {
	clean := strings.Map(func(r rune) rune {
		switch {
		case unicode.IsSpace(r):
			return ' '
		case Invisible(r):
			return unicode.ReplacementChar
		}
		return r
	}, text)
	return strings.TrimSpace(clean)
}

// Invisible reports whether a terminal would obey or hide a character, or change the
// direction of text for it.
func Invisible(r rune) bool {
	if r < utf8.RuneSelf { // fast, since most characters are
		return unicode.IsControl(r)
	}
	return unicode.IsControl(r) || unicode.In(r, unicode.Cf, unicode.Zl, unicode.Zp)
}

// Escape writes [Invisible] characters, and bytes that are not UTF-8, as JSON does:
// \u followed by four digits.
func Escape(text string) string { return EscapeFunc(text, Invisible) }

// EscapeFunc is [Escape] for other characters.
func EscapeFunc(text string, escaped func(rune) bool) string {
	if !strings.ContainsFunc(text, escaped) && utf8.ValidString(text) {
		return text
	}
	var b strings.Builder
	for _, r := range text {
		switch first, second := utf16.EncodeRune(r); {
		case !escaped(r) && r != utf8.RuneError:
			b.WriteRune(r)
		case first != utf8.RuneError:
			fmt.Fprintf(&b, `\u%04x\u%04x`, first, second)
		default:
			fmt.Fprintf(&b, `\u%04x`, r)
		}
	}
	return b.String()
}
