package repotest_test

import (
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
)

// root is the top folder of the repository.
const root = "../.."

const (
	module = "github.com/imagequery/imagequery/"
	sdk    = "github.com/aliyun/alibaba-cloud-sdk-go/sdk"
)

// allowed says what each package may import besides the standard library. A
// trailing /... stands for everything below.
var allowed = map[string][]string{
	".":                            {},
	"image":                        {},
	"provider":                     {"image", "golang.org/x/sync/...", "golang.org/x/time/rate"},
	"provider/httpapi":             {"provider", "github.com/hashicorp/go-retryablehttp"},
	"provider/lenient":             {},
	"provider/providertest":        {"image", "provider", "github.com/google/go-cmp/..."},
	"fakecloud":                    {"image"},
	"aliyuncreds":                  {"provider", "provider/httpapi", "internal/aliyun", "internal/environ", "internal/metadata"},
	"internal/wire":                {"provider/lenient"},
	"internal/apispec":             {"image", "provider", "provider/httpapi", "provider/lenient", "internal/wire"},
	"internal/mutants":             {},
	"internal/jsonoracle":          {},
	"internal/newadapter":          {},
	"internal/newadapter/skeleton": {"image", "provider", "provider/httpapi", "internal/apispec", "internal/wire"},
	"internal/adaptertest":         {"image", "provider", "provider/httpapi", "provider/providertest", "fakecloud", "internal/apispec", "internal/jsonoracle", "internal/mutants", "internal/wire", "github.com/google/go-cmp/..."},
	"internal/aliyun":              {"provider", "provider/httpapi", "internal/environ", sdk + "/..."},
	"internal/qing":                {"provider", "provider/httpapi", "internal/environ", "internal/metadata"},
	"internal/environ":             {"provider"},
	"internal/metadata":            {"provider", "provider/httpapi"},
	"aliyunecs":                    {"image", "provider", "internal/apispec", "internal/wire", "internal/aliyun"},
	"aliyunswas":                   {"image", "provider", "internal/apispec", "internal/wire", "internal/aliyun"},
	"aliyunens":                    {"image", "provider", "internal/apispec", "internal/wire", "internal/aliyun"},
	"qingcloud":                    {"image", "provider", "internal/apispec", "internal/wire", "internal/qing"},
}

// TestImports holds every package to the table, so that the layers stay layers.
func TestImports(t *testing.T) {
	for file, imports := range importsByFile(t) {
		dir := path.Dir(file)
		if strings.HasPrefix(dir, "examples") {
			checkExample(t, file, imports)
			continue
		}
		may, known := allowed[dir]
		if !known {
			t.Errorf("%s: package %s is not in the table of imports_test.go", file, dir)
			continue
		}
		for _, imported := range imports {
			if !isStandard(imported) && !isAllowed(imported, may) {
				t.Errorf("%s imports %s, which %s may not", file, imported, dir)
			}
		}
	}
}

// checkExample lets examples import whatever users can.
func checkExample(t *testing.T, file string, imports []string) {
	for _, imported := range imports {
		if strings.HasPrefix(imported, module+"internal/") {
			t.Errorf("%s imports %s: an example uses public packages only", file, imported)
		}
	}
}

func isStandard(imported string) bool {
	first, _, _ := strings.Cut(imported, "/")
	return !strings.Contains(first, ".")
}

func isAllowed(imported string, may []string) bool {
	imported = strings.TrimPrefix(imported, module)
	for _, pattern := range may {
		if below, all := strings.CutSuffix(pattern, "/..."); imported == pattern || all && strings.HasPrefix(imported, below+"/") {
			return true
		}
	}
	return false
}

// importsByFile reads the imports of all files but tests. A module of its own is
// its own affair, examples excepted.
func importsByFile(t *testing.T) map[string][]string {
	out := map[string][]string{}
	err := fs.WalkDir(os.DirFS(root), ".", func(name string, entry fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case entry.IsDir() && (name == "internal/peers" || entry.Name() == "testdata" || strings.HasPrefix(entry.Name(), ".") && name != "."):
			return fs.SkipDir
		case !strings.HasSuffix(name, ".go") || strings.HasSuffix(name, "_test.go"):
			return nil
		}
		file, err := parser.ParseFile(token.NewFileSet(), filepath.Join(root, name), nil, parser.ImportsOnly)
		if err != nil {
			return err
		}
		imports := []string{}
		for _, spec := range file.Imports {
			imported, _ := strconv.Unquote(spec.Path.Value)
			imports = append(imports, imported)
		}
		out[name] = imports
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if len(out) == 0 {
		t.Fatal("no files found")
	}
	return out
}
