package repotest_test

import (
	"go/ast"
	"go/parser"
	"go/token"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// coinages are names that readers could not look up. No declaration has one of
// them.
var coinages = []string{
	"ahead", "alike", "armed", "complaint", "complaints", "conformance", "decoy", "decoys", "due", "Fit", "flight", "flights", "held",
	"Impossible", "judge", "kept", "life", "mark", "marks", "met", "own", "pairs", "reasonAgainst", "retrying", "said", "sending", "sift", "singles",
	"spoil", "stranger", "strike", "trial", "understood", "Unsendable", "visit", "Word",
}

func TestNoDeclarationHasACoinedName(t *testing.T) {
	for _, name := range goFiles(t) {
		fset := token.NewFileSet()
		file, err := parser.ParseFile(fset, filepath.Join(root, name), nil, parser.SkipObjectResolution)
		if err != nil {
			t.Fatal(err)
		}
		for _, id := range declared(file) {
			first, _, _ := strings.Cut(id.Name, "_")
			if slices.Contains(coinages, id.Name) || slices.Contains(coinages, first) {
				t.Errorf("%s: %s: choose the term that an engineer would search for", fset.Position(id.Pos()), id.Name)
			}
		}
	}
}

// declared returns the identifiers that a file declares outside of function
// bodies: functions, methods, types, fields, constants and variables.
func declared(file *ast.File) []*ast.Ident {
	var out []*ast.Ident
	for _, decl := range file.Decls {
		ast.Inspect(decl, func(n ast.Node) bool {
			switch n := n.(type) {
			case *ast.BlockStmt:
				return false
			case *ast.FuncDecl:
				out = append(out, n.Name)
			case *ast.TypeSpec:
				out = append(out, n.Name)
			case *ast.ValueSpec:
				out = append(out, n.Names...)
			case *ast.Field:
				out = append(out, n.Names...)
			}
			return true
		})
	}
	return out
}

// goFiles returns every Go file of the repository, by its path below the root.
func goFiles(t *testing.T) []string {
	t.Helper()
	return filesOfRepository(t, ".go")
}
