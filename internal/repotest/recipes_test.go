package repotest_test

import (
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// recipeBlock is a link to a file of examples/recipes or examples/testing and the code block below it.
var recipeBlock = regexp.MustCompile("(?s)(\\]\\(\\.\\./(examples/(?:recipes|testing)/[^)]+)\\)\n\n```[a-z]+\n)(.*?)(```\n)")

// TestRecipesAreTheirFiles compares each recipe of the guides with the file that is
// tested. To copy the files into the guides, run:
// go test ./internal/repotest -run Recipes -update
func TestRecipesAreTheirFiles(t *testing.T) {
	var shown []string
	for _, guide := range []string{"docs/recipes.md", "docs/sql.md", "docs/testing.md"} {
		got := readFile(t, guide)
		want := recipeBlock.ReplaceAllStringFunc(got, func(block string) string {
			parts := recipeBlock.FindStringSubmatch(block)
			shown = append(shown, parts[2])
			return parts[1] + readFile(t, parts[2]) + parts[4]
		})
		if *update {
			if err := os.WriteFile(filepath.Join(root, guide), []byte(want), 0o644); err != nil {
				t.Fatal(err)
			}
		} else if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%s (-want +got):\n%s", guide, diff)
		}
	}
	for _, pattern := range []string{"*.sh", "sql/*.sql", "sql/*.mjs", "pop-core/*.mjs", "packer/*.hcl", "../testing/*.go"} {
		files, err := filepath.Glob(filepath.Join(root, "examples/recipes", pattern))
		if err != nil || len(files) == 0 {
			t.Fatalf("%s: %d files: %v", pattern, len(files), err)
		}
		for _, file := range files {
			name, err := filepath.Rel(root, file)
			if err != nil {
				t.Fatal(err)
			}
			if !slices.Contains(shown, filepath.ToSlash(name)) {
				t.Errorf("%s is in no guide", name)
			}
		}
	}
}
