package terraform_test

import (
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/hashicorp/terraform-plugin-go/tfprotov6"
	"github.com/hashicorp/terraform-plugin-go/tftypes"

	"github.com/imagequery/imagequery/fakecloud"
)

var update = flag.Bool("update", false, "write the pages in docs")

// TestDocumentationHasEveryAttribute compares the pages, which have the form of the
// registries, with the schemas and the examples. Run it with -update after a change.
func TestDocumentationHasEveryAttribute(t *testing.T) {
	s := start(t, newCloud(t, fakecloud.Sample()))
	checkPage(t, "index.md", "imagequery Provider", "imagequery Provider", "provider/provider.tf", s.schema.Provider)
	for name, schema := range s.schema.DataSourceSchemas {
		page := filepath.Join("data-sources", strings.TrimPrefix(name, "imagequery_")+".md")
		checkPage(t, page, name+" Data Source - imagequery", name+" (Data Source)", filepath.Join("data-sources", name, "data-source.tf"), schema)
	}
}

func checkPage(t *testing.T, page, title, heading, example string, schema *tfprotov6.Schema) {
	t.Helper()
	code, err := os.ReadFile(filepath.Join("examples", example))
	if err != nil {
		t.Fatal(err)
	}
	description := schema.Block.Description
	if description == "" {
		t.Errorf("%s: no description", page)
	}
	want := fmt.Sprintf("---\npage_title: %q\nsubcategory: \"\"\ndescription: |-\n  %s\n---\n\n# %s\n\n%s\n\n## Example Usage\n\n```terraform\n%s```\n\n## Schema\n%s",
		title, description, heading, description, code, section("", "### ", schema.Block.Attributes))
	path := filepath.Join("docs", page)
	if *update {
		if err := os.WriteFile(path, []byte(want), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	got, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	equal(t, path, want, string(got))
}

// section renders attributes as tfplugindocs does: required, optional and read-only
// ones, and then the nested ones.
func section(parent, heading string, attributes []*tfprotov6.SchemaAttribute) string {
	var out, nested strings.Builder
	for _, group := range []struct {
		name string
		has  func(*tfprotov6.SchemaAttribute) bool
	}{
		{"Required", func(a *tfprotov6.SchemaAttribute) bool { return a.Required }},
		{"Optional", func(a *tfprotov6.SchemaAttribute) bool { return a.Optional }},
		{"Read-Only", func(a *tfprotov6.SchemaAttribute) bool { return a.Computed && !a.Optional }},
	} {
		var lines strings.Builder
		for _, a := range attributes {
			if !group.has(a) {
				continue
			}
			anchor := strings.TrimPrefix(parent+"--"+a.Name, "--")
			_, _ = fmt.Fprintf(&lines, "- `%s` (%s) %s", a.Name, typeName(a), a.Description)
			if a.NestedType != nil {
				_, _ = fmt.Fprintf(&lines, " (see [below for nested schema](#nestedatt--%s))", anchor)
				_, _ = fmt.Fprintf(&nested, "\n<a id=\"nestedatt--%s\"></a>\n### Nested Schema for `%s`\n%s", anchor, strings.ReplaceAll(anchor, "--", "."), section(anchor, "", a.NestedType.Attributes))
			}
			lines.WriteByte('\n')
		}
		if lines.Len() > 0 {
			_, _ = fmt.Fprintf(&out, "\n%s%s%s\n\n%s", heading, group.name, map[bool]string{true: ":"}[heading == ""], lines.String())
		}
	}
	return out.String() + nested.String()
}

// typeName returns the name of an attribute's type in the registries.
func typeName(a *tfprotov6.SchemaAttribute) string {
	name := ""
	switch {
	case a.NestedType == nil:
		name = valueName(a.Type)
	case a.NestedType.Nesting == tfprotov6.SchemaObjectNestingModeList:
		name = "Attributes List"
	default:
		name = "Attributes"
	}
	if a.Sensitive {
		name += ", Sensitive"
	}
	return name
}

func valueName(t tftypes.Type) string {
	switch t := t.(type) {
	case tftypes.List:
		return "List of " + valueName(t.ElementType)
	case tftypes.Map:
		return "Map of " + valueName(t.ElementType)
	}
	return map[string]string{"tftypes.String": "String", "tftypes.Bool": "Boolean", "tftypes.Number": "Number"}[t.String()]
}
