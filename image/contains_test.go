package image_test

import (
	"regexp"
	"strings"
	"testing"

	"github.com/imagequery/imagequery/image"
)

func TestMatchNameContainsIgnoresCase(t *testing.T) {
	for _, tt := range []struct {
		part, name string
		want       bool
	}{
		{"web", "my-web-1", true},
		{"WEB", "my-web-1", true},
		{"web", "MY-WEB-1", true},
		{"web", "web", true},
		{"web", "we", false},
		{"web", "wweb", true},
		{"aab", "aaab", true},
		{"web-1", "web_1", false},
		{" ", "a b", true},
		{" ", "ab", false},
		{"*", "web", false}, // no pattern
		{"*", "w*b", true},
		{"世界", "你好世界", true},
		{"ÄPFEL", "äpfel-1", true},
		{"привет", "ПРИВЕТ", true},
		{"ΟΔΟΣ", "οδος", true}, // both small sigmas
		{"οδοσ", "ΟΔΟς", true},
		{"k", "\u212a", true}, // the Kelvin sign
		{"\u212a", "disk", true},
		{"S", "\u017f", true}, // the long s
		{"Å", "\u212b", true}, // the Ångström sign
		{"ǆ", "ǅ", true},
		{"ß", "ẞ", true},
		{"ß", "ss", false}, // one character for one
		{"i", "İ", false},  // no language's own rules
		{"I", "ı", false},
	} {
		query := image.Query{NameContains: []string{tt.part}}
		if got := query.Match(image.Image{Name: tt.name}); got != tt.want {
			t.Errorf("%q in %q = %t, want %t", tt.part, tt.name, got, tt.want)
		}
	}
}

// FuzzMatchNameContains compares with a regular expression that ignores case.
func FuzzMatchNameContains(f *testing.F) {
	for _, seed := range [][2]string{{"WEB", "my-web"}, {"k", "\u212a"}, {"Σ", "ς"}, {".*", "x"}, {"", "x"}, {"x", ""}, {"ß", "ẞ"}} {
		f.Add(seed[0], seed[1])
	}
	f.Fuzz(func(t *testing.T, part, name string) {
		part, name = strings.ToValidUTF8(part, "\ufffd"), strings.ToValidUTF8(name, "\ufffd")
		if len(part) > 100 {
			return
		}
		want := part != "" && regexp.MustCompile("(?i)"+regexp.QuoteMeta(part)).MatchString(name)
		query := image.Query{NameContains: []string{part}}
		if got := query.Match(image.Image{Name: name}); got != want {
			t.Errorf("%q in %q = %t, want %t", part, name, got, want)
		}
	})
}
