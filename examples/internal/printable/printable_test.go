package printable_test

import (
	"testing"

	"github.com/imagequery/imagequery/examples/internal/printable"
)

func TestInvisibleCharactersAreReplacedOrEscaped(t *testing.T) {
	for text, want := range map[string]struct{ line, escaped string }{
		"plain 轻量":            {"plain 轻量", "plain 轻量"},
		" a\x1b[31m\tb\n":     {"a\ufffd[31m b", ` a\u001b[31m\u0009b\u000a`},
		"a\u202eb\U000e0041c": {"a\ufffdb\ufffdc", `a\u202eb\udb40\udc41c`},
		"a\xffb":              {"a\ufffdb", `a\ufffdb`},
	} {
		if line, escaped := printable.Line(text), printable.Escape(text); line != want.line || escaped != want.escaped {
			t.Errorf("%q: %q, %q; want %q, %q", text, line, escaped, want.line, want.escaped)
		}
	}
}
