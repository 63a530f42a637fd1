package repotest_test

import (
	"bytes"
	"flag"
	"go/ast"
	"go/format"
	"go/parser"
	"go/token"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

var update = flag.Bool("update", false, "write the golden files of the public API")

// publicPackages are the packages that users import.
var publicPackages = []string{
	"image", "provider", "provider/httpapi", "provider/lenient", "provider/providertest", "fakecloud", "aliyuncreds",
	"aliyunecs", "aliyunswas", "aliyunens", "qingcloud", "examples/targets",
}

// TestAPIMatchesGoldenFiles makes a change of the public API visible in review. To
// accept one, run: go test ./internal/repotest -run API -update
func TestAPIMatchesGoldenFiles(t *testing.T) {
	for _, dir := range publicPackages {
		t.Run(dir, func(t *testing.T) {
			got := exported(t, dir)
			golden := filepath.Join(root, "api", strings.ReplaceAll(dir, "/", "_")+".txt")
			if *update {
				if err := os.WriteFile(golden, []byte(got), 0o644); err != nil {
					t.Fatal(err)
				}
			}
			want, err := os.ReadFile(golden)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(string(want), got); diff != "" {
				t.Errorf("the API of %s changed (-want +got):\n%s", dir, diff)
			}
		})
	}
}

// exported returns the exported declarations of a package, without comments and
// function bodies, in the order of their text.
func exported(t *testing.T, dir string) string {
	var decls []string
	for _, name := range goFiles(t) {
		if path.Dir(name) != dir || strings.HasSuffix(name, "_test.go") {
			continue
		}
		fset := token.NewFileSet()
		file, err := parser.ParseFile(fset, filepath.Join(root, name), nil, parser.SkipObjectResolution)
		if err != nil {
			t.Fatal(err)
		}
		ast.FileExports(file)
		for _, decl := range file.Decls {
			decls = append(decls, declaration(t, fset, decl))
		}
	}
	if len(decls) == 0 {
		t.Fatalf("%s has no exported declarations", dir)
	}
	slices.Sort(decls)
	return "package " + path.Base(dir) + "\n" + strings.Join(decls, "")
}

// receiver returns the name of the type that a method belongs to.
func receiver(method *ast.FuncDecl) (name string) {
	ast.Inspect(method.Recv.List[0].Type, func(n ast.Node) bool {
		if id, ok := n.(*ast.Ident); ok && name == "" {
			name = id.Name
		}
		return true
	})
	return name
}

func declaration(t *testing.T, fset *token.FileSet, decl ast.Decl) string {
	switch decl := decl.(type) {
	case *ast.FuncDecl:
		if decl.Recv != nil && !ast.IsExported(receiver(decl)) {
			return ""
		}
		decl.Body = nil
	case *ast.GenDecl:
		if decl.Tok == token.IMPORT {
			return ""
		}
	}
	var b bytes.Buffer
	if err := format.Node(&b, fset, decl); err != nil {
		t.Fatal(err)
	}
	return "\n" + b.String() + "\n"
}
