package providertest_test

import (
	"go/doc"
	"go/doc/comment"
	"go/parser"
	"go/token"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/imagequery/imagequery/provider/providertest"
)

// TestChecksAreDocumented compares the list in the package documentation with the
// checks that Run runs.
func TestChecksAreDocumented(t *testing.T) {
	file, err := parser.ParseFile(token.NewFileSet(), "checks.go", nil, parser.ParseComments)
	if err != nil {
		t.Fatal(err)
	}
	var parser comment.Parser
	var documented []string
	for _, block := range parser.Parse(file.Doc.Text()).Content {
		list, ok := block.(*comment.List)
		if !ok {
			continue
		}
		for _, item := range list.Items {
			text := string(new(comment.Printer).Text(&comment.Doc{Content: item.Content}))
			documented = append(documented, strings.Join(strings.Fields(text), " "))
		}
	}
	if diff := cmp.Diff(providertest.Demands(), documented); diff != "" {
		t.Errorf("documentation of the checks (-code +documentation):\n%s", diff)
	}
	if synopsis := new(doc.Package).Synopsis(file.Doc.Text()); synopsis == "" {
		t.Error("the package documentation has no first sentence")
	}
}
