package providertest_test

import (
	"encoding/json"
	"go/doc"
	"go/doc/comment"
	"go/parser"
	"go/token"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/imagequery/imagequery/image"
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

// Unknown members come into the page and its records, but not into an object whose
// members are tags.
func TestUnknownMembersAreNoTags(t *testing.T) {
	world := []image.Image{{Tags: map[string]string{"app": "web", "env": "prod"}}}
	var page struct {
		UnheardOf any
		Items     []struct {
			UnheardOf any
			Labels    map[string]string
			Disk      struct{ UnheardOf any }
		}
	}
	edited := providertest.AddMembers(world, []byte(`{"items": [{"labels": {"app": "web"}, "disk": {"size": 1}}, {"labels": {}, "id": "m-2"}]}`))
	if err := json.Unmarshal(edited, &page); err != nil {
		t.Fatal(err)
	}
	first, second := page.Items[0], page.Items[1]
	if page.UnheardOf == nil || first.UnheardOf == nil || second.UnheardOf == nil || first.Disk.UnheardOf == nil {
		t.Errorf("an object has no unknown member: %s", edited)
	}
	if len(first.Labels) != 1 || len(second.Labels) != 0 {
		t.Errorf("tags have an unknown member: %s", edited)
	}
}
