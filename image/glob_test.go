package image_test

import (
	"fmt"
	"regexp"
	"strings"
	"testing"

	"github.com/imagequery/imagequery/image"
)

func TestMatchNameGlobsOfTheWholeName(t *testing.T) {
	for _, tt := range []struct {
		glob, name string
		want       bool
	}{
		{"web", "web", true},
		{"web", "web-1", false}, // the whole name
		{"web", "my-web", false},
		{"Web", "web", false},
		{"*", "web", true},
		{"**", "web", true},
		{"web*", "web", true},
		{"*web", "web", true},
		{"w*b", "wb", true},
		{"w*b", "web-web", true},
		{"w*b", "web-x", false},
		{"*a*b*", "xxaxxbxx", true},
		{"*a*b*", "xxbxxaxx", false},
		{"*ab", "aab", true},
		{"*aab", "aaaab", true},
		{"a*a*a*a*b", strings.Repeat("a", 60), false},
		{"?", "w", true},
		{"?", "", false},
		{"??", "w", false},
		{"web-?", "web-", false},
		{"web-?", "web-12", false},
		{"?*", "w", true},
		{"*?", "世", true},

		// "/" and line ends are characters as any other
		{"*", "a/b/c", true},
		{"a?b", "a/b", true},
		{"a*c", "a/b/c", true},
		{"a[^x]b", "a/b", true},
		{"a?b", "a\nb", true},
		{"a*b", "a\n\nb", true},

		{"[abc]", "b", true},
		{"[abc]", "d", false},
		{"[a-c]x", "bx", true},
		{"[a-c]", "d", false},
		{"[a-c]", "-", false},
		{"[a-c0-9_]", "7", true},
		{"[a-c0-9_]", "_", true},
		{"[^a-c]", "d", true},
		{"[^a-c]", "b", false},
		{"[^a]", "", false},
		{"[^^]", "^", false},
		{"[a^]", "^", true},
		{"[!a]", "!", true}, // only ^ negates
		{"[-a]", "-", true},
		{"[a-]", "-", true},
		{"[a-]", "b", false},
		{"[+--]", ",", true}, // a range that ends with -
		{"[*?]", "*", true},
		{"[*?]", "x", false},
		{"[[]", "[", true},
		{`[\]]`, "]", true},
		{`[\^a]`, "^", true},
		{`[\a-\c]`, "b", true},
		{`[a\-c]`, "b", false},
		{`[a\-c]`, "-", true},
		{`[\\]`, `\`, true},
		{"]", "]", true},
		{"a-b", "a-b", true},
		{"^", "^", true},

		{`\*`, "*", true},
		{`\*`, "x", false},
		{`\?`, "x", false},
		{`\[a]`, "[a]", true},
		{`\\`, `\`, true},
		{`\w`, "w", true},
		{`*\*`, "web*", true},

		{"?", "世", true},
		{"??", "世", false},
		{"[一-龥]*", "世界", true},
		{"[^一-龥]", "世", false},
		{"*界", "世界", true},
		{"é", "e\u0301", false},
		{"?", "\xff", true},

		{"[", "[", false}, // a bad pattern fits nothing
		{"*[", "[", false},
		{"a\\", "a\\", false},
	} {
		query := image.Query{NameGlobs: []string{tt.glob}}
		if got := query.Match(image.Image{Name: tt.name}); got != tt.want {
			t.Errorf("%q fits %q = %t, want %t", tt.glob, tt.name, got, tt.want)
		}
	}
}

// FuzzMatchNameGlobs compares with an equivalent regular expression.
func FuzzMatchNameGlobs(f *testing.F) {
	for _, seed := range [][2]string{
		{"web-*", "web-1"}, {"*a*b?", "xaxbx"}, {"[a-c]*", "b/c"}, {"[^a]?", "b\n"}, {`\**`, "*x"},
		{"[a-]", "-"}, {"[]", "x"}, {"[z-a]", "x"}, {`[\]-a]`, "_"}, {"世*", "世界"}, {"*[", "["}, {"[^", "a"},
		{"[^^-a]", "b"}, {"[a-b-c]", "-"}, {"[--0]", "."},
	} {
		f.Add(seed[0], seed[1])
	}
	f.Fuzz(func(t *testing.T, glob, name string) {
		if len(glob) > 100 {
			return
		}
		glob, name = strings.ToValidUTF8(glob, "\ufffd"), strings.ToValidUTF8(name, "\ufffd")
		query := image.Query{NameGlobs: []string{glob}}
		expression, valid := globExpression([]rune(glob))
		if err := query.Validate(); (err == nil) != valid {
			t.Fatalf("Validate of %q: %v, want valid %t", glob, err, valid)
		}
		want := valid && name != "" && regexp.MustCompile(expression).MatchString(name)
		if got := query.Match(image.Image{Name: name}); got != want {
			t.Errorf("%q fits %q = %t, want %t by %s", glob, name, got, want, expression)
		}
	})
}

// globExpression translates a glob, and reports whether it is a good one.
func globExpression(glob []rune) (expression string, valid bool) {
	var out strings.Builder
	for i := 0; i < len(glob); i++ {
		switch glob[i] {
		case '*':
			out.WriteString(".*")
		case '?':
			out.WriteString(".")
		case '[':
			class, end := classExpression(glob, i+1)
			if end < 0 {
				return "", false
			}
			out.WriteString(class)
			i = end
		case '\\':
			if i++; i == len(glob) {
				return "", false
			}
			fallthrough
		default:
			fmt.Fprintf(&out, `\x{%x}`, glob[i])
		}
	}
	return `(?s)\A` + out.String() + `\z`, len(glob) > 0
}

// classExpression translates the class whose "[" stands before start; end is
// where its "]" stands, or -1.
func classExpression(glob []rune, start int) (expression string, end int) {
	type char struct {
		r       rune
		escaped bool
	}
	open, i := "[", start
	if i < len(glob) && glob[i] == '^' {
		open, i = "[^", i+1
	}
	var chars []char
	for ; ; i++ {
		if i >= len(glob) {
			return "", -1
		}
		if glob[i] == ']' {
			break
		}
		escaped := glob[i] == '\\'
		if escaped {
			if i++; i >= len(glob) {
				return "", -1
			}
		}
		chars = append(chars, char{glob[i], escaped})
	}
	if len(chars) == 0 {
		return "", -1
	}
	var out strings.Builder
	for k := 0; k < len(chars); k++ {
		lo, hi := chars[k].r, chars[k].r
		if k+2 < len(chars) && chars[k+1] == (char{'-', false}) {
			hi = chars[k+2].r
			k += 2
		}
		if hi < lo {
			return "", -1
		}
		fmt.Fprintf(&out, `\x{%x}-\x{%x}`, lo, hi)
	}
	return open + out.String() + "]", i
}
